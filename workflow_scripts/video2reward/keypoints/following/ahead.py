"""Prefetching pictures in a thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from video2reward.artifacts.frames import Frames
from video2reward.jobs.progress import progress
from video2reward.keypoints.pictures import read_picture

AHEAD = 8  # prefetched pictures; 50 MB in full HD


def pictures_ahead(
    frames: Frames, order: Sequence[int], what: str, part: Callable[[], int] = lambda: 1
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the frames of `order` as (index, (H, W, 3) uint8 BGR), prefetched by a thread.

    Progress is printed under the name `what`. A missing or damaged picture is a `UserError`.
    part: returns the downscaling factor for the next picture, see `read_picture`
    """
    with ThreadPoolExecutor(1, "pictures") as reader:
        waiting: deque[Future[np.ndarray]] = deque()
        try:
            for place, index in enumerate(progress(order, what, len(order))):
                while len(waiting) < AHEAD and place + len(waiting) < len(order):
                    waiting.append(reader.submit(read_picture, frames, order[place + len(waiting)], part()))
                yield index, waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
