"""What clips are called in the results: no two alike, and none called anew."""

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from video2reward.artifacts.io import write_json
from video2reward.errors import UserError
from video2reward.results.names import LONGEST, check_names, slug


@pytest.mark.parametrize(
    ("name", "expected"),
    [("dog_amble", "dog_amble"), ("Dog2", "Dog2"), ("my clip", "my_clip"), ("dog-1", "dog_1"), ("example.org", "example_org"),
     ("watch v=aB-3_x", "watch_v_aB_3_x"), ("走路", "走路"), ("løp", "løp"), ("Лай 2", "Лай_2")],
)  # fmt: skip
def test_names_that_lose_nothing_stay_as_they_were(name, expected):
    assert slug(name) == expected


def test_names_that_folded_alike_are_kept_apart():
    alike = [
        "dog_1",
        "dog (1)",
        "dog [1]",
        "dog+1",
        "_dog_1",
        "dog_1_",
        "dog 1!",
        "dog__1",
        "走路",
        "跑步",
        "🐕",
        "🐈",
        "!!",
        "??",
        "clip",
    ]
    assert len({slug(name) for name in alike}) == len(alike)
    assert slug("cafe\u0301") == slug("café")  # one name, however the disk spells it


@settings(deadline=None)
@given(st.text(min_size=1, max_size=300))
def test_every_name_is_safe_in_a_path(name):
    assert re.fullmatch(r"\w+", slug(name)) and len(slug(name).encode()) <= LONGEST


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_characters=" .=?&-_"), min_size=1, max_size=40),
    st.text(min_size=1, max_size=40),
)
@example(name="\ud800", other="0")  # half a character, as a file's name may hold on Linux
def test_names_without_separators_are_never_anothers(name, other):
    same = unicodedata.normalize("NFC", name) == unicodedata.normalize("NFC", other)
    separators = re.search(r"[ .=?&-]", other)
    assert same or separators or slug(name) != slug(other)


def test_a_folder_that_another_name_folds_to_is_not_written_over(tmp_path):
    check_names(tmp_path, {"my_clip": "my clip"})
    write_json(tmp_path / "videos/my_clip/frames.json", {"provenance": {"parameters": {"called": "my clip"}}})
    check_names(tmp_path, {"my_clip": "my clip"})
    with pytest.raises(
        UserError, match=r"my_clip holds the results of the video 'my clip', which 'my-clip' would overwrite"
    ):
        check_names(tmp_path, {"my_clip": "my-clip"})
    write_json(
        tmp_path / "videos/my_clip/frames.json", {"provenance": {"parameters": {}}}
    )  # an earlier version's
    check_names(tmp_path, {"my_clip": "my-clip"})
