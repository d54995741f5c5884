"""Numbers of frames in whatever form files give them."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.errors import UserError
from video2reward.keypoints.imports.numbering import numbers_of

FILE = Path("a.json")
FORMS = {
    "numbers": lambda n: n,
    "floats": float,
    "numpy's": np.int64,
    "texts": str,
    "padded texts": "{:06d}".format,
    "texts of floats": lambda n: f"{n}.0",
    "AlphaPose": "{}.jpg".format,
    "ffmpeg": "frame_{:06d}.png".format,
    "dashes": "clip-{}.jpg".format,
    "bytes": lambda n: f"img{n:04d}.png".encode(),
    "OpenPose": "clip_{:012d}_keypoints.json".format,
    "folders": "labeled-data/clip1/img{:03d}.png".format,
    "Windows": "labeled-data\\clip1\\img{:03d}.png".format,
    "digits all over": "2024-01-05_cam2_{}_1920x1080.jpeg".format,
    "Roboflow": lambda n: f"frame_{n:04d}_jpg.rf.{n * 7919 + 3:08x}.jpg",
    "no suffix": "frame.{:04d}".format,
}


@pytest.mark.parametrize("form", FORMS)
@settings(deadline=None)
@given(st.lists(st.integers(0, 20_000), min_size=2, max_size=30, unique=True))
def test_whatever_its_form_and_order_the_number_comes_back(form, numbers):
    found = numbers_of([FORMS[form](n) for n in numbers], FILE)
    assert [found[FORMS[form](n)] for n in numbers] == numbers


def test_the_order_of_texts_is_not_the_order_of_frames():
    names = sorted(f"{n}.jpg" for n in range(120))
    assert names[2] == "10.jpg"
    assert [numbers_of(names, FILE)[name] for name in names[:4]] == [0, 1, 10, 100]


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (["a", "b"], "row 0: frame 'a' is neither a number"),
        ([0, 1, None], "row 2: frame None is neither a number"),
        ([0, 1, 2.5], "row 2: frame 2.5 is not an integer"),
        (["0.5", "1.5"], "row 0: frame '0.5' is not an integer"),
        ([-1, 0], "row 0: frame -1 is not an integer from 0"),
        ([float("nan")], "is not an integer"),
        ([float("inf")], "is not an integer"),
        ([0, "1.jpg"], "identifies frames both as '1.jpg' and 0"),
        ([0, 1_700_000_000], "from 0 to 1700000000, no video is that long"),
        (["img1.png", "img01.png"], "are both frame 1; name each picture once"),
        (
            ["a/1.png", "a/2.png", "b/1.png"],
            "names pictures in 2 ways: 2 like 'a/1.png', 1 like 'b/1.png'; keep the",
        ),
        (["left_1.png", "right_2.png"], "names pictures in 2 ways"),
        (["f1_t0.png", "f2_t40.png"], "names that differ only in the frame number"),
    ],
)
def test_what_is_no_frame_ends_with_a_sentence(ids, message):
    with pytest.raises(UserError, match="a.json") as caught:
        numbers_of(ids, FILE)
    assert message in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["walk 2/img{:03d}.png", "walk-2_{:03d}.png", "sub/Walk_2-{}.png"])
def test_of_several_films_the_clips_own_is_taken(name, capsys):
    other = name.replace("2", "3", 1)
    ids = [form.format(n) for n in range(5) for form in (other, name)]
    assert numbers_of(ids, FILE, "walk_2.mp4") == {name.format(n): n for n in range(5)}
    assert "5 pictures left out that do not belong to walk_2.mp4" in capsys.readouterr().err
    with pytest.raises(UserError, match=r"and 'run.mp4' matches none of them alone"):
        numbers_of(ids, FILE, "run.mp4")
