"""`reference.h5`: the clip's motion on one robot."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.artifacts.io import Provenance, read_h5, write_h5
from video2reward.errors import UserError


@dataclass(frozen=True)
class Reference:
    """One stride for one robot, in the robot's keypoints.

    keypoint_names: (J,) the robot's keypoints that the video's skeleton maps to, by the skeleton's names
    scored: names of the keypoints that the gait distance averages over (limbs, not the trunk)
    target: (P, J, 2) the clip's cycle, body lengths, x forward, y up: rollouts are compared with it
    cycle: (P, J, 2) the same, fitted to the robot's reach around its own stance, robot body lengths:
    policies can follow it
    standing: (J, 2) the robot's default pose, robot body lengths
    period_s: stride period, Froude-scaled, s; speed: m/s, Froude-scaled
    body_length_m: the robot's trunk length
    time_scale: robot seconds per video second, sqrt of the leg-length ratio
    limb_names, touchdown, duty_factor: (L,) as in the motion, restricted to mapped limbs
    foot_names: (L,) the keypoint of each limb's foot
    kind: "cyclic", or "single" for one motion, a rest and the return to its start instead of a stride
    trunk: (P, 2) of a single motion, the way of the trunk's middle, robot body lengths: forward from where it starts, and
    up from its height in the default pose; (0, 2) for a gait
    lean: (P,) of a single motion, degrees by which the trunk is turned forward (nose down) from how it starts; (0,)
    flight: (2,) phases of take-off and landing between which no foot is on the ground, NaN if there is no flight; (0,)
    before_wish: measure of wishes/catalogue.py -> what the motion in reach had before the user's wish changed it
    """

    robot: str
    skeleton: str
    keypoint_names: tuple[str, ...]
    scored: tuple[str, ...]
    target: np.ndarray
    cycle: np.ndarray
    standing: np.ndarray
    period_s: float
    speed: float
    body_length_m: float
    time_scale: float
    limb_names: tuple[str, ...]
    foot_names: tuple[str, ...]
    touchdown: np.ndarray
    duty_factor: np.ndarray
    kind: str = "cyclic"
    trunk: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))
    lean: np.ndarray = field(default_factory=lambda: np.zeros(0))
    flight: np.ndarray = field(default_factory=lambda: np.zeros(0))
    before_wish: dict[str, float] = field(default_factory=dict)
    provenance: Provenance = field(default_factory=dict)

    @property
    def flies(self) -> bool:
        """Whether the motion has a flight."""
        return bool(len(self.flight) and np.isfinite(self.flight).all())


_ARRAYS = ("target", "cycle", "standing", "touchdown", "duty_factor")
_OF_SINGLE = ("trunk", "lean", "flight")
_TUPLES = ("keypoint_names", "scored", "limb_names", "foot_names")


def write_reference(path: Path, reference: Reference) -> None:
    """Write reference.h5."""
    fields = vars(reference)
    write_h5(
        path,
        {name: np.asarray(fields[name], float) for name in _ARRAYS + _OF_SINGLE},
        {name: value for name, value in fields.items() if name not in _ARRAYS + _OF_SINGLE},
    )


def read_reference(path: Path) -> Reference:
    """Read reference.h5; one of an earlier version has no way of the trunk, and is refused if its motion is single."""
    arrays, attributes = read_h5(path)
    for name in _TUPLES:
        attributes[name] = tuple(attributes[name])
    fields: dict[str, Any] = {name: arrays[name] for name in _ARRAYS}
    fields |= {name: arrays[name] for name in _OF_SINGLE if name in arrays}
    if attributes.get("kind") == "single" and "trunk" not in fields:
        raise UserError(
            f"{path}: an earlier version wrote this single motion without the way of its trunk; delete the file and run again"
        )
    return Reference(**fields, **attributes)
