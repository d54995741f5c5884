"""URDF as MuJoCo can read it: fixed links kept as bodies, `package://` paths found on the disk."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from video2reward.errors import UserError

# Fixed links stay bodies of their own: MuJoCo would fuse the root link with the world, and feet with shanks.
_COMPILER = {
    "fusestatic": "false", "strippath": "false", "discardvisual": "false", "balanceinertia": "true",
}  # fmt: skip


def is_urdf(file: Path) -> bool:
    """Tell whether an XML file is a URDF, by its root element; a `UserError` if it is no XML."""
    return _root(file).tag == "robot"


def mujoco_urdf(file: Path) -> str:
    """Return a URDF's text for MuJoCo, with absolute mesh paths and without a floating joint to a world link.

    Raises:
        UserError: a mesh's package or file is not on this disk
    """
    root = _root(file)
    for extension in root.findall("mujoco"):
        root.remove(extension)
    ElementTree.SubElement(ElementTree.SubElement(root, "mujoco"), "compiler", _COMPILER)
    _drop_world(root)
    for part in root.iter("visual"):
        for child in part.findall("material"):  # colours by name or texture: seen in no training
            part.remove(child)
    missing: list[str] = []
    for mesh in root.iter("mesh"):
        name = mesh.get("filename", "")
        found = _mesh(name, file)
        if found is None:
            missing.append(name)
        mesh.set("filename", str(found))
    if missing:
        raise UserError(_missing(missing, file))
    return ElementTree.tostring(root, encoding="unicode")


def _root(file: Path) -> ElementTree.Element:
    try:
        return ElementTree.parse(file).getroot()
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror or error}") from None
    except ElementTree.ParseError as error:
        raise UserError(f"{file} is not valid XML: {error}; a xacro must be turned into URDF first") from None


def _drop_world(root: ElementTree.Element) -> None:
    """Remove a root link that only holds the robot by a floating joint: the robot's base gets its own free joint."""
    for joint in [joint for joint in root.findall("joint") if joint.get("type") == "floating"]:
        parent = joint.find("parent")
        name = parent.get("link") if parent is not None else None
        root.remove(joint)
        for link in [link for link in root.findall("link") if link.get("name") == name]:
            root.remove(link)


def _mesh(name: str, file: Path) -> Path | None:
    """Return the file of a mesh; `package://NAME/REST` is looked for from the URDF's folder upwards."""
    if name.startswith("package://"):
        package, _, rest = name.removeprefix("package://").partition("/")
        places = [
            place for folder in file.resolve().parents for place in (folder / package / rest, folder / rest)
        ]
    else:
        plain = name.removeprefix("file://")
        places = [file.resolve().parent / plain]
    return next((place for place in places if place.is_file()), None)


def _missing(names: list[str], file: Path) -> str:
    first, more = names[0], len(set(names)) - 1
    others = f" and {more} more" if more else ""
    if first.startswith("package://"):
        package = first.removeprefix("package://").split("/")[0]
        return (
            f"{file}: the mesh {first}{others} was not found; put the folder of the ROS package {package!r}, with its meshes, "
            "above the URDF or beside it"
        )
    return f"{file}: the mesh {first!r}{others} does not exist; put it there, or take a copy of the model that has its meshes"
