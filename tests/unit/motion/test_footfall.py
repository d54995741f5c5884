import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.motion.footfall import find_footfall, steady_pairs

SAMPLES, PERIOD = 256, 0.62


def walk(speed, touchdown, duty, softness=1.0):
    """Feet (P, L, 2) about a trunk that moves at `speed`: at rest in stance, in a soft arc in swing."""
    feet = []
    for down in touchdown:
        phase = (np.arange(SAMPLES) / SAMPLES - down) % 1
        swing = np.clip((phase - duty) / (1 - duty), 0, 1)
        minimum_jerk = swing**3 * (10 - 15 * swing + 6 * swing**2)
        parabolas = np.where(swing < 0.5, 2 * swing**2, 1 - 2 * (1 - swing) ** 2)
        eased = softness * minimum_jerk + (1 - softness) * parabolas
        world = speed * PERIOD * eased
        feet.append(np.stack([world - speed * PERIOD * phase, 0.1 * np.sin(np.pi * swing)], axis=-1))
    return np.stack(feet, axis=1)


@settings(max_examples=40, deadline=None)
@given(
    speed=st.floats(0.5, 5),
    down=st.floats(0, 1),
    duty=st.floats(0.32, 0.7),
    softness=st.floats(0.4, 1),
)
def test_finds_speed_touchdown_and_duty(speed, down, duty, softness):
    touchdown = [down, down + 0.5, down + 0.2]
    found = find_footfall(walk(speed, touchdown, duty, softness), PERIOD)
    assert found.speed == pytest.approx(speed, rel=0.03)
    assert found.duty == pytest.approx([duty] * 3, abs=0.05)
    lag = (found.touchdown - np.array(touchdown) + 0.5) % 1 - 0.5
    assert np.abs(lag).max() < 0.03
    assert np.ptp(lag) < 0.01
    assert found.stance.mean(axis=0) == pytest.approx(found.duty, abs=0.01)


def test_an_unseen_foot_has_no_footfall():
    feet = walk(1.5, [0.0, 0.5], 0.6)
    feet[:, 1] = np.nan
    found = find_footfall(feet, PERIOD)
    assert found.speed == pytest.approx(1.5, rel=0.03)
    assert np.isnan(found.touchdown[1]) and np.isnan(found.duty[1]) and not found.stance[:, 1].any()


def test_a_foot_that_rolls_leaves_the_ground_later():
    feet = walk(1.5, [0.0], 0.5)
    early, late = (find_footfall(feet, PERIOD, roll).duty[0] for roll in (0.0, 1.0))
    assert early == pytest.approx(0.5, abs=0.05)
    assert late == pytest.approx(((feet[:, 0, 0].argmin()) / SAMPLES), abs=0.03)


@settings(max_examples=30, deadline=None)
@given(down=st.floats(0, 1), apart=st.floats(0.05, 0.95), duty=st.floats(0.3, 0.65), seed=st.integers(0, 999))
def test_feet_of_an_end_are_as_far_apart_as_their_ways(down, apart, duty, seed):
    feet = walk(1.5, [down, down + apart], duty)
    rough = feet + 0.01 * np.random.default_rng(seed).standard_normal(feet.shape)
    found = steady_pairs(find_footfall(rough, PERIOD), rough, [(0, 1)])
    assert (found.touchdown[1] - found.touchdown[0] - apart + 0.5) % 1 - 0.5 == pytest.approx(0, abs=0.01)
    assert found.duty[0] == found.duty[1]
    assert found.stance.mean(axis=0) == pytest.approx(found.duty, abs=0.01)
