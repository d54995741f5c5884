"""Writing video files."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np

from video2reward.artifacts.io import atomic_path


def write_film(
    path: Path, pictures: Iterable[np.ndarray], fps: float, crf: int = 23, repeatable: bool = False
) -> None:
    """Write `pictures` as H.264 (yuv420p, plays in any browser), atomically and reproducibly.

    Args:
        path: the video, *.mp4
        pictures: (H, W, 3) uint8 RGB, all of one size; an odd last row or column is dropped
        fps: frames per second, > 0
        crf: x264's quality, 0 (lossless) to 51
        repeatable: turn off x264's macroblock tree, which made output vary between runs before `_steady`; the
            example clips were made this way, at up to twice the size

    Raises:
        ValueError: no pictures, or pictures of different sizes
    """
    import av

    iterator = iter(pictures)
    first = next(iterator, None)
    if first is None:
        raise ValueError(f"{path}: a film needs at least one picture")
    shape = first.shape
    height, width = shape[0] // 2 * 2, shape[1] // 2 * 2
    rate = Fraction(fps).limit_denominator(10_000)
    with atomic_path(path) as aside, av.open(str(aside), "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": str(crf), "preset": "veryfast", "threads": "1", **_steady()}
        if repeatable:
            stream.options = {**stream.options, "mbtree": "0"}
        picture: np.ndarray | None = first
        while picture is not None:
            if picture.shape != shape:
                raise ValueError(f"{path}: pictures of different sizes, {shape} and {picture.shape}")
            even = np.ascontiguousarray(picture[:height, :width])
            film.mux(stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")))
            picture = next(iterator, None)
        film.mux(stream.encode())


@cache
def _steady() -> dict[str, str]:
    """Return the x264 options for reproducible output.

    Its AVX-512 code reads uninitialised memory (in the macroblock tree), so its output depends on the heap. The
    older instructions do not, and are as fast on small videos.
    """
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return {}
    return {"x264-params": "asm=avx2"} if "avx512" in flags else {}
