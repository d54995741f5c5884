"""A stranger's model: where it is, what it is under, and MuJoCo's reading of it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from video2reward.errors import UserError, choices
from video2reward.importing.urdf import is_urdf, mujoco_urdf
from video2reward.robots.mjcf import import_mujoco, read_mjcf

UNNAMED = "unnamed_geom"
"""What the names of geoms begin with that had none, until the model is written."""

_PACKAGE = "robot_descriptions"
_LICENCES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "COPYING")
_LEVELS = 3  # folders above the model in which a licence is looked for
_MASSLESS = "mass and inertia of moving bodies"


@dataclass(frozen=True)
class Source:
    """A model as it came.

    asked: what the user wrote; licence: its text's file, None if none lies near
    spec, model: mujoco.MjSpec and mujoco.MjModel of the whole file; what had no name has one
    """

    asked: str
    file: Path
    licence: Path | None
    spec: Any
    model: Any


def open_source(asked: str) -> Source:
    """Read an MJCF, a URDF, or `robot_descriptions:NAME`.

    Raises:
        UserError: it does not exist, MuJoCo cannot read it, or meshes are missing
    """
    import_mujoco()
    file = _described(asked.partition(":")[2]) if asked.startswith(f"{_PACKAGE}:") else Path(asked)
    if not asked or not file.is_file():
        raise UserError(
            f"the model {str(file)!r} does not exist; say FROM=model.xml, FROM=model.urdf or FROM={_PACKAGE}:spot_mj_description"
        )
    spec = read_model(file)
    _check_meshes(spec, file)
    _name_all(spec)
    return Source(asked, file, _licence(file), spec, _compiled(spec, file))


def read_model(file: Path) -> Any:
    """Read an MJCF or URDF -> mujoco.MjSpec; a `UserError` quotes MuJoCo if it cannot."""
    if not is_urdf(file):
        return _named_once(lambda: read_mjcf(file), file)
    import mujoco

    text = mujoco_urdf(file)
    return _named_once(lambda: mujoco.MjSpec.from_string(text), file)


def _named_once(read: Any, file: Path) -> Any:
    try:
        return read()
    except (ValueError, UserError) as error:
        said = " ".join(str(error).split())
        if "repeated name" in said:
            raise UserError(
                f"{file}: a name is given twice ({said[said.index('repeated name') :]}); rename one of them"
            ) from None
        raise (
            error if isinstance(error, UserError) else UserError(f"{file} is not a valid model: {said}")
        ) from None


def _compiled(spec: Any, file: Path) -> Any:
    try:
        return spec.compile()
    except ValueError as error:
        said = " ".join(str(error).split())
    if "repeated name" in said:
        raise UserError(f"{file}: a name is given twice ({said}); rename one of them")
    if _MASSLESS in said:
        raise UserError(
            f"{file}: a moving body has no mass or inertia ({said}); give it an <inertial> of the real part, or weld it to "
            "its parent"
        )
    raise UserError(f"{file} does not compile: {said}")


def _check_meshes(spec: Any, file: Path) -> None:
    folder = Path(spec.modelfiledir or file.parent)
    missing = [
        mesh.file for mesh in spec.meshes if mesh.file and asset_file(mesh.file, spec.meshdir, folder) is None
    ]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise UserError(
            f"{file}: the mesh {missing[0]!r}{more} does not exist; put it there, or take a copy of the model that has its meshes"
        )


def asset_file(name: str, own: str, folder: Path) -> Path | None:
    """Return the file that a model names, in its asset folder `own` or beside it; None if there is none."""
    return next((place for place in (folder / own / name, folder / name) if place.is_file()), None)


def _licence(file: Path) -> Path | None:
    folders = [file.resolve().parent, *file.resolve().parents[1 : _LEVELS + 1]]
    places = (folder / name for folder in folders if folder.name != "site-packages" for name in _LICENCES)
    return next((place for place in places if place.is_file()), None)


def _described(name: str) -> Path:
    """Return the model's file of a description; the package fetches it at its first use."""
    try:
        package = importlib.import_module(_PACKAGE)
    except ImportError:
        raise UserError(
            f"FROM={_PACKAGE}:{name} needs the package {_PACKAGE}, which is not installed: "
            f".venv/bin/python -m pip install {_PACKAGE}"
        ) from None
    try:
        found = importlib.import_module(f"{_PACKAGE}.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"{_PACKAGE}.{name}":
            raise UserError(f"{_PACKAGE} needs {error.name}, which is not installed") from None
        modules = (module.name for module in pkgutil.iter_modules(package.__path__))
        names = [found for found in modules if found.endswith("_description") and found[0] != "_"]
        raise UserError(choices(name, names, f"description of {_PACKAGE}")) from None
    except Exception as error:  # it clones a repository: whatever git says
        raise UserError(f"{_PACKAGE} could not fetch {name}: {' '.join(str(error).split())}") from None
    file = getattr(found, "MJCF_PATH", None) or getattr(found, "URDF_PATH", None)
    if file is None:
        raise UserError(f"{_PACKAGE}.{name} has neither an MJCF nor a URDF; name one that has")
    return Path(file)


def _name_all(spec: Any) -> None:
    """Give unnamed bodies, joints and geoms a name: robot.yaml goes by names."""
    for kind, things in (("body", spec.bodies), ("joint", spec.joints), (UNNAMED, spec.geoms)):
        used = {thing.name for thing in things}
        for number, thing in enumerate(things):
            if not thing.name:
                thing.name = unused(f"{kind}_{number}", used)


def unused(name: str, used: Iterable[str]) -> str:
    """Return a name that is not in use yet."""
    while name in used:
        name += "_"
    return name
