"""snakemake tables: from finished loops, and with methods that have not run yet."""

import csv

import pytest
from tests.waiting import wait_until
from tests.workflow.test_people import page_of, post

pytestmark = pytest.mark.slow

TWO = "robot: anymal_c\nvideo: [dog_amble]\nmethod: [human, sparse]\n"


def lines(path):
    with path.open() as file:
        return {(row["method"], row["quantity"]): row for row in csv.DictReader(file)}


def test_tables_of_a_finished_loop_and_of_two_methods_more(finished, tmp_path):
    flow = finished.copy(tmp_path / "clone")
    assert flow.planned("--", "tables") - {"tables"} == {"make_tables"}
    run = flow("--", "tables")
    assert run.status == 0, run.output[-4000:]
    assert "amble, seed 0" in (flow / "tables/amble/index.html").read_text()
    assert flow.planned("--", "tables") - {"tables"} == set()

    (flow.root / "config" / "experiments" / "two.yaml").write_text(TWO)
    run = flow("--config", "experiments=[two]", "--", "tables", timeout=1800)
    assert run.status == 0, run.output[-4000:]
    table = lines(flow / "tables/two/table1.csv")
    for method in ("human", "sparse"):
        line = table[method, "gait_distance"]
        assert line["n"] == "1" and float(line["mean"]) > 0
        path, key = line["sources"].split(": ")
        assert (flow / path).exists() and key == "deterministic.gait.distance"
    assert table["eureka", "gait_distance"]["missing"] == "not in the plan of two"
    scores = lines(flow / "tables/two/figure3.csv")
    # Trained for seconds, the human's policy may be the worse one; the formula then has it at -1.
    above = float(scores["human", "success"]["mean"]) > float(scores["sparse", "success"]["mean"])
    assert float(scores["human", "hns"]["mean"]) == pytest.approx(1.0 if above else -1.0)
    assert float(scores["sparse", "hns"]["mean"]) == pytest.approx(0.0)
    assert {path.name for path in (flow / "tables/two/figure4").iterdir()} == {
        "dog_amble.jpg",
        "dog_amble-anymal_c-human.jpg",
        "dog_amble-anymal_c-sparse.jpg",
    }
    assert not (flow / "two-dog_amble-human/seed0/clips.json").exists(), (
        "one clip has no other to be compared with"
    )
    expert = lines(flow / "tables/two/expert_score.csv")
    assert 0 <= float(expert["human", "expert_score"]["mean"]) <= 1
    assert expert["bilevel", "expert_score"]["missing"] == "not in the plan of two"

    asked = lines(flow / "tables/two/preference.csv")["human", "preference"]
    assert asked["missing"] == "nobody was asked: make prefer GROUP=two"
    with page_of(flow.folder, "--group", "two", "--who", "anna", script="prefer_page") as (address, served):
        assert post(address, {"chosen": "left", "number": "1"})["more"] is False
        wait_until(lambda: served.poll() is not None, 20, "the pages' command ends")
    of_two = ("--config", "experiments=[two]", "--", "tables")
    assert flow.planned(*of_two) - {"tables"} == {"make_tables"}
    run = flow(*of_two)
    assert run.status == 0, run.output[-4000:]
    chosen = lines(flow / "tables/two/preference.csv")
    assert sorted(float(chosen[name, "preference"]["mean"]) for name in ("human", "sparse")) == [0, 5]
    assert chosen["human", "preference"]["n"] == "1" and flow.planned(*of_two) - {"tables"} == set()


VARIED = """robot: anymal_c
video: dog_amble
method: [video2reward]
overrides: {seeds: [0, 1], training: {init: base}}
variants:
  greedy: {screen: "off"}
  few: {samples: 1}
baselines:
  tracking: {training: {steps: 16384}}
"""


def test_variants_are_compared_with_the_first_of_them_at_their_steps(finished, tmp_path):
    flow = finished.copy(tmp_path / "clone")
    (flow.root / "config" / "experiments" / "ways.yaml").write_text(VARIED)
    asked = ("--config", "experiments=[ways]", "--", "tables")
    assert "make_known_states" in flow.planned(*asked), "one of the variants has the screen"
    run = flow(*asked, timeout=1800)
    assert run.status == 0, run.output[-4000:]
    table = lines(flow / "tables/ways/search.csv")
    greedy, few = "video2reward-greedy", "video2reward-few"
    assert {way for way, _ in table} == {greedy, few, "tracking"}
    # Trained in whole updates of 64 agents and 16 steps, of which each budget here is a multiple.
    spent = {way: float(table[way, "steps"]["mean"]) for way, _ in table}
    assert spent == {greedy: 4 * 4096 / 1e6, few: 2 * 4096 / 1e6, "tracking": 16384 / 1e6}
    one, other = table[greedy, "distance"], table[few, "distance"]
    first, second = ([float(value) for value in found["values"].split()] for found in (one, other))
    wanted = [b - a for a, b in zip(first, second, strict=True)]
    found = table[few, "difference"]
    assert [float(value) for value in found["values"].split()] == pytest.approx(wanted, abs=2e-6)
    assert found["n"] == "2" and found["low"] != "" and table[greedy, "difference"]["values"] == ""
    assert table["tracking", "later_rounds"]["missing"].count("it has one round") == 2
    assert float(table[greedy, "processor_time"]["mean"]) > 0 == float(table[greedy, "answers"]["mean"])
    for source in found["sources"].split("; "):
        assert (flow / source.split(": ")[0]).exists()
    page = (flow / "tables/ways/index.html").read_text()
    assert "against video2reward-greedy, nearer in " in page and 'id="search"' in page
    assert (flow / "tables/ways/search.svg").read_text().startswith("<svg")
    assert flow.planned(*asked) - {"tables"} == set()
