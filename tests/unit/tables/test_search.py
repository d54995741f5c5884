"""The table of a search, by hand-worked numbers: differences, later rounds, what was spent, and what is said of it."""

from xml.etree import ElementTree

import pytest

from video2reward.artifacts.io import write_json
from video2reward.artifacts.job_record import JobRecord, write_job_record
from video2reward.artifacts.selection import Candidate, SeedNoise, Selection, write_selection
from video2reward.tables.costs import make_costs
from video2reward.tables.runs import ClipColumn
from video2reward.tables.search import SearchStudy
from video2reward.tables.search_drawing import mean_line, search_drawing
from video2reward.tables.search_numbers import COLUMNS, DIFFERENCE, DISTANCE, LATER, PROCESSOR, STEPS
from video2reward.tables.search_words import sentences
from video2reward.tables.trails import read_trails

CLIP = ClipColumn("anymal_c", "dog_amble")
GREEDY, SCREEN, HALVING = (f"video2reward-{variant}" for variant in ("greedy", "screen", "halving"))
# Gait distances of the best policies; with posture they are half as large again.
REACHED = {
    GREEDY: [0.04, 0.06, 0.05],
    SCREEN: [0.03, 0.07, 0.04],
    HALVING: [0.02, 0.04, 0.03],
    "tracking": [0.1, 0.1, 0.1],
}
# Of both rounds' winners by their short evaluations, seed by seed.
ROUNDS = {
    GREEDY: [(0.09, 0.06), (0.08, 0.09), (0.1, 0.095)],
    SCREEN: [(0.05, 0.06), (0.05, 0.06), (0.05, 0.06)],
    HALVING: [(0.09, 0.03), (0.09, 0.03), (0.09, 0.03)],
}
NOISE = SeedNoise(0.01, 10)


def judged(n, k, distance):
    return Candidate(n, k, "ok" if distance else "failed", gait=0.5, judged=distance)


def write_rounds(folder, distances, noise=NOISE):
    """Selections of a loop's rounds; a round's candidate 1 is farther than its winner, candidate 2; None: both failed."""
    best = None
    for n, distance in enumerate(distances, 1):
        two = (judged(n, 1, distance and distance + 0.01), judged(n, 2, distance))
        if distance and (best is None or distance < best.judged):
            best = two[1]
        selection = Selection("ok", "ok", "gait", "why", n, 2 if distance else None, best, two, noise=noise)
        write_selection(folder / f"iter{n}" / "selection.json", selection)
        record = JobRecord("train_policy", "", "", processor_seconds=900.0)
        for place in (f"iter{n}/logs", f"iter{n}/part1/logs"):
            write_job_record(folder / place / "train_policy_1.json", record)


@pytest.fixture
def written(group):
    """Three variants and a baseline of three seeds; halving tuned after its first round."""
    group.clip(
        "dog_amble",
        {way: [(gait, -0.1, -0.05) for gait in gaits] for way, gaits in REACHED.items()},
        rounds=2,
    )
    for one in group.experiments:
        one["variant"] = one["method"].partition("-")[2]
        folder = group.results / one["name"]
        if one["method"] == "tracking":
            one["iterations"] = 1
        for seed, distances in enumerate(ROUNDS.get(one["method"], [(0.15,)] * 3)):
            write_rounds(folder / f"seed{seed}", distances)
            if one["method"] == HALVING:
                write_json(folder / f"seed{seed}" / "iter1" / "tuning.json", {"steps": 500, "seconds": 3.0})
    return group


def searched(group):
    planned = group.study().planned
    return SearchStudy(planned, tuple(read_trails(planned, group.results)))


def test_differences_are_of_the_same_seed_from_the_first_variant(written):
    found = searched(written)
    assert found.ways == [GREEDY, SCREEN, HALVING, "tracking"] and found.clips == [CLIP]
    assert found.number(GREEDY, CLIP, DISTANCE).known == pytest.approx([0.06, 0.09, 0.075])
    number = found.table.at(SCREEN, CLIP, DIFFERENCE)
    assert number.known == pytest.approx([-0.015, 0.015, -0.015])
    # mean -0.005, sd 0.0173205, half 4.30265 * 0.0173205 / sqrt(3)
    assert (number.interval.low, number.interval.high) == pytest.approx((-0.0480265, 0.0380265), abs=1e-6)
    assert [found.against_first(way, CLIP).outcome for way in (SCREEN, HALVING, "tracking")] == [
        "within noise", "smaller", "larger",
    ]  # fmt: skip
    assert found.first("tracking", CLIP) == GREEDY
    assert found.table.at(GREEDY, CLIP, DIFFERENCE).missing == ["the row that others are compared with"]
    assert number.sources[:2] == [
        f"g-dog_amble-{way}/seed0/evaluation.json: deterministic.posture.distance" for way in (SCREEN, GREEDY)
    ]


def test_later_rounds_are_held_against_the_first_its_noise_and_chance(written):
    found = searched(written)
    assert found.number(GREEDY, CLIP, LATER).known == pytest.approx([-0.03, 0.01, -0.005])
    told = {said.partition(":")[0]: said for said in sentences(found)[1:]}
    assert (
        "a later round beats the first in 2 of 3 seeds, by more than the noise (0.0141) in 1; by chance alone in 1.5"
        in told[GREEDY]
    )
    assert "in 0 of 3 seeds, by more than the noise (0.0141) in 0;" in told[SCREEN]
    assert found.number("tracking", CLIP, LATER).missing[0].endswith("seed 0: it has one round")
    assert "later round" not in told["tracking"]


def test_islands_are_one_round(written):
    for one in written.experiments:
        one["search"] = {"kind": "population", "islands": 2}
        one["iterations"] = 1
    found = searched(written)
    assert found.number(GREEDY, CLIP, LATER).missing[0].endswith("it has one round")
    assert found.of(GREEDY, CLIP)[0].best_so_far[-1][0] == 2000, "both nodes count"


def test_what_is_said_where_something_is_gained_and_where_not(written):
    said = sentences(searched(written))
    assert said[0] == (
        f"anymal_c, dog_amble: nearer to the clip than {GREEDY}, by more than the noise: {HALVING}. Of 3 comparisons without any "
        "difference, one in 13 groups would show such a gain by chance."
    )
    told = {line.partition(":")[0]: line for line in said[1:]}
    assert (
        f"distance 0.07 (0.045, 0.105, 0.06); −0.005 (−0.048 … 0.038) against {GREEDY}, nearer in 2 of 3 seeds: within the noise between seeds: no difference "
        "is shown (means of 3 trainings of one reward differ by 0.00816)"
    ) in told[SCREEN]
    assert "nearer, by more than the noise between seeds" in told[HALVING]
    assert "nearer in 0 of 3 seeds: farther, by more than the noise" in told["tracking"]
    written.experiments = [one for one in written.experiments if one["variant"] != "halving"]
    assert sentences(searched(written))[0] == (
        f"anymal_c, dog_amble: nothing is shown to be gained over {GREEDY} by any of {SCREEN}, tracking."
    )


def test_what_loops_took(written):
    found = searched(written)
    assert found.number(GREEDY, CLIP, STEPS).known == [0.002] * 3, "the failed candidate has none"
    assert found.number(HALVING, CLIP, STEPS).known == [0.0025] * 3, "with its tuning"
    assert found.number(HALVING, CLIP, STEPS).sources[4].endswith("iter1/tuning.json")
    assert found.number(GREEDY, CLIP, PROCESSOR).known == [1.0] * 3
    took = {
        q.name: found.number(GREEDY, CLIP, q).known[0]
        for q in COLUMNS
        if q.name in ("answers", "input_tokens", "price_usd")
    }
    assert took == {"answers": 4, "input_tokens": 400, "price_usd": 2.0}
    costs = {cost.method: (cost.steps, cost.seconds) for cost in make_costs(written.study())}
    assert costs == {GREEDY: (6000, 12), SCREEN: (6000, 12), HALVING: (7500, 21), "tracking": (3000, 6)}


def test_unfinished_and_failed_loops_say_so(written):
    planned = written.study().planned
    loops = written.results / f"g-dog_amble-{SCREEN}"
    (loops / "seed0" / "iter2" / "selection.json").unlink()
    (loops / "seed1" / "evaluation.json").unlink()
    failed = Selection(
        "failed",
        "failed",
        "gait",
        "all 2 candidates failed",
        2,
        None,
        None,
        (judged(2, 1, None), judged(2, 2, None)),
    )
    write_selection(loops / "seed2" / "iter2" / "selection.json", failed)
    found = SearchStudy(planned, tuple(read_trails(planned, written.results)))
    missing = found.number(SCREEN, CLIP, DISTANCE).missing
    assert [said.partition(": ")[2] for said in missing] == [
        "unfinished: 1 of 2 rounds", "unfinished: the best policy is not judged yet", "no policy: all 2 candidates failed",
    ]  # fmt: skip
    assert found.number(SCREEN, CLIP, STEPS).known == [0.002], "a failed loop is finished"
    (line,) = (said for said in sentences(found) if said.startswith(SCREEN))
    assert line.startswith(
        f"{SCREEN}: no distance; seed 0: unfinished: 1 of 2 rounds; seed 1: unfinished: the best"
    )
    (loops / "seed1" / "iter2" / "selection.json").unlink()
    found = SearchStudy(planned, tuple(read_trails(planned, written.results)))
    assert any(
        "; seeds 0, 1: unfinished: 1 of 2 rounds; seed 2: no policy" in said for said in sentences(found)
    )
    assert found.against_first(SCREEN, CLIP).outcome == "too few"


def test_unknown_noise_is_told(written):
    for path in written.results.glob("*/seed*"):
        way = path.parent.name.removeprefix("g-dog_amble-")
        write_rounds(path, ROUNDS.get(way, [(0.15,)] * 3)[int(path.name[-1])], noise=None)
    told = {said.partition(":")[0]: said for said in sentences(searched(written))}
    assert (
        "the interval includes 0: no difference is shown; how large the noise between seeds" in told[SCREEN]
    )
    assert "a later round beats the first in 2 of 3 seeds; by chance" in told[GREEDY]


def test_the_best_so_far_goes_over_steps_and_ends_with_what_the_loop_returns(written):
    found = searched(written)
    assert found.of(GREEDY, CLIP)[1].best_so_far == [(1000, 0.08), (2000, 0.08)], (
        "a worse round changes nothing"
    )
    assert found.of(HALVING, CLIP)[0].best_so_far == [(1000, 0.09), (2500, 0.03)], "tuned before the second"
    folder = written.results / f"g-dog_amble-{SCREEN}" / "seed0"
    write_rounds(folder, [0.05, None])
    falls = Selection(
        "ok", "ok", "gait", "the nearer one falls", 2, 2, judged(2, 2, 0.07), (judged(2, 2, 0.07),)
    )
    write_selection(folder / "iter2" / "selection.json", falls)
    assert searched(written).of(SCREEN, CLIP)[0].best_so_far[-1] == (2000, 0.07)


def test_the_mean_of_lines_is_constant_between_steps_and_begins_where_all_have():
    lines = [[(10, 0.4), (30, 0.2)], [(20, 0.6), (40, 0.1)]]
    assert mean_line(lines) == [(20, pytest.approx(0.5)), (30, pytest.approx(0.4)), (40, pytest.approx(0.15))]
    assert mean_line([[(5, 0.3)]]) == [(5, 0.3)]


def test_the_drawing_names_every_row_and_where_it_ends(written):
    planned = written.study().planned
    root = ElementTree.fromstring(search_drawing(searched(written)))
    words = [one.text for one in root.iter() if one.tag.endswith("}text")]
    assert {GREEDY, SCREEN, HALVING, "tracking", "anymal_c, dog_amble"} <= set(words)
    assert f"{HALVING}: 0.030 after 0.0025 million steps" in root.attrib["aria-label"]
    for path in written.results.glob("*/seed*/iter1/selection.json"):
        path.unlink()
    assert "No round is finished yet" in search_drawing(
        SearchStudy(planned, tuple(read_trails(planned, written.results)))
    )
