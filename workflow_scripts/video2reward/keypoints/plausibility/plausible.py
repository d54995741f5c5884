"""Plausibility of the detected skeleton: a pose model confidently finds one in any picture."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError
from video2reward.keypoints.plausibility.causes import cause_of, view_figures
from video2reward.keypoints.plausibility.silhouette import cover
from video2reward.skeletons import Skeleton, skeleton

SURE = 0.3  # minimum confidence of a joint to count
FEWEST = 10  # minimum number of frames for any judgement
# Maximum spread of leg bone lengths over time, relative to their length: at most 0.26 in synthetic gaits with noise or
# seen 25 degrees off the side, at least 0.61 for a human model on a dog.
BONES = 0.45
STILL = 0.05  # of the body's size: below this foot motion, the subject stands still
_BRIEF = 4.0  # % of the frames: feet that move for longer move; a spider's flight is a tenth of a clip with its rests
MOST = 0.5  # minimum fraction of frames that show the body the right way up
LEGS = {
    "coco17": (0.7, 4.0), "ap10k": (0.25, 3.0), "insect": (0.3, 10.0), "spider": (0.5, 10.0),
}  # fmt: skip
"""Shortest and longest legs, trunk lengths; of insects and spiders the trunk is thorax or prosoma."""
HARDLY = 0.1  # minimum fraction of all frames that show the subject
SEEN = 0.5  # minimum fraction of the frames between the first and the last that shows it
ON, COVERED = 0.4, 0.5  # minimum fraction of the skeleton on moving pixels, of these near the skeleton

Figures = dict[str, float]


def check_plausible(k: Keypoints, frames: Frames, accept: bool) -> Figures:
    """Return the figures by which the skeleton is judged, without those that are unknown.

    bone_spread: 10-90 % spread of leg bone lengths over time, relative to their length; feet_move: 4-96 % range of the feet
    about the trunk, in body sizes; right_way_up, feet_below: fraction of frames; leg_length: trunk lengths; frames_seen:
    fraction of the frames from the first to the last seen; on_moving, moving_covered: see `silhouette.Cover`; aside,
    above, height, legless: see `causes.view_figures`

    Raises:
        UserError: the skeleton is implausible and `accept` is false
    """
    sure = sure_joints(k)
    found = body_figures(k, sure)
    on = cover(frames, k, sure)
    found |= _told({"on_moving": on.on, "moving_covered": on.covered})
    said = faults(found, skeleton(k.skeleton))
    times = int(sure.any(1).sum())
    if not accept and len(sure) >= FEWEST and times < HARDLY * len(sure):
        subject = skeleton(k.skeleton).subject
        raise UserError(
            f"{frames.source}: the {subject} is seen in only {times} of {len(sure)} frames. Is it large and bright enough, "
            "and whole in the picture, from head to foot? Point at it with subject.box, or trim the clip to where it "
            "is in view. If you know better: pose.accept: true"
        )
    why = "" if accept else cause_of(k, frames, found, bool(said))
    if why:
        measured = f" ({'; '.join(said)})" if said else ""
        raise UserError(f"{frames.source}: {why}{measured}. If you know better: pose.accept: true")
    if said and not accept:
        raise UserError(_sentence(k, frames.source, said))
    return found


def sure_joints(k: Keypoints) -> np.ndarray:
    """Return which joints are confident enough, bool (T, J): above `SURE`, or the upper half if most are below."""
    confidence = k.keypoints[..., 2]
    some = confidence[confidence > 0]
    return np.asarray(confidence >= min(SURE, float(np.median(some)))) if len(some) else confidence > 0


def body_figures(k: Keypoints, sure: np.ndarray) -> Figures:
    """Return the figures from the joints alone, see `check_plausible`; empty if too little is seen."""
    kind = skeleton(k.skeleton)
    some = np.flatnonzero(sure.any(1))
    if len(some) < 2 or some[-1] - some[0] + 1 < FEWEST:
        return {}
    found = {"frames_seen": len(some) / float(some[-1] - some[0] + 1)}
    at = np.where(sure[..., None], k.keypoints[..., :2], np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of joints that are never seen
        return found | _told(_figures(at, kind) | view_figures(at, kind))


def _figures(at: np.ndarray, kind: Skeleton) -> Figures:
    """Return the figures of joints (T, J, 2), NaN where unseen."""
    hip, knee, foot = (
        at[:, [kind.index(getattr(limb, part)) for limb in kind.limbs]] for part in ("hip", "knee", "foot")
    )
    front, back = (np.nanmean(at[:, [kind.index(j) for j in end]], axis=1) for end in (kind.front, kind.back))
    bones = np.concatenate([knee - hip, foot - knee], axis=1)
    lengths = np.linalg.norm(bones, axis=-1)
    lengths = lengths[:, np.isfinite(lengths).sum(0) >= FEWEST]
    size = float(np.nanmedian(np.linalg.norm(np.nanmax(at, axis=1) - np.nanmin(at, axis=1), axis=-1)))
    middle = np.where(np.isfinite(front + back), (front + back) / 2, np.nan)
    feet = foot - middle[:, None]
    feet = feet[:, np.isfinite(feet).all(-1).sum(0) >= FEWEST]
    trunk = front - back
    across, up = np.abs(trunk[:, 0]), -trunk[:, 1]
    legs = np.nanmedian(np.linalg.norm([knee - hip, foot - knee], axis=-1), axis=(1, 2)).sum()
    return {
        "bone_spread": np.median(_spread(lengths / np.nanmedian(lengths, axis=0))),
        "feet_move": _spread(feet, _BRIEF).max() / size,
        "right_way_up": _share(up > across if kind.subject == "human" else np.abs(up) < across, trunk),
        "feet_below": _share(foot[..., 1] > hip[..., 1], foot + hip),
        "leg_length": legs / np.nanmedian(np.linalg.norm(trunk, axis=-1)),
    }


def faults(found: Figures, kind: Skeleton) -> list[str]:
    """Return the failed checks, in words with their figures."""
    low, high = LEGS[kind.name]
    level = "shoulders are above its hips" if kind.subject == "human" else "back is level"
    rules = (
        ("frames_seen", SEEN, 1.0, "it is seen in only {:.0%} of the frames between the first and the last"),
        ("bone_spread", 0.0, BONES, "its leg bones change their length by {:.0%}"),
        ("feet_move", STILL, np.inf, "its feet move by {:.1%} of its size, so it stands still"),
        ("right_way_up", MOST, 1.0, f"its {level} in only {{:.0%}} of the frames"),
        ("feet_below", MOST, 1.0, "its feet are below its hips in only {:.0%} of the frames"),
        ("leg_length", low, high, f"its legs are {{:.2g}} trunks long ({low:g} to {high:g} are usual)"),
        ("on_moving", ON, 1.0, "only {:.0%} of it is on moving pixels"),
        ("moving_covered", COVERED, 1.0, "only {:.0%} of the moving object is near it"),
    )
    wrong = [(name, words) for name, low, high, words in rules if not low <= found.get(name, low) <= high]
    return [words.format(found[name]) for name, words in wrong]


def figures_in_words(found: Figures) -> str:
    """Return the figures in one line."""
    return ", ".join(f"{name} {value:.2f}" for name, value in found.items())


def _spread(values: np.ndarray, tail: float = 10.0) -> Any:
    """Return the range over time without the lowest and highest `tail` %."""
    if not values.size:
        return np.full(1, np.nan)
    low, high = np.nanpercentile(values, [tail, 100 - tail], axis=0)
    return high - low


def _share(true: np.ndarray, of: np.ndarray) -> float:
    """Return the true fraction among known vectors `of` (..., 2); NaN if they are too few."""
    known = np.isfinite(of).all(-1)
    return float(true[known].mean()) if known.sum() >= FEWEST else float("nan")


def _told(found: Figures) -> Figures:
    return {name: float(value) for name, value in found.items() if np.isfinite(value)}


def _sentence(k: Keypoints, source: str, said: list[str]) -> str:
    subject = skeleton(k.skeleton).subject
    other = (
        "For an animal: pose.backend: onnx (or markers) with pose.skeleton: ap10k, and a four-legged robot"
        if subject == "human"
        else "For a person: pose.backend: mediapipe with pose.skeleton: coco17, and a two-legged robot"
    )
    if k.backend == "import":
        other = (
            "Does pose.keypoints belong to this video, and does pose.joints map the joints correctly? "
            + other
        )
    return (
        f"{source}: pose.backend: {k.backend} found an implausible {subject} skeleton ({k.skeleton}): {'; '.join(said)}. "
        f"{other}. If the model is the right one: point at the subject with subject.box, or trim the clip to where it "
        "is fully visible. If you know better: pose.accept: true"
    )
