import pytest

from video2reward.errors import UserError
from video2reward.settings import Robot, Video
from video2reward.validation import read_yaml, validate


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
