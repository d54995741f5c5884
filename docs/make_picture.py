"""Write docs/picture.png from a finished run: `python docs/make_picture.py [results/amble/seed0]`.

Left, frames of the overlay; right, frames of the robot's film, a quarter of a stride apart.
"""

from __future__ import annotations

import sys
from pathlib import Path

import av
import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.artifacts.motion import read_motion  # noqa: E402
from video2reward.artifacts.reference import read_reference  # noqa: E402

SIZE = (480, 270)
ROWS = 3


def main() -> None:
    """Compose the picture."""
    loop = Path(sys.argv[1] if len(sys.argv) > 1 else "results/amble/seed0")
    video = loop.parent.parent / "videos" / (sys.argv[2] if len(sys.argv) > 2 else "dog_amble")
    motion, reference = read_motion(video / "motion.h5"), read_reference(loop.parent / "reference.h5")
    left = stride(video / "overlay.mp4", motion.period_s, start=0.3 * float(motion.times[-1]))
    right = stride(loop / "best" / "rollout.mp4", reference.period_s, start=2.0)
    rows = [np.hstack(pair) for pair in zip(left, right, strict=True)]
    cv2.imwrite(str(ROOT / "docs" / "picture.png"), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


def stride(film: Path, period_s: float, start: float) -> list[np.ndarray]:
    """Return ROWS pictures of a film, evenly spread over one stride from `start` s on."""
    with av.open(str(film)) as container:
        frames = [
            (frame.time or 0.0, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)
        ]
    wanted = [start + period_s * row / ROWS for row in range(ROWS)]
    return [fit(min(frames, key=lambda frame: abs(frame[0] - time))[1]) for time in wanted]


def fit(picture: np.ndarray) -> np.ndarray:
    """Cut a picture to the shape of SIZE about its middle, then shrink it."""
    height, width = picture.shape[:2]
    cut_w, cut_h = min(width, height * SIZE[0] // SIZE[1]), min(height, width * SIZE[1] // SIZE[0])
    x, y = (width - cut_w) // 2, (height - cut_h) // 2
    return cv2.resize(picture[y : y + cut_h, x : x + cut_w], SIZE, interpolation=cv2.INTER_AREA)


if __name__ == "__main__":
    main()
