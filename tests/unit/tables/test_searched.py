"""Tables of loops whose rounds have several nodes, or whose nodes are a tree."""

import pytest
from tests.unit.tables.test_bilevel import FAR, NEAR, RUN, expected

from video2reward.tables.costs import make_costs
from video2reward.tables.expert import in_round, measure_expert

ISLANDS = {"kind": "population", "islands": 2, "crossover": 2}


@pytest.fixture
def searched(group):
    """A study of one method with two nodes, whose second is nearer than its first, searched in this way."""

    def study(search, iterations):
        group.clip("human_run", {"bilevel": [NEAR, FAR]}, "humanoid", rounds=2)
        group.experiments = [one | {"search": search, "iterations": iterations} for one in group.experiments]
        return group.study()

    return study


def test_a_round_of_islands_counts_by_its_best_one(searched, sine_reference):
    study = searched(ISLANDS, 1)
    assert [run.last.n for run in study.of("bilevel", RUN)] == [2, 2]
    first, second = (measure_expert(study, "bilevel", RUN, in_round(n)) for n in (1, 2))
    assert first.known == pytest.approx([expected(sine_reference, one[0]) for one in (NEAR, FAR)])
    assert "iter2/evaluation_2.json" in first.sources[0] and second.known == []
    (cost,) = [one for one in make_costs(study) if one.method == "bilevel"]
    assert (cost.candidates, cost.answers) == (8, 8), "two islands, two candidates, two seeds"


def test_a_trees_nodes_count_as_rounds(searched, sine_reference):
    study = searched({"kind": "tree", "exploration": 0.3}, 2)
    assert [run.last.n for run in study.of("bilevel", RUN)] == [2, 2]
    found = [measure_expert(study, "bilevel", RUN, in_round(n)).known for n in (1, 2)]
    assert found[1] == pytest.approx([expected(sine_reference, one[0]) for one in (NEAR, FAR)])
    assert found[0][0] < found[1][0]
