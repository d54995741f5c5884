import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import retarget_motion
from video2reward.artifacts.keypoints import read_keypoints
from video2reward.artifacts.motion import write_motion
from video2reward.artifacts.reference import read_reference
from video2reward.errors import UserError
from video2reward.motion.describe import describe_motion
from video2reward.motion.legs import knee_side
from video2reward.motion.retarget import neutral_reference, retarget
from video2reward.robots.description import load_robot
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.motion import MotionSettings, Reach
from video2reward.settings.video import Subject
from video2reward.skeletons import AP10K

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def robot(robot_folder):
    return load_robot(robot_folder / "robot.yaml")


@pytest.fixture(scope="module")
def standing(robot, robot_folder):
    return standing_keypoints(robot_folder / robot.mjcf, robot, "ap10k")


@pytest.fixture(scope="module")
def motion(sine_motion, sine_reference):
    return sine_motion(sine_reference.target)


def of(reference, name):
    return reference.cycle[:, reference.keypoint_names.index(name)]


def test_a_joint_that_the_clip_never_shows_is_not_judged_but_legs_must_be_seen(humanoid):
    robot, standing = humanoid
    clip = person("human_walk")
    cycle = clip.cycle.copy()
    cycle[:, clip.joint_names.index("right_elbow")] = np.nan
    reference = retarget(replace(clip, cycle=cycle), robot, *standing, robot.reach)
    assert set(robot.skeletons["coco17"].scored) - set(reference.scored) == {"right_elbow"}
    assert "right_wrist" in reference.scored
    cycle[:, clip.joint_names.index("right_ankle")] = np.nan
    with pytest.raises(UserError, match="right_ankle: never seen.*two legs at least"):
        retarget(replace(clip, cycle=cycle), robot, *standing, robot.reach)


def test_time_and_speed_scale_by_froude(motion, robot, standing):
    reference = retarget(motion, robot, *standing, Reach())
    ratio = robot.leg_length_m / motion.leg_length_m
    assert reference.period_s == pytest.approx(motion.period_s * ratio**0.5)
    assert reference.speed**2 / robot.leg_length_m == pytest.approx(motion.speed_m_s**2 / motion.leg_length_m)
    assert reference.touchdown == pytest.approx(motion.touchdown)


@pytest.mark.parametrize("size", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("crouch", [0.0, 0.1])
def test_legs_reach_keep_their_lengths_and_bend_their_way(size, crouch, motion, robot, standing):
    mean = motion.cycle.mean(axis=0)
    bigger = replace(motion, cycle=mean + size * (motion.cycle - mean))
    reach = Reach(extension=0.9, crouch=crouch)
    reference = retarget(bigger, robot, *standing, reach)
    stance = dict(zip(reference.keypoint_names, reference.standing, strict=True))
    for limb in robot.skeletons["ap10k"].limbs:
        hip, knee, foot = (of(reference, joint) for joint in (limb.hip, limb.knee, limb.foot))
        upper, lower = np.array(limb.lengths_m) / reference.body_length_m
        assert np.linalg.norm(knee - hip, axis=-1) == pytest.approx(upper)
        assert np.linalg.norm(foot - knee, axis=-1) == pytest.approx(lower)
        assert np.linalg.norm(foot - hip, axis=-1).max() <= 0.9 * (upper + lower) + 1e-9
        side = knee_side(stance[limb.hip], stance[limb.knee], stance[limb.foot])
        assert {knee_side(*points) for points in zip(hip, knee, foot, strict=True)} == {side}
        ground = stance[limb.foot][1] + crouch * (stance[limb.hip] - stance[limb.foot])[1]
        assert foot[:, 1].min() >= ground - 1e-9
        assert (hip == stance[limb.hip]).all()
    assert np.ptp(of(reference, "Neck"), axis=0) == pytest.approx([0, 0])


def test_excursions_within_reach_are_the_clips(motion, robot, standing):
    small = replace(motion, cycle=motion.cycle * [0.5, 1.0])
    reference = retarget(small, robot, *standing, Reach())
    for joint in AP10K.feet:
        clip = small.cycle[:, AP10K.index(joint), 0]
        assert of(reference, joint)[:, 0] - of(reference, joint)[:, 0].mean() == pytest.approx(
            clip - clip.mean(), abs=1e-9
        )
    large = retarget(replace(motion, cycle=motion.cycle * [2.0, 1.0]), robot, *standing, Reach())
    ratios = [
        np.ptp(of(large, joint)[:, 0]) / np.ptp(2 * motion.cycle[:, AP10K.index(joint), 0])
        for joint in AP10K.feet
    ]
    assert ratios == pytest.approx([ratios[0]] * 4) and ratios[0] < 0.9


def test_the_judge_keeps_the_clip_itself(motion, robot, standing):
    reference = retarget(motion, robot, *standing, Reach())
    rows = [AP10K.index(name) for name in reference.keypoint_names]
    assert reference.target == pytest.approx(motion.cycle[:, rows])
    assert len(reference.scored) == 8


def test_unseen_joints_and_legs_are_left_out(motion, robot, standing):
    def without(*joints):
        cycle = motion.cycle.copy()
        cycle[:, [AP10K.index(joint) for joint in joints]] = np.nan
        return retarget(replace(motion, cycle=cycle), robot, *standing, Reach())

    whole = retarget(motion, robot, *standing, Reach())
    found = without("L_Hip")
    assert "L_Hip" not in found.keypoint_names and found.cycle.shape[1] == len(standing[0]) - 1
    assert found.limb_names == whole.limb_names
    assert without("L_Knee").limb_names == tuple(name for name in whole.limb_names if name != "left_hind")

    hidden = [
        joint for limb in AP10K.limbs if "hind" in limb.name for joint in (limb.hip, limb.knee, limb.foot)
    ]
    fore = without(*hidden)
    assert fore.limb_names == ("left_fore", "right_fore") and not set(hidden) & set(fore.scored)
    assert fore.touchdown == pytest.approx(
        whole.touchdown[[whole.limb_names.index(n) for n in fore.limb_names]]
    )
    assert of(fore, "L_F_Paw") == pytest.approx(of(whole, "L_F_Paw"), abs=0.02)
    with pytest.raises(UserError, match="R_F_Paw, .*never seen.*two legs at least are needed for anymal_c"):
        without(*hidden, "R_F_Paw")


def test_other_skeletons_and_limbs_are_refused(motion, robot, standing):
    with pytest.raises(UserError, match="anymal_c: unknown skeleton of this robot 'coco17'"):
        retarget(replace(motion, skeleton="coco17"), robot, *standing, Reach())
    with pytest.raises(UserError, match=r"limbs \['left_fore', 'right_fore'\] are not limbs"):
        retarget(replace(motion, limb_names=("left_hind", "right_hind")), robot, *standing, Reach())


def test_the_neutral_reference_stands_and_walks_at_a_brisk_pace(robot, standing):
    reference = neutral_reference(robot, "ap10k", *standing)
    assert (reference.cycle == reference.standing).all()
    assert reference.speed**2 / (9.81 * robot.leg_length_m) == pytest.approx(0.25)
    assert reference.speed * reference.period_s / robot.leg_length_m == pytest.approx(2.4 * 0.25**0.34)
    assert 0.5 < reference.period_s < 1
    running = neutral_reference(robot, "ap10k", *standing, froude=1.0)
    assert running.speed == pytest.approx(2 * reference.speed) and running.period_s < reference.period_s


def test_standing_keypoints_of_anymal(standing):
    names, positions, body_length_m = standing
    at = dict(zip(names, positions, strict=True))
    # The default foot positions and joint frames of the published URDF, x forward, y left, z up.
    assert at["L_F_Paw"] == pytest.approx([0.453, 0.317, -0.513], abs=2e-3)
    assert at["R_B_Paw"] == pytest.approx([-0.453, -0.317, -0.513], abs=2e-3)
    assert at["L_Shoulder"] == pytest.approx([0.3598, 0.1878, 0.0], abs=3e-3)
    assert body_length_m == pytest.approx(2 * 0.3598, abs=1e-3)


def test_standing_keypoints_follow_a_tilted_base(tmp_path, robot, robot_folder, standing):
    text = (robot_folder / robot.mjcf).read_text()
    turned = text.replace('pos="0 0 0.62"', 'pos="1 2 0.62" euler="0.3 0.2 0.1"')
    assert turned != text
    (tmp_path / "robot.xml").write_text(turned)
    _, positions, _ = standing_keypoints(tmp_path / "robot.xml", robot, "ap10k")
    assert positions == pytest.approx(standing[1], abs=1e-9)


def person(clip):
    """The motion of an example clip's person, every joint seen exactly."""
    truth = read_keypoints(ROOT / "resources" / "videos" / f"{clip}.truth.h5")
    seen = truth.keypoints.copy()
    seen[..., 2] = 1.0
    subject = Subject(species="human", leg_length_m=0.93)
    return describe_motion(replace(truth, keypoints=seen), subject, MotionSettings(), 0.3)


@pytest.fixture(scope="module")
def humanoid():
    """The humanoid and its standing keypoints."""
    folder = ROOT / "resources" / "robots" / "humanoid"
    robot = load_robot(folder / "robot.yaml")
    return robot, standing_keypoints(folder / robot.mjcf, robot, "coco17")


@pytest.mark.parametrize("clip", ["human_walk", "human_run_pan"])
def test_a_person_on_the_humanoid(clip, humanoid):
    """Knees bend forward, feet stay above the ground and swing, arms swing against the legs within their length."""
    robot, standing = humanoid
    motion = person(clip)
    reference = retarget(motion, robot, *standing, robot.reach)
    assert reference.time_scale == pytest.approx((robot.leg_length_m / 0.93) ** 0.5)
    stance = dict(zip(reference.keypoint_names, reference.standing, strict=True))
    places = dict(zip(standing[0], standing[1] / reference.body_length_m, strict=True))
    for side in ("left", "right"):
        hip, knee, foot = (of(reference, f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
        middle = hip + (foot - hip) * 0.383 / 0.713
        assert (knee[:, 0] >= middle[:, 0] - 0.01).all()
        assert foot[:, 1].min() >= stance[f"{side}_ankle"][1] - 1e-9
        assert np.ptp(foot[:, 0]) > 0.6 and np.ptp(foot[:, 1]) > 0.05
        shoulder, elbow, wrist = (
            of(reference, f"{side}_{joint}") for joint in ("shoulder", "elbow", "wrist")
        )
        bone = np.linalg.norm(places[f"{side}_elbow"] - places[f"{side}_shoulder"])
        assert np.linalg.norm(elbow - shoulder, axis=-1).max() <= bone + 1e-9
        assert np.linalg.norm(wrist - elbow, axis=-1).max() <= bone + 1e-9  # both links are equally long
        assert np.ptp(wrist[:, 0]) > 0.2
        assert np.corrcoef(wrist[:, 0], foot[:, 0])[0, 1] < -0.5
    feet = [of(reference, joint)[:, 0] for joint in ("left_ankle", "right_ankle")]
    assert np.corrcoef(*feet)[0, 1] < -0.5


def test_the_robots_own_reach_unless_the_experiment_sets_it(tmp_path, monkeypatch, humanoid):
    robot, standing = humanoid
    motion = person("human_walk")
    write_motion(tmp_path / "motion.h5", motion)
    folder = ROOT / "resources" / "robots" / "humanoid"
    files = {"motion": tmp_path / "motion.h5", "robot": folder / "robot.yaml", "mjcf": folder / robot.mjcf}
    words = [
        w
        for name, path in (files | {"reference": tmp_path / "r.h5"}).items()
        for w in (f"--{name}", str(path))
    ]
    for given in ({}, {"crouch": 0.1}):
        monkeypatch.setattr(
            sys,
            "argv",
            ["retarget_motion.py", *words, "--params", json.dumps({"reach": given, "task": "velocity"})],
        )
        retarget_motion.main()
        expected = retarget(motion, robot, *standing, robot.reach.model_copy(update=given))
        assert read_reference(tmp_path / "r.h5").cycle == pytest.approx(expected.cycle, abs=1e-5)


def test_the_script_writes_the_reference(tmp_path, monkeypatch, motion, robot_folder):
    write_motion(tmp_path / "motion.h5", motion)
    files = {"motion": tmp_path / "motion.h5", "robot": robot_folder / "robot.yaml"}
    files |= {"mjcf": robot_folder / "anymal_c.xml", "reference": tmp_path / "reference.h5"}
    words = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    params = json.dumps({"reach": {}, "task": "velocity"})
    monkeypatch.setattr(sys, "argv", ["retarget_motion.py", *words, "--params", params])
    retarget_motion.main()
    reference = read_reference(tmp_path / "reference.h5")
    assert reference.robot == "anymal_c" and set(reference.provenance["inputs"]) == {
        "motion",
        "robot",
        "mjcf",
    }
