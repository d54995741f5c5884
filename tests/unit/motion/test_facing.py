from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.cases import Condition, make_case
from synthesis.more_gaits import GAITS
from video2reward.motion.facing import facing, mean_of_seen, running_median
from video2reward.motion.view import look
from video2reward.skeletons import skeleton


def faces_of(case, hidden=()):
    keypoints, kind = case.keypoints, skeleton(case.keypoints.skeleton)
    points = keypoints.keypoints.copy()
    points[:, [kind.index(joint) for joint in hidden], 2] = 0
    return look(replace(keypoints, keypoints=points), kind, 0.3, None, False).faces


@pytest.mark.parametrize("heading", [1, -1])
@pytest.mark.parametrize(("species", "name"), list(GAITS))
def test_everyone_faces_where_it_goes(species, name, heading):
    case = make_case(species, GAITS[species, name], Condition("noisy", fps=24.0, noise=0.03, heading=heading))
    assert (heading * faces_of(case) > 0.3).all()


@pytest.mark.parametrize(
    "hidden", [("nose",), ("left_ear", "right_ear"), ("left_knee",), ("left_hip", "left_shoulder")]
)
def test_a_person_faces_that_way_without_some_joints(hidden):
    case = make_case("human", GAITS["human", "walk"], Condition("plain", fps=30.0, heading=-1))
    assert (faces_of(case, hidden) < -0.3).all()


def test_from_the_front_nobody_can_tell():
    kind = skeleton("coco17")
    case = make_case("human", GAITS["human", "walk"], Condition("front", fps=30.0, angle=90.0))
    found = facing(case.keypoints.keypoints[..., :2], case.keypoints.times, 100.0, kind)
    assert np.abs(np.median(found)) < 0.3


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=3, max_size=30), st.integers(1, 4))
def test_a_running_median_keeps_a_step_and_drops_a_glitch(values, half):
    found = running_median(np.array(values), half)
    assert min(values) <= found.min() and found.max() <= max(values)
    step = np.repeat([0.0, 1.0], 20)
    assert (running_median(step, half) == step).all()
    step[7] = 9.0
    assert running_median(step, half)[7] == 0.0


def test_means_leave_out_what_was_not_seen():
    found = mean_of_seen(np.array([[1.0, np.nan], [np.nan, np.nan], [1.0, 3.0]]))
    assert found == pytest.approx([1.0, np.nan, 2.0], nan_ok=True)
