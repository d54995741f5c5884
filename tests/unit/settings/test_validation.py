import os
from pathlib import Path

import pytest

from video2reward.errors import UserError
from video2reward.settings.robot import Robot
from video2reward.settings.validation import read_yaml, validate
from video2reward.settings.video import Video


def test_unknown_key_names_place_and_nearest():
    with pytest.raises(UserError) as error:
        validate(Video, {"pose": {"backnd": "markers"}}, "clip.yaml")
    assert str(error.value).startswith("clip.yaml: unknown key 'backnd'. Did you mean 'backend'?")
    assert str(error.value).endswith("in pose")


def test_unknown_key_inside_a_mapping_of_models():
    table = {"sites": {}, "scored": [], "limbs": [], "lims": []}
    with pytest.raises(UserError, match="unknown key 'lims'. Did you mean 'limbs'"):
        validate(Robot, {"skeletons": {"ap10k": table}}, "robot.yaml")


def test_missing_and_wrong_values_come_together():
    with pytest.raises(UserError) as error:
        validate(Video, {"fps": -1, "subject": {"leg_length_m": "long"}}, "clip.yaml")
    assert "fps = -1" in str(error.value)
    assert "subject.leg_length_m = 'long'" in str(error.value)


@pytest.mark.parametrize(
    ("text", "expected"), [("a: [1", "is not YAML"), ("- 1", "not a list"), (b"\xff\xfe\x00", "is not YAML")]
)
def test_damaged_yaml(tmp_path, text, expected):
    path = tmp_path / "x.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError, match=expected):
        read_yaml(path)


def test_missing_yaml(tmp_path):
    with pytest.raises(UserError, match=r"gone\.yaml does not exist"):
        read_yaml(tmp_path / "gone.yaml")


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)
MERGED = "a: &a {k: 1}\n" + "".join(
    f"{new}: &{new} {{p: *{old}, q: *{old}, r: *{old}, s: *{old}}}\n"
    for old, new in zip("abcdefghijkl", "bcdefghijklm", strict=True)
)


@pytest.mark.parametrize("text", [BOMB, MERGED, "a: &a [*a]\n"])
def test_aliases_that_grow_are_refused(tmp_path, text):
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(UserError, match="the aliases .* expand to more than 100000 values"):
        read_yaml(tmp_path / "x.yaml")


def test_aliases_are_allowed(tmp_path):
    (tmp_path / "x.yaml").write_text("a: &a {k: 1}\nb: *a\nc: {<<: *a, l: 2}\n")
    assert read_yaml(tmp_path / "x.yaml") == {"a": {"k": 1}, "b": {"k": 1}, "c": {"k": 1, "l": 2}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 5000, "nested too deeply"),
        ("a: " + "x" * 3_000_000, "has 3.0 MB"),
        ("a: 2026-13-45", "is not YAML"),
    ],
)
def test_outsized_yaml(tmp_path, text, words):
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(UserError, match=words):
        read_yaml(tmp_path / "x.yaml")


def test_what_is_no_file_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "x.yaml")
    for path in (tmp_path / "x.yaml", tmp_path, Path("/dev/zero")):
        with pytest.raises(UserError, match="is not a file; name a YAML file"):
            read_yaml(path)
