import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.keypoints.following.follow import LARGEST, WINDOW, Follower, cut_window, overlap

BOX = np.array([100.0, 100, 200, 300])


@given(st.floats(40, 600), st.floats(40, 440), st.floats(30, 800), st.integers(32, 256))
def test_a_point_lies_in_the_window_where_the_formula_says(x, y, side, pixels):
    picture = np.zeros((480, 640, 3), np.uint8)
    blob = max(2, int(np.ceil(side / pixels)))
    at = np.array([int(x), int(y)])
    picture[at[1] - blob : at[1] + blob + 1, at[0] - blob : at[0] + blob + 1] = 255
    centre = at + np.array([0.2, -0.1]) * side
    window = cut_window(picture, centre, side, pixels)[..., 0].astype(float)
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


@given(st.floats(2, 8), st.floats(-8, 8), st.integers(0, 3))
def test_of_two_who_cross_the_one_on_the_course_is_followed(speed, other, seed):
    """Where they overlap the other is found, and beyond it for good measure; then the right one again."""
    rng = np.random.default_rng(seed)
    follower = Follower(BOX)
    for t in range(60):
        own = 150 + speed * t
        across = own + (other - speed) * (t - 30)
        at = across if 25 <= t < 36 and abs(across - own) > 20 else own
        trunk = np.array([at, 170.0]) + rng.normal(0, 1.0, 2)
        found = np.array([at - 50, 100, at + 50, 300])
        assert follower.update(found, trunk) == (at == own), t
    assert follower.box[0] == pytest.approx(100 + speed * 59, abs=4)


def test_who_stops_is_found_again_after_a_while():
    follower = Follower(BOX)
    for t in range(20):
        assert follower.update(BOX + 4 * t * np.array([1, 0, 1, 0]), np.array([150.0 + 4 * t, 170]))
    stopped = BOX + 76 * np.array([1, 0, 1, 0])
    for _ in range(30):
        follower.update(None)
    assert follower.box[0] == pytest.approx(100 + 76, abs=12)  # waits where it was seen last
    assert follower.update(stopped, np.array([226.0, 170]))


def test_few_pixels_are_searched_in_a_wider_window():
    small = Follower(np.array([0.0, 0, 20, 40]))
    assert small.window()[1] == 60
    assert small.window(150, 3.0)[1] == 120
    assert Follower(np.array([0.0, 0, 30, 80])).window(150, 3.0)[1] == 150
    assert Follower(BOX).window(150, 3.0)[1] == WINDOW * 200


def test_overlap_is_of_the_smaller_box():
    assert overlap(BOX, BOX) == 1.0
    assert overlap(BOX, np.array([120.0, 120, 140, 140])) == 1.0
    assert overlap(BOX, BOX + np.array([50, 0, 50, 0])) == pytest.approx(0.5)
    assert overlap(BOX, BOX + 1000) == 0.0
    assert overlap(BOX, np.array([150.0, 150, 150, 150])) == 0.0
