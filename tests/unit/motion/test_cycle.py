import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.geometry import sample_cycle
from video2reward.motion.cycle import fit_cycle, track_phase


def wave(phase, shift=0.0):
    """Two joints of two harmonics, (n, 2, 2); the second is the first, `shift` cycles behind."""
    parts = []
    for lag in (0.0, shift):
        angle = 2 * np.pi * (np.asarray(phase) - lag)
        parts.append(np.stack([np.cos(angle), 0.3 * np.sin(2 * angle + 1)], axis=-1))
    return np.stack(parts, axis=1)


GRID = np.arange(64) / 64


@settings(max_examples=20, deadline=None)
@given(period=st.floats(20, 45), start=st.floats(0, 1))
def test_finds_the_cycle_behind_the_strides(period, start):
    phase = np.arange(150) / period + start
    assert fit_cycle(wave(phase), phase, 64) == pytest.approx(wave(GRID), abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_a_bad_stretch_does_not_spoil_it(seed):
    rng = np.random.default_rng(seed)
    phase = np.arange(120) / 36
    points = wave(phase) + 0.02 * rng.standard_normal((120, 2, 2))
    points[(at := int(rng.integers(110))) : at + 8] += rng.normal(0, 2, (1, 2, 2))
    assert np.abs(fit_cycle(points, phase, 64) - wave(GRID)).max() < 0.12


def test_phases_never_seen_are_taken_from_the_other_side():
    phase = np.arange(200) / 37
    points = wave(phase, 0.5)
    points[(phase % 1 > 0.3) & (phase % 1 < 0.6), 1] = np.nan
    twins = np.array([[1, 0], [-0.5, 0.5]])
    alone, helped = (fit_cycle(points, phase, 64, t)[:, 1] - wave(GRID, 0.5)[:, 1] for t in (None, twins))
    assert np.abs(helped).max() < 0.05 < np.abs(alone).max()


def test_a_joint_never_seen_follows_its_twin_or_stays_unknown():
    phase = np.arange(200) / 37
    points = wave(phase, 0.5)
    points[:, 1] = np.nan
    assert np.isnan(fit_cycle(points, phase, 64)[:, 1]).all()
    helped = fit_cycle(points, phase, 64, np.array([[1, 0], [-0.5, 0.5]]))
    assert helped[:, 1] == pytest.approx(wave(GRID, 0.5)[:, 1], abs=1e-3)


def test_phase_follows_strides_that_vary():
    times = np.arange(400) / 60
    true = times / 0.6 + 0.08 * np.sin(2 * np.pi * times / 4)
    channels = sample_cycle(wave(GRID), true)[:, :, 0]
    found = track_phase(channels, times, 0.6)
    miss = found - true
    assert np.ptp(miss[30:-30]) < 0.05 < np.ptp(times / 0.6 - true)


def test_phase_of_one_stride_is_the_clock():
    times = np.arange(40) / 60
    assert track_phase(wave(times / 0.6)[:, :, 0], times, 0.6) == pytest.approx(times / 0.6)
