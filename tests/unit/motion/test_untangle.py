import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.motion.untangle import limb_pairs, untangle
from video2reward.skeletons import AP10K, COCO17

KNEES_FEET = ["left_knee", "left_ankle", "right_knee", "right_ankle"]
ROWS = [COCO17.index(joint) for joint in KNEES_FEET]
OTHER = ROWS[2:] + ROWS[:2]


def walk(frames=102, fps=30.0, period=1.08, noise=0.0, seed=0):
    """A walker's keypoints about the trunk, trunk lengths: legs half a stride apart; the rest at rest."""
    points = np.zeros((frames, 17, 2))
    phase = np.arange(frames) / fps / period
    for side, lag in (("left", 0.0), ("right", 0.5)):
        angle = 2 * np.pi * (phase - lag)
        for joint, swing, down in (("knee", 0.35, 1.2), ("ankle", 0.7, 2.0)):
            column = COCO17.index(f"{side}_{joint}")
            points[:, column, 0] = swing * np.cos(angle)
            points[:, column, 1] = -down + 0.1 * np.clip(np.sin(angle), 0, None)
    return points + noise * np.random.default_rng(seed).standard_normal(points.shape)


def test_legs_of_an_end_are_paired():
    assert [(a.name, b.name) for a, b in limb_pairs(AP10K)] == [
        ("left_fore", "right_fore"),
        ("left_hind", "right_hind"),
    ]
    assert len(limb_pairs(COCO17)) == 1


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), period=st.floats(0.6, 1.4), scale=st.floats(0.1, 100))
def test_legs_that_pass_each_other_keep_their_names(seed, period, scale):
    points = walk(period=period, noise=0.02, seed=seed) * scale
    assert (untangle(points, scale, COCO17) == np.arange(17)).all()


@pytest.mark.parametrize("starts", [[20], [17, 49], [17, 49, 81]])
@pytest.mark.parametrize("length", [1, 3, 6])
def test_exchanged_names_are_put_right(starts, length):
    true = walk(noise=0.01)
    points = true.copy()
    for start in starts:  # the legs are apart, at the same phase of each stride
        part = slice(start, start + length)
        points[part, ROWS] = true[part, OTHER]
    columns = untangle(points, 1.0, COCO17)
    found = np.take_along_axis(points, columns[..., None], axis=1)
    assert np.abs(found - true)[:, ROWS].max() < 0.2  # where the legs meet, either name will do
    assert (columns[:, [0, 5, 11]] == [0, 5, 11]).all()


def test_unknown_legs_are_left_alone():
    points = walk()
    points[:, COCO17.index("left_ankle")] = np.nan
    assert (untangle(points, 1.0, COCO17) == np.arange(17)).all()
