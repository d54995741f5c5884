"""Small models as strangers would write them: classes, keyframes, motors or position actuators, or none of it."""

from collections.abc import Sequence


def leg(name: str, x: float, y: float, upper: float, lower: float, foot: str, joint: str = "") -> str:
    """One leg that hangs straight down at zero: abduction, hip and knee; `joint`: more attributes of each hinge."""
    return f"""
      <body name="{name}_hip" pos="{x} {y} 0">
        <inertial pos="0 0 0" mass="0.6" diaginertia="0.002 0.002 0.002"/>
        <joint name="{name}_abduction" axis="1 0 0" range="-0.8 0.8" {joint}/>
        <body name="{name}_thigh" pos="0 {0.08 if y > 0 else -0.08} 0">
          <inertial pos="0 0 {-upper / 2}" mass="1" diaginertia="0.01 0.01 0.002"/>
          <joint name="{name}_hip" axis="0 1 0" range="-1.5 3" {joint}/>
          <geom class="bone" fromto="0 0 {-0.25 * upper} 0 0 {-0.75 * upper}"/>
          <body name="{name}_shank" pos="0 0 {-upper}">
            <inertial pos="0 0 {-lower / 2}" mass="0.2" diaginertia="0.003 0.003 0.0005"/>
            <joint name="{name}_knee" axis="0 1 0" range="-2.6 -0.1" {joint}/>
            <geom class="bone" fromto="0 0 {-0.25 * lower} 0 0 {-0.7 * lower}"/>
            {foot.format(name=name, z=-lower)}
          </body>
        </body>
      </body>"""


FOOT = '<geom name="{name}" size="0.02" pos="0 0 {z}" mass="0"/>'
MOTORS = '<motor joint="{joint}" ctrlrange="-40 40"/>'
SERVOS = '<position joint="{joint}" kp="60" kv="1.5" forcerange="-30 30"/>'
JOINTS = ("abduction", "hip", "knee")


def quadruped(
    *,
    upper: float = 0.2,
    lower: float = 0.2,
    half: tuple[float, float] = (0.2, 0.06),
    free: bool = True,
    foot: str = FOOT,
    drive: str = MOTORS,
    joint: str = "",
    xs: Sequence[float] = (1.0, -1.0),
    more: str = "",
    asset: str = "",
    trunk: str = '<geom type="box" size="0.2 0.08 0.05" mass="8"/>',
) -> str:
    """A dog's build; `xs`: where pairs of legs hang, in parts of the trunk's half length; names say nothing."""
    names = [f"leg{number}{side}" for number in range(len(xs)) for side in "ba"]
    places = [(half[0] * x, half[1] * sign) for x in xs for sign in (-1, 1)]
    legs = "".join(
        leg(name, x, y, upper, lower, foot, joint) for name, (x, y) in zip(names, places, strict=True)
    )
    drives = "".join(drive.format(joint=f"{name}_{part}") for name in names for part in JOINTS)
    return f"""<mujoco model="stranger">
  <compiler angle="radian"/>
  <default><default class="bone"><geom type="capsule" size="0.015" mass="0" rgba="0.2 0.2 0.2 1"/></default></default>
  <asset>{asset}</asset>
  <worldbody>
    <geom name="ground" type="plane" size="0 0 1"/>
    <body name="trunk" pos="0 0 1">{"<freejoint/>" if free else ""}
      {trunk}{legs}
    </body>
  </worldbody>
  <actuator>{drives}</actuator>
  <sensor><framequat objtype="body" objname="trunk"/></sensor>
  {more}
</mujoco>"""


ARM = """<mujoco><worldbody><body name="shoulder" pos="0 0 0.5">
  <geom size="0.05"/><joint name="a" axis="0 1 0" range="-1 1"/>
  <body name="elbow" pos="0.3 0 0"><geom size="0.05"/><joint name="b" axis="0 1 0" range="-1 1"/></body>
</body></worldbody></mujoco>"""


def biped_leg(side: str, sign: int) -> str:
    """A leg of six hinges with a flat sole."""
    return f"""
      <body name="{side}_pelvis" pos="0 {0.1 * sign} -0.1"><joint name="{side}_yaw" axis="0 0 1" range="-1 1"/>
        <geom size="0.04" mass="1"/>
        <body name="{side}_upper"><joint name="{side}_roll" axis="1 0 0" range="-0.5 0.5"/>
          <joint name="{side}_pitch" axis="0 1 0" range="-2 1"/>
          <geom type="capsule" size="0.05" fromto="0 0 -0.05 0 0 -0.33" mass="4"/>
          <body name="{side}_lower" pos="0 0 -0.38"><joint name="{side}_knee" axis="0 1 0" range="0 2.5"/>
            <geom type="capsule" size="0.04" fromto="0 0 -0.05 0 0 -0.3" mass="2.5"/>
            <body name="{side}_foot" pos="0 0 -0.36"><joint name="{side}_ankle" axis="0 1 0" range="-0.9 0.9"/>
              <joint name="{side}_tilt" axis="1 0 0" range="-0.5 0.5"/>
              <geom type="box" size="0.11 0.05 0.015" pos="0.03 0 -0.05" mass="1"/>
            </body></body></body></body>"""


def biped_arm(side: str, sign: int) -> str:
    """An arm of three hinges that hangs down."""
    return f"""
      <body name="{side}_arm" pos="0 {0.22 * sign} 0.4"><joint name="{side}_swing" axis="0 1 0" range="-2 2"/>
        <joint name="{side}_lift" axis="1 0 0" range="-1.5 1.5"/>
        <geom type="capsule" size="0.035" fromto="0 0 -0.03 0 0 -0.22" mass="1.5"/>
        <body name="{side}_forearm" pos="0 0 -0.26"><joint name="{side}_elbow" axis="0 1 0" range="-2.2 0"/>
          <geom type="capsule" size="0.03" fromto="0 0 -0.03 0 0 -0.25" mass="1"/>
        </body></body>"""


def biped(arms: bool = True) -> str:
    """A person's build, without keyframes, actuators or rotor inertia."""
    limbs = "".join(biped_leg(s, k) + (biped_arm(s, k) if arms else "") for s, k in (("r", -1), ("l", 1)))
    return f"""<mujoco><compiler angle="radian"/><worldbody><body name="torso"><freejoint/>
      <geom type="box" size="0.09 0.14 0.25" pos="0 0 0.2" mass="15"/>{limbs}</body></worldbody></mujoco>"""


def urdf(mesh: str, root: str = "world") -> str:
    """A dog as URDF: fixed feet, efforts, one mesh, a root without mass, which floats if it is the world."""
    inertial = '<inertial><origin xyz="0 0 -0.05"/><mass value="{m}"/><inertia ixx="0.01" iyy="0.01" izz="0.01" ixy="0" ixz="0" iyz="0"/></inertial>'
    links = [
        f'<link name="{root}"/>',
        f'<joint name="root" type="{"floating" if root == "world" else "fixed"}"><parent link="{root}"/><child link="base"/></joint>',
        f'<link name="base">{inertial.format(m=8)}<visual><geometry><mesh filename="{mesh}"/></geometry></visual>'
        '<collision><geometry><box size="0.4 0.16 0.1"/></geometry></collision></link>',
    ]
    limit = '<limit lower="{}" upper="{}" effort="35" velocity="20"/>'
    for name, x, y in (("rf", 0.2, -0.06), ("lf", 0.2, 0.06), ("rh", -0.2, -0.06), ("lh", -0.2, 0.06)):
        at, out = f"{x} {y} 0", f"0 {0.08 if y > 0 else -0.08} 0"
        chain = (
            ("haa", "base", "hip", at, "1 0 0", (-0.8, 0.8)),
            ("hfe", f"{name}_hip", "thigh", out, "0 1 0", (-1.5, 3)),
            ("kfe", f"{name}_thigh", "shank", "0 0 -0.2", "0 1 0", (-2.6, -0.1)),
        )
        for joint, parent, child, place, axis, ends in chain:
            links.append(f'<link name="{name}_{child}">{inertial.format(m=0.5)}</link>')
            links.append(
                f'<joint name="{name}_{joint}" type="revolute"><parent link="{parent}"/><child link="{name}_{child}"/>'
                f'<origin xyz="{place}"/><axis xyz="{axis}"/>{limit.format(*ends)}</joint>'
            )
        links.append(
            f'<link name="{name}_foot">{inertial.format(m=0.05)}<collision><geometry><sphere radius="0.02"/></geometry></collision></link>'
        )
        links.append(
            f'<joint name="{name}_fixed" type="fixed"><parent link="{name}_shank"/><child link="{name}_foot"/><origin xyz="0 0 -0.2"/></joint>'
        )
    return f'<robot name="dog">{"".join(links)}</robot>'
