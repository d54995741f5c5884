import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.cases import Condition, make_case
from synthesis.more_gaits import GAITS
from video2reward.motion.describe import describe_motion
from video2reward.motion.filming import judge_camera
from video2reward.settings.motion import MotionSettings
from video2reward.settings.video import Subject

LEGS = {"dog": 0.5, "human": 0.93}
STILL = np.zeros((50, 2))
PANNED = np.stack([np.linspace(0, 300, 50), np.zeros(50)], axis=1)


def described(species, name, condition, **known):
    case = make_case(species, GAITS[species, name], condition)
    subject = Subject(species=species, leg_length_m=LEGS[species])
    known = {"background": case.background, "slow_motion": condition.slow} | known
    return describe_motion(case.keypoints, subject, MotionSettings(), 0.3, **known)


def test_the_background_decides_and_says_how_sure():
    fixed, moving = judge_camera(2.0, 2.0, STILL, 640), judge_camera(2.0, 2.0, PANNED, 640)
    assert (fixed.camera, moving.camera) == ("fixed", "moving")
    assert fixed.sure == 1 and moving.sure > 0.99
    assert not fixed.warnings and not moving.warnings


@given(travel=st.floats(0.2, 5), miss=st.floats(0, 0.9))
def test_without_a_background_the_standing_feet_decide(travel, miss):
    found = judge_camera((1 - miss) * travel, travel, None, 640)
    assert found.camera == ("fixed" if miss < 0.25 else "moving")
    assert 0.5 <= found.sure <= 1
    assert any("camera: fixed" in sentence for sentence in found.warnings) == (found.sure < 0.65)


def test_what_is_declared_is_believed():
    assert judge_camera(2.0, 2.0, STILL, 640, "moving").camera == "moving"
    assert judge_camera(0.0, 2.0, None, 640, "fixed").camera == "fixed"
    assert judge_camera(2.0, 2.0, PANNED, 640, "fixed").sure == 1


def test_a_treadmill_is_said_and_the_feet_believed():
    found = judge_camera(0.0, 2.0, STILL, 640)
    assert found.speed == 2 and "treadmill" in found.warnings[0]


@pytest.mark.parametrize(
    ("travel", "told"),
    [
        (0.0, "treadmill"),
        (0.0, "a turn or a pause"),
        (1.2, "a turn or a pause"),
        (1.2, "another subject was tracked"),
        (-1.0, "backwards"),
    ],
)
def test_what_may_be_wrong_is_said_where_feet_and_trunk_do_not_agree(travel, told):
    sentence = " ".join(judge_camera(travel, 2.0, STILL, 640).warnings)
    assert told in sentence and ("treadmill" in sentence) == (travel == 0.0)


@pytest.mark.parametrize(("species", "name"), [("dog", "amble"), ("human", "walk")])
@pytest.mark.parametrize("heading", [1, -1])
@pytest.mark.slow
def test_panning_changes_neither_speed_nor_direction(species, name, heading):
    still, panned = (
        described(species, name, Condition("case", heading=heading, pan=pan)) for pan in (False, True)
    )
    assert (still.camera, panned.camera) == ("fixed", "moving")
    assert still.mirrored == panned.mirrored == (heading < 0)
    assert panned.speed == pytest.approx(still.speed, rel=0.03)
    assert np.ptp(panned.trunk[:, 0]) > 0.4 * np.ptp(
        still.trunk[:, 0]
    )  # the wall is farther away than the subject


@pytest.mark.parametrize(("species", "name"), [("dog", "trot"), ("human", "walk")])
@pytest.mark.parametrize("angle", [-45, -20, 0, 20, 45])
def test_the_angle_is_found_and_warned_of(species, name, angle):
    motion = described(species, name, Condition("turned", angle=angle))
    assert motion.view_angle == pytest.approx(abs(angle), abs=7)
    assert any("degrees to the picture" in sentence for sentence in motion.warnings) == (abs(angle) > 30)


@pytest.mark.parametrize(("species", "name"), [("dog", "walk"), ("dog", "trot"), ("human", "run")])
@pytest.mark.slow
def test_slow_motion_is_suspected_unless_declared(species, name):
    slow = Condition("slow", slow=4.0)
    declared, silent = (described(species, name, slow, slow_motion=factor) for factor in (4.0, 1.0))
    assert declared.period_s == pytest.approx(GAITS[species, name].period_s, rel=0.01)
    assert declared.slow_motion == 4 and not any("slow motion" in s for s in declared.warnings)
    sentence = next(s for s in silent.warnings if "slow motion" in s)
    factor = float(sentence.split("slow_motion: ")[1].split(" ")[0])
    assert 2.5 < factor < 5.5


@pytest.mark.slow
def test_clips_at_real_speed_are_not_suspected():
    for species, name in GAITS:
        assert not described(species, name, Condition("plain")).warnings
