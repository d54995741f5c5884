"""The similarity of the Video2Reward paper (section 4.3), for comparison."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.geometry import side_view, travel_heading, trunk_middle
from video2reward.similarity.period import estimate_period
from video2reward.skeletons import skeleton

# Numbers of agents and segments compared: FastDTW takes about 3 ms per joint and segment.
_AGENTS, _SEGMENTS = 8, 2
_DEFINITION = (
    "Distance of the Video2Reward paper: 3-D keypoints projected on the vertical plane of the agent's travel "
    "and normalised as the video ({normalisation}); segments of two of the agent's own periods "
    "(autocorrelation of its feet); FastDTW of radius 1 with the Euclidean distance, joint by joint over all "
    "mapped joints, against two periods of the clip at its full rate; mean over segments, surviving agents "
    "and joints. It warps every joint alone and does not see tempo or falls: reported, not steered by."
)
_NORMALISATION = {
    "fixed": "as parts of the picture's width and height, the robot's trunk drawn as long as the subject's and "
    "each segment started where the clip starts",
    "moving": "as parts of the width and height of the box around the mapped joints in each frame",
}


@dataclass(frozen=True)
class PaperSimilarity:
    """Distances as fractions of the picture or of the subject's box; NaN if no agent could be compared.

    raw_sum: mean over joints of the distance summed along the path; per_sample: the same per aligned pair
    joints, joints_per_sample: the same by joint
    period_s: median of the agents' periods, s; agents, segments: numbers compared
    """

    raw_sum: float
    per_sample: float
    joints: dict[str, float]
    joints_per_sample: dict[str, float]
    period_s: float
    agents: int
    segments: int
    camera: str

    def as_dict(self) -> dict[str, Any]:
        """Return the figures with their definition and units, for JSON."""
        normalisation = _NORMALISATION[self.camera]
        return {
            "definition": _DEFINITION.format(normalisation=normalisation),
            "unit": f"raw_sum: parts of the {'picture' if self.camera == 'fixed' else 'box'}, summed along the "
            "path; per_sample: the same per aligned pair of samples",
            **asdict(self),
        }


def paper_similarity(
    rollout: Rollout, motion: Motion, reference: Reference, agents: int = _AGENTS, segments: int = _SEGMENTS
) -> PaperSimilarity:
    """Compare up to `agents` survivors, `segments` segments each, with the clip, as in the paper."""
    names = reference.keypoint_names
    survivors = np.flatnonzero(~rollout.fell)
    chosen = survivors[np.unique(np.linspace(0, len(survivors) - 1, agents).astype(int))[: len(survivors)]]
    rows = [rollout.keypoint_names.index(name) for name in names]
    clip = clip_segment(motion, names)
    results, periods, used = [], [], 0
    for agent in chosen:
        points = np.asarray(rollout.keypoints[agent][:, rows], float)
        period, parts = _segments(points, rollout.heading[agent], rollout.dt, reference, segments)
        results += [_fast_dtw(_normalised(part, motion, reference, clip), clip) for part in parts]
        used += bool(parts)
        periods += [period] * bool(parts)
    table = np.array(results).reshape(-1, len(names), 2) if results else np.full((1, len(names), 2), np.nan)
    mean = table.mean(axis=0)
    return PaperSimilarity(
        raw_sum=float(mean[:, 0].mean()),
        per_sample=float(mean[:, 1].mean()),
        joints=dict(zip(names, mean[:, 0].tolist(), strict=True)),
        joints_per_sample=dict(zip(names, mean[:, 1].tolist(), strict=True)),
        period_s=float(np.median(periods)) if periods else float("nan"),
        agents=used,
        segments=len(results),
        camera=motion.camera,
    )


def clip_segment(motion: Motion, names: tuple[str, ...]) -> np.ndarray:
    """Return two periods of the clip's mapped joints in the paper's normalisation, moving to +x, (n, J, 2)."""
    rows = [motion.joint_names.index(name) for name in names]
    samples = min(len(motion.times), max(2, round(2 * motion.period_s * motion.fps)))
    points = motion.paper[:samples, rows].copy()
    if motion.mirrored:
        points[..., 0] = 1 - points[..., 0]
    return points if motion.camera == "fixed" else _in_own_box(points)


def _segments(
    points: np.ndarray, heading: np.ndarray, dt: float, reference: Reference, most: int
) -> tuple[float, list[np.ndarray]]:
    """Cut an agent's world keypoints (T, J, 3) into side views of two own periods; returns period, [(n, J, 2)]."""
    kind = skeleton(reference.skeleton)
    middle = trunk_middle(points, reference.keypoint_names, kind)
    feet = [reference.keypoint_names.index(foot) for foot in reference.foot_names]
    own = side_view(points[:, feet] - middle[:, None], heading)
    scale = reference.period_s
    period = estimate_period(own / reference.body_length_m, 1 / dt, 0.25 * scale, 2.5 * scale).seconds
    if not np.isfinite(period):
        return period, []
    samples = max(2, round(2 * period / dt))
    parts = []
    for start in range(0, len(points) - samples + 1, samples)[:most]:
        part = slice(start, start + samples)
        mean = float(np.arctan2(np.sin(heading[part]).mean(), np.cos(heading[part]).mean()))
        direction = travel_heading(middle[part], mean, 0.1 * reference.body_length_m)
        parts.append(side_view(points[part], np.full(samples, direction)))
    return period, parts


def _normalised(part: np.ndarray, motion: Motion, reference: Reference, clip: np.ndarray) -> np.ndarray:
    """Convert a side view (n, J, 2), m, y up, to the paper's normalisation of the clip, y down."""
    picture = part * np.array([1.0, -1.0])
    if motion.camera == "moving":
        return _in_own_box(picture)
    names, kind = reference.keypoint_names, skeleton(reference.skeleton)
    scale = motion.body_length_px / reference.body_length_m / np.asarray(motion.size, float)
    start = trunk_middle(clip[:1], names, kind) - trunk_middle(picture[:1], names, kind) * scale
    return picture * scale + start


def _in_own_box(points: np.ndarray) -> np.ndarray:
    """Normalise points (T, J, 2) by their bounding box in each frame."""
    low, high = points.min(axis=1, keepdims=True), points.max(axis=1, keepdims=True)
    return (points - low) / np.maximum(high - low, 1e-9)


def _fast_dtw(part: np.ndarray, clip: np.ndarray) -> list[tuple[float, float]]:
    """Return (summed distance, mean per aligned pair) of each joint, (n, J, 2) against (m, J, 2)."""
    from fastdtw import fastdtw

    result = []
    for joint in range(part.shape[1]):
        total, path = fastdtw(part[:, joint], clip[:, joint], radius=1, dist=_euclidean)
        result.append((float(total), float(total) / len(path)))
    return result


def _euclidean(first: np.ndarray, second: np.ndarray) -> float:
    """Return the distance of two points (2,): the same as `dist=2`, in half the time."""
    return math.hypot(first[0] - second[0], first[1] - second[1])
