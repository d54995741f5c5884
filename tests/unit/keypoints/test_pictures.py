import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from video2reward.keypoints.pictures import boxes_around


@given(npst.arrays(float, (6, 5, 2), elements=st.floats(0, 99)), npst.arrays(bool, (6, 5)))
def test_boxes_hold_every_seen_joint_and_stay_in_the_picture(xy, seen):
    keypoints = np.concatenate([np.where(seen[..., None], xy, np.nan), seen[..., None]], -1)
    boxes = boxes_around(keypoints, (100, 80))
    assert np.isfinite(boxes).all()
    assert (boxes[:, :2] >= 0).all() and (boxes[:, 2:] <= (100, 80)).all()
    for box, points, now in zip(boxes, xy, seen, strict=True):
        inside = points[now].clip(0, (100, 80))
        assert (inside >= box[:2] - 1e-9).all() and (inside <= box[2:] + 1e-9).all()


def test_margin_and_gaps():
    keypoints = np.full((3, 2, 3), np.nan)
    keypoints[..., 2] = 0
    keypoints[0] = [[100, 200, 1], [200, 400, 0.5]]
    keypoints[2] = [[140, 200, 1], [240, 400, 0.5]]
    boxes = boxes_around(keypoints, (1000, 1000))
    assert boxes[0] == pytest.approx([90, 180, 210, 420])
    assert boxes[1] == pytest.approx([110, 180, 230, 420])  # unseen: between its neighbours
    keypoints[..., 2] = 0
    assert boxes_around(keypoints, (640, 480)).tolist() == [[0, 0, 640, 480]] * 3
