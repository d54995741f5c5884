"""resources/tables/*.yaml: against the published improvements, against themselves and against our methods."""

import pytest
from tests.unit.tables.conftest import PAPER, SECOND

from video2reward.errors import UserError
from video2reward.tables.published import read_published

PUBLISHED = read_published(PAPER)


@pytest.mark.parametrize("path", [PAPER, SECOND])
def test_the_rows_are_ours_or_say_why_not_and_the_papers_names_have_numbers(path):
    paper, config = read_published(path), PAPER.parents[2] / "config"
    named = {name for rows in paper.numbers.values() for name in rows}
    assert named <= {row.published for row in paper.methods}
    methods = {one.stem for one in (config / "methods").glob("*.yaml")}
    assert {row.name for row in paper.methods if not row.missing} <= methods
    assert not {row.name for row in paper.methods if row.missing} & methods
    assert all((config / "experiments" / f"{group}.yaml").exists() for group in paper.groups)


def test_the_second_papers_numbers_are_of_its_tasks_and_in_range():
    second = read_published(SECOND)
    assert len(second.tasks) == 5
    for quantity, rows in second.numbers.items():
        for row, numbers in rows.items():
            assert set(numbers) <= set(second.tasks), (quantity, row)
            assert all(0 <= one <= (5 if quantity == "preference" else 1) for one in numbers.values())
    assert second.number("expert_score", "bilevel", "anymal_c", "dog_hop") == 0.87
    assert second.number("expert_score", "bilevel", "anymal_c", "dog_amble") is None


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
