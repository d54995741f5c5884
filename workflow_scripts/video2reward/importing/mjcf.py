"""Write the robot's own MJCF: sites, feet, limits and meshes in one folder, nothing of the source's file changed."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from video2reward.artifacts.io import write_text
from video2reward.errors import UserError
from video2reward.importing.base import Given
from video2reward.importing.drives import Drives
from video2reward.importing.source import UNNAMED, Source, asset_file

_ASSETS = "assets"
_SHOWN = 4  # names in a sentence
_FREE_RANGE = np.pi  # rad to either side, of a joint without a range


def set_limits(spec: Any, given: Given, drives: Drives, notes: list[str]) -> None:
    """Give every driven joint a torque limit, a range and a rotor's inertia, and say where they are guesses."""
    for name in given.joints:
        joint = spec.joint(name)
        joint.actfrcrange, joint.actfrclimited = drives.limits[name], 1
        joint.armature = drives.rotors.get(name, joint.armature)
        if name not in given.ranges:
            joint.range, joint.limited = [-_FREE_RANGE, _FREE_RANGE], 1
    if drives.guessed_limits:
        notes.append(
            f"The model limits no torque of {_listed(drives.guessed_limits)}: guessed from weight and leg length."
        )
    if drives.rotors:
        notes.append(
            f"The model has no rotor inertia for {_listed(drives.rotors)}: guessed from the torque limits."
        )
    if free := [name for name in given.joints if name not in given.ranges]:
        notes.append(f"Joints without a range turn by half a turn either way: {_listed(free)}.")


def _listed(names: Collection[str]) -> str:
    first = ", ".join(list(names)[:_SHOWN])
    return first if len(names) <= _SHOWN else f"{first} and {len(names) - _SHOWN} more"


def add_trunk(spec: Any, model: Any, base: str, notes: list[str]) -> None:
    """Give a base without a geom that can collide a box of its inertia: a fall is noticed by contact."""
    import mujoco

    number = int(model.body(base).id)
    welded = [g for g in range(model.ngeom) if model.body_weldid[model.geom_bodyid[g]] == number]
    if any(model.geom_contype[g] or model.geom_conaffinity[g] for g in welded):
        return
    mass = max(float(model.body_mass[number]), 1e-9)
    square = model.body_inertia[number]  # of a box: m (b^2 + c^2) / 3 with half sides
    half = np.sqrt(np.maximum(1.5 * (square.sum() - 2 * square) / mass, 1e-4))
    spec.body(base).add_geom(
        name="trunk_box", type=mujoco.mjtGeom.mjGEOM_BOX, size=half, pos=model.body_ipos[number],
        quat=model.body_iquat[number], mass=0, group=3, contype=1, conaffinity=1,
    )  # fmt: skip
    notes.append(f"The base {base} had no geom that can touch the ground; it has the box of its inertia.")


def write_mjcf(spec: Any, source: Source, folder: Path, name: str) -> None:
    """Write NAME.xml into a folder, with the meshes and textures that it uses in assets/.

    Raises:
        UserError: a file that the model names does not exist
    """
    for geom in spec.geoms:
        if geom.name.startswith(UNNAMED):
            geom.name = ""
    used = {geom.meshname for geom in spec.geoms}
    for mesh in list(spec.meshes):
        if (mesh.name or Path(mesh.file).stem) not in used:
            spec.delete(mesh)
    for field in list(spec.hfields):  # terrain, as the ground is ours
        spec.delete(field)
    _copy(spec, source, folder)
    spec.modelname = name
    model = _with_inertias(spec)
    write_text(folder / f"{name}.xml", _with_massless(spec.to_xml(), model))


def _with_inertias(spec: Any) -> Any:
    """Give each body the mass and inertia that it has, in numbers, and return the model.

    Those that follow from geoms would change when written anew, as masses of zero and the compiler's settings get lost.
    """
    model = spec.compile()
    for body in spec.bodies[1:]:
        number = int(model.body(body.name).id)
        body.explicitinertial = bool(model.body_mass[number])
        body.mass, body.inertia = model.body_mass[number], model.body_inertia[number]
        body.ipos, body.iquat = model.body_ipos[number], model.body_iquat[number]
        body.fullinertia = np.full(6, np.nan)
    spec.compiler.inertiafromgeom = 2  # mjINERTIAFROMGEOM_AUTO
    spec.compiler.settotalmass, spec.compiler.boundmass, spec.compiler.boundinertia = -1, 0, 0
    return spec.compile()


def _with_massless(text: str, model: Any) -> str:
    """Return the XML with `mass="0"` on the geoms of massless bodies, which MuJoCo leaves out: they would weigh something."""
    root = ElementTree.fromstring(text)
    massless = {model.body(b).name for b in range(1, model.nbody) if not model.body_mass[b]}
    for body in root.iter("body"):
        if body.get("name") in massless:
            for geom in body.findall("geom"):
                geom.attrib.pop("density", None)
                geom.set("mass", "0")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _copy(spec: Any, source: Source, folder: Path) -> None:
    home = Path(spec.modelfiledir or source.file.parent)
    names: dict[Path, str] = {}
    for thing in [*spec.meshes, *spec.textures]:
        if not thing.file:
            continue
        thing.name = thing.name or Path(thing.file).stem
        own = spec.meshdir if thing in spec.meshes else spec.texturedir
        found = asset_file(thing.file, own, home)
        if found is None:
            raise UserError(f"{source.file}: the file {thing.file!r} does not exist; put it there")
        if found not in names:
            names[found] = _unused(found.name, set(names.values()))
            (folder / _ASSETS).mkdir(exist_ok=True)
            shutil.copyfile(found, folder / _ASSETS / names[found])
        thing.file = f"{_ASSETS}/{names[found]}"
    spec.meshdir = spec.texturedir = ""
    spec.modelfiledir = str(folder)


def _unused(name: str, taken: set[str]) -> str:
    number, path = 2, Path(name)
    while name in taken:
        name, number = f"{path.stem}_{number}{path.suffix}", number + 1
    return name
