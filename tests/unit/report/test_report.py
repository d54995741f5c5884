import base64
from pathlib import Path

import pytest

from video2reward.artifacts.completion import Completion
from video2reward.report.gather import CandidateView, read_curves
from video2reward.report.page import embed, figure
from video2reward.report.plots import component_curves, learning_curves


@pytest.fixture
def candidate(tmp_path):
    """A candidate with real curves: two components, an empty cell."""
    (tmp_path / "t.csv").write_text(
        "step,reward/a,reward/b,success,episode_length\n10,1,2,-1,5\n20,1.5,,-0.5,9\n"
    )
    return CandidateView(
        iteration=1,
        k=2,
        status="ok",
        reason="",
        completion=Completion("text", "m", "openai", True),
        evaluation={},
        seconds=1.0,
        curves=read_curves(tmp_path / "t.csv"),
        chosen=True,
    )


def test_curves_of_a_training_table(candidate):
    assert candidate.curves["step"] == [10, 20]
    assert candidate.curves["success"] == [-1, -0.5]
    assert candidate.curves["reward/b"][1] != candidate.curves["reward/b"][1]  # NaN where the cell is empty


def test_a_table_without_rows_has_no_curves(tmp_path):
    (tmp_path / "t.csv").write_text("step\n")
    assert read_curves(tmp_path / "t.csv") == {}


def test_plots_are_drawings_that_name_what_they_show(candidate):
    drawn = learning_curves([candidate])
    assert drawn.startswith("<svg")
    assert "success per step" in drawn or "<path" in drawn
    assert component_curves(candidate).count("<path") > component_curves(empty(candidate)).count("<path")


def empty(candidate):
    return CandidateView(**{**vars(candidate), "curves": {}})


def test_a_failed_candidates_curves_are_left_out(candidate):
    assert learning_curves([empty(candidate)]).startswith("<svg")


def test_files_are_embedded_whole(tmp_path):
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG...")
    kind, _, data = embed(picture).partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(data) == picture.read_bytes()
    assert embed(Path("gone.png")) == ""


@pytest.mark.parametrize(("value", "shown"), [(None, "-"), (0.12345, "0.123"), (2, "2")])
def test_numbers_read_well(value, shown):
    assert figure(value) == shown
