"""A single motion between rests, such as a jump or a landing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.motion.cleaning import smooth
from video2reward.motion.footfall import Footfall
from video2reward.motion.untangle import other_sides
from video2reward.skeletons import Skeleton

# Thresholds of activity: fraction of its 95th percentile, and minimum speed, body lengths/s.
_ACTIVE, _LEAST = 0.15, 0.15
# Averaging window of the activity, longest pause within a motion, rest kept at both ends, s.
_WINDOW_S, _PAUSE_S, _MARGIN_S = 0.1, 0.3, 0.1
# Rest for the return to the start: fraction of the motion's duration, and minimum, s.
_REST, _LEAST_REST_S = 0.5, 0.5
# A foot is off the ground if higher than this, body lengths, or faster than this fraction of its top speed.
_HIGH, _FAST = 0.06, 0.25
# Half width of the window that the trunk's height is averaged over for its acceleration, s; two frames at least.
_FALL_S = 0.04
# Minimum duration of a flight, s.
_FLIGHT_S = 0.05


# Hip height, m, of the subjects for whose tempo the times here and the smoothing were chosen.
_USUAL_LEG_M = 0.5


@dataclass(frozen=True)
class Movement:
    """Frames first to last (inclusive) of the motion; rests: the subject rests before or after it."""

    first: int
    last: int
    rests: bool


def active_part(places: np.ndarray, fps: float) -> Movement | None:
    """Find the motion in joint positions over the ground (T, J, 2), body lengths; None if nothing moves."""
    known = np.isfinite(places).all(axis=(0, 2))
    if len(places) < 4 or not known.any():
        return None
    speed = np.linalg.norm(np.gradient(places[:, known], axis=0) * fps, axis=-1).mean(axis=-1)
    speed = smooth(speed[:, None], fps, _WINDOW_S)[:, 0]
    active = np.flatnonzero(speed > max(_LEAST, _ACTIVE * float(np.percentile(speed, 95))))
    if not len(active):
        return None
    groups = np.split(active, np.flatnonzero(np.diff(active) > _PAUSE_S * fps) + 1)
    longest = max(groups, key=lambda group: float(speed[group].sum()))
    margin = round(_MARGIN_S * fps)
    first, last = max(0, longest[0] - margin), min(len(places) - 1, longest[-1] + margin)
    return Movement(
        int(first), int(last), bool(longest[0] > margin or longest[-1] < len(places) - 1 - margin)
    )


def pace(leg_length_m: float) -> float:
    """Return the time unit of a small subject, parts of a dog's, at most 1: times grow with the root of the leg length.

    A spider of 26 mm legs is back on the ground before a dog would have taken off.
    """
    return float(min(1.0, np.sqrt(leg_length_m / _USUAL_LEG_M)))


def like_the_other_side(body: np.ndarray, kind: Skeleton) -> tuple[np.ndarray, list[str]]:
    """Give knees and feet in (T, J, 2) that are never seen the other side's path; returns the joints and warnings.

    From the side the far legs of a jump are behind the near ones all the time, and both sides move alike.
    """
    filled, twins, copied = body.copy(), other_sides(kind), []
    for limb in kind.limbs:
        for name in (limb.knee, limb.foot):
            own = kind.index(name)
            if not np.isfinite(body[:, own]).any() and np.isfinite(body[:, twins[own]]).any():
                filled[:, own] = body[:, twins[own]]
                copied.append(name)
    said = f"Never seen, taken to move like the other side's: {', '.join(copied)}."
    return filled, [said] if copied else []


def loop_of(body: np.ndarray, part: Movement, fps: float, samples: int) -> tuple[np.ndarray, float]:
    """Close a motion (T, J, 2) to a loop with a smooth return; returns (samples, J, 2) and its duration, s."""
    seconds = (part.last - part.first) / fps
    period = seconds + max(_LEAST_REST_S, _REST * seconds)
    at = np.arange(samples) / samples * period
    frames = part.first + np.minimum(at, seconds) * fps
    before = np.minimum(frames.astype(int), part.last)
    weight = (frames - before)[:, None, None]
    played = body[before] * (1 - weight) + body[np.minimum(before + 1, part.last)] * weight
    back = np.clip((at - seconds) / (period - seconds), 0.0, 1.0)[:, None, None]
    eased = back**3 * (10 - 15 * back + 6 * back**2)
    return played + eased * (body[part.first] - body[part.last]), period


def contacts(feet: np.ndarray, fps: float) -> np.ndarray:
    """Return the ground contacts (T, L) bool of feet (T, L, 2), body lengths: contact is low and slow."""
    speed = np.linalg.norm(np.gradient(feet, axis=0) * fps, axis=-1)
    low = feet[..., 1] - np.nanpercentile(feet[..., 1], 5, axis=0) < _HIGH
    slow = speed < np.maximum(_LEAST, _FAST * np.nanmax(speed, axis=0))
    return np.asarray(low & slow & np.isfinite(speed))


def without_push(on: np.ndarray, path: np.ndarray, fps: float) -> np.ndarray:
    """Return contacts (T, L) with the feet on the ground where the trunk is still, or again, pushed up.

    A foot that rolls onto its toes looks like one in the air. path: (T, 2) of the trunk, body lengths
    """
    height = smooth(path[:, 1:], fps, max(_FALL_S, 2 / fps))[:, 0]
    falls = np.gradient(np.gradient(height)) < 0
    off = np.logical_not(on.any(axis=1))
    first, last = _longest_run(off & falls)
    if not last - first:
        return on
    found = on.copy()
    start, stop = _longest_run(off)
    found[start : max(start, first)] = True
    found[min(last, stop) : stop] = True
    return found


def landings(on: np.ndarray, part: Movement, fps: float, period: float, samples: int) -> Footfall:
    """Return the footfalls: touchdown follows a foot's longest flight; during the rest it is on the ground."""
    at = np.arange(samples) / samples * period * fps
    frames = np.minimum(part.first + at.astype(int), part.last)
    stance = on[frames] | (at > part.last - part.first)[:, None]
    touchdown = np.array([_longest_off_ends(foot) for foot in stance.T]) / samples
    return Footfall(float("nan"), touchdown, stance.mean(axis=0), stance)


def movement_figures(path: np.ndarray, on: np.ndarray, part: Movement, fps: float) -> dict[str, float]:
    """Return duration and flight, s; the trunk's rise, drop and forward distance from its start, body lengths."""
    moved = path[part.first : part.last + 1] - path[part.first]
    off = np.logical_not(on[part.first : part.last + 1].any(axis=1))
    return {
        "duration_s": (part.last - part.first) / fps,
        "flight_s": float(np.diff(_longest_run(off))[0]) / fps,
        "rise": float(moved[:, 1].max()),
        "drop": float(-moved[:, 1].min()),
        "distance": float(moved[-1, 0]),
    }


def name_of(found: dict[str, float]) -> str:
    """Return "jump" for a flight that rises, "landing" for one that only falls, else "movement"."""
    if found["flight_s"] <= _FLIGHT_S:
        return "movement"
    return "jump" if found["rise"] > _HIGH else "landing"


def in_time(motion: Motion, times: np.ndarray, pace: float, auto: bool) -> Motion:
    """Return a single motion with the clip's own times (T,), s; pace: that of `pace`; auto: nobody has called it single."""
    figures = {
        name: value * (pace if name.endswith("_s") else 1) for name, value in motion.gait_figures.items()
    }
    motion = replace(
        motion,
        times=times,
        period_s=motion.period_s * pace,
        speed=motion.speed / pace,
        gait_figures=figures,
    )
    if not auto:
        return motion
    started = times[np.flatnonzero(motion.phase > 0)[0] - 1] - times[0]
    said = (
        f"No stride repeats: the {motion.gait} from {started:.2f} to {started + figures['duration_s']:.2f} s is taken as one "
        f"motion, repeated every {motion.period_s:.2f} s with a rest in between. If it is a gait, trim the clip to steady "
        "strides."
    )
    return replace(motion, warnings=(said, *motion.warnings))


def _longest_run(there: np.ndarray) -> tuple[int, int]:
    """Return first and past-the-last index of the longest run of True in (T,); 0, 0 if there is none."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], there, [0]])))
    if not len(edges):
        return 0, 0
    longest = 2 * int(np.diff(edges)[::2].argmax())
    return int(edges[longest]), int(edges[longest + 1])


def _longest_off_ends(on: np.ndarray) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], ~on, [0]])))
    if not len(edges):
        return 0
    return int(edges[1::2][np.diff(edges)[::2].argmax()]) % len(on)
