"""Write a robot as it is simulated, with ground and drives, as one MJCF that needs nothing of ours."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from video2reward.errors import UserError
from video2reward.robots.mjcf import compile_model, import_mujoco, mjcf_assets

ASSETS = "assets"
"""Folder of meshes and textures beside the MJCF."""
# What decides the motion, and how far it may be from the simulated robot's after writing and reading, relative.
_PHYSICS = (
    "qpos0", "body_mass", "body_inertia", "body_ipos", "body_iquat", "body_pos", "body_quat", "jnt_pos", "jnt_axis",
    "jnt_range", "jnt_stiffness", "jnt_solref", "dof_armature", "dof_damping", "dof_frictionloss", "actuator_gainprm",
    "actuator_biasprm", "actuator_forcerange", "pair_friction", "pair_solref", "pair_solimp", "pair_margin",
)  # fmt: skip
_TOLERANCE = 1e-5
# Attributes that MuJoCo writes with six digits: kind of element -> attribute -> field of the model.
_EXACT = {
    "body": {"pos": "body_pos", "quat": "body_quat"},
    "geom": {"pos": "geom_pos", "quat": "geom_quat", "size": "geom_size"},
    "joint": {"pos": "jnt_pos", "axis": "jnt_axis"},
    "site": {"pos": "site_pos", "quat": "site_quat"},
    "actuator": {"forcerange": "actuator_forcerange"},
}


def write_standalone(spec: Any, mjcf: Path, folder: Path, name: str) -> None:
    """Write `name` (an MJCF) and its `assets` to a folder; spec: of `model.build_spec`, made from the file `mjcf`.

    Raises:
        UserError: read back, it would move otherwise than the simulated robot
    """
    mujoco = import_mujoco()
    for kind in ("bodies", "joints", "geoms"):
        for number, element in enumerate(getattr(spec, kind)):
            element.name = element.name or f"{kind} {number}"
    model = compile_model(spec, mjcf)
    root = ElementTree.fromstring(spec.to_xml())
    for element, kind in _elements(root):
        _exact(element, kind, model)
    _copy_assets(root, mjcf, folder / ASSETS)
    ElementTree.indent(root)
    (folder / name).write_text(ElementTree.tostring(root, encoding="unicode") + "\n", encoding="utf-8")
    _compare(model, mujoco.MjModel.from_xml_path(str(folder / name)), mjcf)


def _elements(root: ElementTree.Element) -> Iterator[tuple[ElementTree.Element, str]]:
    """Yield the elements that are written with all digits, with their kinds."""
    for world in root.iter("worldbody"):
        yield from ((element, element.tag) for element in world.iter() if element.tag in _EXACT)
    for actuators in root.iter("actuator"):
        yield from ((element, "actuator") for element in actuators)


def _exact(element: ElementTree.Element, kind: str, model: Any) -> None:
    mujoco, row = import_mujoco(), getattr(model, kind)(element.get("name")).id
    fields = dict(_EXACT[kind])
    if kind == "geom" and model.geom_type[row] == mujoco.mjtGeom.mjGEOM_MESH:
        return  # placed by the mesh
    if kind == "joint":
        fields |= {"range": "jnt_range"} if model.jnt_limited[row] else {}
        dof = model.jnt_dofadr[row]
        element.set("stiffness", _digits(model.jnt_stiffness[row]))
        element.set("damping", _digits(model.dof_damping[dof]))
        element.set("armature", _digits(model.dof_armature[dof]))
    if kind == "geom":
        element.attrib.pop("fromto", None)
    if kind == "actuator" and not model.actuator_forcelimited[row]:
        return
    for attribute, field in fields.items():
        element.set(attribute, _digits(getattr(model, field)[row]))
    if kind == "body" and model.body_mass[row] > 0:
        _inertia(element, row, model)


def _inertia(body: ElementTree.Element, row: int, model: Any) -> None:
    """Say a body's inertia, which would else be computed again from its shapes."""
    for old in body.findall("inertial"):
        body.remove(old)
    values = {
        "pos": model.body_ipos[row],
        "quat": model.body_iquat[row],
        "mass": model.body_mass[row],
        "diaginertia": model.body_inertia[row],
    }
    body.insert(0, ElementTree.Element("inertial", {key: _digits(value) for key, value in values.items()}))


def _digits(values: Any) -> str:
    return " ".join(repr(float(value)) for value in np.ravel(values))


def _copy_assets(root: ElementTree.Element, mjcf: Path, folder: Path) -> None:
    """Copy the files that the MJCF names, and name the copies."""
    sources, names = mjcf_assets(mjcf), dict[Path, str]()
    for element in [each for assets in root.iter("asset") for each in assets]:
        for attribute in [key for key in element.attrib if key.startswith("file")]:
            wanted = os.path.normpath(element.attrib[attribute])
            fits = [path for path in sources if os.path.normpath(path).endswith(wanted)]
            fits += [path for path in sources if path.name == os.path.basename(wanted)]
            if not fits:
                raise UserError(
                    f"{mjcf}: the file {wanted!r} that it names was not found; put it beside the MJCF"
                )
            taken = names.values()
            name = fits[0].name if fits[0].name not in taken else f"{len(names)}_{fits[0].name}"
            names.setdefault(fits[0], name)
            element.set(attribute, names[fits[0]])
    for compiler in root.iter("compiler"):
        for key in ("strippath", "assetdir", "meshdir", "texturedir"):
            compiler.attrib.pop(key, None)
        if names:
            compiler.set("assetdir", folder.name)
    for source, name in names.items():
        folder.mkdir(exist_ok=True)
        shutil.copyfile(source, folder / name)


def _compare(model: Any, written: Any, mjcf: Path) -> None:
    for field in _PHYSICS:
        own, other = getattr(model, field), getattr(written, field)
        if own.shape != other.shape or not np.allclose(own, other, rtol=_TOLERANCE, atol=_TOLERANCE**2):
            raise UserError(
                f"{mjcf}: written as one file, its {field} would be another than in the simulation; MuJoCo cannot write one "
                "of its features: simplify the model, or report it as a bug"
            )
