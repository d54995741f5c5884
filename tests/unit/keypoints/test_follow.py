import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.keypoints.follow import LARGEST, WINDOW, Follower, cut, overlap

BOX = np.array([100.0, 100, 200, 300])


@given(st.floats(40, 600), st.floats(40, 440), st.floats(30, 800), st.integers(32, 256))
def test_a_point_lies_in_the_window_where_the_formula_says(x, y, side, pixels):
    picture = np.zeros((480, 640, 3), np.uint8)
    blob = max(2, int(np.ceil(side / pixels)))
    at = np.array([int(x), int(y)])
    picture[at[1] - blob : at[1] + blob + 1, at[0] - blob : at[0] + blob + 1] = 255
    centre = at + np.array([0.2, -0.1]) * side
    window = cut(picture, centre, side, pixels)[..., 0].astype(float)
    assert window.shape == (pixels, pixels)
    rows, columns = np.mgrid[:pixels, :pixels]
    found = np.array([(window * columns).sum(), (window * rows).sum()]) / window.sum()
    expected = ((at - centre) / side + 0.5) * pixels
    assert np.abs(found - expected).max() < 1.0


@given(st.floats(-15, 15), st.floats(-15, 15))
def test_a_moving_subject_stays_in_its_window(vx, vy):
    follower, true = Follower(BOX), BOX
    for _ in range(40):
        true = true + np.array([vx, vy, vx, vy])
        centre, side = follower.window()
        assert (np.abs(true.reshape(2, 2) - centre) <= side / 2).all()
        assert follower.update(true)


def test_somebody_else_is_not_followed():
    follower = Follower(BOX)
    assert not follower.update(BOX + 400)
    assert not follower.update(None)
    assert follower.box.tolist() == BOX.tolist()
    assert follower.window()[1] == pytest.approx(WINDOW * 200 * 1.1**2)
    for _ in range(50):
        follower.update(None)
    assert follower.window()[1] == pytest.approx(WINDOW * 200 * LARGEST)
    assert follower.update(BOX + 20)
    assert follower.lost == 0


def test_overlap_is_of_the_smaller_box():
    assert overlap(BOX, BOX) == 1.0
    assert overlap(BOX, np.array([120.0, 120, 140, 140])) == 1.0
    assert overlap(BOX, BOX + np.array([50, 0, 50, 0])) == pytest.approx(0.5)
    assert overlap(BOX, BOX + 1000) == 0.0
    assert overlap(BOX, np.array([150.0, 150, 150, 150])) == 0.0
