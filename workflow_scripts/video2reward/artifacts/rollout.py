"""`rollout.h5`: A agents over T steps of one policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.artifacts.io import Provenance, read_h5, write_h5


@dataclass(frozen=True)
class Rollout:
    """States of A agents over T control steps; agents are not reset after a fall.

    qpos: (A, T, nq) free joint (x, y, z m; w, x, y, z quaternion) then joints, rad
    keypoints: (A, T, J, 3) world positions, m
    heading: (A, T) yaw of the base, rad
    commands: (A, 3) vx m/s, vy m/s, yaw rate rad/s, base frame
    velocity: (A, T, 3) measured vx, vy m/s and yaw rate rad/s, base frame
    fell_at: (A,) first step at which the agent terminated, T if it never did
    dt: s per step; keypoint_names: (J,)
    phase: (A,) phase clock at the first step, cycles; (0,) if unknown
    clearance: (A, T) height of the lowest sole above the ground, m, of a single motion; (0, 0) for gaits
    standing_height: of the trunk's middle in the default pose, m, of a single motion; None for gaits
    effort: (A, T) mean over the joints of |torque|, N m; (0,) if unknown
    """

    qpos: np.ndarray
    keypoints: np.ndarray
    heading: np.ndarray
    commands: np.ndarray
    velocity: np.ndarray
    fell_at: np.ndarray
    dt: float
    keypoint_names: tuple[str, ...]
    robot: str
    info: dict[str, Any] = field(default_factory=dict)
    phase: np.ndarray = field(default_factory=lambda: np.zeros(0))
    clearance: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    standing_height: float | None = None
    effort: np.ndarray = field(default_factory=lambda: np.zeros(0))
    provenance: Provenance = field(default_factory=dict)

    @property
    def fell(self) -> np.ndarray:
        """(A,) bool: the agent terminated before the end."""
        return self.fell_at < self.qpos.shape[1]

    @property
    def velocity_until_fall(self) -> np.ndarray:
        """(A, T, 3) the velocity, zero from the step of a fall on."""
        up = np.arange(self.velocity.shape[1])[None] < np.asarray(self.fell_at)[:, None]
        return np.where(up[..., None], np.asarray(self.velocity, float), 0.0)


_ARRAYS = ("qpos", "keypoints", "heading", "commands", "velocity", "fell_at", "phase", "clearance", "effort")


def write_rollout(path: Path, rollout: Rollout) -> None:
    """Write rollout.h5."""
    fields = vars(rollout)
    write_h5(
        path,
        {name: np.asarray(fields[name], np.int64 if name == "fell_at" else np.float32) for name in _ARRAYS},
        {name: value for name, value in fields.items() if name not in _ARRAYS},
    )


def read_rollout(path: Path) -> Rollout:
    """Read rollout.h5."""
    arrays, attributes = read_h5(path)
    attributes["keypoint_names"] = tuple(attributes["keypoint_names"])
    fields: dict[str, Any] = dict(arrays)
    return Rollout(**fields, **attributes)
