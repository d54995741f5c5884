"""Reading any MJCF: the files it refers to, the robot in it, and its torque limits."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from video2reward.errors import UserError, choices

# Elements and attributes that name files, and the compiler settings for their folders.
_FILES = {
    "mesh": "meshdir",
    "hfield": "meshdir",
    "skin": "meshdir",
    "flexcomp": "meshdir",
    "texture": "texturedir",
    "model": "",
}
_TEXTURES = ("fileright", "fileleft", "fileup", "filedown", "filefront", "fileback")
# Kinds of elements that we add to a robot, and attributes of elements that are not values.
_ADDED = ("actuator", "geom", "light", "material", "site", "texture")
_IDENTITY = ("id", "info", "signature", "name", "classname", "parent", "frame", "compiler", "plugin")
# Equality constraints that may tie a robot to something outside it.
_TIES = ("mjEQ_CONNECT", "mjEQ_WELD")


def mjcf_assets(mjcf: Path) -> list[Path]:
    """Return the files that an MJCF includes or names (models, meshes, textures, height fields), without itself.

    Only the XML is read, because importing MuJoCo takes long. Missing files are skipped; MuJoCo reports them
    later.
    """
    found: dict[Path, None] = {}
    folders: dict[str, str] = {}
    named: list[tuple[str, str, Path]] = []
    waiting, seen = [mjcf], set()
    while waiting:
        file = waiting.pop()
        key = file.resolve()
        if key in seen:
            continue
        seen.add(key)
        for element in _elements(file):
            if element.tag == "compiler":
                folders |= {
                    k: v for k, v in element.attrib.items() if k in ("meshdir", "texturedir", "assetdir")
                }
                if element.get("strippath") == "true":
                    folders["strippath"] = "true"
            elif element.tag == "include":
                included = _existing(element.get("file", ""), (mjcf.parent, file.parent))
                found |= dict.fromkeys(included)
                waiting += included
            elif element.tag in _FILES:
                names = ("file", *_TEXTURES) if element.tag == "texture" else ("file",)
                named += [
                    (element.tag, element.attrib[name], file.parent) for name in names if element.get(name)
                ]
    for tag, name, folder in named:
        own = folders.get(_FILES[tag]) or folders.get("assetdir") or ""
        plain = os.path.basename(name) if "strippath" in folders else name
        for asset in _existing(plain, (mjcf.parent / own, mjcf.parent, folder / own, folder)):
            found[asset] = None
            if tag == "model":  # an attached model brings its own files
                found |= dict.fromkeys(mjcf_assets(asset))
    return [file for file in found if file.resolve() != mjcf.resolve()]


def read_mjcf(mjcf: Path) -> Any:
    """Read an MJCF -> mujoco.MjSpec; a `UserError` quotes MuJoCo if it cannot read the file."""
    import mujoco

    if not mjcf.exists():
        raise UserError(f"the robot's MJCF {mjcf} does not exist")
    try:
        return mujoco.MjSpec.from_file(str(mjcf))
    except ValueError as error:
        raise UserError(f"{mjcf} is not valid MJCF: {' '.join(str(error).split())}") from None


def compile_model(spec: Any, mjcf: Path) -> Any:
    """Compile -> mujoco.MjModel; what MuJoCo rejects, such as a missing or broken mesh, is a `UserError`."""
    try:
        return spec.compile()
    except ValueError as error:
        raise UserError(f"{mjcf} does not compile: {' '.join(str(error).split())}") from None


def take_robot(spec: Any, base: str, mjcf: Path) -> None:
    """Reduce a mujoco.MjSpec to the tree of body `base`, and keep its defaults from affecting elements added later.

    The model's own ground, lights, other bodies, options, actuators, sensors, keyframes, contact pairs and
    unnamed default class are removed. The robot's joints, geoms, sites, tendons and equality constraints stay.

    Raises:
        UserError: `base` is not a body with a free joint, or is tied to something outside the robot
    """
    import mujoco

    body = free_body(spec, base, mjcf)
    _check_ties(spec, body, mjcf)
    world, fresh = spec.worldbody, mujoco.MjSpec()
    parts = [body, *body.find_all("body")]
    own = {"", *(part.name for part in parts)}
    scenery = [other for other in spec.bodies if other.parent == world and other != body]
    scenery += [*world.geoms, *world.sites, *world.lights, *world.cameras]
    unused = [*spec.actuators, *spec.sensors, *spec.keys, *spec.pairs, *spec.excludes]
    unused += [texture for texture in spec.textures if texture.type == mujoco.mjtTexture.mjTEXTURE_SKYBOX]
    unused += [eye for eye in (*spec.cameras, *spec.lights) if eye.targetbody not in own]
    unused += [t for t in spec.tendons if (held := _held(t)) and not any(x.parent in parts for x in held)]
    for element in [*unused, *scenery]:
        spec.delete(element)
    _copy_values(fresh.option, spec.option)
    # Existing elements took their class's values when read, so this affects new elements only.
    for kind in _ADDED:
        _copy_values(getattr(fresh.default, kind), getattr(spec.default, kind))


def _copy_values(source: Any, target: Any) -> None:
    for name in dir(source):
        if name[0] != "_" and name not in _IDENTITY and not callable(value := getattr(source, name)):
            setattr(target, name, value)


def free_body(spec: Any, base: str, mjcf: Path) -> Any:
    """Return the body `base`; if it has no free joint, a `UserError`."""
    import mujoco

    bodies = {body.name: body for body in spec.bodies if body.name}
    if base not in bodies:
        raise UserError(f"{mjcf}: {choices(base, bodies, 'body')}")
    free = [b.name for b in spec.bodies for j in b.joints if j.type == mujoco.mjtJoint.mjJNT_FREE]
    if base not in free:
        found = ", ".join(repr(name) for name in free)
        hint = "add <freejoint/> to it" + (
            f", or name the body that has one as base: {found}" if found else ""
        )
        held = ", ".join(_kind(joint) for joint in bodies[base].joints) or "fixed to its parent"
        raise UserError(
            f"{mjcf}: body {base!r} has no free joint ({held}); a robot's base must move freely: {hint}"
        )
    if bodies[base].parent != spec.worldbody:
        raise UserError(
            f"{mjcf}: body {base!r} is a child of body {bodies[base].parent.name!r}; a robot's base must move freely: put it "
            "directly into worldbody"
        )
    return bodies[base]


def torque_limits(spec: Any) -> dict[str, tuple[float, float]]:
    """Return joint -> lowest and highest torque, N m, for the joints whose torque the model limits.

    A joint's own actuatorfrcrange and its actuator's range (forcerange, or a motor's ctrlrange, times the gear)
    both apply: the tighter one counts. If a joint has several actuators, the strongest counts: they are taken as
    alternatives, not as a sum.
    """
    import mujoco

    drives = (mujoco.mjtTrn.mjTRN_JOINT, mujoco.mjtTrn.mjTRN_JOINTINPARENT)
    strongest: dict[str, tuple[float, float]] = {}
    for actuator in spec.actuators:
        if actuator.trntype in drives and (own := _actuator_range(actuator, spec)):
            low, high = strongest.get(actuator.target, own)
            strongest[actuator.target] = min(low, own[0]), max(high, own[1])
    limits = {}
    for joint in spec.joints:
        ranges = [strongest[joint.name]] if joint.name in strongest else []
        if _limited(joint.actfrclimited, joint.actfrcrange, spec):
            ranges.append(tuple(joint.actfrcrange))
        if ranges:
            limits[joint.name] = max(low for low, _ in ranges), min(high for _, high in ranges)
    return limits


def _actuator_range(actuator: Any, spec: Any) -> tuple[float, float] | None:
    """Return an actuator's lowest and highest torque, N m; None if nothing limits it."""
    import mujoco

    ranges = []
    if _limited(actuator.forcelimited, actuator.forcerange, spec):
        ranges.append(tuple(actuator.forcerange))
    lagging = (mujoco.mjtDyn.mjDYN_NONE, mujoco.mjtDyn.mjDYN_FILTER, mujoco.mjtDyn.mjDYN_FILTEREXACT)
    motor = (
        actuator.gaintype == mujoco.mjtGain.mjGAIN_FIXED
        and actuator.biastype == mujoco.mjtBias.mjBIAS_NONE
        and actuator.dyntype in lagging
    )
    if motor and _limited(actuator.ctrllimited, actuator.ctrlrange, spec):
        ranges.append(tuple(sorted(float(actuator.gainprm[0] * end) for end in actuator.ctrlrange)))
    if not ranges:
        return None
    ends = max(low for low, _ in ranges), min(high for _, high in ranges)
    low, high = sorted(float(actuator.gear[0] * end) for end in ends)
    return low, high


def _limited(flag: Any, ends: Any, spec: Any) -> bool:
    """Tell whether a range applies; MuJoCo's "auto" means: if it is given, unless autolimits is off."""
    automatic = bool(spec.compiler.autolimits) and ends[0] < ends[1]
    return automatic if int(flag) == 2 else bool(int(flag))


def _check_ties(spec: Any, base: Any, mjcf: Path) -> None:
    """Raise a `UserError` if a constraint or a tendon ties the robot to the world or to another body."""
    import mujoco

    parts = [base, *base.find_all("body")]
    own = {body.name for body in parts}
    own_sites = {site.name for body in parts for site in body.sites}
    for tendon in spec.tendons:
        held = _held(tendon)
        outside = [thing.name for thing in held if thing.parent not in parts]
        if outside and len(outside) < len(held):
            raise UserError(
                f"{mjcf}: tendon {tendon.name!r} ties the robot to {outside[0]!r}, which is not part of it; remove it"
            )
    for tie in spec.equalities:
        if mujoco.mjtEq(tie.type).name not in _TIES:
            continue
        kind, valid = ("site", own_sites) if tie.objtype == mujoco.mjtObj.mjOBJ_SITE else ("body", own)
        inside = [name in valid for name in (tie.name1, tie.name2)]
        if any(inside) and not all(inside):
            name = (tie.name1, tie.name2)[inside[0]] or "the world"
            raise UserError(
                f"{mjcf}: an equality constraint ties the robot to {kind} {name!r}, which is not part of it; remove it"
            )


def _held(tendon: Any) -> list[Any]:
    """Return the joints, sites and geoms along a tendon; missing ones are skipped, MuJoCo reports them."""
    return [wrap.target for wrap in tendon.path if wrap.target is not None]


def _kind(joint: Any) -> str:
    import mujoco

    kind = f"{mujoco.mjtJoint(joint.type).name.removeprefix('mjJNT_').lower()} joint"
    return f"{kind} {joint.name!r}" if joint.name else kind


def _elements(file: Path) -> Iterator[ElementTree.Element]:
    try:
        yield from ElementTree.parse(file).iter()
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror or error}") from None
    except ElementTree.ParseError as error:
        raise UserError(f"{file} is not valid XML: {error}") from None


def _existing(name: str, folders: tuple[Path, ...]) -> list[Path]:
    """Return the files of that name in all given folders, as MuJoCo alone decides which one it reads."""
    files = dict.fromkeys(Path(os.path.normpath(folder / name)) for folder in folders)
    return [file for file in files if name and file.is_file()]


def import_mujoco() -> Any:
    """Import mujoco, even if the OpenGL backend that MUJOCO_GL names fails to load: physics does not need it."""
    try:
        import mujoco
    except Exception:  # a broken driver may raise anything
        chosen = os.environ.get("MUJOCO_GL")
        if chosen is None:
            raise
        os.environ["MUJOCO_GL"] = "disable"
        import mujoco

        os.environ["MUJOCO_GL"] = chosen
    return mujoco
