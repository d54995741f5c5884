from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.signal import resample

from video2reward.errors import UserError
from video2reward.scores.smoothness import foot_smoothness, least_smooth, log_dimensionless_jerk

PERIOD, DT = 0.765, 0.02
FEET = 4


def phase(steps: int = 300, tempo: float = 1.0) -> np.ndarray:
    return np.arange(steps) * DT / PERIOD * tempo


def path(steps: int, cycles: float = 1.0, circle: bool = False) -> np.ndarray:
    """A sine along x, or a circle, in so many steps: (steps + 1, 1, 2)."""
    angle = 2 * np.pi * cycles * np.arange(steps + 1) / steps
    return np.stack([np.sin(angle), np.cos(angle) * circle], axis=-1)[:, None]


def noisy(keypoints: np.ndarray, size: float) -> np.ndarray:
    return keypoints + size * np.random.default_rng(0).normal(size=keypoints.shape)


def test_sine_circle_and_tempo_have_their_closed_forms():
    whole = (2 * np.pi) ** 4
    assert log_dimensionless_jerk(path(2000)) == pytest.approx(-np.log(whole / 2), abs=3e-3)
    assert log_dimensionless_jerk(path(2000, circle=True)) == pytest.approx(-np.log(whole), abs=3e-3)
    assert log_dimensionless_jerk(path(2000, 2)) == pytest.approx(-np.log(16 * whole / 2), abs=1e-2)
    assert log_dimensionless_jerk(path(38)) == pytest.approx(-np.log(whole / 2), abs=0.1)  # 0.76 s at 50 Hz


@settings(max_examples=60, deadline=None)
@given(arrays(float, (13, 1, 2), elements=st.integers(-100, 100).map(float)), st.sampled_from([0.25, 8.0]))
def test_no_path_is_less_smooth_than_the_least_and_size_does_not_count(steps, scale):
    found = log_dimensionless_jerk(steps)
    if np.isfinite(found).all():
        assert found >= least_smooth(12) - 1e-9
        assert log_dimensionless_jerk(scale * steps + 3.0) == pytest.approx(found)


def test_the_least_is_reached_by_a_foot_that_goes_to_and_fro_at_every_step():
    shaking = np.zeros((13, 1, 2))
    shaking[::2, 0, 0] = 1.0
    assert log_dimensionless_jerk(shaking) == pytest.approx(least_smooth(12))


def test_a_robot_that_moves_as_the_clip_is_as_smooth(sine_gait, sine_rollout, sine_reference):
    found = foot_smoothness(sine_rollout(sine_gait(phase())[None]), sine_reference)
    assert found.mean == pytest.approx(found.clip_mean, abs=0.25)
    assert set(found.feet) == set(found.clip_feet) == set(sine_reference.foot_names)
    assert found.mean == pytest.approx(np.mean(list(found.feet.values())))


def test_trembling_quick_and_still_feet_are_less_smooth(sine_gait, sine_rollout, sine_reference):
    gait = sine_gait(phase())[None]
    still = np.broadcast_to(gait.mean(axis=1, keepdims=True), gait.shape)
    best, trembling, quick, shaking, standing = (
        foot_smoothness(sine_rollout(keypoints), sine_reference)
        for keypoints in (
            gait,
            noisy(gait, 0.01),
            sine_gait(phase(tempo=2.0))[None],
            noisy(still, 0.01),
            still,
        )
    )
    assert trembling.mean < best.mean - 1
    assert quick.mean < best.mean - 1
    assert shaking.mean == standing.mean == standing.least < trembling.mean - 1


def test_one_trembling_foot_is_named(sine_gait, sine_rollout, sine_reference):
    gait = sine_gait(phase())[None]
    foot = sine_reference.foot_names[2]
    row = sine_reference.keypoint_names.index(foot)
    gait[:, :, row] = noisy(gait[:, :, row], 0.02)
    found = foot_smoothness(sine_rollout(gait), sine_reference)
    assert min(found.feet, key=found.feet.__getitem__) == foot


def test_a_fallen_agent_counts_as_the_least_smooth_from_the_stride_of_its_fall_on(
    sine_gait, sine_rollout, sine_reference
):
    gait = np.repeat(sine_gait(phase())[None], 2, axis=0)
    whole = sine_rollout(gait)
    steps, least = round(PERIOD / DT), least_smooth(round(PERIOD / DT))
    count = 299 // steps - 2  # strides that are judged
    up = foot_smoothness(whole, sine_reference)
    for strides_before in (0, 2, count - 1):
        fell_at = (2 + strides_before) * steps + 5
        down = foot_smoothness(replace(whole, fell_at=np.array([300, fell_at])), sine_reference)
        own = (strides_before * up.mean + (count - strides_before) * least) / count
        assert down.mean == pytest.approx((up.mean + own) / 2, abs=0.02)


def test_what_comes_after_a_fall_does_not_matter_even_if_it_is_no_number(
    sine_gait, sine_rollout, sine_reference
):
    gait = sine_gait(phase())[None]
    fine = replace(sine_rollout(gait), fell_at=np.array([200]))
    broken = replace(fine, keypoints=fine.keypoints.copy())
    broken.keypoints[:, 200:] = np.nan
    assert foot_smoothness(broken, sine_reference) == foot_smoothness(fine, sine_reference)


def test_a_rollout_shorter_than_a_stride_is_a_users_error(sine_gait, sine_rollout, sine_reference):
    short = sine_rollout(sine_gait(phase(30))[None])
    with pytest.raises(UserError, match=r"0\.60 s is shorter than one stride period of 0\.77 s"):
        foot_smoothness(short, sine_reference)
    one = sine_rollout(sine_gait(phase(39))[None])
    assert foot_smoothness(one, sine_reference).mean > least_smooth(38)


@pytest.mark.parametrize("samples", [24, 38, 39, 60])
def test_the_clips_stride_is_resampled_by_its_fourier_series(
    samples, sine_gait, sine_rollout, sine_reference
):
    rng = np.random.default_rng(0)
    cycle = rng.normal(size=(samples, *sine_reference.target.shape[1:]))
    found = foot_smoothness(sine_rollout(sine_gait(phase())[None]), replace(sine_reference, target=cycle))
    feet = [sine_reference.keypoint_names.index(foot) for foot in sine_reference.foot_names]
    stride = resample(cycle[:, feet], round(PERIOD / DT), axis=0)
    wanted = log_dimensionless_jerk(np.concatenate([stride, stride[:1]]))
    assert list(found.clip_feet.values()) == pytest.approx(wanted)


def test_the_figures_carry_their_definition(sine_gait, sine_rollout, sine_reference):
    found = foot_smoothness(sine_rollout(sine_gait(phase())[None]), sine_reference).as_dict()
    assert "jerk" in found["definition"] and {"mean", "feet", "clip_mean", "clip_feet", "least"} <= set(found)
