import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.video.films import number_of, numbered

from video2reward.video.decode import decode
from video2reward.video.film import write_film


@settings(max_examples=10, deadline=None)
@given(st.integers(2, 90), st.integers(2, 90), st.sampled_from([10.0, 25.0, 29.97, 30.0, 60.0]))
def test_films_keep_pictures_size_and_rate(tmp_path_factory, width, height, fps):
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    write_film(path, (np.full((height, width, 3), 20 + 10 * i, np.uint8) for i in range(9)), fps)
    pictures = list(decode(path))
    assert len(pictures) == 9
    assert pictures[0].bgr.shape == (height // 2 * 2, width // 2 * 2, 3)
    assert [picture.time for picture in pictures] == pytest.approx([i / fps for i in range(9)], abs=1e-3)
    assert [round((p.bgr.mean() - 20) / 10) for p in pictures] == list(range(9))


def test_colours_are_rgb_and_codec_is_for_browsers(tmp_path):
    red = np.zeros((32, 32, 3), np.uint8)
    red[..., 0] = 255
    write_film(tmp_path / "red.mp4", [red] * 3, 25)
    assert next(decode(tmp_path / "red.mp4")).bgr[16, 16].argmax() == 2
    with av.open(str(tmp_path / "red.mp4")) as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")


def test_a_failing_source_leaves_the_old_film(tmp_path):
    path = tmp_path / "film.mp4"
    write_film(path, [numbered(3)] * 3, 25)

    def broken():
        yield numbered(1)
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="the source broke"):
        write_film(path, broken(), 25)
    assert [p.name for p in tmp_path.iterdir()] == ["film.mp4"]
    assert number_of(next(decode(path)).bgr) == 3


def test_no_picture_and_changing_sizes(tmp_path):
    with pytest.raises(ValueError, match="at least one picture"):
        write_film(tmp_path / "film.mp4", [], 25)
    with pytest.raises(ValueError, match="different sizes"):
        write_film(tmp_path / "film.mp4", [numbered(0), numbered(0)[:-2]], 25)
    assert not list(tmp_path.iterdir())


ENCODE = """
import sys
from pathlib import Path
from video2reward.video.decode import decode
from video2reward.video.film import write_film
write_film(Path(sys.argv[2]), (picture.bgr[..., ::-1] for picture in decode(Path(sys.argv[1]))), 60, crf=22)
"""


@pytest.mark.slow
def test_the_same_pictures_give_the_same_bytes_whatever_is_in_memory(tmp_path):
    """glibc fills fresh memory with the given byte; x264's AVX-512 code lets it show in the film."""
    root = Path(__file__).resolve().parents[3]
    clip, films = root / "resources" / "videos" / "human_walk.mp4", []
    for byte in ("0", "165"):
        film = tmp_path / f"{byte}.mp4"
        environment = {
            **os.environ, "MALLOC_PERTURB_": byte, "PYTHONPATH": str(root / "workflow_scripts")
        }  # fmt: skip
        subprocess.run([sys.executable, "-c", ENCODE, str(clip), str(film)], env=environment, check=True)
        films.append(film.read_bytes())
    assert films[0] == films[1]
