"""The expert score: its ends, what no part makes up for, and the order of known motions on both robots."""

import math
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.sim.test_playback import recorded

from video2reward.scores.expert_score import STANDS, expert_score

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks"))
from expert_order import disordered, score

STANDING, REACH = 0.15, 0.03
PARTS = {
    "falls": st.floats(0, 1),
    "speed_ratio": st.none() | st.floats(-1, 3),
    "distance": st.floats(0, 0.4),
}


def scored(falls=0.0, speed_ratio=1.0, distance=REACH):
    return expert_score(falls, speed_ratio, distance, STANDING, REACH)


def test_the_ends_are_a_fall_and_the_expert_and_standing_still_is_a_third():
    assert scored(falls=1, speed_ratio=0, distance=STANDING) == 0
    assert scored(speed_ratio=0, distance=STANDING) == STANDS == pytest.approx(1 / 3)
    assert scored() == scored(distance=0) == 1


def test_gliding_and_stepping_on_the_spot_are_worth_no_more_than_standing():
    assert scored(distance=STANDING) == scored(speed_ratio=0) == STANDS
    assert scored(speed_ratio=2) == STANDS


def test_half_the_speed_and_half_the_way_to_the_expert_are_half_an_imitation():
    halfway = (STANDING + REACH) / 2
    assert scored(speed_ratio=0.5, distance=halfway) == pytest.approx(1 / 3 + 2 / 3 * 0.5)
    assert scored(speed_ratio=None, distance=halfway) == pytest.approx(1 / 3 + 2 / 3 * 0.5)


def test_without_an_expert_there_is_no_score():
    assert math.isnan(expert_score(0, 1, 0.1, STANDING, STANDING))


@given(**PARTS, worse=st.floats(0, 0.3))
def test_it_is_a_share_and_never_grows_with_falls_or_distance(falls, speed_ratio, distance, worse):
    score = scored(falls, speed_ratio, distance)
    assert 0 <= score <= 1 + 1e-12
    assert scored(min(1, falls + worse), speed_ratio, distance) <= score
    assert scored(falls, speed_ratio, distance + worse) <= score


@pytest.mark.parametrize(("species", "gait"), [("dog", "amble"), ("human", "run")])
def test_known_motions_are_in_their_order(species, gait):
    reference, rollouts = recorded(species, gait)
    found = {name: score(rollout, reference) for name, rollout in rollouts.items()}
    assert disordered(found, reference) == []
    assert found["honest"] > 0.9 > found["half_speed"] + 0.2
    assert found["half_speed"] > found["sliding"] + 0.2 > found["falling"] + 0.5
    assert found["standing"] == pytest.approx(STANDS, abs=0.01)
