"""The rule of upper confidence bounds, by numbers worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.search.confidence import choose_parent, confidence_options
from video2reward.search.graph import grown


def test_one_node_is_continued_before_a_second_fresh_start():
    """Both have seen the same: value 0.4, one visit."""
    choice = choose_parent(grown({}, 1), [0.4], 0.3)
    assert (choice.node, choice.parent, choice.depth) == (2, 1, 2)
    assert {option.value for option in choice.options} == {0.4}


def test_bounds_worked_out_by_hand():
    """Node 2 continued node 1, node 3 began anew: 6 visits in all, ln 6 = 1.79176."""
    graph, scores = grown({2: 1, 3: None}, 3), [0.5, 0.7, 0.2]
    found = {option.node: option for option in confidence_options(graph, scores, 0.3)}
    assert {n: (o.value, o.visits) for n, o in found.items()} == {
        1: (pytest.approx(0.6), 2), 2: (0.7, 1), 3: (0.2, 1), 0: (pytest.approx(0.35), 2),
    }  # fmt: skip
    once, twice = 0.3 * math.sqrt(1.791759), 0.3 * math.sqrt(1.791759 / 2)
    assert found[2].bound == pytest.approx(0.7 + once) and found[1].bound == pytest.approx(0.6 + twice)
    assert found[3].bound == pytest.approx(0.2 + once) and found[0].bound == pytest.approx(0.35 + twice)
    choice = choose_parent(graph, scores, 0.3)
    assert (choice.node, choice.parent, choice.depth) == (4, 2, 3)
    assert choice.why.startswith("node 2 has the highest bound, 1.102: value 0.700 over 1 visit,")


def test_a_node_whose_child_is_bad_sinks_below_the_others():
    """Node 1 is worth (0.6 + 0.1) / 2 now, node 2 still 0.5, and a fresh start was worth (0.6 + 0.5) / 2 so far."""
    choice = choose_parent(grown({2: None, 3: 1}, 3), [0.6, 0.5, 0.1], 0.0)
    values = sorted(choice.options, key=lambda option: -option.value)
    assert [option.node for option in values] == [0, 2, 1, 3]
    assert (choice.parent, choice.depth) == (None, 1) and choice.why.startswith("a fresh start has")


def test_what_was_seldom_tried_is_tried_where_exploration_weighs_more():
    graph, scores = grown({2: 1, 3: 1, 4: 1}, 4), [0.6, 0.6, 0.6, 0.59]
    assert (
        choose_parent(graph, scores, 0.0).parent == 2
    )  # values 0.5975, 0.6, 0.6, 0.59: the lower number of equals
    assert choose_parent(graph, scores, 0.0).why.startswith("node 2")


def test_without_any_success_the_first_of_those_tried_least_is_next():
    assert choose_parent(grown({2: 1}, 2), [0.0, 0.0], 0.3).parent == 2
    assert choose_parent(grown({2: 1}, 2), [0.0, 0.0], 0.0).parent == 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0, 2))
def test_a_choice_is_one_of_the_nodes_or_a_fresh_start_and_always_the_same(scores, exploration):
    graph = grown({n: n - 1 for n in range(2, len(scores) + 1)}, len(scores))
    choice = choose_parent(graph, scores, exploration)
    assert choice == choose_parent(graph, scores, exploration)
    assert choice.parent is None or 1 <= choice.parent <= len(scores)
    best = max(option.bound for option in choice.options)
    assert next(o for o in choice.options if o.node == (choice.parent or 0)).bound == best
    assert sum(option.visits for option in choice.options) == 2 * len(scores)
