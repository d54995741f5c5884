"""Writing small real films with known pictures and times."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

WIDTH, HEIGHT = 64, 48
MILLISECOND = Fraction(1, 1000)


def numbered(index: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """A grey picture whose brightness tells its number and whose white corner tells which way is up."""
    picture = np.full((height, width, 3), 20 + 10 * (index % 16), np.uint8)
    picture[: height // 4, : width // 4] = 255
    return picture


def number_of(picture: np.ndarray) -> int:
    """The number of a picture made by `numbered`, read at its middle."""
    height, width = picture.shape[:2]
    middle = picture[height // 2 - 4 : height // 2 + 4, width // 2 - 4 : width // 2 + 4]
    return round((float(middle.mean()) - 20) / 10)


def write(
    path: Path, stamps_ms: Sequence[int], rotation: int = 0, matrix: Sequence[int] | None = None,
    aspect: Fraction | None = None, size: tuple[int, int] = (WIDTH, HEIGHT), options: dict | None = None,
) -> Path:  # fmt: skip
    """Write a film whose frame k is shown at stamps_ms[k]."""
    with av.open(str(path), "w", options=options or {}) as film:
        stream = film.add_stream("libx264", rate=25)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "5", "g": "8"}
        stream.codec_context.time_base = MILLISECOND
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if rotation:
            stream.set_display_rotation(rotation)
        if matrix is not None:
            stream.set_display_matrix(matrix)
        for index, stamp in enumerate(stamps_ms):
            frame = av.VideoFrame.from_ndarray(numbered(index, *size), format="rgb24")
            frame.pts, frame.time_base = stamp, MILLISECOND
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    return path
