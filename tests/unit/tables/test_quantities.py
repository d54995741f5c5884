"""Numbers over seeds: means, human-normalised scores, effect sizes, what is missing and why."""

from dataclasses import replace

import pytest
from tests.unit.tables.conftest import tables_of

from video2reward.scores.statistics import interval
from video2reward.tables import quantities as q
from video2reward.tables.runs import ClipColumn

AMBLE, TROT = ClipColumn("anymal_c", "amble"), ClipColumn("anymal_c", "trot")
HUMAN = [(0.15, -0.1, -0.05), (0.16, -0.12, -0.07), (0.14, -0.08, -0.03)]
SPARSE = [(0.15, -1.0, -0.9), (0.16, -1.2, -1.1), (0.14, -1.1, -1.0)]
OURS = [(0.04, -0.2, -0.1), (0.05, -0.22, -0.12), (0.045, -0.21, -0.11)]


@pytest.fixture
def tables(group):
    """Three methods on one clip, by name."""
    group.clip("amble", {"human": HUMAN, "sparse": SPARSE, "template": OURS})
    return {table.name: table for table in tables_of(group.study())}


def test_a_number_is_the_mean_over_seeds_with_its_interval(tables):
    number = tables["table1"].at("template", AMBLE, q.GAIT)
    assert number.interval == interval([0.04, 0.05, 0.045])
    assert number.known == [0.04, 0.05, 0.045]


def test_a_number_names_its_artefacts(tables):
    number = tables["table1"].at("template", AMBLE, q.GAIT)
    assert number.sources == [
        f"g-amble-template/seed{seed}/evaluation.json: deterministic.gait.distance" for seed in range(3)
    ]


def test_the_human_normalised_score_has_the_means_of_human_and_sparse_as_its_ends(tables):
    def mean(method, quantity):
        return tables["figure3"].at(method, AMBLE, quantity).interval.mean

    assert mean("human", q.HNS) == pytest.approx(1.0)
    assert mean("sparse", q.HNS) == pytest.approx(0.0)
    assert mean("template", q.HNS) == pytest.approx((-0.21 + 1.1) / 1.0)
    assert mean("template", q.HNS_PUBLISHED) == pytest.approx((-0.11 + 1.0) / 0.95)


def test_a_normalised_score_names_its_yardsticks_artefacts(tables):
    sources = tables["figure3"].at("template", AMBLE, q.HNS).sources
    assert "g-amble-template/seed1/evaluation.json: deterministic.success.mean" in sources
    assert "g-amble-human/seed2/evaluation.json: deterministic.success.mean (human)" in sources
    assert "g-amble-sparse/seed0/evaluation.json: deterministic.success.mean (sparse)" in sources
    assert len(sources) == 3 + 3 + 3


def test_the_effect_size_is_told_against_human(tables):
    number = tables["table1"].at("template", AMBLE, q.GAIT)
    assert number.against == "human" and number.effect.g < -5 and number.effect.high < 0
    assert tables["table1"].at("human", AMBLE, q.GAIT).effect is None


def test_the_distance_is_told_as_a_part_of_humans(tables):
    assert tables["table1"].at("template", AMBLE, q.GAIT_RATIO).interval.mean == pytest.approx(0.3)


def test_standing_still_stands_below_the_gait_distances(tables):
    assert tables["table1"].standing[AMBLE, "gait_distance"].known == [0.15]


def test_a_method_that_is_not_planned_has_an_empty_row_with_the_reason(tables):
    number = tables["table1"].at("eureka", AMBLE, q.GAIT)
    assert not number.known and number.missing == ["not in the plan of g"]


def test_without_a_yardstick_there_is_no_normalised_score_and_why(group):
    group.clip("amble", {"human": HUMAN, "template": OURS})
    number = q.measure(group.study(), "template", AMBLE, q.HNS)
    assert not number.known
    assert number.missing[0].endswith("needs the score of sparse, not in the plan of g")


def test_a_loop_whose_candidates_all_failed_is_counted_and_named(group):
    group.clip("amble", {"human": [HUMAN[0], None, HUMAN[2]]})
    study = group.study()
    number = q.measure(study, "human", AMBLE, q.GAIT)
    assert number.interval.count == 2 and len(number.values) == 3
    assert number.missing == ["g-amble-human, seed 1: no policy: all 2 candidates failed"]
    assert study.median("human", AMBLE).seed == 2


def test_what_is_not_defined_has_its_reason(group):
    group.clip("amble", {"human": [(float("nan"), -0.1, -0.1)]})
    number = q.measure(group.study(), "human", AMBLE, q.PAPER_DTW)
    assert number.missing[0].endswith("only those that stay up with a periodic stride count")
    assert q.measure(group.study(), "human", AMBLE, q.SMOOTHNESS).missing[0].endswith("not in the evaluation")


def test_over_clips_a_seed_counts_only_with_all_of_them(group):
    group.clip("amble", {"template": OURS})
    group.clip("trot", {"template": [OURS[0], None, (0.145, -0.2, -0.1)]})
    number = q.measure(group.study(), "template", ClipColumn("anymal_c", ""), q.GAIT)
    assert number.known == pytest.approx([0.04, 0.095])
    assert number.missing == ["template, seed 1: g-trot-template, seed 1: no policy: all 2 candidates failed"]


def test_table_two_has_the_terms_of_the_robots_task(tables):
    assert [quantity.name for _, quantity in tables["table2"].columns] == ["r_lin", "r_ang"]
    assert (
        tables["table2"].at("template", ClipColumn("anymal_c", ""), tables["table2"].columns[0][1]).known
        == [40.0] * 3
    )


def test_the_papers_numbers_stand_beside_ours(group):
    group.clip("dog_amble", {"human": HUMAN})
    study = group.study()
    clip, robot = ClipColumn("anymal_c", "dog_amble"), ClipColumn("anymal_c", "")
    assert q.measure(study, "human", clip, q.PAPER_DTW).published == 26.368
    assert q.measure(study, "video2reward", clip, q.PAPER_DTW).published == 17.292
    assert q.measure(study, "eureka", robot, q.HNS_PUBLISHED).published == 0.729
    assert q.measure(study, "human", clip, q.GAIT).published is None


def test_successes_are_told_in_the_tasks_unit(tables):
    units = {quantity.name: quantity.unit for _, quantity in tables["figure3"].columns}
    assert units["h_mts"].startswith("m/s, ") and units["success"].endswith("larger is better")
    assert units["hns"] == q.HNS.unit


def test_the_posture_has_its_columns(tables):
    posture = tables["posture"]
    assert posture.at("template", AMBLE, q.LEAN).interval.mean == -12
    assert posture.at("template", AMBLE, q.JUDGED).interval.mean == pytest.approx(1.5 * 0.045)
    assert (
        posture.at("template", AMBLE, q.HIPS).sources[0].endswith("deterministic.posture.errors.hip_height")
    )


@pytest.mark.parametrize(
    ("base_seeds", "said"),
    [
        ((0,), "All loops with a base policy start from that of seed 0"),
        ((0, 1, 2), "start from that of their own seed"),
        ((0, 1), "Loops of the seeds 0, 2 with a base policy"),
        ((1, 2), "start from that of their own seed"),
    ],
)
def test_what_the_intervals_leave_out_of_the_base_policies_is_said(group, base_seeds, said):
    group.clip("amble", {"template": OURS})
    assert said in replace(group.study(), base_seeds=base_seeds).bases
