import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.keypoints.following.follow import LARGEST, overlap
from video2reward.keypoints.following.pursuit import Pursuit, box_of
from video2reward.keypoints.onnx.crop import PADDING

BOX = np.array([100.0, 100, 300, 200])


@given(st.floats(-50, 50), st.floats(-20, 20), st.integers(0, 1000))
def test_a_subject_that_runs_stays_within_the_padding(vx, vy, seed):
    """A quarter of its length a frame, boxes that jitter by 3 % as joints come and go."""
    random = np.random.default_rng(seed)
    pursuit, true = Pursuit(BOX), BOX
    pursuit.update(true)
    for _ in range(60):
        true = true + np.array([vx, vy, vx, vy])
        off = np.abs((pursuit.box[:2] + pursuit.box[2:] - true[:2] - true[2:]) / 2)
        size = true[2:] - true[:2]
        assert (off <= (PADDING - 1) * size + 0.5 * size * (_ < 2)).all()
        assert pursuit.update(true + random.normal(0, 0.03, 4) * np.tile(size, 2))
    assert pursuit.speed == pytest.approx([vx, vy], abs=12)


def test_somebody_else_is_not_followed():
    pursuit = Pursuit(BOX)
    assert not pursuit.update(BOX + 400)
    assert not pursuit.update(None)
    assert pursuit.box.tolist() == BOX.tolist()
    assert pursuit.zoom == pytest.approx(1.21)
    for _ in range(50):
        pursuit.update(None)
    assert pursuit.zoom == LARGEST
    assert pursuit.update(BOX + 20)
    assert pursuit.lost == 0


def test_hidden_for_a_moment_it_is_expected_further_on():
    pursuit, true = Pursuit(BOX), BOX
    for _ in range(20):
        true = true + np.array([10.0, 0, 10, 0])
        pursuit.update(true)
    for _ in range(5):
        true = true + np.array([10.0, 0, 10, 0])
        assert not pursuit.update(None)
    assert overlap(pursuit.box, true) > 0.85
    for _ in range(100):
        pursuit.update(None)
    assert pursuit.box[0] < true[0] + 40  # it does not run away


def test_the_box_is_around_sure_joints():
    joints = np.full((6, 3), np.nan)
    joints[:, 2] = 0
    assert box_of(joints) is None
    joints[:2] = [[10, 20, 0.9], [110, 70, 0.4]]
    joints[2] = [500, 500, 0.2]
    assert box_of(joints) == pytest.approx([0, 15, 120, 75])
    joints[1, 2] = 0.1
    assert box_of(joints) is None
