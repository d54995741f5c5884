import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from video2reward.similarity import estimate_period

WAVES = np.array([[1.0, 0.4, 0.1], [0.6, -0.5, 0.2], [0.3, 0.3, -0.3]])


def signal(period, phase=0.0, fps=50.0, seconds=6.0, noise=0.0, seed=0):
    """Three channels of three harmonics each."""
    t = np.arange(int(seconds * fps)) / fps
    angle = 2 * np.pi * (t[:, None, None] / period + phase) * np.arange(1, 4) + np.arange(3)[:, None]
    x = (WAVES * np.sin(angle)).sum(axis=-1)
    return x + noise * np.random.default_rng(seed).standard_normal(x.shape)


@given(period=st.floats(0.3, 1.5), seed=st.integers(0, 1000))
def test_finds_a_known_period_in_noise(period, seed):
    found = estimate_period(signal(period, noise=0.1, seed=seed), 50.0)
    assert found.seconds == pytest.approx(period, rel=0.01)
    assert found.strength > 0.9


@given(period=st.floats(0.3, 1.5), phase=st.floats(0, 1))
def test_does_not_depend_on_the_phase(period, phase):
    assert estimate_period(signal(period, phase), 50.0).seconds == pytest.approx(period, rel=0.005)


@given(period=st.floats(0.3, 1.5), scale=st.floats(0.01, 1000), offset=st.floats(-100, 100))
def test_does_not_depend_on_scale_or_offset(period, scale, offset):
    plain, other = (estimate_period(x, 50.0) for x in (signal(period), scale * (signal(period) + offset)))
    assert other.seconds == pytest.approx(plain.seconds, rel=1e-6)
    assert other.strength == pytest.approx(plain.strength, rel=1e-6)


@given(period=st.floats(0.3, 1.5), fps=st.floats(24, 240))
def test_does_not_depend_on_the_frame_rate(period, fps):
    assume(period * fps > 10)
    assert estimate_period(signal(period, fps=fps), fps).seconds == pytest.approx(period, rel=0.005)


def test_a_short_record_is_enough():
    assert estimate_period(signal(0.6, seconds=1.2), 60.0).seconds == pytest.approx(0.6 * 50 / 60, rel=0.01)


def test_noise_has_no_strong_period_and_stillness_none():
    noise = np.random.default_rng(1).standard_normal((300, 4))
    assert estimate_period(noise, 50.0).strength < 0.3
    for nothing in (np.ones((300, 4)), np.ones((3, 4)), np.linspace(0, 1, 300)[:, None]):
        found = estimate_period(nothing, 50.0)
        assert np.isnan(found.seconds) and found.strength == 0


@given(period=st.floats(0.3, 1.2), start=st.integers(0, 150), channel=st.integers(0, 2))
@pytest.mark.slow
def test_what_was_not_seen_does_not_count(period, start, channel):
    x = signal(period)
    seen = np.ones(x.shape, bool)
    seen[start : start + 60, channel] = False
    spoilt = np.where(seen, x, 1.0)
    found = estimate_period(spoilt, 50.0, seen=seen)
    assert found.seconds == pytest.approx(period, rel=0.01)
    assert found.strength > 0.95
    assert estimate_period(x, 50.0, seen=np.ones(x.shape, bool)).seconds == pytest.approx(
        estimate_period(x, 50.0).seconds, rel=1e-9
    )
