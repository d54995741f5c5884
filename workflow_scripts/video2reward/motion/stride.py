"""The stride: period, direction, footfalls and hip height."""

from __future__ import annotations

import numpy as np

from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError
from video2reward.geometry import sample_cycle
from video2reward.motion.cleaning import on_even_times
from video2reward.motion.cycle import fit_cycle, track_phase
from video2reward.motion.footfall import Footfall, find_footfall, steady_pairs
from video2reward.motion.repairs import long_gaps
from video2reward.motion.subject import FEET
from video2reward.motion.track import Track
from video2reward.motion.untangle import limb_pairs
from video2reward.settings.motion import MotionSettings
from video2reward.similarity.period import Period, estimate_period
from video2reward.skeletons import Limb, Skeleton

# Samples of the mean cycle.
_FINE = 256
# Factor by which slow motion may exceed the longest stride period.
_SLOWER = 6.0
# Trunk lengths/s above which the trunk's path gives the direction of travel.
_TRAVELS = 0.5
# Front and rear joints that give the facing direction.
FACING = {
    "ap10k": (("Neck", "Nose"), ("Root_of_tail",)),
    "coco17": (("nose",), ("left_ear", "right_ear")),
    "insect": (("Head",), ("Waist",)),
    "spider": (("Head",), ("Waist",)),
}


def find_period(track: Track, keypoints: Keypoints, settings: MotionSettings, kind: Skeleton) -> Period:
    """Return the feet's stride period, even an unreliable one; beyond `max_period_s` only a reliable one."""
    found = _period(track, keypoints, settings.min_period_s, settings.max_period_s, kind, settings)
    if is_sure(found, settings):
        return found
    slow = _period(track, keypoints, settings.max_period_s, _SLOWER * settings.max_period_s, kind, settings)
    return slow if is_sure(slow, settings) else found


def period_near(
    track: Track, keypoints: Keypoints, settings: MotionSettings, kind: Skeleton, seconds: float
) -> Period:
    """Return the feet's stride period within 10 % or 1.5 frames of `seconds`, whichever is more."""
    near = max(0.1 * seconds, 1.5 / keypoints.fps)
    return _period(track, keypoints, seconds - near, seconds + near, kind, settings)


def is_sure(period: Period, settings: MotionSettings) -> bool:
    """Tell whether the period is reliable."""
    return bool(np.isfinite(period.seconds) and period.strength >= settings.min_period_confidence)


def no_period(
    track: Track, keypoints: Keypoints, settings: MotionSettings, kind: Skeleton, source: str
) -> UserError:
    """Return the error for a clip without a periodic stride."""
    found = find_period(track, keypoints, settings, kind)
    seconds = keypoints.times[-1] - keypoints.times[0]
    best = (
        f"the best is {found.seconds:.2f} s with" if np.isfinite(found.seconds) else "none has any, that is"
    )
    return UserError(
        f"{source}: no stride period found between {settings.min_period_s:g} and {settings.max_period_s:g} s "
        f"in {seconds:.1f} s: {best} confidence {found.strength:.2f}, "
        f"motion.min_period_confidence is {settings.min_period_confidence:g}; trim the clip to steady movement "
        "of at least two strides, look at overlay and pose backend, or set motion.kind: single if it shows one "
        "motion such as a jump"
    )


def _period(
    track: Track, keypoints: Keypoints, least: float, most: float, kind: Skeleton, settings: MotionSettings
) -> Period:
    rows = [kind.index(foot) for foot in kind.feet if np.isfinite(track.body[:, kind.index(foot)]).all()]
    even, fps = on_even_times(track.body[:, rows], keypoints.times)
    longest = round(settings.max_gap_s * keypoints.fps)
    gaps = np.stack([long_gaps(track.seen[:, row], longest) for row in rows], axis=1)
    seen = np.repeat(~gaps[..., None], 2, axis=-1) if gaps.any() else None
    return estimate_period(even, fps, least, most, seen)


def stride_phase(feet: np.ndarray, times: np.ndarray, period_s: float) -> np.ndarray:
    """Return the phase (T,), cycles, of those feet (T, F, 2) that were seen."""
    known = np.isfinite(feet).all(axis=(0, 2))
    return track_phase(feet[:, known, 0], times, period_s)


def find_direction(track: Track, travel: float, kind: Skeleton) -> float:
    """Return 1 if the subject travels to +x of the picture, -1 if to -x.

    travel: the trunk's mean velocity in x relative to the background, trunk lengths/s. If it is too small, as
    when the camera follows the subject against a plain background, the subject goes where it faces.
    """
    if abs(travel) > _TRAVELS:
        return float(np.sign(travel))
    ahead, behind = FACING[kind.name]
    ends = [
        np.where(track.seen, track.body[..., 0], np.nan)[:, [kind.index(j) for j in side]]
        for side in (ahead, behind)
    ]
    if all(np.isfinite(end).any() for end in ends) and (gap := np.nanmean(ends[0]) - np.nanmean(ends[1])):
        return float(np.sign(gap))
    return float(np.sign(travel)) or 1.0


def footfalls(
    track: Track,
    phase: np.ndarray,
    period_s: float,
    forward: float,
    kind: Skeleton,
    twins: np.ndarray | None = None,
) -> Footfall:
    """Return the footfalls relative to `phase`; forward: 1 or -1, from `find_direction`; twins: see `fit_cycle`."""
    feet = [kind.index(foot) for foot in kind.feet]
    seen = np.where(track.seen[:, feet, None], track.body[:, feet], np.nan)
    own = None if twins is None else _among(twins[:, feet], feet)
    cycle = fit_cycle(seen * [forward, 1.0], phase, _FINE, own)
    pairs = [(kind.limbs.index(left), kind.limbs.index(right)) for left, right in limb_pairs(kind)]
    return steady_pairs(find_footfall(cycle, period_s, FEET[kind.name].roll), cycle, pairs)


def _among(twins: np.ndarray, rows: list[int]) -> np.ndarray:
    """Return twins (2, J) of joints `rows`, with columns renumbered among these."""
    place = {row: k for k, row in enumerate(rows)}
    return np.array([[place.get(twin, np.nan) for twin in twins[0]], twins[1]])


SHOULDER = 0.84
"""Height of a dog's shoulder joint in stance over that of its hip: scapula, humerus, forearm and paw, and thigh, lower leg,
metatarsus and paw in proportion to Fischer & Lilje ("Dogs in Motion", 2011), scapula and thigh sloping forward."""


def hip_height(cycle: np.ndarray, kind: Skeleton, fall: Footfall, start: float) -> float:
    """Return the hip height in stance, body lengths; of a quadruped's hind limbs, or of its fore limbs if those are hidden.

    cycle: (P, J, 2). For straight legs it is the 95th percentile of the hip-foot distance, otherwise the median
    over stance of the hip's height above the foot; the foot joint's own height is added. Sprawled legs may hide their hips,
    which are level with the trunk: hips that are never seen count as its middle.
    """
    hind = [limb for limb in kind.limbs if "hind" in limb.name]
    others = [limb for limb in kind.limbs if limb not in hind]
    heights = _heights(cycle, kind, fall, start, hind)
    if not heights:
        lower = SHOULDER if hind else 1.0
        heights = [height / lower for height in _heights(cycle, kind, fall, start, others)]
    return float(np.mean(heights)) / (1 - FEET[kind.name].height) if heights else float("nan")


def _heights(
    cycle: np.ndarray, kind: Skeleton, fall: Footfall, start: float, limbs: list[Limb]
) -> list[float]:
    """Return the height of each of some limbs' hips above its foot, body lengths; of seen limbs only."""
    heights = []
    for limb in limbs:
        column = kind.limbs.index(limb)
        phases = np.flatnonzero(fall.stance[:, column]) / len(fall.stance) - start
        hip = cycle[:, kind.index(limb.hip)]
        if kind.sprawled and not np.isfinite(hip).any():
            hip = np.zeros_like(hip)
        gap = hip - cycle[:, kind.index(limb.foot)]
        if len(phases) and np.isfinite(gap).all():
            straight = np.percentile(np.linalg.norm(gap, axis=-1), 95)
            heights.append(
                straight if FEET[kind.name].straight else np.median(sample_cycle(gap[:, 1], phases))
            )
    return heights


def twin_joints(kind: Skeleton, fall: Footfall) -> np.ndarray:
    """Return each leg joint's twin on the other side and its lead in cycles, (2, J), for `fit_cycle`."""
    twins = np.full((2, len(kind.joints)), np.nan)
    ends = [limb.name.split("_")[1:] for limb in kind.limbs]
    for i, limb in enumerate(kind.limbs):
        for j, other in enumerate(kind.limbs):
            if i != j and ends[i] == ends[j]:
                for own, twin in zip(
                    (limb.hip, limb.knee, limb.foot), (other.hip, other.knee, other.foot), strict=True
                ):
                    lead = fall.touchdown[i] - fall.touchdown[j]
                    twins[:, kind.index(own)] = kind.index(twin), lead
    return twins


def first_touchdown(fall: Footfall) -> float:
    """Return the touchdown phase of the first limb that was seen."""
    known = fall.touchdown[np.isfinite(fall.touchdown)]
    return float(known[0]) if len(known) else 0.0
