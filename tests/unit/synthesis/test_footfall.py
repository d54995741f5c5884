import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.footfall import foot_path, lift_arc, minimum_jerk

duties = st.floats(0.3, 0.75)
strides = st.floats(0.3, 3.0)


@settings(deadline=None)
@given(duties, strides)
def test_a_planted_foot_does_not_move(duty, stride):
    phase = np.linspace(0.0, 4.0, 4001)
    forward, height, planted = foot_path(phase, stride, duty, 0.0, 0.1)
    steps = np.floor(phase)
    for step in range(4):
        standing = planted & (steps == step)
        assert np.ptp(forward[standing]) == pytest.approx(0.0, abs=1e-12)
        assert height[standing] == pytest.approx(0.0, abs=1e-12)
        assert standing.sum() == pytest.approx(1000 * duty, abs=2)


@settings(deadline=None)
@given(duties, strides)
def test_a_foot_moves_smoothly_and_one_stride_a_cycle(duty, stride):
    phase = np.linspace(-1.0, 3.0, 8001)
    forward, height, _ = foot_path(phase, stride, duty, 0.1, 0.1)
    assert forward[4000:] - forward[2000:-2000] == pytest.approx(np.full(4001, stride))
    speed = np.diff(forward) / np.diff(phase)
    assert speed.min() > -1e-6 * stride
    # A minimum-jerk movement is at most 15/8 times as fast as its mean.
    assert speed.max() <= 1.876 * stride / (1.0 - duty)
    assert np.abs(np.diff(height)).max() < 0.002
    assert height.max() == pytest.approx(0.1, rel=1e-3)


def test_at_mid_stance_the_foot_is_where_it_is_neutral():
    forward, _, _ = foot_path(np.array([2.0 + 0.3]), 0.7, 0.6, -0.03, 0.1)
    assert forward[0] - 0.7 * 2.3 == pytest.approx(-0.03)


def test_profiles_begin_and_end_at_rest():
    s = np.array([0.0, 1e-4, 1.0 - 1e-4, 1.0])
    assert minimum_jerk(s) == pytest.approx([0, 0, 1, 1], abs=1e-7)
    assert lift_arc(s) == pytest.approx(np.zeros(4), abs=1e-4)
    assert lift_arc(np.array([0.42]))[0] == pytest.approx(1.0)
