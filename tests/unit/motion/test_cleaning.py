import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError
from video2reward.motion.cleaning import (
    GLITCH,
    drop_outliers,
    fill_gaps,
    on_even_times,
    require_seen,
    seen_pixels,
    smooth,
)
from video2reward.skeletons import AP10K

TIMES = np.arange(60) / 60


def moving(joints=3):
    angle = 2 * np.pi * TIMES[:, None] / 0.6 + np.arange(joints)
    return 100 * np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def test_what_is_not_seen_surely_or_often_is_unknown():
    data = np.ones((40, 17, 3))
    data[:5, 0, 2] = 0.2
    data[3:, 1, 2] = 0.0
    k = Keypoints(data, np.arange(40) / 30, AP10K.joints, "ap10k", (64, 48), np.zeros((40, 4)), "test")
    seen = np.isfinite(seen_pixels(k, 0.3)[..., 0])
    assert seen[:, 0].tolist() == [False] * 5 + [True] * 35
    assert not seen[:, 1].any() and seen[:, 2:].all()


def test_jumps_are_dropped_and_movement_is_kept():
    points = moving()
    points[20, 1] += 80
    points[40, 2] = np.nan
    kept = np.isfinite(drop_outliers(points, 60.0, 200.0)[..., 0])
    expected = np.ones((60, 3), bool)
    expected[20, 1] = expected[40, 2] = False
    assert (kept == expected).all()


@given(seed=st.integers(0, 1000))
def test_gaps_are_bridged_in_a_straight_line(seed):
    line = TIMES[:, None, None] * np.array([[[3.0, -2.0], [1.0, 0.5]]])
    holes = np.random.default_rng(seed).random((60, 2)) < 0.4
    holes[[0, -1]] = False
    holed = np.where(holes[..., None], np.nan, line)
    assert fill_gaps(holed, TIMES) == pytest.approx(line)
    holed[:, 1] = np.nan
    assert np.isnan(fill_gaps(holed, TIMES)[:, 1]).all()


def test_smoothing_takes_noise_not_movement():
    noise = np.random.default_rng(0).standard_normal((60, 3, 2))
    inner = slice(5, -5)
    calmed = smooth(moving() + noise, 60.0, 0.05) - moving()
    assert calmed[inner].std() < 0.7 * noise[inner].std()
    assert np.abs(smooth(moving(), 60.0, 0.05) - moving())[inner].max() < 1.5
    assert smooth(moving(), 60.0, 0.0) is not None and (smooth(noise, 60.0, 0.0) == noise).all()


def test_uneven_times_are_made_even():
    uneven = np.sort(TIMES + 0.006 * np.random.default_rng(0).random(60))
    values, fps = on_even_times(np.sin(7 * uneven)[:, None], uneven)
    even = np.linspace(uneven[0], uneven[-1], 60)
    assert values[:, 0] == pytest.approx(np.sin(7 * even), abs=2e-3)
    assert fps == pytest.approx(59 / (uneven[-1] - uneven[0]))
    same, _ = on_even_times(values, even)
    assert same is values


def test_missing_feet_are_named():
    points = np.full((10, 17, 2), np.nan)
    with pytest.raises(UserError, match=r"clip\.h5: none of L_F_Paw, R_F_Paw is seen"):
        require_seen(points, AP10K.joints, ("L_F_Paw", "R_F_Paw"), "clip.h5")


def test_legs_under_the_others_names_are_no_outliers():
    points = moving(2)
    points[:, 1] += 300
    points[20:22] = points[20:22, ::-1]
    points[40, 0] += 150
    named, either = (
        np.isfinite(drop_outliers(points, 60.0, 200.0, GLITCH, twins)[..., 0])
        for twins in (None, np.array([1, 0]))
    )
    assert not named[20:22].any() and either[20:22].all()
    assert not either[40, 0] and either.sum() == either.size - 1


def test_beside_a_gap_a_steady_movement_goes_on():
    points = np.cumsum(np.full((60, 1, 2), 15.0), axis=0)
    points[30:40] = np.nan
    assert np.isfinite(drop_outliers(points, 60.0, 200.0)[..., 0]).sum() == 50
