"""make so-far: a group whose loops have not ended, and one without variants."""

import csv
import sys

import pytest
from tests.unit.tables.test_search import write_rounds

import search_so_far
from video2reward.artifacts.completion import Completion, write_completion
from video2reward.artifacts.io import write_json
from video2reward.artifacts.repairs import Repairs, write_repairs
from video2reward.errors import UserError

GREEDY = "search-dog_amble-video2reward-greedy"


def so_far(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["search_so_far.py", *arguments])
    search_so_far.main()


def test_it_says_how_far_every_loop_is(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    loop = tmp_path / "results" / GREEDY / "seed1"
    write_rounds(loop, [0.08])
    for k in (1, 2, 3, 4):
        write_json(loop / "iter1" / f"training_{k}.json", {"status": "ok", "steps": 250000, "seconds": 9.0})
        write_completion(loop / "iter1" / f"completion_{k}.json", Completion("code", "m", "openai", True))
        write_repairs(loop / "iter1" / f"repairs_{k}.json", Repairs())
    so_far(monkeypatch, "search", "--out", str(tmp_path / "out"))
    told = capsys.readouterr().out
    loops = sum(len(row["seeds"].split()) for row in read(tmp_path / "out") if row["quantity"] == "distance")
    assert f"0 of {loops} loops are finished" in told
    assert (
        "greedy: no distance; seeds 0, 2: unfinished: 0 of 2 rounds; seed 1: unfinished: 1 of 2 rounds"
        in told
    )
    drawn = (tmp_path / "out" / "search.svg").read_text()
    assert "video2reward-greedy: 0.080 after 1 million steps" in drawn


def read(folder):
    with (folder / "search.csv").open() as file:
        return list(csv.DictReader(file))


def test_a_group_without_variants_is_answered(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="experiment quick has no variants to compare"):
        so_far(monkeypatch, "quick")
