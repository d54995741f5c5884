"""Wishes measured on rollouts that do what was asked, or not."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.similarity.test_order import SYMMETRIC, of_gait

from synthesis.faults import Made, make_rollout
from synthesis.moves import within_reach
from video2reward.motion.wished import CHANGED, wished
from video2reward.registry import WISHES
from video2reward.settings.wish import MeasuredWish
from video2reward.similarity import gait_similarity, posture_similarity
from video2reward.wishes.fulfilment import figure_in_reach, figures_in_reach, wish_fulfilment


def moving(reference, falls=0.0, effort=8.0):
    """Agents that move by the motion in reach, at its speed."""
    made = make_rollout(Made("", "reach", within_reach, falls=falls, in_reach=True), reference, 4, 8.0)
    velocity = np.zeros_like(made.velocity)
    velocity[..., 0] = reference.speed
    return replace(made, velocity=velocity, effort=np.full(velocity.shape[:2], effort))


def with_wish(reference, **times):
    return wished(reference, times, figures_in_reach(CHANGED, reference))


def judged(rollout, reference, weight=0.5, **measured):
    gait = gait_similarity(rollout, reference)
    distance = posture_similarity(rollout, reference, gait).distance
    wish = MeasuredWish(measured=measured, weight=weight)
    return wish_fulfilment(rollout, reference, wish, distance, gait.standing), distance, gait.standing


@pytest.mark.parametrize(("species", "name"), SYMMETRIC)
@pytest.mark.parametrize(
    ("measure", "times"), [("foot_lift", 2.0), ("foot_lift", 0.5), ("trunk_height", 0.9), ("speed", 1.3)]
)
def test_who_follows_the_wished_reference_fulfils_the_wish_and_who_follows_the_clip_does_not(
    species, name, measure, times
):
    plain = of_gait(species, name)[1]
    asked = with_wish(plain, **{measure: times})
    found, distance, _ = judged(moving(asked), asked, **{measure: {"times": times}})
    figure = found["measures"][measure]
    assert figure["value"] / figure["base"] == pytest.approx(times, rel=0.03)
    assert found["success"] > 0.9 and found["distance"] == pytest.approx(distance, abs=0.01)
    left, distance, standing = judged(moving(plain), asked, **{measure: {"times": times}})
    assert left["success"] < 0.1
    assert left["distance"] == pytest.approx(
        distance + 0.5 * (1 - left["success"]) * max(0.0, standing - distance)
    )


def test_the_wished_deviation_from_the_clip_is_no_distance():
    plain = of_gait("dog", "amble")[1]
    asked = with_wish(plain, foot_lift=2.0)
    obeying = gait_similarity(moving(asked), asked).similarity
    assert obeying > 0.95 * gait_similarity(moving(plain), plain).similarity
    assert gait_similarity(moving(asked), plain).similarity < obeying - 0.05  # as the clip has it, it is one


def test_falls_do_not_pay():
    asked = with_wish(of_gait("dog", "amble")[1], foot_lift=2.0)
    up, _, _ = judged(moving(asked), asked, foot_lift={"times": 2.0})
    half, _, _ = judged(moving(asked, falls=0.5), asked, foot_lift={"times": 2.0})
    down, _, _ = judged(moving(asked, falls=1.0), asked, foot_lift={"times": 2.0})
    assert half["success"] == pytest.approx(up["success"] / 2, rel=0.01)
    assert down["success"] == 0 and down["measures"]["foot_lift"]["value"] is None


def test_limits_are_kept_or_missed_by_degrees():
    reference = of_gait("dog", "amble")[1]
    value = judged(moving(reference), reference, torque={"at_most": 10})[0]["measures"]["torque"]
    assert (value["value"], value["fulfilled"], value["base"]) == (8.0, 1.0, None)
    for target, expected in (({"at_most": 5}, 0.4), ({"at_most": 3}, 0.0), ({"at_least": 16}, 0.5)):
        assert judged(moving(reference), reference, torque=target)[0]["success"] == pytest.approx(expected)


def test_a_rollout_without_torques_does_not_tell_them():
    reference = of_gait("dog", "amble")[1]
    rollout = replace(moving(reference), effort=np.zeros(0))
    found = judged(rollout, reference, torque={"at_most": 10})[0]
    assert found["success"] == 0 and found["measures"]["torque"]["value"] is None


def test_an_impact_is_the_speed_at_which_a_foot_comes_down():
    reference = of_gait("dog", "amble")[1]
    rollout = moving(reference)
    feet = [reference.keypoint_names.index(name) for name in reference.foot_names]
    points = rollout.keypoints.copy()
    step = np.arange(points.shape[1]) % 25
    for speed in (0.5, 1.0):  # up to 8 cm, down at this speed, and a rest
        height = np.maximum(np.minimum(0.008 * step, 0.08 - speed * rollout.dt * (step - 12)), 0.0)
        points[:, :, feet, 2] = height[None, :, None]
        found = judged(replace(rollout, keypoints=points), reference, impact={"at_most": 9})[0]
        assert found["measures"]["impact"]["value"] == pytest.approx(speed, rel=0.01)


@pytest.mark.parametrize(("species", "name"), SYMMETRIC)
def test_the_duty_factor_is_the_references_by_its_own_measure(species, name):
    reference = of_gait(species, name)[1]
    found = judged(moving(reference), reference, duty_factor={"at_least": 0.1})[0]
    assert found["measures"]["duty_factor"]["value"] == pytest.approx(
        figure_in_reach("duty_factor", reference), abs=0.02
    )


def test_every_measure_has_words_and_says_whether_the_film_tells_it():
    reference = of_gait("dog", "amble")[1]
    for name in WISHES.targets:
        measure = WISHES.load(name)
        assert measure.words and measure.unit and measure.definition
        assert (figure_in_reach(name, reference) is not None) == measure.in_reach
        assert bool(measure.fault(2.0)) == (not measure.in_reach) and not measure.fault(None)
