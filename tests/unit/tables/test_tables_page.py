"""The folder of a group, made by the real script: page, csv, drawings, film strips."""

import csv
import io
import json
import re
import sys
from contextlib import redirect_stdout

import cv2
import numpy as np
import pytest
from tests.unit.tables.conftest import PAPER, SECOND

import make_tables
import prefer_page
from video2reward.errors import UserError
from video2reward.people.preference import PreferencePages

ONE, TWO = (0.04, -0.1, -0.05), (0.06, -0.12, -0.07)


@pytest.fixture(scope="module")
def made(new_group, tmp_path_factory):
    """The group's folder: two methods on two clips, one loop failed."""
    group = new_group(tmp_path_factory.mktemp("group"))
    group.clip("dog_amble", {"human": [ONE, TWO], "template": [ONE, None]})
    group.clip("dog_run", {"human": [ONE, TWO], "template": [ONE, TWO]})
    for path in group.results.glob("*/seed*/clips.json"):
        path.write_text(json.dumps({"clips": {v: {"distance": 0.1} for v in ("dog_amble", "dog_run")}}))
    params = {
        "group": "g",
        "results": str(group.results),
        "experiments": group.experiments,
        "base_seeds": [0],
    }
    evaluations = sorted(map(str, group.results.glob("*/seed*/evaluation.json")))
    folder = group.results / "tables" / "g"
    command = [
        "make_tables.py", "--params", json.dumps(params), "--published", str(PAPER), str(SECOND), "--evaluations", *evaluations,
        "--tables", str(folder),
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as said:
        patch.setattr(sys, "argv", command)
        make_tables.main()
    return folder, said.getvalue()


def test_everything_is_there(made):
    folder, said = made
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "index.html", "provenance.json", "table1.csv", "table2.csv", "table3.csv", "figure3.csv", "gait.csv",
        "posture.csv", "matrix.csv", "costs.csv", "figure3.svg", "table1.svg", "table2.svg", "table3.svg", "matrix.svg", "figure5.svg",
        "figure4", "expert_score.csv", "expert_score.svg", "preference.csv", "preference.svg", "levels.csv", "levels.svg",
        "convergence.csv", "convergence.svg",
    }  # fmt: skip
    assert "anymal_c, dog_amble, human: gait distance 0.05" in said
    assert "without a policy: g-dog_amble-template, seed 1" in said


def test_the_page_needs_nothing_and_leads_from_every_number_to_artefacts_that_exist(made):
    folder, _ = made
    page = (folder / "index.html").read_text()
    assert not re.findall(r'(?:src|href)="(?!data:|#|\.\./\.\./|[\w.]+\.(?:csv|svg)")[^"]*"', page)
    anchors = re.findall(r'<a href="#(n\d+)"', page)
    assert len(anchors) > 40 and all(f'id="{anchor}"' in page for anchor in anchors)
    for link in set(re.findall(r'href="(\.\./\.\./[^"]+)"', page)):
        assert (folder / link).exists(), link
    for link in set(re.findall(r'href="([\w.]+\.(?:csv|svg))"', page)):
        assert (folder / link).exists(), link


def test_the_page_tells_failed_loops_missing_rows_and_the_papers_contradictions(made):
    page = (made[0] / "index.html").read_text()
    assert "g-dog_amble-template, seed 1: no policy: all 2 candidates failed" in page
    assert "not in the plan" in page and "26.368" in page
    assert "Table 3 calls the column 94.542, 60.083, 28.124 the Humanoid&#39;s DTW score" in page
    assert "n = 1 of 2" in page


def test_the_csv_has_a_line_a_number_with_its_artefacts(made):
    folder, _ = made
    with (folder / "table1.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["quantity"] == "gait_distance"]
    found = {(row["method"], row["video"]): row for row in rows}
    line = found["template", "dog_amble"]
    assert (line["mean"], line["n"], line["seeds"], line["values"]) == ("0.04", "1", "0 1", "0.04 -")
    assert line["low"] == "" and "seed 1: no policy" in line["missing"]
    assert "g-dog_amble-template/seed0/evaluation.json: deterministic.gait.distance" in line["sources"]
    assert found["eureka", "dog_run"]["missing"] == "not in the plan of g"
    dtw = [row for row in csv.DictReader((folder / "table1.csv").open()) if row["quantity"] == "paper_dtw"]
    assert {row["published"] for row in dtw if row["method"] == "eureka"} == {"34.186", "94.542"}


def test_a_strip_has_six_pictures_in_the_order_of_the_stride(made):
    strips = {path.name for path in (made[0] / "figure4").iterdir()}
    assert strips == {
        f"{video}{rest}.jpg" for video in ("dog_amble", "dog_run")
        for rest in ("", "-anymal_c-human", "-anymal_c-template")
    }  # fmt: skip
    picture = cv2.imread(str(made[0] / "figure4" / "dog_amble-anymal_c-human.jpg"))
    assert picture.shape == (150, 1200, 3)
    red = [picture[60:100, 80 + 200 * i : 120 + 200 * i, 2].mean() for i in range(6)]
    assert (np.diff(red) >= 1).all(), "the film grows redder from picture to picture"


def test_provenance_holds_every_evaluations_digest(made):
    inputs = json.loads((made[0] / "provenance.json").read_text())["inputs"]
    assert sum(name.startswith("evaluations") for name in inputs) == 8 and "published" in inputs


def test_people_compare_the_methods_of_a_finished_group_clip_by_clip(made, tmp_path):
    results = made[0].parents[1]
    with pytest.raises(
        UserError, match=r"h has no tables; make them first: snakemake tables .*experiments=\[h\]"
    ):
        prefer_page.between_methods(results, "h")
    contests = prefer_page.between_methods(results, "g")
    assert [one.title for one in contests] == ["g, anymal_c, dog_amble", "g, anymal_c, dog_run"]
    assert all({*one.films} == {"human", "template"} for one in contests)
    assert {one.preferences for one in contests} == {results / "tables" / "g_preferences.json"}
    assert contests[0].show("human", "template") is not None
    with pytest.raises(UserError, match="anna has judged all pairs"):  # equal films are not shown
        PreferencePages(contests, "anna", prefer_page.TEMPLATES)
