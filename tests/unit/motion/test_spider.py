"""The spider's clip from its film to the ant, and other gaits of six and eight legs."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from synthesis.gaits import SPIDER_WALK
from synthesis.spider import ENLARGED, HIP_HEIGHT, spider
from video2reward.artifacts.keypoints import Keypoints
from video2reward.config.clips import load_video
from video2reward.errors import UserError
from video2reward.keypoints.markers.backend import MarkerBackend
from video2reward.keypoints.plausibility.plausible import check_plausible
from video2reward.motion.describe import describe_motion
from video2reward.motion.retarget import retarget
from video2reward.robots.description import load_robot
from video2reward.robots.hinged_leg import hinged_legs
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.motion import MotionSettings, Reach
from video2reward.settings.video import Subject
from video2reward.sim.mirror import asymmetry
from video2reward.skeletons import INSECT, SPIDER
from video2reward.video.frames import extract_frames

ROOT = Path(__file__).resolve().parents[3]
ANT = ROOT / "resources" / "robots" / "ant"


@pytest.fixture(scope="module")
def clip():
    return load_video("spider_walk", ROOT)[1]


@pytest.fixture(scope="module")
def motion(clip, tmp_path_factory):
    folder = tmp_path_factory.mktemp("spider") / "frames"
    frames = extract_frames(clip.file, clip, folder, {})
    keypoints = MarkerBackend().estimate(frames, clip.pose, clip.subject)
    check_plausible(keypoints, frames, accept=False)
    return describe_motion(keypoints, clip.subject, MotionSettings(), clip.pose.min_confidence)


@pytest.fixture(scope="module")
def ant():
    return load_robot(ANT / "robot.yaml")


@pytest.fixture(scope="module")
def standing(ant):
    return standing_keypoints(ANT / ant.mjcf, ant, "spider")


@pytest.fixture(scope="module")
def hinged(ant):
    return hinged_legs(ANT / ant.mjcf, ant, ant.skeletons["spider"])


@pytest.mark.slow
def test_the_film_shows_what_is_true(motion):
    true = json.loads((ROOT / "resources/videos/spider_walk.truth.json").read_text())
    assert motion.skeleton == "spider" and motion.limb_names == tuple(limb.name for limb in SPIDER.limbs)
    assert motion.period_s == pytest.approx(true["period_s"], rel=0.01)
    assert motion.speed_m_s == pytest.approx(true["speed_m_s"], rel=0.05)
    touchdown = np.array([true["touchdown"][limb] for limb in motion.limb_names])
    assert np.abs((motion.touchdown - touchdown + 0.5) % 1 - 0.5).max() < 0.03
    duty = [true["duty_factor"][limb] for limb in motion.limb_names]
    assert motion.duty_factor == pytest.approx(duty, abs=0.1)
    assert motion.gait == "alternating tetrapod" and motion.gait_confidence > 0.9
    assert motion.camera == "fixed" and not motion.mirrored
    assert motion.warnings == ()


@pytest.mark.slow
def test_the_ant_gets_four_of_the_eight_legs(motion, ant, standing, hinged):
    reference = retarget(motion, ant, *standing, ant.reach, hinged)
    assert reference.limb_names == ("left_1", "right_1", "left_4", "right_4")
    lag = (reference.touchdown[[1, 2, 3]] - reference.touchdown[0]) % 1
    assert lag == pytest.approx([0.5, 0.5, 1.0], abs=0.1)  # diagonally, as in a trot
    assert asymmetry(reference) < 0.25
    ratio = ant.leg_length_m / motion.leg_length_m
    assert reference.period_s == pytest.approx(motion.period_s * ratio**0.5)
    for foot in reference.foot_names:
        own = np.ptp(reference.cycle[:, reference.keypoint_names.index(foot), 0])
        clips = np.ptp(motion.cycle[:, motion.joint_names.index(foot), 0])
        assert own == pytest.approx(clips, rel=0.02)  # all of it is in reach
    knees = [reference.keypoint_names.index(f"{side}_Knee_{pair}") for side in "LR" for pair in (1, 4)]
    assert np.ptp(reference.cycle[:, knees, 1], axis=0) == pytest.approx(0, abs=1e-6)  # the hip is upright
    assert (np.ptp(reference.cycle[:, knees, 0], axis=0) > 0.2).all()


@pytest.mark.slow
def test_less_reach_means_smaller_strides(motion, ant, standing, hinged):
    feet = [f"{side}_Tarsus_{pair}" for side in "LR" for pair in (1, 4)]

    def swing(extension):
        reference = retarget(motion, ant, *standing, Reach(extension=extension), hinged)
        rows = [reference.keypoint_names.index(foot) for foot in feet]
        return np.ptp(reference.cycle[:, rows, 0], axis=0)

    assert (swing(0.5) < 0.9 * swing(0.95)).all()


@pytest.mark.slow
def test_hinged_legs_need_their_joints(motion, ant, standing):
    with pytest.raises(UserError, match="limb left_1 has no lengths_m"):
        retarget(motion, ant, *standing, ant.reach)


def crawling(gait, kind, noise, heading, seconds=3.0):
    """Keypoints at 60 frames/s, noise in px of a trunk of 80, far coxae and parts of the far legs hidden with it."""
    random = np.random.default_rng(0)
    times = np.arange(round(60 * seconds)) / 60
    figure = spider(gait, times + 0.05)
    points = np.stack([figure.points[figure.keypoints[joint]] for joint in kind.joints], axis=1) / ENLARGED
    pixels = [700 + 550 * (heading < 0), 300] + 3000 * points[..., [0, 2]] * [heading, -1]
    pixels += noise * random.standard_normal(pixels.shape)
    seen = np.ones(pixels.shape[:2])
    for column, joint in enumerate(kind.joints):
        seen[:, column] = not joint.startswith("L_Coxa")
        for first in random.integers(0, len(times) - 12, 6 if noise and joint.startswith("L_") else 0):
            seen[first : first + 12, column] = 0
    boxes = np.concatenate([pixels.min(axis=1) - 10, pixels.max(axis=1) + 10], axis=-1)
    return Keypoints(
        keypoints=np.concatenate([pixels, seen[..., None]], axis=-1),
        times=times, joint_names=kind.joints, skeleton=kind.name, size=(2000, 400), boxes=boxes, backend="truth",
    )  # fmt: skip


def wave(lag, duty, period_s, speed):
    """A gait whose legs land `lag` after the next one behind."""
    touchdown = {
        limb.name: (lag * (4 - int(limb.name[-1])) + 0.5 * limb.name.startswith("right")) % 1
        for limb in SPIDER.limbs
    }
    return replace(
        SPIDER_WALK, period_s=period_s, speed=speed, touchdown=touchdown, duty=dict.fromkeys(touchdown, duty)
    )


@pytest.mark.slow
@pytest.mark.parametrize(("noise", "heading"), [(0.0, 1), (1.6, -1)])
@pytest.mark.parametrize(
    ("gait", "kind", "name"),
    [
        (SPIDER_WALK, SPIDER, "alternating tetrapod"),
        (wave(0.5, 0.6, 0.5, 0.09), INSECT, "alternating tripod"),
        (wave(0.25, 0.7, 0.6, 0.06), SPIDER, "metachronal wave"),
        (wave(1 / 3, 0.66, 0.6, 0.07), INSECT, "metachronal wave"),
    ],
)
def test_gaits_of_many_legs_are_read_from_keypoints(gait, kind, name, noise, heading):
    keypoints = crawling(gait, kind, noise, heading)
    subject = Subject(species=kind.name, leg_length_m=HIP_HEIGHT)
    motion = describe_motion(keypoints, subject, MotionSettings(), 0.3)
    assert motion.gait == name and motion.mirrored == (heading < 0)
    assert motion.period_s == pytest.approx(gait.period_s, rel=0.01)
    assert motion.speed_m_s == pytest.approx(gait.speed, rel=0.05)
    late = motion.touchdown - [gait.touchdown[limb] for limb in motion.limb_names]
    assert np.abs((late - late[0] + 0.5) % 1 - 0.5).max() < 0.05
    assert motion.warnings == ()
