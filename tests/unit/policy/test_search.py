"""A node's score, and the last comparison of all lines."""

from dataclasses import replace

import pytest

from video2reward.artifacts.selection import Candidate, SeedNoise, Selection
from video2reward.policy.across import select_across
from video2reward.policy.promise import node_score, standing_distance
from video2reward.policy.select import select
from video2reward.settings.method import Method

METHOD = Method(description="test")


def candidate(n, k, gait, **figures):
    known = {"success": -0.1, "falls": 0.0, "velocity_error_ratio": 0.1, "h_mts": 0.0}
    return Candidate(n, k, "ok", gait=gait, **known | figures)


def node(*candidates, before=None, n=1):
    return select(candidates, METHOD, n, before)


@pytest.mark.parametrize(
    ("figures", "score"),
    [
        ({"gait": 0.05}, 0.75),
        ({"gait": 0.0}, 1.0),
        ({"gait": 0.3}, 0.0),  # worse than standing still
        ({"gait": 0.05, "judged": 0.1}, 0.5),
        ({"gait": 0.05, "judged": 0.1, "wished": 0.15}, 0.25),
        ({"gait": 0.05, "falls": 0.2}, 0.6),
        ({"gait": 0.05, "velocity_error_ratio": 0.3}, 0.75),  # at the limit
        ({"gait": 0.05, "velocity_error_ratio": 0.6}, 0.375),
        ({"gait": 0.05, "velocity_error_ratio": None, "kind": "single"}, 0.75),
        ({"gait": float("nan")}, 0.0),
        ({"gait": 0.05, "falls": None}, 0.0),
    ],
)
def test_the_score_of_a_node(figures, score):
    gait = figures.pop("gait")
    assert node_score(node(candidate(1, 1, gait, **figures)), 0.2, METHOD) == pytest.approx(score)


def test_a_node_without_a_winner_has_no_score():
    failed = node(Candidate(2, 1, "failed"), before=candidate(1, 1, 0.01), n=2)
    assert failed.best is not None and node_score(failed, 0.2, METHOD) == 0.0
    assert node_score(node(candidate(1, 1, 0.05)), None, METHOD) == 0.0


def test_the_standing_robot_is_the_same_for_all_nodes():
    assert standing_distance([{"gait": None}, {}, {"gait": {"standing": 0.15}}]) == 0.15
    assert standing_distance([{"gait": None}]) is None


def test_the_last_node_takes_the_best_of_all_lines():
    own = node(candidate(4, 1, 0.08), candidate(4, 2, 0.07), before=candidate(2, 1, 0.09), n=4)
    other = node(candidate(3, 1, 0.05), n=3)
    final = select_across(own, [other], METHOD)
    assert final.best == candidate(3, 1, 0.05) and final.winner == 2, "the winner is the node's own"
    assert (
        "against the bests of the other lines, candidate 1 of iteration 3: candidate 1 of iteration 3 has"
        in final.why
    )
    assert select_across(own, [node(candidate(3, 1, 0.1), n=3)], METHOD).best == own.best


def test_a_failed_line_is_saved_by_another_one():
    own = node(Candidate(4, 1, "failed", traceback="no"), n=4)
    assert own.status == "failed" and own.best is None
    final = select_across(own, [node(Candidate(1, 1, "failed")), node(candidate(3, 1, 0.2), n=3)], METHOD)
    assert (final.status, final.round_status, final.best) == ("ok", "failed", candidate(3, 1, 0.2))
    assert select_across(own, [node(Candidate(1, 1, "failed"))], METHOD) == own


def test_a_best_that_several_nodes_have_is_compared_once():
    best = candidate(1, 1, 0.05)
    own = node(candidate(3, 1, 0.08), before=best, n=3)
    assert select_across(own, [node(best), replace(own, iteration=2)], METHOD) == own


def test_lines_nearer_than_the_noise_are_tied():
    own = node(candidate(4, 1, 0.0500), n=4)
    final = select_across(own, [node(candidate(3, 2, 0.0505), n=3)], METHOD, SeedNoise(0.003, 20))
    assert final.tied == ("candidate 2 of iteration 3",) and final.best == candidate(4, 1, 0.05)
    assert isinstance(final, Selection) and "tied with candidate 2 of iteration 3" in final.why
