"""The graph of a search: for all of its kinds, whatever its numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.search.graph import Graph, greedy, grown, population
from video2reward.search.planned import compared_at_the_end, last_node, planned_graph, shown_later
from video2reward.settings.search import Search


@st.composite
def trees(draw):
    nodes = draw(st.integers(1, 12))
    return grown({n: draw(st.one_of(st.none(), st.integers(1, n - 1))) for n in range(2, nodes + 1)}, nodes)


POPULATIONS = st.builds(population, st.integers(1, 6), st.integers(2, 5), st.integers(0, 4))
GRAPHS = st.one_of(st.builds(greedy, st.integers(1, 8)), POPULATIONS, trees())


@given(GRAPHS)
def test_parents_come_before_their_children_so_that_there_is_no_circle(graph: Graph):
    assert all(1 <= parent < n for parent, n in graph.edges)
    assert all(len({*graph.of(n)}) == len(graph.of(n)) <= 2 for n in graph.nodes)


@given(GRAPHS)
def test_a_line_goes_from_a_fresh_start_to_its_node(graph: Graph):
    for n in graph.nodes:
        line = graph.line(n)
        assert line[-1] == n and graph.first(line[0]) is None and len(line) == graph.depth(n)
        assert [graph.first(one) for one in line[1:]] == list(line[:-1])


@given(GRAPHS)
def test_every_node_is_on_the_line_of_a_leaf(graph: Graph):
    assert {n for leaf in graph.leaves for n in graph.line(leaf)} == {*graph.nodes}
    assert graph.last in graph.leaves


@given(st.integers(1, 6), st.integers(2, 5), st.integers(0, 4))
def test_a_population_loses_no_line(rounds, islands, crossover):
    search = Search(kind="population", islands=islands, crossover=crossover)
    graph = planned_graph(search, rounds)
    assert len(graph.leaves) == islands and last_node(search, rounds) == graph.last == rounds * islands
    assert {*compared_at_the_end(search, rounds), graph.last} == {*graph.leaves}
    assert [graph.depth(n) for n in graph.nodes] == [graph.round(n) for n in graph.nodes]
    assert {parent for parent, _ in graph.edges} == {*shown_later(search, rounds)}
    crossed = {graph.round(n) for n in graph.nodes if graph.second(n)}
    assert crossed == {r for r in range(2, rounds + 1) if crossover and r % crossover == 0}
    for r in crossed:  # a ring: every island is shown to another one
        assert len({graph.second(n) for n in graph.in_round(r)}) == islands


@given(trees())
def test_a_tree_compares_every_leaf_at_the_end_whatever_grew(graph: Graph):
    search = Search(kind="tree")
    assert {*graph.leaves} <= {*compared_at_the_end(search, graph.last), graph.last}
    assert {parent for parent, _ in graph.edges} <= {*shown_later(search, graph.last)}


def test_a_greedy_search_is_the_rounds_as_they_always_were():
    graph, search = greedy(3), Search()
    assert graph.parents == ((), (1,), (2,)) and graph.plain
    assert compared_at_the_end(search, 3) == () and [*shown_later(search, 3)] == [1, 2]
    assert [graph.words(n) for n in graph.nodes] == ["round 1", "round 2", "round 3"]


def test_numbers_and_words_of_two_islands():
    graph = population(3, 2, 2)
    assert graph.parents == ((), (), (1, 2), (2, 1), (3,), (4,))
    assert graph.label(4) == "round 2 on island 2" and graph.words(5) == "round 3 on island 1"
    assert graph.words(4) == "round 2 on island 2, after round 1 on island 2 and round 1 on island 1"


def test_words_of_a_tree():
    graph = grown({2: 1, 3: None}, 3)
    assert [graph.words(n) for n in graph.nodes] == [
        "node 1, a fresh start",
        "node 2, after node 1",
        "node 3, a fresh start",
    ]
    assert graph.leaves == (2, 3) and graph.line(2) == (1, 2)


@pytest.mark.parametrize(
    ("given", "words"), [("greedy", {"kind": "greedy"}), ("tree", {"kind": "tree", "exploration": 0.3})]
)
def test_a_search_tells_the_keys_of_its_kind_alone(given, words):
    assert Search.model_validate(given).model_dump() == words
    assert Search.model_validate(words) == Search.model_validate(given)
