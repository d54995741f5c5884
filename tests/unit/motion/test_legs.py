import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from video2reward.motion.legs import knee_side, largest_scale, two_link_knee

angles, lengths = st.floats(-3, 3), st.floats(0.1, 1.0)


@given(first=angles, bend=st.floats(-2.9, 2.9), upper=lengths, lower=lengths)
def test_inverse_undoes_forward_kinematics(first, bend, upper, lower):
    assume(abs(bend) > 0.05)
    hip = np.array([0.3, -0.2])
    knee = hip + upper * np.array([np.cos(first), np.sin(first)])
    foot = knee + lower * np.array([np.cos(first + bend), np.sin(first + bend)])
    assume(np.linalg.norm(foot - hip) > 1e-3)
    side = knee_side(hip, knee, foot)
    assert side == (-1 if bend > 0 else 1)
    assert two_link_knee(hip, foot, (upper, lower), side) == pytest.approx(knee, abs=1e-6)


def test_a_foot_out_of_reach_gets_a_straight_leg():
    knee = two_link_knee(np.zeros(2), np.array([0.0, -5.0]), (0.3, 0.4), 1.0)
    assert knee == pytest.approx([0, -0.3])


@given(seed=st.integers(0, 10**6), reach=st.floats(0.6, 2.0))
def test_the_largest_scale_just_reaches(seed, reach):
    rng = np.random.default_rng(seed)
    centre, hip, deviation = rng.uniform(-0.4, 0.4, 2), np.zeros(2), rng.standard_normal((30, 2))
    scale = largest_scale(centre, deviation, hip, reach)
    distance = np.linalg.norm(centre + scale * deviation - hip, axis=-1).max()
    assert 0 < scale <= 1
    assert distance == pytest.approx(reach) if scale < 1 else distance <= reach


def test_a_centre_out_of_reach_allows_no_movement():
    assert largest_scale(np.array([0.0, -2]), np.ones((4, 2)), np.zeros(2), 1.0) == 0
    assert largest_scale(np.array([0.0, -0.5]), np.zeros((4, 2)), np.zeros(2), 1.0) == 1
