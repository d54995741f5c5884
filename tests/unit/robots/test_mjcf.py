"""Other people's MJCF: what is taken of it, what is left, and what is said where it does not fit."""

import shutil

import mujoco
import numpy as np
import pytest
import yaml

from video2reward.errors import UserError
from video2reward.robots.description import load_robot
from video2reward.robots.mjcf import mjcf_assets, read_mjcf, torque_limits
from video2reward.robots.model import build_model, unlimited_joints
from video2reward.robots.standing import standing_keypoints

SCENE = """<mujoco model="scene">
  <include file="anymal_c.xml"/>
  <option timestep="0.01" gravity="0 0 -3" impratio="100" cone="elliptic" noslip_iterations="9"/>
  <visual><headlight ambient="1 0 0"/></visual>
  <asset>
    <texture type="skybox" builtin="flat" width="8" height="8"/>
    <texture name="floor" type="2d" builtin="checker" width="64" height="64" rgb1="1 1 1" rgb2="0 0 0"/>
    <material name="floor" texture="floor"/>
  </asset>
  <worldbody>
    <light pos="0 0 3"/><camera name="c"/><site name="mark"/>
    <geom name="floor" type="plane" size="0 0 .05" material="floor"/>
    <body name="ball" pos="2 0 1"><freejoint/><geom name="ball" size=".1"/></body>
    <body pos="3 0 0"><geom type="box" size="1 1 1"/><body name="door"><joint name="door"/><geom size=".1"/></body></body>
  </worldbody>
  <contact><exclude body1="world" body2="LF_SHANK"/><pair geom1="LF_FOOT" geom2="RF_FOOT"/></contact>
  <sensor><touch site="mark"/></sensor>
</mujoco>"""
# What a robot's unnamed class may hold, and would hand on to drives and ground.
LEAKING = """<default>
    <geom condim="6" margin="0.02" solref="0.5 1" quat="0.9 0.1 0 0" priority="3" friction="0.01"/>
    <general gear="7" ctrllimited="true" ctrlrange="-0.1 0.1" dyntype="integrator" forcerange="-3 3" group="2"/>
    <site pos="1 1 1"/><material rgba="0 0 0 0"/><light mode="trackcom"/>
    <default class="anymal_c">"""
LIMIT = ' actuatorfrcrange="-80 80"'


@pytest.fixture
def made(robot_folder, tmp_path):
    """A copy of ANYmal with edits of its MJCF, (old, new) each -> its robot.yaml read, and its MJCF."""

    def make(*edits, scene=None, **changes):
        shutil.copytree(robot_folder, tmp_path / "robot", dirs_exist_ok=True)
        text = (robot_folder / "anymal_c.xml").read_text()
        for old, new in edits:
            assert old in text, old
            text = text.replace(old, new, 1)
        (tmp_path / "robot" / "anymal_c.xml").write_text(text)
        if scene:
            (tmp_path / "robot" / "scene.xml").write_text(scene)
            changes["mjcf"] = "scene.xml"
        path = tmp_path / "robot" / "robot.yaml"
        path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | changes, sort_keys=False))
        robot = load_robot(path)
        return robot, path.parent / robot.mjcf

    return make


def same_model(one, other):
    """Whether two models agree in every number."""
    names = [name for name in dir(one) if name[0] != "_" and isinstance(getattr(one, name), np.ndarray)]
    unlike = [n for n in names if n[:4] != "name" and not np.array_equal(getattr(one, n), getattr(other, n))]
    assert not unlike, unlike
    assert (one.opt.impratio, one.opt.timestep) == (other.opt.impratio, other.opt.timestep)
    np.testing.assert_array_equal(one.opt.gravity, other.opt.gravity)


def limits(*edits, make):
    return torque_limits(read_mjcf(make(*edits)[1]))


def test_a_scene_leaves_nothing_but_the_robot(made):
    plain = build_model(*made())
    same_model(build_model(*made(scene=SCENE)), plain)
    build_model(*made(scene=SCENE), visual=True)  # its own floor, sky and materials are not in the way


def test_a_model_s_unnamed_class_reaches_neither_drives_nor_ground(made):
    plain = build_model(*made())
    leaking = ('<default>\n    <default class="anymal_c">', LEAKING)
    model = build_model(*made(leaking))
    for name in ("condim", "margin", "solref", "quat", "priority", "friction"):
        np.testing.assert_array_equal(
            getattr(model, f"geom_{name}")[model.geom("floor").id],
            getattr(plain, f"geom_{name}")[plain.geom("floor").id],
        )
    for name in ("gear", "ctrllimited", "ctrlrange", "dyntype", "forcerange", "gainprm", "biasprm"):
        np.testing.assert_array_equal(getattr(model, f"actuator_{name}"), getattr(plain, f"actuator_{name}"))


ACTUATORS = "<actuator>{}</actuator></mujoco>"


@pytest.mark.parametrize(
    ("actuators", "limit"),
    [
        ('<position joint="LF_HAA" kp="9" forcerange="-30 20"/>', (-30, 20)),
        ('<position joint="LF_HAA" kp="9" ctrlrange="-1 1"/>', None),  # an angle, not a torque
        ('<motor joint="LF_HAA" ctrlrange="-30 30"/>', (-30, 30)),
        ('<motor joint="LF_HAA" ctrlrange="-1 1" gear="40"/>', (-40, 40)),
        ('<motor joint="LF_HAA" ctrlrange="-1 2" gear="-40"/>', (-80, 40)),
        ('<motor joint="LF_HAA" ctrlrange="-1 1" gear="40" forcerange="-0.5 0.5"/>', (-20, 20)),
        ('<motor joint="LF_HAA" ctrllimited="false" ctrlrange="-1 1"/>', None),
        ('<general joint="LF_HAA" gainprm="5" ctrlrange="-2 2"/>', (-10, 10)),
        ('<position joint="LF_HAA" forcerange="-9 9"/><velocity joint="LF_HAA" forcerange="-30 30"/>', (-30, 30)),
        ('<position jointinparent="LF_HAA" forcerange="-9 9"/>', (-9, 9)),
        ('<general joint="LF_HAA" dyntype="filterexact" dynprm="0.1" ctrlrange="-1 1" gear="40"/>', (-40, 40)),
        ('<position joint="LF_HFE" forcerange="-9 9"/>', None),
    ],
)  # fmt: skip
def test_limits_that_stand_on_actuators(made, actuators, limit):
    found = limits((LIMIT, ""), ("</mujoco>", ACTUATORS.format(actuators)), make=made)
    assert found.get("LF_HAA") == (limit and pytest.approx(limit))


def test_the_tighter_limit_counts_and_reaches_the_drives(made):
    edits = (("</mujoco>", ACTUATORS.format('<position joint="LF_HAA" forcerange="-30 200"/>')),)
    model = build_model(*made(*edits))
    assert model.actuator("LF_HAA").forcerange.tolist() == [-30, 80]
    assert model.actuator("LF_HFE").forcerange.tolist() == [-80, 80]


def test_a_class_s_limit_counts_and_without_any_the_joints_are_named(made):
    classes = "<default><default class='a'><position forcerange='-30 30'/></default></default>"
    drive = ACTUATORS.format("<position class='a' joint='LF_HAA'/>")
    robot, mjcf = made((LIMIT, ""), ("</mujoco>", classes + drive))
    assert unlimited_joints(robot, mjcf) == [name for name in robot.joints if name != "LF_HAA"]
    assert not unlimited_joints(*made())


TAIL = (
    '<body name="tail" pos="-0.45 0 0.05">{}<geom name="tail_end" type="capsule" fromto="0 0 0 -0.2 0 0" size="0.02" '
    'mass="0.2" contype="0" conaffinity="1"/><site name="tail_tip" pos="-0.2 0 0"/></body>'
)
SWINGS = (
    '<joint name="tail" type="hinge" axis="0 1 0" stiffness="2" damping="0.1"/>',
    '<joint name="tail" type="ball" damping="0.1"/>',
    '<joint name="tail" type="slide" axis="1 0 0" stiffness="9"/>',
    '<joint name="tail" axis="0 1 0"/><joint name="tail_yaw" axis="0 0 1"/>',
)
BASE = ('<freejoint name="root"/>', '<freejoint name="root"/>{}')


def with_tail(joint):
    return BASE[0], BASE[1].format(TAIL.format(joint))


@pytest.mark.parametrize("joint", SWINGS)
def test_a_passive_joint_swings_freely(made, joint, made_reference):
    from video2reward.settings.task import Task
    from video2reward.sim.locomotion import make_env

    robot, mjcf = made(with_tail(joint))
    env = make_env("mujoco", robot, mjcf, Task(), made_reference, None, num_envs=8, seed=0)
    assert env.num_actions == 12 and env.qpos().shape[1] > 19
    import torch

    start = env.qpos()[:, 7:].clone()
    for _ in range(20):
        assert not env.step(torch.zeros(8, 12)).terminated.any()
    assert (env.qpos()[:, 7:] != start).any(0).all()
    assert torch.isfinite(env.signals()["keypoints"]).all()
    env.close()


@pytest.mark.parametrize("changes", [{"collision_bodies": ["tail"]}, {"terminate_on_contact": ["tail"]}])
def test_what_counts_beyond_a_passive_joint_is_named(made, made_reference, changes):
    from video2reward.settings.task import Task
    from video2reward.sim.locomotion import make_env

    robot, mjcf = made(with_tail(SWINGS[0]), **changes)
    with pytest.raises(UserError, match=r"body 'tail' hangs on joint 'tail'.*swings freely"):
        make_env("mujoco", robot, mjcf, Task(), made_reference, None, num_envs=2, seed=0)


@pytest.mark.parametrize(
    ("joints", "words"),
    [
        ("", r"body 'base' has no free joint \(fixed to its parent\).*add <freejoint/>"),
        ('<joint name="rootx" type="slide" axis="1 0 0"/><joint name="rooty" axis="0 1 0"/>', "slide joint 'rootx'"),
    ],
)  # fmt: skip
def test_a_base_that_is_not_free(made, joints, words):
    with pytest.raises(UserError, match=words):
        build_model(*made((BASE[0], joints)))


def test_a_base_that_is_not_the_free_body(made):
    with pytest.raises(UserError, match="name the body that has one as base: 'base'"):
        build_model(*made(base="LF_HIP"))


@pytest.mark.parametrize("kind", ["slide", "ball"])
def test_drives_turn_hinges(made, kind):
    edit = ('<joint name="LF_KFE" class="flexion"/>', f'<joint name="LF_KFE" type="{kind}"/>')
    with pytest.raises(
        UserError, match=rf"joint 'LF_KFE' .* is a {kind} joint, but only hinges can be actuated"
    ):
        build_model(*made(edit))


@pytest.mark.parametrize(
    "tie",
    [
        '<weld body1="base"/>',
        '<connect body1="LF_SHANK" anchor="0 0 0"/>',
        '<weld body1="ball" body2="base"/>',
    ],
)
def test_a_robot_that_is_tied_to_something(made, tie):
    scene = SCENE.replace("</mujoco>", f"<equality>{tie}</equality></mujoco>")
    with pytest.raises(UserError, match=r"ties the robot to body '(the world|ball)'"):
        build_model(*made(scene=scene))


ROPE = '<tendon><spatial name="rope" stiffness="9"><site site="mark"/><site site="{}"/></spatial></tendon></mujoco>'


def test_a_tendon_may_not_tie_the_robot_to_the_scene(made):
    with pytest.raises(UserError, match="tendon 'rope' ties the robot to 'mark'"):
        build_model(*made(scene=SCENE.replace("</mujoco>", ROPE.format("LF_FOOT"))))


def test_what_of_the_scene_hangs_together_goes_together(made):
    """Tendons of the scene, and the robot's cameras and lights that look at what is gone."""
    scene = SCENE.replace('<site name="mark"/>', '<site name="mark"/><site name="end"/>')
    looking = '<camera name="eye" mode="targetbody" target="{0}"/><light mode="targetbody" target="{0}"/>'
    edits = (BASE[0], BASE[1].format(looking.format("ball") + looking.format("LF_HIP").replace("eye", "own")))
    model = build_model(*made(edits, scene=scene.replace("</mujoco>", ROPE.format("end"))))
    assert (model.ntendon, model.ncam, model.nlight) == (0, 1, 1)


def test_a_base_that_hangs_on_another_body(made):
    place = '<body name="base" pos="0 0 0.62" childclass="anymal_c">'
    edits = ((place, '<body name="mount">' + place), ("  </worldbody>", "</body></worldbody>"))
    with pytest.raises(
        UserError, match="body 'base' is a child of body 'mount'.*put it directly into worldbody"
    ):
        build_model(*made(*edits))


@pytest.mark.parametrize(("key", "name"), [("joints", "LF_HAA"), ("feet", "LF_FOOT")])
def test_what_robot_yaml_names_twice(made, key, name):
    robot, mjcf = made()
    with pytest.raises(UserError, match=f"{key} names '{name}' twice"):
        build_model(robot.model_copy(update={key: (*getattr(robot, key), name)}), mjcf)


def test_a_foot_that_touches_nothing(made, robot_folder):
    text = (robot_folder / "anymal_c.xml").read_text()
    foot = text[text.index('<geom name="LF_FOOT"') :].split(">")[0]
    with pytest.raises(UserError, match="foot 'LF_FOOT' cannot collide"):
        build_model(*made((foot, foot.rstrip("/") + ' contype="0" conaffinity="0"/')))


def test_what_stands_in_the_scene_is_no_part_of_the_robot(made):
    with pytest.raises(UserError, match="body of .* 'ball'"):
        build_model(*made(scene=SCENE, collision_bodies=["ball"]))


@pytest.mark.parametrize(
    ("turn", "points"), [("0 0 180", r"-x"), ("0 0 90", r"[+-]y"), ("0 0 -90", r"[+-]y")]
)
def test_a_base_whose_frame_is_turned(made, robot_folder, turn, points):
    robot, mjcf = made()
    spec = read_mjcf(mjcf)
    base = spec.body("base")
    angle = np.radians(float(turn.split()[2]))
    c, s = np.cos(angle), np.sin(angle)
    for part in [*base.bodies, *base.sites]:  # the same robot, its base's frame turned
        part.pos = [c * part.pos[0] - s * part.pos[1], s * part.pos[0] + c * part.pos[1], part.pos[2]]
    mjcf.write_text(spec.to_xml())
    with pytest.raises(UserError, match=f"points to {points} of its base 'base'"):
        standing_keypoints(mjcf, robot, "ap10k")


# --- the files of a model


def test_a_model_of_one_file_has_no_assets(robot_folder):
    assert mjcf_assets(robot_folder / "anymal_c.xml") == []


def test_files_of_every_kind_are_found(tmp_path):
    files = {
        "scene.xml": '<mujoco><compiler meshdir="m" texturedir="t"/><include file="parts/robot.xml"/></mujoco>',
        "parts/robot.xml": '<mujocoinclude><include file="parts/assets.xml"/><include file="near.xml"/></mujocoinclude>',
        "parts/near.xml": "<mujocoinclude/>",
        "parts/assets.xml": '<mujocoinclude><asset><mesh file="a.obj"/><hfield name="h" file="h.png"/><model file="g.xml"/>'
        '<texture type="cube" fileup="up.png" filedown="absent.png"/><skin file="s.skn"/></asset></mujocoinclude>',
        "m/a.obj": "", "m/h.png": "", "m/s.skn": "", "t/up.png": "",
        "g.xml": '<mujoco><compiler assetdir="deep"/><asset><mesh file="b.stl"/></asset></mujoco>', "deep/b.stl": "",
        "unused.xml": "<mujoco/>",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    found = {str(path.relative_to(tmp_path)) for path in mjcf_assets(tmp_path / "scene.xml")}
    assert found == set(files) - {"scene.xml", "unused.xml"}


def test_a_mesh_beside_an_included_file_is_found(tmp_path):
    """MuJoCo takes it from there where the outer model's folder has none."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "scene.xml").write_text('<mujoco><include file="parts/arm.xml"/></mujoco>')
    mesh = '<mujoco><asset><mesh name="tip" file="tip.obj"/></asset></mujoco>'
    (tmp_path / "parts" / "arm.xml").write_text(mesh)
    (tmp_path / "parts" / "tip.obj").touch()
    found = mjcf_assets(tmp_path / "scene.xml")
    assert found == [tmp_path / "parts" / "arm.xml", tmp_path / "parts" / "tip.obj"]


def test_a_circle_of_includes_ends(tmp_path):
    (tmp_path / "a.xml").write_text('<mujoco><include file="b.xml"/></mujoco>')
    (tmp_path / "b.xml").write_text('<mujocoinclude><include file="a.xml"/></mujocoinclude>')
    assert [path.name for path in mjcf_assets(tmp_path / "a.xml")] == ["b.xml"]


def test_broken_xml_is_a_sentence(tmp_path):
    (tmp_path / "a.xml").write_text("<mujoco>")
    with pytest.raises(UserError, match=r"a\.xml is not valid XML"):
        mjcf_assets(tmp_path / "a.xml")


def test_meshes_are_compiled_from_their_folder(made):
    corners = "v 0 0 0\nv .1 0 0\nv 0 .1 0\nv 0 0 .1\nf 1 2 3\nf 1 2 4\nf 1 3 4\nf 2 3 4\n"
    mesh = '<asset><mesh name="m" file="tip.obj"/>'
    robot, mjcf = made(
        ('autolimits="true"/>', 'autolimits="true" meshdir="meshes"/>'),
        ("<asset>", mesh),
        (BASE[0], BASE[0] + '<geom type="mesh" mesh="m" contype="0" conaffinity="0" mass="0"/>'),
    )
    (mjcf.parent / "meshes").mkdir()
    (mjcf.parent / "meshes" / "tip.obj").write_text(corners)
    assert [path.name for path in mjcf_assets(mjcf)] == ["tip.obj"]
    assert build_model(robot, mjcf, visual=True).nmesh == 1


@pytest.mark.parametrize("content", [None, "no mesh", ""])
def test_a_missing_or_broken_mesh_is_a_sentence(made, content):
    robot, mjcf = made(
        ("<asset>", '<asset><mesh name="m" file="tip.obj"/>'),
        (BASE[0], BASE[0] + '<geom type="mesh" mesh="m" contype="0" conaffinity="0" mass="0"/>'),
    )
    if content is not None:
        (mjcf.parent / "tip.obj").write_text(content)
    with pytest.raises(UserError, match=r"anymal_c\.xml does not compile: .*"):
        build_model(robot, mjcf, visual=True)


def test_mujoco_is_not_needed_to_find_files(tmp_path):
    import subprocess
    import sys

    (tmp_path / "a.xml").write_text("<mujoco/>")
    code = (
        "import sys; from pathlib import Path; from video2reward.robots.mjcf import mjcf_assets;"
        f"mjcf_assets(Path({str(tmp_path / 'a.xml')!r})); sys.exit('mujoco' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path).returncode == 0


def test_joint_references_are_honoured(made, made_reference):
    """A joint's ref shifts its zero; the kinematics check themselves against MuJoCo's when they are made."""
    from video2reward.sim.kinematics import Kinematics

    edit = ('<joint name="LF_KFE" class="flexion"/>', '<joint name="LF_KFE" class="flexion" ref="0.7"/>')
    robot, mjcf = made(edit)
    model = build_model(robot, mjcf)
    assert model.qpos0[model.joint("LF_KFE").qposadr[0]] == 0.7
    Kinematics(model, robot.base, robot.joints)


def test_kinematics_that_do_not_agree_with_mujoco_are_refused(made):
    from video2reward.sim.kinematics import Kinematics

    robot, mjcf = made()
    model = build_model(robot, mjcf)
    model.jnt_type[model.joint("LF_KFE").id] = mujoco.mjtJoint.mjJNT_SLIDE  # as if something were not known
    with pytest.raises(UserError, match=r"body 'LF_SHANK' is .* m away from its position in MuJoCo"):
        Kinematics(model, robot.base, robot.joints)
