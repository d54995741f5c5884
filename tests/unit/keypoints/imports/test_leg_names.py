import pytest

from video2reward.errors import UserError
from video2reward.keypoints.imports.joint_names import meaning, rows_of
from video2reward.skeletons import INSECT, SPIDER


@pytest.mark.parametrize(
    ("name", "bones", "joint"),
    [
        ("L1_tarsus", SPIDER, "L_Tarsus_1"),
        ("leg_R3_tip", SPIDER, "R_Tarsus_3"),
        ("R4 coxa", SPIDER, "R_Coxa_4"),
        ("left_2_femur-patella", SPIDER, "L_Knee_2"),
        ("spinnerets", SPIDER, "Abdomen"),
        ("pedicel", SPIDER, "Waist"),
        ("L_Knee_4", SPIDER, "L_Knee_4"),
        ("LF_femur-tibia", INSECT, "L_Knee_1"),
        ("rightHindClaw", INSECT, "R_Tarsus_3"),
        ("RM-coxa", INSECT, "R_Coxa_2"),
        ("head", INSECT, "Head"),
    ],
)
def test_names_of_legs_are_understood(name, bones, joint):
    assert meaning(name, bones)[0] == joint


@pytest.mark.parametrize("name", ["antenna", "L2_tibia", "R1_metatarsus", "left wing"])
def test_parts_that_are_not_used_are_left_out(name):
    assert meaning(name, SPIDER) == ("", 0)


@pytest.mark.parametrize(("name", "bones"), [("L5_tarsus", SPIDER), ("L4_tarsus", INSECT), ("tarsus", SPIDER), ("tail", SPIDER)])  # fmt: skip
def test_others_are_unknown(name, bones):
    assert meaning(name, bones) is None


def test_a_file_of_tips_and_knees_is_enough():
    names = [f"{side}{pair}_{part}" for pair in range(1, 5) for side in "LR" for part in ("knee", "tarsus")]
    rows = rows_of([*names, "carapace", "waist"], SPIDER, {}, "file")
    found = dict(zip(SPIDER.joints, rows, strict=True))
    assert found["L_Coxa_1"] is None and found["Abdomen"] is None
    assert found["Head"] == 16 and found["R_Tarsus_4"] == 15
    with pytest.raises(UserError, match="joint names unknown for spider: L5_tarsus"):
        rows_of([*names, "L5_tarsus"], SPIDER, {}, "file")
