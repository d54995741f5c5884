"""resources/tables/paper.yaml against the published improvements and against itself."""

import pytest
from tests.unit.tables.conftest import PAPER

from video2reward.errors import UserError
from video2reward.tables.published import read_published

PUBLISHED = read_published(PAPER)


def test_the_rows_are_ours_and_the_papers_names_have_numbers():
    named = {name for rows in PUBLISHED.numbers.values() for name in rows}
    assert named <= {row.published for row in PUBLISHED.methods}
    methods = {path.stem for path in (PAPER.parents[2] / "config" / "methods").glob("*.yaml")}
    assert {row.name for row in PUBLISHED.methods} <= methods


@pytest.mark.parametrize(("robot", "improvement"), [("anymal_c", 0.376), ("humanoid", 0.111)])
def test_the_improvements_that_the_paper_states_follow_from_its_numbers(robot, improvement):
    scores = PUBLISHED.numbers["hns_published"]
    assert scores["Ours"][robot] / scores["Eureka"][robot] - 1 == pytest.approx(improvement, abs=5e-4)


def test_table_three_repeats_table_ones_columns_as_the_page_says():
    first, third = PUBLISHED.numbers["paper_dtw"], PUBLISHED.numbers["table3_dtw"]
    for row in ("Eureka", "Ours"):
        assert third[row]["humanoid"] == first[row]["anymal_c/dog_run"] != first[row]["humanoid/human_run"]
        assert third[row]["anymal_c"] == first[row]["anymal_c/dog_amble"]


def test_methods_that_the_paper_does_not_have_get_rows_at_the_end():
    rows = PUBLISHED.rows(["human", "tracking", "template", "tracking"])
    assert [row.name for row in rows[-2:]] == ["tracking", "template"]
    assert len(rows) == len(PUBLISHED.methods) + 2


def test_a_misspelt_key_is_told(tmp_path):
    path = tmp_path / "paper.yaml"
    path.write_text(PAPER.read_text().replace("contradictions:", "contradiction:"))
    with pytest.raises(UserError, match="contradiction"):
        read_published(path)
