"""Film strips: the clip and every method's robot at the same moments of one stride."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from video2reward.artifacts.keypoints import read_keypoints
from video2reward.artifacts.rollout import Rollout
from video2reward.results.layout import Results
from video2reward.similarity.phase import Pairing, pair
from video2reward.tables.runs import ClipColumn, Run
from video2reward.tables.study import Study

PICTURES = 6
_WIDTH, _HEIGHT = 200, 150  # px of one picture
_QUALITY = 82  # of JPEG, 0..100
_AROUND = 1.3  # size of the crop over the subject's box


@dataclass(frozen=True)
class Projector:
    """Video functions of other stages, passed in by the script.

    read: video file -> pictures (H, W, 3) RGB; filmed: rollout -> the agent shown in its video; fps: of rollout videos
    """

    read: Callable[[Path], Iterator[np.ndarray]]
    filmed: Callable[[Rollout], int]
    fps: float


@dataclass(frozen=True)
class Strip:
    """Pictures of one stride, side by side.

    name: of its file, without suffix; label: display name; jpeg: content, b"" if there is none (reason in `note`)
    sources: artefacts, relative to the results
    """

    name: str
    label: str
    clip: ClipColumn
    jpeg: bytes
    note: str
    sources: tuple[str, ...]


def make_strips(study: Study, clip: ClipColumn, projector: Projector) -> list[Strip]:
    """Return the clip's strip, then one per method, of the seed with the median gait distance."""
    rows = [row for row in study.rows if not study.absence(row.name, clip)]
    shown = [(row, study.median(row.name, clip)) for row in rows]
    anyone = next((run for run in study.runs if run.planned.clip == clip), None)
    if anyone is None:
        return []
    moments = stride_moments(anyone)
    video = Results(study.results).video(clip.video)
    shot = [anyone.motion.first_frame + moment for moment in moments]
    film = picked(projector.read(video.overlay), shot)
    keypoints = read_keypoints(video.keypoints)
    cut = [
        subject(picture, keypoints.boxes / keypoints.size[0], moment)
        for picture, moment in zip(film, shot, strict=True)
    ]
    strips = [
        Strip(
            clip.video,
            "the clip",
            clip,
            strip(cut),
            "",
            (video.overlay.relative_to(study.results).as_posix(),),
        )
    ]
    for row, run in shown:
        name = f"{clip.video}-{clip.robot}-{row.name}"
        if run is None:
            strips.append(Strip(name, row.label, clip, b"", "no loop has a policy", ()))
        else:
            strips.append(_robot(name, row.label, run, moments, projector))
    return strips


def stride_moments(run: Run) -> list[int]:
    """Return the motion's frame indices for the strip: one stride in the middle."""
    motion = run.motion
    times = motion.times - motion.times[0]
    first = max(0.0, 0.5 * (times[-1] - motion.period_s))
    wanted = first + np.arange(PICTURES) / PICTURES * motion.period_s
    return [int(np.abs(times - moment).argmin()) for moment in wanted]


def picked(film: Iterator[np.ndarray], wanted: list[int]) -> list[np.ndarray]:
    """Return the wanted pictures of a video in the given order; the last one for indices past its end."""
    places, found, last = set(wanted), {}, np.zeros((_HEIGHT, _WIDTH, 3), np.uint8)
    for place, picture in enumerate(film):
        last = picture
        if place in places:
            found[place] = picture
        if place >= max(places):
            break
    return [found.get(place, last) for place in wanted]


def strip(pictures: list[np.ndarray]) -> bytes:
    """Return pictures (H, W, 3) RGB side by side as JPEG."""
    import cv2

    wide = np.ascontiguousarray(np.concatenate(pictures, axis=1)[:, :, ::-1])
    return cv2.imencode(".jpg", wide, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def _robot(name: str, label: str, run: Run, moments: list[int], projector: Projector) -> Strip:
    film = run.last.film
    pictures = list(projector.read(film))
    rollout = run.rollout()
    agent = projector.filmed(rollout)
    pairing = pair(run.motion, run.reference, rollout, agent, (len(pictures) - 1) / projector.fps)
    wanted = [round(float(pairing.robot[moment]) * projector.fps) for moment in moments]
    cut = [_cropped(picture) for picture in picked(iter(pictures), wanted)]
    return Strip(
        name, label, run.planned.clip, strip(cut), _note(run, pairing, rollout, agent), (run.source(film),)
    )


def _note(run: Run, pairing: Pairing, rollout: Rollout, agent: int) -> str:
    said = [f"seed {run.seed}"]
    if not pairing.in_phase:
        said.append("does not step in the clip's rhythm: at the clip's tempo, not its phase")
    if rollout.fell[agent]:
        said.append("this robot fell" + (", as all did" if rollout.fell.all() else ""))
    return "; ".join(said)


def subject(picture: np.ndarray, boxes: np.ndarray, moment: int) -> np.ndarray:
    """Return the crop of a clip's picture around the subject, of constant size.

    picture: (H, W, 3); boxes: (T, 4) of the subject, x0, y0, x1, y1, fractions of the picture's width
    """
    boxes = boxes * picture.shape[1]
    known = boxes[np.isfinite(boxes).all(axis=1)]
    wide, tall = (known[:, 2:] - known[:, :2]).max(axis=0) * _AROUND
    height = max(tall, wide * _HEIGHT / _WIDTH)
    box = boxes[moment] if np.isfinite(boxes[moment]).all() else np.median(known, axis=0)
    return _part(picture, 0.5 * (box[0] + box[2]), 0.5 * (box[1] + box[3]), height)


def _cropped(picture: np.ndarray) -> np.ndarray:
    """Return the centre of a robot's picture, below its caption; the camera follows the robot."""
    tall, wide = picture.shape[:2]
    return _part(picture, wide / 2, 0.55 * tall, 0.85 * tall)


def _part(picture: np.ndarray, x: float, y: float, height: float) -> np.ndarray:
    """Return a crop about (x, y) px, `height` px high, in the strip's size; dark outside the picture."""
    import cv2

    scale = _HEIGHT / height
    shift = np.array([[scale, 0.0, _WIDTH / 2 - scale * x], [0.0, scale, _HEIGHT / 2 - scale * y]])
    smooth = cv2.GaussianBlur(np.ascontiguousarray(picture), (0, 0), max(0.01, 0.4 / scale))
    return np.asarray(cv2.warpAffine(smooth, shift, (_WIDTH, _HEIGHT), borderValue=(24, 24, 24)))
