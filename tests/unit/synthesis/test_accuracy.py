from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthesis.keypoint_accuracy import hits, pck, torso_lengths
from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError
from video2reward.skeletons import COCO17

SHOULDERS = [COCO17.index(j) for j in COCO17.front]
HIPS = [COCO17.index(j) for j in COCO17.back]


def truth(frames=5, torso=100.0):
    """Somebody whose shoulders stand `torso` px straight above the hips."""
    keypoints = np.ones((frames, 17, 3))
    keypoints[..., 0] = 200 + np.arange(17)
    keypoints[:, SHOULDERS + HIPS, 0] = 200
    keypoints[..., 1] = 300
    keypoints[:, SHOULDERS, 1] = 300 - torso
    return Keypoints(
        keypoints, np.arange(frames) / 25, COCO17.joints, "coco17", (640, 480), np.zeros((frames, 4)), "truth"
    )


def moved(k, by):
    return replace(k, keypoints=k.keypoints + np.asarray(by, float))


@given(st.floats(0, 30), st.floats(0, 2 * np.pi), st.floats(20, 300))
def test_the_yardstick_is_a_tenth_of_the_torso(distance, angle, torso):
    right = truth(torso=torso)
    step = distance / 100 * torso
    off = [step * np.cos(angle), step * np.sin(angle), 0]
    if abs(distance - 10) > 0.01:
        assert pck(moved(right, off), right) == float(distance < 10)
    assert pck(moved(right, off), right, threshold=0.31) == 1.0


def test_counts_joint_by_joint():
    right = truth(frames=4)
    found = moved(right, [0, 0, 0])
    found.keypoints[0, 3, 0] += 11
    found.keypoints[1, 3] = (np.nan, np.nan, 0)  # not found: a miss
    found.keypoints[2, 5, 2] = 0  # said to be unseen: a miss
    assert pck(found, right) == pytest.approx(1 - 3 / (4 * 17))
    near, _ = hits(found, right)
    assert near.mean(axis=0)[[0, 3, 5]].tolist() == [1.0, 0.5, 0.75]


def test_only_joints_that_the_truth_sees_are_judged():
    right = truth(frames=4)
    right.keypoints[:, 16, 2] = 0
    found = moved(right, [0, 0, 0])
    found.keypoints[:, 16, :2] += 500
    assert pck(found, right) == 1.0
    near, judged = hits(found, right)
    assert judged.sum() == near.sum() == 4 * 16


def test_a_foreshortened_torso_does_not_make_it_harder():
    right = truth(frames=5)
    right.keypoints[2, SHOULDERS, 1] = 300  # for one frame the shoulders cover the hips
    assert torso_lengths(right)[2] == pytest.approx(100, abs=10)
    assert pck(moved(right, [9, 0, 0]), right) == 1.0


def test_what_cannot_be_compared():
    right = truth()
    with pytest.raises(UserError, match="cannot compare"):
        pck(truth(frames=6), right)
    blind = moved(right, [0, 0, -1])
    with pytest.raises(UserError, match="has no visible joint"):
        pck(right, blind)
    no_trunk = moved(right, [0, 0, 0])
    no_trunk.keypoints[:, HIPS, :2] = np.nan
    no_trunk.keypoints[:, HIPS, 2] = 0
    with pytest.raises(UserError, match="the trunk .* is never seen"):
        pck(right, no_trunk)
