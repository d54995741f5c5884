"""From a stranger's model to a robot's folder."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from video2reward.artifacts.io import write_text
from video2reward.errors import UserError
from video2reward.importing.base import take
from video2reward.importing.checks import RobotCheck, check_robot, stands
from video2reward.importing.contacts import find_contacts
from video2reward.importing.description import robot_text
from video2reward.importing.drives import Drives, find_drives
from video2reward.importing.feet import add_feet
from video2reward.importing.limbs import find_body
from video2reward.importing.mjcf import add_trunk, set_limits, write_mjcf
from video2reward.importing.picture import draw_robot
from video2reward.importing.sites import add_sites
from video2reward.importing.source import Source, open_source
from video2reward.importing.stance import find_stance
from video2reward.importing.values import Found, comments_of, robot_of
from video2reward.robots.description import load_robot
from video2reward.settings.robot import Robot

_NAME = r"[A-Za-z][A-Za-z0-9_]*"
_FACTORS = (1.0, 1.5, 0.7)  # of the guessed gains, tried until it stands
_SUBSTEPS = (2, 4)  # physics steps a control step: stiff drives on light feet chatter with long ones


@dataclass(frozen=True)
class Imported:
    """A robot's folder as it was written: what was guessed or left open, in sentences, and what was checked."""

    folder: Path
    robot: Robot
    notes: tuple[str, ...]
    checks: tuple[RobotCheck, ...]


def import_robot(asked: str, name: str, folder: Path, biped_preset: Path) -> Imported:
    """Make a robot's folder from an MJCF or URDF (importing.source); biped_preset: cpu.yaml for robots on two legs.

    Raises:
        UserError: the folder exists, the name does not suit, or the model is no robot on two or four legs
    """
    if not re.fullmatch(_NAME, name):
        raise UserError(
            f"the robot's name {name!r} does not suit: letters, digits and _ only, for example NAME=spot"
        )
    if folder.exists():
        raise UserError(f"{folder} exists; remove it, or say another NAME= or OUT=")
    source = open_source(asked)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder.parent) as aside:
        made = Path(aside) / name
        made.mkdir()
        robot, substeps, notes = _write(source, name, made, biped_preset)
        checks = check_robot(robot, made / robot.mjcf, source.model, substeps)
        draw_robot(robot, made / robot.mjcf, made / "standing.png")
        made.rename(folder)
    return Imported(folder, robot, notes, checks)


def _write(source: Source, name: str, folder: Path, biped_preset: Path) -> tuple[Robot, int, tuple[str, ...]]:
    """Write all files but the picture; return the robot, its physics steps a control step, and the notes."""
    notes: list[str] = []
    spec, given = take(source, notes)
    model = spec.compile()
    body = find_body(model, given, source.file, notes)
    stance = find_stance(model, given, body, source.file, notes)
    drives = find_drives(model, given, body, stance)
    contacts = find_contacts(model, given, body, stance)
    add_trunk(spec, model, given.base, notes)
    feet = add_feet(spec, model, given, body, notes)
    table = add_sites(spec, model, given, body, stance, notes)
    set_limits(spec, given, drives, notes)
    write_mjcf(spec, source, folder, name)
    found = Found(model, given, body, stance, contacts, feet, table)
    substeps, factor = _tried(name, source.file, folder, found, drives)
    used = drives.scaled(factor)
    comments = comments_of(found, used, factor)
    write_text(folder / "robot.yaml", robot_text(robot_of(name, source.file, found, used), comments))
    _write_preset(folder, biped_preset if len(body.legs) == 2 else None, substeps, notes)
    _write_origin(source, folder, notes, comments)
    return load_robot(folder / "robot.yaml"), substeps, tuple(notes)


def _tried(name: str, file: Path, folder: Path, found: Found, drives: Drives) -> tuple[int, float]:
    """Return the physics steps a control step and the factor of the guessed gains with which the robot stands."""
    for substeps in _SUBSTEPS:
        for factor in _FACTORS if drives.guessed_gains else _FACTORS[:1]:
            robot = robot_of(name, file, found, drives.scaled(factor))
            if stands(robot, folder / robot.mjcf, substeps):
                return substeps, factor
    return _SUBSTEPS[0], _FACTORS[0]


def _write_preset(folder: Path, biped: Path | None, substeps: int, notes: list[str]) -> None:
    """Write cpu.yaml where the defaults do not suit: two legs run as the humanoid does, and some need shorter steps."""
    text = biped.read_text() if biped is not None else "task:\n"
    if biped is not None:
        notes.append(
            "A robot on two legs runs: its task and training settings are the humanoid's (cpu.yaml)."
        )
    if substeps != _SUBSTEPS[0]:
        notes.append(
            f"It stands with {substeps} physics steps a control step only, which doubles their cost (cpu.yaml)."
        )
        text = text.replace("task:\n", f"task:\n  substeps: {substeps}\n", 1)
    elif biped is None:
        return
    write_text(folder / "cpu.yaml", text)


def _write_origin(source: Source, folder: Path, notes: list[str], comments: dict[str, str]) -> None:
    if source.licence is not None:
        shutil.copyfile(source.licence, folder / "LICENSE")
    else:
        notes.append(
            "No licence lay beside the model: find out what it is under before you share it, and write it to LICENSE."
        )
        write_text(
            folder / "LICENSE",
            f"Unknown: no licence lay beside {source.file.name}. Ask whose it is before sharing it.\n",
        )
    digest = hashlib.sha256(source.file.read_bytes()).hexdigest()
    lines = [
        f"Made by `make robot FROM={source.asked}` from {source.file.name} (sha256 {digest}).",
        "The model's bodies, joints, geoms and meshes are unchanged; drives, sensors, keyframes and scenery are left out; sites",
        "for the keypoints, torque limits and what stands below were added.", *(f"- {note}" for note in notes), "robot.yaml:",
        *(f"- {key}: {text}" for key, text in comments.items()),
    ]  # fmt: skip
    write_text(folder / "SOURCE", "\n".join(lines) + "\n")
