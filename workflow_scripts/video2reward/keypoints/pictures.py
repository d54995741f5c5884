"""Frame pictures, and the subject's bounding box over time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError
from video2reward.jobs.progress import progress
from video2reward.skeletons import Skeleton

_REDUCED = {2: 17, 4: 33, 8: 65}  # cv2.IMREAD_REDUCED_COLOR_2, _4, _8
_MARGIN = 0.1


def part_for(finer: float) -> int:
    """Return the reduction factor (1, 2, 4 or 8) for a picture with `finer` times the resolution needed."""
    return next((part for part in sorted(_REDUCED, reverse=True) if part <= finer), 1)


def read_picture(frames: Frames, index: int, part: int = 1) -> np.ndarray:
    """Return frame `index` as (H, W, 3) uint8, BGR; a missing or damaged picture is a `UserError`.

    part: 2, 4 or 8 to downscale by that factor, which makes decoding JPEG files faster
    """
    import cv2

    path = frames.picture(index)
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR if part == 1 else _REDUCED[part])
    if picture is None:
        raise UserError(f"{path} is missing or damaged; delete {frames.folder} and run again")
    return np.asarray(picture, np.uint8)


def pictures(frames: Frames, what: str) -> Iterator[np.ndarray]:
    """Yield every frame as (H, W, 3) uint8, BGR, printing progress under the name `what`."""
    count = len(frames.times)
    for index in progress(range(count), what, count):
        yield read_picture(frames, index)


def boxes_around(keypoints: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the subject's box in every frame, (T, 4) x0, y0, x1, y1 px, within the picture.

    Each box spans the frame's visible joints plus a tenth of its own size on every side. Boxes of frames
    without visible joints are interpolated linearly; if no frame has any, the box is the whole picture.

    Args:
        keypoints: (T, J, 3) px and confidence, 0 where unseen
        size: (width, height) px
    """
    width, height = size
    seen = keypoints[..., 2] > 0
    some = seen.any(1)
    if not some.any():
        return np.tile(np.array([0.0, 0.0, width, height]), (len(keypoints), 1))
    xy = np.where(seen[..., None], keypoints[..., :2], np.nan)[some]
    low, high = np.nanmin(xy, 1), np.nanmax(xy, 1)
    grown = np.concatenate([low - _MARGIN * (high - low), high + _MARGIN * (high - low)], axis=1)
    index = np.arange(len(keypoints))
    boxes = np.stack([np.interp(index, index[some], grown[:, side]) for side in range(4)], axis=1)
    return boxes.clip(0, [width, height, width, height])


def keypoints_in(
    frames: Frames,
    bones: Skeleton,
    seen: np.ndarray,
    backend: str,
    choice: str = "",
    weights_digest: str = "",
) -> Keypoints:
    """Return joints (T, J, 3), px and confidence, as `Keypoints` with boxes."""
    return Keypoints(
        keypoints=seen,
        times=frames.times,
        joint_names=bones.joints,
        skeleton=bones.name,
        size=frames.size,
        boxes=boxes_around(seen, frames.size),
        backend=backend,
        choice=choice,
        weights_digest=weights_digest,
    )
