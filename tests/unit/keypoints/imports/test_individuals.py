"""Who is meant where several are in view."""

import numpy as np
import pytest

from synthesis.cases import Condition, make_case
from synthesis.more_gaits import GAITS
from video2reward.keypoints.following.choice import choose, most_moving


@pytest.fixture
def walker():
    return make_case("human", GAITS["human", "walk"], Condition("fixed"), 0).keypoints


def test_the_one_that_moves_is_chosen_over_the_one_that_stands(walker):
    k = walker.keypoints
    stands = k.copy()
    stands[..., :2] = k[0, :, :2] * 1.6 + np.random.default_rng(0).normal(0, 2, k[..., :2].shape)
    for order in ((0, 1), (1, 0)):
        pair = np.stack([k, stands])[list(order)]
        assert most_moving(pair, walker.fps) == order.index(0)
        best, why = choose(pair, walker.fps, "")
        assert best == order.index(0) and why.startswith("1 of 2, the one that moves most")


def test_of_two_that_move_alike_the_periodic_one_is_chosen(walker):
    """A fidgeter's joints wander as widely as a walker's, and repeat nothing."""
    k = walker.keypoints.copy()
    k[..., :2] -= k[:, :, :2].mean(1, keepdims=True) - 300.0  # a treadmill
    rng = np.random.default_rng(1)
    wander = np.cumsum(rng.normal(0, 1, k[..., :2].shape), axis=0)
    wander = (wander - wander.mean(0)) / wander.std(0) * k[..., :2].std(0) * 1.1 + k[..., :2].mean(0)
    fidgets = np.concatenate([wander, k[..., 2:]], axis=-1)
    assert most_moving(np.stack([fidgets, k]), walker.fps) == 1


def test_who_is_hardly_ever_seen_or_never_is_not_chosen(walker):
    k = walker.keypoints
    rare, never = k.copy(), k.copy()
    rare[..., :2] *= 1.2
    rare[10:, :, 2], never[..., 2] = 0.0, 0.0
    assert choose(np.stack([never, rare, k]), walker.fps, "")[1].startswith("1 of 2")
    assert most_moving(np.stack([never, rare, k]), walker.fps) == 2
    best, why = choose(np.stack([never, k]), walker.fps, "")
    assert best == 1 and "only one" in why


def test_a_hint_holds(walker):
    assert choose(walker.keypoints[None], walker.fps, "by subject.box") == (0, "by subject.box")
