"""Small real films, made on the spot."""

from collections.abc import Callable, Sequence
from pathlib import Path

import av
import numpy as np
import pytest
from tests.unit.video.films import write


@pytest.fixture
def film(tmp_path: Path) -> Callable[..., Path]:
    """Write a film into the test's folder: film(stamps_ms, name="film.mp4", ...)."""

    def make(stamps_ms: Sequence[int], name: str = "film.mp4", **how) -> Path:
        return write(tmp_path / name, stamps_ms, **how)

    return make


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    """A second of sound without pictures."""
    path = tmp_path / "audio.mp4"
    with av.open(str(path), "w") as film:
        stream = film.add_stream("aac", rate=16000)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.float32), format="fltp", layout="mono")
        silence.sample_rate = 16000
        film.mux(stream.encode(silence))
        film.mux(stream.encode())
    return path
