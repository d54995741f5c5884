"""The overlay video: the keypoints drawn on the frames."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError
from video2reward.jobs.progress import progress
from video2reward.skeletons import skeleton
from video2reward.video.draw import BOX, INK, LEFT, MIDDLE, PAPER, RIGHT, confidence_colour, draw_skeleton
from video2reward.video.film import write_film

WIDEST = 960  # px


def draw_overlay(frames: Frames, keypoints: Keypoints, path: Path, described: range | None = None) -> None:
    """Write the overlay: skeleton, subject box with the reason for its choice, joint confidences, legend, time.

    H.264 at the clip's mean frame rate, at most 960 px wide; joints of confidence 0 are not drawn.

    described: frames used for the motion; the others are marked as left out

    Raises:
        UserError: the keypoints do not belong to the frames, or a picture is missing
    """
    if len(frames.times) != len(keypoints.times) or frames.size != keypoints.size:
        raise UserError(
            f"the keypoints ({len(keypoints.times)} frames of {keypoints.size}) do not belong to {frames.folder} "
            f"({len(frames.times)} frames of {frames.size}); make them again"
        )
    used = range(len(frames.times)) if described is None else described
    pictures = progress(_pictures(frames, keypoints, used), "overlay", len(frames.times))
    write_film(path, pictures, frames.fps)


def _pictures(frames: Frames, k: Keypoints, described: range) -> Iterator[np.ndarray]:
    """Yield the overlay's pictures, (H, W, 3) RGB."""
    import cv2

    bones = skeleton(k.skeleton)
    scale = min(1.0, WIDEST / frames.size[0])
    size = (round(frames.size[0] * scale), round(frames.size[1] * scale))
    for index, time in enumerate(frames.times):
        picture = cv2.imread(str(frames.picture(index)))
        if picture is None:
            raise UserError(
                f"{frames.picture(index)} is missing or damaged; delete {frames.folder} and run again"
            )
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        _legend(picture, f"{k.backend}, {k.skeleton}  frame {index}  {time:.3f} s")
        if index not in described:
            _label(picture, "left out of the motion", 4, 0)
        x0, y0, x1, y1 = np.rint(k.boxes[index] * scale).astype(int).tolist()
        cv2.rectangle(picture, (x0, y0), (x1, y1), BOX, 1, cv2.LINE_AA)
        _label(picture, f"subject: {k.choice}" if k.choice else "subject", x0, y0)
        draw_skeleton(picture, k.keypoints[index] * (scale, scale, 1.0), bones)
        yield picture[:, :, ::-1]


def _label(picture: np.ndarray, words: str, x: int, y: int) -> None:
    """Write text on a background in the box's colour, in place, with its bottom at y or below the legend."""
    import cv2

    (wide, high), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, 0.4, 1)
    x = max(0, min(x, picture.shape[1] - wide - 6))
    y = max(y, high + 52)  # below the legend
    cv2.rectangle(picture, (x, y - high - 6), (x + wide + 6, y), BOX, -1)
    cv2.putText(picture, words, (x + 3, y - 4), cv2.FONT_HERSHEY_SIMPLEX, 0.4, INK, 1, cv2.LINE_AA)


def _legend(picture: np.ndarray, title: str) -> None:
    """Draw the key in the upper left corner, in place: sides, confidence, frame and time."""
    import cv2

    def text(words: str, x: int, y: int) -> None:
        cv2.putText(picture, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, INK, 1, cv2.LINE_AA)

    cv2.rectangle(picture, (4, 4), (304, 44), PAPER, -1)
    text(title, 10, 19)
    for x, colour, words in ((10, LEFT, "left"), (60, RIGHT, "right"), (118, MIDDLE, "middle")):
        cv2.line(picture, (x, 34), (x + 14, 34), colour, 3, cv2.LINE_AA)
        text(words, x + 18, 38)
    for step in range(40):
        cv2.line(picture, (190 + step, 29), (190 + step, 39), confidence_colour(step / 39), 1)
    text("confidence", 235, 38)
