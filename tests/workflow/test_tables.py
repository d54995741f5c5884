"""snakemake tables: from finished loops, and with methods that have not run yet."""

import csv

import pytest

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
