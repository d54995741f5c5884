"""A rollout's single motions, one per turn of the clock: how high, how far and how long each flies, and when."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.errors import UserError
from video2reward.geometry import trunk_middle
from video2reward.skeletons import skeleton

OFF_GROUND_M = 0.01
"""A foot whose sole is higher than this is off the ground."""
# What the clip must have for it to be asked of the robot: rise and distance, body lengths.
_LEAST_RISE, _LEAST_DISTANCE = 0.03, 0.05
SHARES = {
    "rise": "greatest height of the trunk's middle above its height in the default stance",
    "distance": "how far the trunk's middle goes ahead from the motion's start to its end",
    "flight": "longest time in which every foot is more than 1 cm above the ground",
}
TIMES = {
    "late_off": "take-off behind the clip's, s, mean over motions with a flight",
    "late_down": "landing behind the clip's, s, likewise",
    "flew": "part of the motions with a flight",
    "landed": "part of the motions that ended without a fall in or before them",
}


@dataclass(frozen=True)
class Jumps:
    """The whole motions of each of A agents, M each, by the clock; the wanted figures are the clip's on this robot.

    first: (A,) steps at which the first motion begins; steps: of one motion and its rest
    rise, distance: (A, M) body lengths; flight: (A, M) s; take_off, landing: (A, M) s from the motion's start, NaN without
    a flight; up: (A, M) bool, the agent has not fallen by the motion's end
    wanted: the same five, of the clip; NaN for take-off and landing of a motion without a flight
    """

    first: np.ndarray
    steps: int
    rise: np.ndarray
    distance: np.ndarray
    flight: np.ndarray
    take_off: np.ndarray
    landing: np.ndarray
    up: np.ndarray
    wanted: dict[str, float]

    @property
    def shares(self) -> dict[str, np.ndarray]:
        """Part -> (A, M) how much of what the clip asks for was reached, 0..1, of parts that it asks for."""
        asked = {
            "rise": abs(self.wanted["rise"]) >= _LEAST_RISE,
            "distance": abs(self.wanted["distance"]) >= _LEAST_DISTANCE,
            "flight": self.wanted["flight"] > 0,
        }
        return {
            part: np.clip(getattr(self, part) / self.wanted[part], 0.0, 1.0)
            for part, needed in asked.items()
            if needed
        }

    @property
    def success(self) -> np.ndarray:
        """(A,) mean over motions of the mean share, 0 for a motion in or before whose time the agent falls."""
        shares = list(self.shares.values())
        reached = np.mean(shares, axis=0) if shares else np.ones(self.up.shape)
        return np.asarray(np.where(self.up, reached, 0.0).mean(axis=1))


def find_jumps(rollout: Rollout, reference: Reference) -> Jumps:
    """Return a rollout's single motions; a `UserError` if it is shorter than one, or belongs to a gait."""
    if rollout.standing_height is None or reference.kind != "single":
        raise UserError(
            "neither a rollout nor a reference of a gait has single motions; make both with task: {name: single}"
        )
    dt, steps = rollout.dt, round(reference.period_s / rollout.dt)
    first = np.round((np.ceil(rollout.phase) - rollout.phase) * reference.period_s / dt).astype(int)
    count = int((rollout.qpos.shape[1] - first.max(initial=0)) // steps)
    if count < 1:
        raise UserError(
            f"a rollout of {rollout.qpos.shape[1] * dt:.2f} s has no whole motion of {reference.period_s:.2f} s; raise "
            "evaluation.short_seconds or evaluation.seconds"
        )
    points = np.asarray(rollout.keypoints, float)
    middle = trunk_middle(points, rollout.keypoint_names, skeleton(reference.skeleton))
    rows = motion_rows(first, steps, count)
    agents = np.arange(len(first))[:, None, None]
    height, ahead = middle[agents, rows, 2], middle[agents, rows, 0]
    off = longest_run(np.asarray(rollout.clearance)[agents, rows] > OFF_GROUND_M)
    flown = off[..., 1] > off[..., 0]
    ends = first[:, None] + steps * np.arange(1, count + 1)
    return Jumps(
        first,
        steps,
        (height.max(axis=2) - rollout.standing_height) / reference.body_length_m,
        (ahead[..., -1] - ahead[..., 0]) / reference.body_length_m,
        (off[..., 1] - off[..., 0]) * dt,
        np.where(flown, off[..., 0] * dt, np.nan),
        np.where(flown, off[..., 1] * dt, np.nan),
        np.asarray(rollout.fell_at)[:, None] >= ends,
        wanted_jump(reference),
    )


@dataclass(frozen=True)
class JumpFigures:
    """Means over all motions of all agents; lengths in body lengths, times in s.

    rise, distance, flight: of the robot; late_off, late_down: take-off and landing behind the clip's, NaN without a flight
    flew: part of the motions with a flight; landed: part that ended without a fall; motions: their number
    wanted: rise, distance and flight of the clip on this robot
    """

    rise: float
    distance: float
    flight: float
    late_off: float
    late_down: float
    flew: float
    landed: float
    motions: int
    wanted: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Return the figures with their definitions, for JSON."""
        return {"definitions": SHARES | TIMES, **asdict(self)}


def jump_figures(rollout: Rollout, reference: Reference) -> JumpFigures:
    """Measure a rollout's single motions."""
    found = find_jumps(rollout, reference)
    flew, wanted = found.flight > 0, found.wanted

    def late(times: np.ndarray, asked: float) -> float:
        return float(times[flew].mean() - asked) if flew.any() else float("nan")

    return JumpFigures(
        float(found.rise.mean()),
        float(found.distance.mean()),
        float(found.flight.mean()),
        late(found.take_off, wanted["take_off"]),
        late(found.landing, wanted["landing"]),
        float(flew.mean()),
        float(found.up.mean()),
        found.up.size,
        {part: wanted[part] for part in ("rise", "distance", "flight")},
    )


def wanted_jump(reference: Reference) -> dict[str, float]:
    """Return what a single motion asks for: rise, distance (body lengths), flight, take_off, landing (s)."""
    off, down = reference.flight * reference.period_s if reference.flies else (float("nan"),) * 2
    return {
        "rise": float(reference.trunk[:, 1].max()),
        "distance": float(reference.trunk[-1, 0]),
        "flight": float(down - off) if reference.flies else 0.0,
        "take_off": float(off),
        "landing": float(down),
    }


def motion_rows(first: np.ndarray, steps: int, count: int) -> np.ndarray:
    """Return the steps (A, M, steps) of each agent's motions."""
    rows: np.ndarray = first[:, None, None] + steps * np.arange(count)[None, :, None] + np.arange(steps)
    return rows


def longest_run(there: np.ndarray) -> np.ndarray:
    """Return start and end (..., 2) of the longest run of True in (..., T), both 0 if there is none."""
    edges = np.zeros((*there.shape[:-1], 1), bool)
    change = np.diff(np.concatenate([edges, there, edges], axis=-1).astype(int), axis=-1)
    found = np.zeros((*there.shape[:-1], 2), int)
    for index in np.ndindex(there.shape[:-1]):
        starts, stops = np.flatnonzero(change[index] > 0), np.flatnonzero(change[index] < 0)
        if len(starts):
            longest = int((stops - starts).argmax())
            found[index] = starts[longest], stops[longest]
    return found
