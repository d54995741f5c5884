"""The speed by the feet and by the path, under noise, and whether its interval holds the truth."""

from dataclasses import replace

import numpy as np
import pytest

from synthesis.cases import Condition, body_speed, make_case
from synthesis.journey import on_treadmill
from synthesis.more_gaits import GAITS
from video2reward.motion.describe import describe_motion
from video2reward.motion.speed import Speed, error_of
from video2reward.motion.steady import SteadyPart, cut
from video2reward.settings.motion import MotionSettings
from video2reward.settings.video import Subject


def described(keypoints, species, background=None):
    return describe_motion(keypoints, Subject(species=species), MotionSettings(), 0.3, background)


@pytest.mark.parametrize("fps", [15.0, 24.0, 30.0])
@pytest.mark.parametrize(
    ("species", "name"),
    [("human", "walk"), ("human", "run"), ("dog", "walk"), ("dog", "trot"), ("dog", "pace")],
)
@pytest.mark.slow
def test_feet_alone_tell_the_speed_under_noise(species, name, fps):
    """As on a treadmill, and of an unsteady camera that shows no background."""
    true, errors, held = body_speed(species, GAITS[species, name]), [], []
    for seed in range(3):
        case = make_case(species, GAITS[species, name], Condition("noisy", fps=fps, noise=0.02), seed)
        found = described(on_treadmill(case.keypoints), species)
        assert found.camera == "moving"
        errors.append(found.speed / true - 1)
        held.append(abs(found.speed - true) <= found.speed_error)
    assert abs(np.mean(errors)) < 0.1
    assert np.abs(errors).max() < 0.15 and sum(held) >= 2


@pytest.mark.parametrize("pan", [False, True])
def test_both_halves_of_a_clip_have_one_speed(pan):
    walk = GAITS["human", "walk"]
    case = make_case("human", walk, Condition("half", fps=30.0, noise=0.02, pan=pan, seen=False))
    middle = len(case.keypoints.times) // 2
    halves = [
        described(cut(case.keypoints, part), "human")
        for part in (SteadyPart(0, middle), SteadyPart(middle, 2 * middle))
    ]
    for half in halves:
        assert half.speed == pytest.approx(body_speed("human", walk), rel=0.1)
    first, second = halves
    assert abs(first.speed - second.speed) <= first.speed_error + second.speed_error


@pytest.mark.parametrize("heading", [1, -1])
def test_panning_over_a_background_is_between_path_and_feet(heading):
    walk = GAITS["human", "walk"]
    case = make_case("human", walk, Condition("pan", fps=24.0, noise=0.02, pan=True, heading=heading))
    found = described(case.keypoints, "human", case.background)
    assert found.speed == pytest.approx(body_speed("human", walk), rel=0.05)
    assert 0 < found.speed_error < 0.15 * found.speed
    assert found.speed_error_m_s / found.speed_m_s == pytest.approx(found.speed_error / found.speed)


def test_frames_without_the_trunk_do_not_count():
    case = make_case("human", GAITS["human", "walk"], Condition("plain", fps=30.0))
    points = case.keypoints.keypoints.copy()
    points[50:62] = [0.0, 0.0, 0.0]
    found = described(replace(case.keypoints, keypoints=points), "human")
    assert found.speed == pytest.approx(body_speed("human", GAITS["human", "walk"]), rel=0.01)


def test_less_than_two_strides_have_no_interval():
    case = make_case("human", GAITS["human", "walk"], Condition("plain", fps=30.0))
    short = cut(case.keypoints, SteadyPart(0, 60))
    assert np.isnan(described(short, "human").speed_error)


def test_the_error_is_that_of_what_the_speed_was_taken_from():
    travel, feet = Speed(2.0, 0.1), Speed(2.4, 0.3)
    assert error_of(2.0, travel, feet) == 0.1 and error_of(2.4, travel, feet) == 0.3
    assert error_of(2.2, travel, feet) == pytest.approx(0.2)  # they differ by more than either says
    assert error_of(2.0, Speed(2.0, 0.3), Speed(2.01, 0.4)) == 0.3
    assert error_of(2.005, Speed(2.0, 0.3), Speed(2.01, 0.4)) == pytest.approx(0.25)
