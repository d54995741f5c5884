"""The drawing of a search on a loop's page."""

from hypothesis import given
from tests.unit.search.test_graph import POPULATIONS, trees

from video2reward.artifacts.parent import write_parent
from video2reward.report.changes import reward_changes
from video2reward.report.gather import gather_loop
from video2reward.report.lineage import draw_search, node_lanes, spots
from video2reward.report.rounds import round_costs
from video2reward.search.confidence import choose_parent
from video2reward.search.graph import Graph, grown, population

PLAN = {"experiment": "walk", "seed": 0, "robot": "sines", "video": "dog", "method": "words", "samples": 1}


@given(trees() | POPULATIONS)
def test_no_two_nodes_stand_in_one_place(graph: Graph):
    lanes = node_lanes(graph)
    assert len({(graph.depth(n), lanes[n]) for n in graph.nodes}) == len(graph.nodes)
    assert {*lanes.values()} == {*range(len(graph.leaves))}, "one lane for each line"


def test_islands_are_lanes_and_a_first_child_stays_on_its_lane():
    assert node_lanes(population(2, 2, 2)) == {1: 0, 2: 1, 3: 0, 4: 1}
    assert node_lanes(grown({2: 1, 3: 1, 4: 2}, 4)) == {1: 0, 2: 0, 4: 0, 3: 1}


def searched(results, rounds, search, iterations):
    results.loop(rounds)
    return gather_loop(results.folder, PLAN | {"search": search, "iterations": iterations})


def test_a_population_on_the_page(results):
    loop = searched(results, [["ok"], ["ok"], ["training"], ["ok"]], {"kind": "population", "islands": 2}, 2)
    assert [spot.distance is None for spot in spots(loop)] == [False, False, True, False]
    assert [(spot.column, spot.lane) for spot in spots(loop)] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    drawing = draw_search(loop)
    assert drawing.startswith("<svg") and "node 4, round 2 on island 2, after round 1 on island 2" in drawing
    assert ">failed</text>" in drawing and drawing.count("the best") == 1
    said = [change.said.split(":")[0] for change in reward_changes(loop)]
    assert said == [f"Round {r} on island {i}" for r in (1, 2) for i in (1, 2)]
    assert "replaces that of candidate 1 of iteration 2" in reward_changes(loop)[3].said, (
        "its parent's, not the last"
    )
    assert [cost.place for cost in round_costs(loop)][1] == "round 1 on island 2"
    assert loop.candidates[1].name == "round 1 on island 2, candidate 1"


def test_a_tree_on_the_page(results):
    folder = results.folder / "walk" / "seed0"
    for n, (parents, scores) in {2: ({}, [0.5]), 3: ({2: 1}, [0.5, 0.0])}.items():
        choice = choose_parent(grown(parents, n - 1), scores, 0.0)
        write_parent(folder / f"iter{n}" / "parent.json", choice)
    loop = searched(results, [["ok"], ["ok"], ["ok"]], {"kind": "tree"}, 3)
    assert [choice.node for choice in loop.choices] == [2, 3]
    assert loop.graph.parents == ((), (1,), tuple(filter(None, [loop.choices[1].parent])))
    assert "node 2, after node 1: gait distance" in draw_search(loop)
