"""The second paper's figure: expert scores, people's choices, one model against two, rounds."""

import math
from xml.etree import ElementTree

import pytest
from tests.unit.tables.conftest import tables_of

from video2reward.artifacts.io import digest
from video2reward.artifacts.preferences import Choice, Preferences, write_preferences
from video2reward.scores.expert_score import expert_score
from video2reward.scores.statistics import interval, wilson
from video2reward.similarity.reach import reach_distance
from video2reward.tables.curves import curves
from video2reward.tables.expert import EXPERT, LEVELS, in_round
from video2reward.tables.preferred import PREFERENCE
from video2reward.tables.runs import ClipColumn

RUN, HOP = ClipColumn("humanoid", "human_run"), ClipColumn("anymal_c", "dog_hop")
# Distances with posture are half as large again: 0.03 to 0.075 of the 0.15 of standing still.
NEAR, FAR = (0.02, -0.1, -0.05), (0.05, -0.1, -0.05)


@pytest.fixture
def study(group):
    """Three methods of two rounds on the runner."""
    figures = {"bilevel": [NEAR, FAR], "bilevel_single": [FAR, FAR], "template": [None, FAR]}
    group.clip("human_run", figures, "humanoid", rounds=2)
    return group.study()


def table(study, name):
    return next(one for one in tables_of(study) if one.name == name)


def expected(reference, gait):
    return expert_score(0.25, 0.64, 1.5 * gait, 0.15, reach_distance(reference))


def test_the_score_is_of_the_evaluation_and_the_reference_and_names_both(study, sine_reference):
    number = table(study, "expert_score").at("bilevel", RUN, EXPERT)
    wanted = [expected(sine_reference, one[0]) for one in (NEAR, FAR)]
    assert number.known == pytest.approx(wanted) and 0.3 < wanted[1] < wanted[0] < 1
    assert number.interval == interval(number.known)
    assert number.sources[:2] == [
        "g-human_run-bilevel/seed0/evaluation.json: deterministic",
        "g-human_run-bilevel/reference.h5: target, cycle",
    ]


def test_the_papers_numbers_stand_beside_the_clip_of_its_task(study):
    found = {
        name: table(study, "expert_score").at(name, RUN, EXPERT).published
        for name in ("eureka", "eureka_gt", "human_feedback", "bilevel", "bilevel_single")
    }
    assert found == {
        "eureka": 0.48, "eureka_gt": 0.70, "human_feedback": 0.87, "bilevel": 0.82, "bilevel_single": None,
    }  # fmt: skip
    levels = table(study, "levels")
    assert [levels.at(m, RUN, LEVELS).published for m in levels.methods] == [0.67, 0.81]
    assert levels.at("bilevel", RUN, LEVELS).against == "bilevel_single"
    assert table(study, "preference").at("best_tuned", RUN, PREFERENCE).published == 4.0
    said = table(study, "expert_score").caption
    assert "Human Running beside humanoid/human_run" in said and "Dog Hopping (anymal_c/dog_hop)" in said


def test_a_row_without_a_number_has_its_reason(study):
    scores = table(study, "expert_score")
    assert scores.at("eureka", RUN, EXPERT).missing == ["not in the plan of g"]
    assert scores.at("eureka_gt", RUN, EXPERT).missing == ["its success measure is not published"]
    assert scores.at("template", RUN, EXPERT).missing == [
        "g-human_run-template, seed 0: no policy: all 2 candidates failed"
    ]
    asked = table(study, "preference").at("bilevel", RUN, PREFERENCE)
    assert asked.missing == ["nobody was asked: make prefer GROUP=g"] and math.isnan(asked.interval.mean)


def test_rounds_have_their_winners_scores_and_the_papers_rounds_columns(study, sine_reference):
    rounds = table(study, "convergence")
    assert [q.name for _, q in rounds.columns] == [in_round(n).name for n in range(1, 6)]
    assert rounds.at("bilevel", RUN, in_round(1)).known == pytest.approx(
        [expected(sine_reference, 2 * one[0]) for one in (NEAR, FAR)]
    )
    last = rounds.at("bilevel", RUN, in_round(2))
    assert last.known == pytest.approx([expected(sine_reference, one[0]) for one in (NEAR, FAR)])
    assert last.sources[0] == "g-human_run-bilevel/seed0/iter2/evaluation_2.json: deterministic"
    assert (last.published, rounds.at("bilevel", RUN, in_round(5)).published) == (0.28, 0.82)
    assert rounds.at("bilevel", RUN, in_round(3)).missing[0].endswith("it has 2 rounds")
    assert rounds.at("template", RUN, in_round(1)).missing == [
        "g-human_run-template, seed 0: all candidates of round 1 failed"
    ]
    drawn = curves(rounds, {"bilevel": "Two"})
    words = [one.text for one in ElementTree.fromstring(drawn).iter() if one.tag.endswith("}text")]
    assert {"Two", "Two, the paper's", "humanoid, human_run"} <= set(words)


def test_a_group_without_several_rounds_or_the_papers_clips_has_no_curves(group):
    group.clip("dog_amble", {"human": [FAR]})
    drawn = curves(table(group.study(), "convergence"), {})
    assert "there are no curves" in drawn


def test_choices_between_the_methods_films_are_counted_with_their_interval(study):
    films = {name: digest(run.last.film) for name, run in study.medians(RUN).items()}
    assert len({*films.values()}) == 1, "the same film each; with other bytes they can be told apart"
    for number, run in enumerate(study.medians(RUN).values()):
        run.last.film.write_bytes(bytes([number]))
    films = {name: digest(run.last.film) for name, run in study.medians(RUN).items()}

    def choice(who, left, right, chosen):
        return Choice(who, "2024-10-12T00:00:00+00:00", 0, (left, right), (films[left], films[right]), chosen)

    write_preferences(
        study.preferences,
        Preferences(
            (
                choice("anna", "bilevel", "bilevel_single", "left"),
                choice("anna", "template", "bilevel", "right"),
                choice("anna", "template", "bilevel_single", "equal"),
                choice("ben", "bilevel", "bilevel_single", "right"),
            )
        ),
    )
    found = table(study, "preference")
    number = found.at("bilevel", RUN, PREFERENCE)
    assert number.interval.mean == pytest.approx(5 * 2 / 3) and number.interval.count == 3
    assert (number.interval.low, number.interval.high) == pytest.approx([5 * one for one in wilson(2 / 3, 3)])
    assert found.at("template", RUN, PREFERENCE).interval.mean == pytest.approx(5 * 0.25)
    assert number.sources == [
        "tables/g_preferences.json: choices", "g-human_run-bilevel/seed0/iter2/rollout.mp4",
    ]  # fmt: skip
    assert number.published == 3.3
