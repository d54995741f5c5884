"""The expert's distance to the clip: none if the robot can do all of it, and never that of standing still."""

from dataclasses import replace

import pytest
from tests.unit.sim.test_playback import recorded

from video2reward.similarity import gait_similarity
from video2reward.similarity.clocked import TRUNK
from video2reward.similarity.reach import overall_reach, reach_distance, reach_distances


def test_a_robot_that_can_do_all_of_the_clip_is_the_clip(sine_reference):
    whole = replace(sine_reference, cycle=sine_reference.target)
    scale = abs(sine_reference.target - sine_reference.target.mean(0)).mean()
    assert reach_distance(whole) < 0.05 * scale


@pytest.mark.parametrize(("species", "gait"), [("dog", "amble"), ("human", "run")])
def test_it_is_what_a_robot_with_this_motion_is_measured_at(species, gait):
    reference, rollouts = recorded(species, gait)
    measured = gait_similarity(rollouts["honest"], reference)
    assert reach_distance(reference) == pytest.approx(measured.distance, rel=0.12)
    assert reach_distance(reference) < 0.5 * measured.standing


def test_a_single_motions_is_by_the_clock_and_its_trunk_is_in_reach(jump_reference):
    found = reach_distances(jump_reference, 0.02)
    assert found[TRUNK] == 0 and set(found) == {*jump_reference.scored, TRUNK}
    assert reach_distance(jump_reference) == pytest.approx(overall_reach(found, jump_reference), rel=0.05)
    whole = replace(jump_reference, cycle=jump_reference.target)
    assert reach_distance(whole) == 0 < reach_distance(jump_reference)
