"""A real dog's motion capture, filmed from the side: needs V2R_LOCAL_DATA with mocap/dog_walk00_joint_pos.txt."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from video2reward.artifacts.keypoints import read_keypoints
from video2reward.motion.describe import describe_motion
from video2reward.motion.retarget import retarget
from video2reward.robots.description import load_robot
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.motion import MotionSettings, Reach
from video2reward.settings.video import Subject
from video2reward.similarity.gait import segment_distances
from video2reward.similarity.period import estimate_period

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "benchmarks"))
from mocap_to_keypoints import JOINTS, film, hip_height, read_mocap  # noqa: E402

RECORDING = Path(os.environ.get("V2R_LOCAL_DATA", "nowhere")) / "mocap" / "dog_walk00_joint_pos.txt"
# The recording's own figures: hip height over the ground, and the pelvis's displacement over frames 150-400.
HIP_HEIGHT_M, SPEED_M_S = 0.38, 1.12

pytestmark = [
    pytest.mark.local_data,
    pytest.mark.skipif(not RECORDING.exists(), reason="V2R_LOCAL_DATA has no mocap/dog_walk00_joint_pos.txt"),
]


@pytest.fixture(scope="module")
def keypoints(tmp_path_factory):
    out = tmp_path_factory.mktemp("dog") / "keypoints.h5"
    script = ROOT / "benchmarks" / "mocap_to_keypoints.py"
    command = [
        sys.executable,
        str(script),
        "--mocap",
        str(RECORDING),
        "--frames",
        "150",
        "400",
        "--out",
        str(out),
    ]
    subprocess.run(command, check=True)
    return read_keypoints(out)


@pytest.fixture(scope="module")
def motion(keypoints):
    return describe_motion(
        keypoints, Subject(species="dog", leg_length_m=HIP_HEIGHT_M), MotionSettings(), 0.3
    )


@pytest.fixture(scope="module")
def reference(motion, robot_folder):
    robot = load_robot(robot_folder / "robot.yaml")
    return retarget(motion, robot, *standing_keypoints(robot_folder / robot.mjcf, robot, "ap10k"), Reach())


def test_period_speed_and_gait(motion):
    assert motion.period_s == pytest.approx(0.621, abs=0.003)
    assert motion.period_confidence > 0.95
    assert motion.speed_m_s == pytest.approx(SPEED_M_S, rel=0.03)
    assert motion.camera == "fixed" and not motion.mirrored
    # A pace-like amble: the legs of a side together, the sides half a stride apart.
    lag = dict(zip(motion.limb_names, motion.touchdown, strict=True))
    assert lag["right_fore"] == pytest.approx(0.5, abs=0.05)
    assert min(lag["left_hind"], 1 - lag["left_hind"]) < 0.06
    assert (motion.duty_factor > 0.35).all() and (motion.duty_factor < 0.65).all()


@pytest.mark.parametrize("degrees", [-30, -15, 0, 15, 30])
@pytest.mark.parametrize(
    ("name", "first", "last", "gait"), [("dog_walk00", 150, 400, "amble"), ("dog_walk03", 440, 547, "trot")]
)
def test_period_and_gait_from_five_sides(name, first, last, gait, degrees):
    points = read_mocap(RECORDING.with_name(f"{name}_joint_pos.txt"), first, last)
    paws = [JOINTS[joint] for joint in ("L_F_Paw", "R_F_Paw", "L_B_Paw", "R_B_Paw")]
    middle = 0.5 * (points[:, JOINTS["Neck"]] + points[:, JOINTS["Root_of_tail"]])
    true = estimate_period(points[:, paws] - middle[:, None], 60.0).seconds
    found = describe_motion(
        film(points, degrees), Subject(species="dog", leg_length_m=hip_height(points)), MotionSettings(), 0.3
    )
    assert found.period_s == pytest.approx(true, rel=0.01)
    assert found.gait == gait
    assert found.view_angle == pytest.approx(abs(degrees), abs=6)


def test_froude_scaling_onto_the_robot(motion, reference):
    ratio = 0.543 / HIP_HEIGHT_M
    assert reference.period_s == pytest.approx(0.621 * ratio**0.5, rel=0.01)
    assert reference.speed == pytest.approx(SPEED_M_S * ratio**0.5, rel=0.03)


def test_the_reachable_cycle_is_far_nearer_than_standing(reference):
    scored = [reference.keypoint_names.index(name) for name in reference.scored]
    phase = np.arange(300) * 0.02 / reference.period_s
    steps = (phase % 1 * len(reference.cycle)).astype(int)
    target = reference.target[:, scored]

    def distance(body):
        return segment_distances(body[None], target, reference.period_s, 0.02).mean()

    standing = distance(np.zeros((300, 8, 2)))
    assert standing == pytest.approx(0.19, abs=0.01)
    assert distance(reference.cycle[steps][:, scored]) < 0.3 * standing
