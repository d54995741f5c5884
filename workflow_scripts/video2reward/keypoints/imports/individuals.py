"""Files with several subjects: linking detections over time and choosing one subject."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from video2reward.errors import UserError
from video2reward.keypoints.following.choice import MOVES_MOST, most_moving
from video2reward.keypoints.imports.recording import Recording
from video2reward.settings.video import Subject

MEMORY = 30  # frames after which an unseen subject is forgotten


REACH = 0.5  # maximum distance to the last seen joints, in subject sizes


@dataclass(frozen=True)
class Detection:
    """One subject in one frame: joints (J, 3), and its id if the file has one."""

    frame: int
    joints: np.ndarray
    who: Hashable = None


@dataclass
class _Chain:
    detections: list[Detection] = field(default_factory=list)

    @property
    def last(self) -> Detection:
        return self.detections[-1]


def linked(
    found: Sequence[Detection], span: tuple[int, int]
) -> tuple[np.ndarray, tuple[str, ...], dict[str, int]]:
    """Link detections to subjects: keypoints (N, T, J, 3), names (N,), and a frame of each duplicated subject.

    Ids in the file are used as they are. A detection without one continues the subject with the nearest last joints.
    """
    chains: dict[Hashable, _Chain] = {}
    for frame, group in groupby(sorted(found, key=lambda d: d.frame), key=lambda d: d.frame):
        here = list(group)
        for d in here:
            if d.who is not None:
                chains.setdefault(d.who, _Chain()).detections.append(d)
        _continue(chains, [d for d in here if d.who is None], frame)
    keypoints = np.full((len(chains), span[1] - span[0] + 1, found[0].joints.shape[0], 3), np.nan)
    keypoints[..., 2] = 0.0
    names = tuple(f"subject {name}" for name in chains)
    doubled = {}
    for n, chain in enumerate(chains.values()):
        for d in chain.detections:
            if (keypoints[n, d.frame - span[0], :, 2] > 0).any():
                doubled[names[n]] = d.frame
            keypoints[n, d.frame - span[0]] = d.joints
    return keypoints, names, doubled


def _continue(chains: dict[Hashable, _Chain], found: list[Detection], frame: int) -> None:
    """Append each detection to the nearest subject, nearest pairs first, or start a new one."""
    pairs = [
        (distance, name, i)
        for i, d in enumerate(found)
        for name, chain in chains.items()
        if 0 < frame - chain.last.frame <= MEMORY
        and (distance := _distance(chain.last.joints, d.joints)) < REACH
    ]
    taken: set[Hashable] = set()
    done: set[int] = set()
    for _, name, i in sorted(pairs, key=lambda pair: pair[0]):
        if name not in taken and i not in done:
            chains[name].detections.append(found[i])
            taken.add(name)
            done.add(i)
    for i, d in enumerate(found):
        if i not in done:
            chains[len(chains) + 1] = _Chain([d])


def _distance(before: np.ndarray, now: np.ndarray) -> float:
    """Return the mean displacement of joints seen both times, in subject sizes."""
    both = (before[:, 2] > 0) & (now[:, 2] > 0)
    if not both.any():
        return float("inf")
    seen = before[before[:, 2] > 0, :2]
    size = max(float(np.linalg.norm(np.ptp(seen, axis=0))), 1e-9)
    return float(np.linalg.norm(now[both, :2] - before[both, :2], axis=-1).mean()) / size


def chosen(recording: Recording, subject: Subject, first: int, fps: float, source: str) -> tuple[int, str]:
    """Return the index of the chosen subject and the reason.

    With `subject.box` it is the one with the largest IoU, with `subject.point` the nearest, in that frame counted from
    `first` or soon after. Otherwise it is the one that moves most and most periodically, see `most_moving`.

    Raises:
        UserError: no subject is there
    """
    k, names = recording.keypoints, recording.individuals
    if len(k) == 1:
        return 0, "the only subject"
    if subject.box is None and subject.point is None:
        best = most_moving(k, fps)
        return best, f"{names[best]!r} of {len(k)}, {MOVES_MOST}"
    begin = min(max(first + subject.frame, 0), k.shape[1] - 1)
    near = k[:, begin : begin + MEMORY]
    if subject.box is not None:
        where, fits = f"box {_plain(subject.box)}", [_overlap(one, np.array(subject.box)) for one in near]
    else:
        where, fits = (
            f"point {_plain(subject.point or ())}",
            [_at(one, np.array(subject.point)) for one in near],
        )
    best = int(np.argmax(fits))
    if fits[best] <= 0.05:
        raise UserError(
            f"{source}: none of {len(k)} subjects is in subject.{where} in frame {subject.frame} of the clip; "
            f"found: {_places(near, names)}"
        )
    return best, f"{names[best]!r} of {len(k)}, by subject.{where.split()[0]}"


def _box(one: np.ndarray) -> np.ndarray | None:
    """Return the box (4,) around the joints in the first frame that has at least two."""
    for frame in one:
        seen = frame[frame[:, 2] > 0, :2]
        if len(seen) > 1:
            return np.concatenate([seen.min(0), seen.max(0)])
    return None


def _overlap(one: np.ndarray, box: np.ndarray) -> float:
    """Return the intersection over union of `box` and the subject's."""
    own = _box(one)
    if own is None:
        return 0.0
    shared = np.clip(np.minimum(own[2:], box[2:]) - np.maximum(own[:2], box[:2]), 0, None).prod()
    both = (own[2:] - own[:2]).prod() + (box[2:] - box[:2]).prod() - shared
    return float(shared / max(both, 1e-9))


def _at(one: np.ndarray, point: np.ndarray) -> float:
    """Return the closeness of a point: 1 inside the subject's box, falling to 0 at one size away from it."""
    own = _box(one)
    if own is None:
        return 0.0
    away = np.linalg.norm(np.maximum(np.maximum(own[:2] - point, point - own[2:]), 0.0))
    middle = np.linalg.norm(point - (own[:2] + own[2:]) / 2)
    size = max(float(np.linalg.norm(own[2:] - own[:2])), 1e-9)
    near = max(0.0, 1.0 - float(away) / size)
    return near / (1.0 + 0.01 * float(middle) / size)


def _plain(numbers: Sequence[float]) -> list[int]:
    return [round(float(v)) for v in numbers]


def _places(k: np.ndarray, names: Sequence[str]) -> str:
    boxes = [(name, _box(one)) for name, one in zip(names, k, strict=True)]
    return "; ".join(f"{name} at {box.round().astype(int).tolist()}" for name, box in boxes if box is not None) or "none"  # fmt: skip
