import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.keypoints.imports.elsewhere import SUPERANIMAL

from video2reward.errors import UserError
from video2reward.keypoints.imports.joint_names import meaning, rows_of
from video2reward.skeletons import AP10K, COCO17

MEANT = {
    AP10K: {
        "L_Elbow": ["l_elbow", "LElbow", "left elbow", "elbow_left", "leftFrontElbow", "front_left_knee", "LF_elbow", "elbowFL"],
        "R_F_Paw": ["right_front_paw", "RF_paw", "forepaw_R", "rightforepaw", "RFrontPaw", "fr_foot", "right-fore-hoof", "front_right_toe"],
        "L_B_Paw": ["left_hind_paw", "LH_paw", "hindpaw_l", "back_left_paw", "BLPaw", "rear.left.foot", "LeftHindHoof"],
        "R_Hip": ["right_hip", "hip_R", "back_right_thai", "RHindThigh", "r_hind_hip"],
        "L_Knee": ["left_stifle", "l_knee", "left_back_knee", "LH_stifle"],
        "R_Shoulder": ["shoulder_right", "front_right_thai", "RShoulder"],
        "Neck": ["neck", "withers", "Withers", "neck_end", "neck_base", "back_base"],
        "Root_of_tail": ["tailbase", "tail_base", "Tail Root", "root_of_tail", "tail_set", "TailBase", "tail"],
        "Nose": ["nose", "snout", "Nose_tip", "muzzle"],
        "R_Eye": ["right_eye", "REye", "eye_r"],
    },
    COCO17: {
        "left_ankle": ["left_ankle", "LAnkle", "l_ankle", "Left Ankle", "ankle_l", "leftAnkle", "ankle.L"],
        "right_wrist": ["RWrist", "wrist_right", "r wrist"],
        "nose": ["nose", "Nose"],
        "left_ear": ["LEar", "left_ear"],
    },
}  # fmt: skip
SPARE = {
    AP10K: ["tail_end", "left_ear_tip", "upper_jaw", "back_middle", "left_hock", "L_carpus", "belly_bottom", "throat", "spine1", "tail_tip", "LeftWrist"],
    COCO17: ["neck", "MidHead", "left_big_toe", "LHeel", "head_top", "left_hand_root", "right_middle_finger2", "face-12", "upper_neck", "thorax"],
}  # fmt: skip
UNKNOWN = {
    AP10K: ["paw", "left_paw", "back_left_leg", "marker_7", "leftright_hip", "xyz", "front_elbow", "left_flank", "hind_left_eyelid"],
    COCO17: ["ankle1", "knee", "left_right_knee", "marker", "mid_hip", "body_part_q"],
}  # fmt: skip


@pytest.mark.parametrize("bones", MEANT, ids=lambda b: b.name)
def test_usual_names_are_understood(bones):
    for joint, names in MEANT[bones].items():
        assert {name: meaning(name, bones)[0] for name in names} == dict.fromkeys(names, joint)


@pytest.mark.parametrize("bones", MEANT, ids=lambda b: b.name)
def test_what_the_skeleton_lacks_is_known_as_such_and_the_rest_is_not_guessed(bones):
    assert {name: meaning(name, bones) for name in SPARE[bones]} == dict.fromkeys(SPARE[bones], ("", 0))
    assert [name for name in UNKNOWN[bones] if meaning(name, bones) not in (None, ("", 0))] == []
    assert meaning(UNKNOWN[bones][1], bones) is None


@given(st.sampled_from([AP10K, COCO17]), st.data())
def test_own_names_in_any_order_case_and_spacing(bones, data):
    order = data.draw(st.permutations(bones.joints))
    styled = [data.draw(st.sampled_from([str, str.lower, str.upper]))(name) for name in order]
    styled = [name.replace("_", " ") if data.draw(st.booleans()) else name for name in styled]
    assert [order[row] for row in rows_of(styled, bones, {}, "a.csv")] == list(bones.joints)


def test_of_several_that_mean_one_joint_the_nearest_is_taken():
    rows = rows_of(SUPERANIMAL, AP10K, {}, "a.csv")
    assert SUPERANIMAL[rows[AP10K.index("Neck")]] == "neck_end"
    names = ["L_F_Knee", "L_F_Elbow", "L_F_Paw"]
    assert rows_of(names, AP10K, {}, "a.csv")[AP10K.index("L_Elbow")] == 1


def test_the_table_comes_before_any_guess():
    names = ["nose", "tail_base", "withers", "mark"]
    table = {"mark": "Neck", "nose": None}
    rows = dict(zip(AP10K.joints, rows_of(names, AP10K, table, "a.csv"), strict=True))
    assert (rows["Neck"], rows["Nose"], rows["Root_of_tail"]) == (3, None, 1)


@pytest.mark.parametrize(
    ("names", "table", "message"),
    [
        (["nose", "lft_hnd_paw"], {}, "a.csv: joint names unknown for ap10k: lft_hnd_paw (L_F_Paw or L_B_Paw?); joints without a match in the file: L_Eye"),
        (["nose", "m1"], {}, "pose.joints: {theirs: ours}; {m1: null} leaves one out"),
        (["nose"], {"nosy": "Nose"}, "pose.joints: unknown joint of the file 'nosy'. Did you mean 'nose'?"),
        (["nose"], {"nose": "Noze"}, "pose.joints: nose: unknown ap10k joint 'Noze'. Did you mean 'Nose' or 'Neck'?"),
        (["a", "b"], {"a": "Nose", "b": "Nose"}, "pose.joints assigns Nose to several joints"),
        (["nose", "nose"], {}, "joint_names has nose twice"),
        (["tail_end", "left_ear"], {}, "unknown for ap10k: tail_end"),
    ],
)  # fmt: skip
def test_names_that_do_not_fit_end_in_one_sentence(names, table, message):
    with pytest.raises(UserError, match=re.escape(message)):
        rows_of(names, AP10K, table, "a.csv")


def test_a_name_left_out_by_the_table_is_no_fault():
    assert rows_of(["nose", "m1"], AP10K, {"m1": None}, "a.csv")[AP10K.index("Nose")] == 0
