"""The gait similarity, which guides the search."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.errors import UserError
from video2reward.geometry import body_normalise, sample_cycle, side_view
from video2reward.similarity.clocked import Clocked, by_clock, overall
from video2reward.similarity.tempo import median_period, off_tempo, own_periods
from video2reward.similarity.warping import warp_to_best
from video2reward.skeletons import skeleton

BAND = 0.1
SHIFTS = 20
PERIODS = 2
DEFINITIONS = {
    "distance": "Distance between the robot's joints and the clip's, in body lengths per aligned sample. Joints in "
    "side view about the middle of the trunk, divided by the trunk's length, each centred over a segment of two "
    "reference periods; one dynamic-time-warping path common to all scored joints (Sakoe-Chiba band 0.1, "
    "20 start phases tried), the joints' distances read along it; the first two periods, in which agents get "
    "going, left out; mean over segments, agents and scored joints. An agent whose own stride period is off by more than "
    "5 % is moved towards the distance of a robot that stands still, linearly in the logarithm of the period, and is "
    "there at half or double the period; a period counts from an autocorrelation of 0.5 on. An agent that fell is charged with the distance of a robot that stands "
    "still, or its own up to the fall if that is larger.",
    "similarity": "1 - distance / standing distance: 1 is the clip's motion, 0 as bad as standing still.",
    "period_ratio": "The agents' own stride period (median, by autocorrelation of the feet) / the reference's: "
    "1 is right, more is slower.",
}
OF_SINGLE = {
    "distance": "Distance between the robot's single motions and the clip's, in body lengths, at equal times of the clock: of the "
    "joints in side view about the middle of the trunk, divided by the trunk's length, each centred over the motion; and of the "
    "trunk's middle, ahead of where it started and above its height in the default pose, which counts as much as all joints "
    "together. Nothing is warped. Mean over the moments of motion and rest, motions and agents. A motion in or before which an agent "
    "falls is charged with the distance of a robot that stands still, or its own if that is larger.",
    "similarity": DEFINITIONS["similarity"],
    "period_ratio": "A single motion has no period of its own.",
}


@dataclass(frozen=True)
class GaitSimilarity:
    """Similarity of the agents' motion to the clip; distances in body lengths per aligned sample.

    distance, standing: mean distance, and that of a standing robot; similarity: 1 - their ratio
    joints, standing_joints: scored joint -> distance
    agents: (A,) distance of each agent; fallen, segments: numbers of fallen agents and of compared segments
    period_s: median of the agents' periods, s, NaN if none was found; period_strength: 1 for an exact repeat
    period_ratio: own period / reference period
    amplitude_ratio: scored joint -> root mean square excursion about its mean, robot / clip
    paws, clip_paws: kind of pair -> correlation of the feet's forward positions, -1..1
    kind: "cyclic", or "single": then joints has "trunk" too, segments are motions, and period and paws are missing
    """

    distance: float
    standing: float
    similarity: float
    joints: dict[str, float]
    standing_joints: dict[str, float]
    agents: np.ndarray
    fallen: int
    segments: int
    period_s: float
    period_ratio: float
    period_strength: float
    amplitude_ratio: dict[str, float]
    paws: dict[str, float]
    clip_paws: dict[str, float]
    kind: str = "cyclic"

    def as_dict(self) -> dict[str, Any]:
        """Return the figures with their definition and unit, for JSON."""
        told = OF_SINGLE if self.kind == "single" else DEFINITIONS
        return {
            "definition": f"{told['distance']} similarity = {told['similarity']}",
            "definitions": told,
            "unit": "body lengths per aligned sample",
            **asdict(self),
        }


def gait_similarity(rollout: Rollout, reference: Reference) -> GaitSimilarity:
    """Compare every agent of a rollout with the clip's cycle (`reference.target`).

    Two reference periods are left out at the start, while agents accelerate from rest; less if the rollout would
    otherwise be shorter than one segment.
    """
    if not len(rollout.fell_at):
        raise ValueError("a rollout without agents has no similarity")
    scored = [reference.keypoint_names.index(name) for name in reference.scored]
    clip, period, dt, fell = reference.target[:, scored], reference.period_s, rollout.dt, rollout.fell
    whole = body_view(rollout, reference)
    if reference.kind == "single":
        return _of_single(by_clock(rollout, reference, whole), fell)
    body = whole[:, settled_from(whole.shape[1], dt, period) :]
    distances = segment_distances(body[:, :, scored], clip, period, dt)
    still = np.zeros((1, max(2, round(PERIODS * period / dt)), len(scored), 2))
    standing = segment_distances(still, clip, period, dt)[0, 0]
    periods = own_periods(body, reference, dt)
    charged = off_tempo(distances.mean(axis=1), standing, periods, reference)
    charged[fell] = _until_fall(whole[fell][:, :, scored], rollout.fell_at[fell], clip, standing, period, dt)
    joints = charged.mean(axis=0)
    survivors = body[~fell]
    own = median_period([found for found, down in zip(periods, fell, strict=True) if not down])
    return GaitSimilarity(
        distance=float(joints.mean()),
        standing=float(standing.mean()),
        similarity=float(1 - joints.mean() / standing.mean()),
        joints=_named(reference.scored, joints),
        standing_joints=_named(reference.scored, standing),
        agents=charged.mean(axis=1),
        fallen=int(fell.sum()),
        segments=distances.shape[0] * distances.shape[1],
        period_s=own.seconds,
        period_ratio=own.seconds / period,
        period_strength=own.strength,
        amplitude_ratio=_named(
            reference.scored, _amplitude(survivors[:, :, scored]) / _amplitude(clip[None])
        ),
        paws=foot_correlations(survivors, reference),
        clip_paws=foot_correlations(reference.target[None], reference),
    )


def _of_single(found: Clocked, fell: np.ndarray) -> GaitSimilarity:
    """Return the similarity of single motions; fell: (A,)."""
    joints, standing, nan = found.charged.mean(axis=0), found.standing, float("nan")
    distance, still = float(overall(joints)), float(overall(standing))
    return GaitSimilarity(
        distance=distance,
        standing=still,
        similarity=1 - distance / still,
        joints=_named(found.names, joints),
        standing_joints=_named(found.names, standing),
        agents=overall(found.charged),
        fallen=int(fell.sum()),
        segments=found.motions,
        period_s=nan,
        period_ratio=nan,
        period_strength=0.0,
        amplitude_ratio=_named(found.names[:-1], found.excursion),
        paws={},
        clip_paws={},
        kind="single",
    )


def body_view(rollout: Rollout, reference: Reference) -> np.ndarray:
    """Return the rollout's keypoints in the reference's form: (A, T, J, 2) body lengths, side view."""
    missing = [name for name in reference.keypoint_names if name not in rollout.keypoint_names]
    if missing:
        raise UserError(
            f"the rollout of {rollout.robot} lacks the reference's keypoints {missing}; "
            f"it has {', '.join(rollout.keypoint_names)}: make both with the same robot"
        )
    rows = [rollout.keypoint_names.index(name) for name in reference.keypoint_names]
    flat = side_view(np.asarray(rollout.keypoints, float)[:, :, rows], rollout.heading)
    return body_normalise(
        flat, reference.keypoint_names, skeleton(reference.skeleton), reference.body_length_m
    )


def segment_distances(body: np.ndarray, cycle: np.ndarray, period_s: float, dt: float) -> np.ndarray:
    """Return each joint's distance to the cycle in successive segments of two reference periods.

    body: (A, T, J, 2) and cycle: (P, J, 2), body lengths; dt: s

    Returns (A, G, J) body lengths per aligned sample. A rollout shorter than one period is a `UserError`.
    """
    agents, steps, joints, _ = body.shape
    if steps * dt < period_s:
        raise UserError(
            f"a rollout of {steps * dt:.2f} s is shorter than one stride period of {period_s:.2f} s; "
            "raise evaluation.short_seconds or evaluation.seconds"
        )
    samples = min(max(8, round(PERIODS * period_s / dt)), steps)
    count = steps // samples
    segments = body[:, : count * samples].reshape(agents * count, samples, joints, 2)
    times = np.arange(max(8, round(PERIODS * period_s / dt))) * dt / period_s
    starts = [sample_cycle(cycle, times + k / SHIFTS) for k in range(SHIFTS)]
    candidates = np.stack([(start - start.mean(axis=0))[:samples] for start in starts])
    centred = segments - segments.mean(axis=1, keepdims=True)
    return warp_to_best(centred, candidates, BAND).reshape(agents, count, joints)


def foot_correlations(body: np.ndarray, reference: Reference) -> dict[str, float]:
    """Return the correlation of the feet's forward positions by kind of pair, NaN without motion.

    ipsilateral: fore and hind on one side; diagonal: fore and hind on opposite sides; contralateral: left and
    right of a pair, the only kind for bipeds. body: (A, T, J, 2)
    """
    kinds: dict[str, list[float]] = {}
    sides = [tuple(name.split("_")) for name in reference.limb_names]
    tracks = [body[:, :, reference.keypoint_names.index(foot), 0] for foot in reference.foot_names]
    for i, first in enumerate(sides):
        for j in range(i + 1, len(sides)):
            second = sides[j]
            if first[1:] == second[1:]:
                kind = "contralateral"
            else:
                kind = "ipsilateral" if first[0] == second[0] else "diagonal"
            kinds.setdefault(kind, []).append(_correlation(tracks[i], tracks[j]))
    return {kind: float(np.mean(values)) for kind, values in kinds.items()}


def settled_from(steps: int, dt: float, period_s: float) -> int:
    """Return the first step that counts: after two periods, earlier if too little would be left."""
    return max(0, min(round(PERIODS * period_s / dt), steps - round(PERIODS * period_s / dt)))


def _until_fall(
    body: np.ndarray, fell_at: np.ndarray, clip: np.ndarray, standing: np.ndarray, period_s: float, dt: float
) -> np.ndarray:
    """Return the distances (F, J) of fallen agents (F, T, J, 2): the larger of standing's and their own.

    Their own is over the segments from the first step to the fall, so that a robot that moves worse than a standing
    one does not gain by falling.
    """
    if not len(body):
        return np.zeros((0, len(standing)))
    distances = segment_distances(body, clip, period_s, dt)
    groups = distances.shape[1]
    samples = min(max(8, round(PERIODS * period_s / dt)), body.shape[1])
    last = np.clip(fell_at // samples, 0, groups - 1)
    own = np.stack([agent[: k + 1].mean(axis=0) for agent, k in zip(distances, last, strict=True)])
    return np.where(own.mean(axis=1, keepdims=True) > standing.mean(), own, standing)


def _amplitude(body: np.ndarray) -> np.ndarray:
    """Return the root mean square excursion of each joint about its mean, (J,), of (A, T, J, 2)."""
    if not len(body):
        return np.full(body.shape[2], np.nan)
    return np.sqrt(body.var(axis=1).sum(axis=-1).mean(axis=0))


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Return the Pearson correlation over time of tracks (A, T), averaged over agents that move."""
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    scale = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    moving = scale > 1e-9
    return float(((a * b).sum(axis=1)[moving] / scale[moving]).mean()) if moving.any() else float("nan")


def _named(names: tuple[str, ...], values: np.ndarray) -> dict[str, float]:
    return {name: float(value) for name, value in zip(names, values, strict=True)}
