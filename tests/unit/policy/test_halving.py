"""Who goes on after a part of a halved round, with how many steps, and what is said of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.artifacts.halving import read_halving, write_halving
from video2reward.artifacts.selection import Candidate, SeedNoise
from video2reward.errors import UserError
from video2reward.policy.halving import Runner, best_first, halve
from video2reward.settings.halving import going_on, judged_parts, part_end, part_lengths
from video2reward.settings.method import Method

STEPS = 1000
GAIT = Method(description="test", selection="gait")


def candidate(k, gait=0.1, falls=0.0, error=0.1, status="ok"):
    if status == "failed":
        return Candidate(1, k, status, traceback="ValueError")
    return Candidate(1, k, status, "", -0.2, falls, error, gait, -0.1, velocity_error_ratio=error)


def walkers(distances, steps):
    return [Runner(candidate(k, gait), steps) for k, gait in enumerate(distances, 1)]


def played(fates, steps=STEPS, method=GAIT):
    """Play a round: `fates` of each part hold each candidate's figures or end -> the judgements and final steps."""
    count = len(fates[0])
    before, found, trained = None, [], dict.fromkeys(range(1, count + 1), 0)
    for part in range(1, judged_parts(count) + 1):
        runners = []
        for k, fate in enumerate(fates[part - 1], 1):
            old = before.of(k) if before else None
            if old and not old.goes_on:
                runners.append(Runner(old.figures, trained[k]))
                continue
            target = old.until if old else part_end(steps, 1)
            trained[k] = trained[k] if fate == "unchecked" else max(trained[k], target)
            one = candidate(k, fate) if isinstance(fate, float) else candidate(k)
            if fate in ("failed", "unchecked"):
                one = candidate(k, status="failed")
            runners.append(Runner(one, trained[k], "keeps falling" if fate == "early" else ""))
        before = halve(runners, method, part, steps, before)
        found.append(before)
    if before is None:
        return [], dict.fromkeys(trained, steps)
    return found, {k: before.of(k).until if before.of(k).goes_on else trained[k] for k in trained}


@pytest.mark.parametrize(
    ("samples", "parts", "goes_on", "last"),
    [(1, 0, 1, 1000), (2, 1, 1, 1750), (3, 2, 1, 2250), (4, 2, 1, 3000), (16, 2, 4, 3000)],
)
def test_of_so_many_candidates_so_many_are_left_with_so_many_steps(samples, parts, goes_on, last):
    assert judged_parts(samples) == parts
    distances = [0.01 * k for k in range(1, samples + 1)]
    judgements, trained = played([distances] * 2)
    assert len(judgements) == parts
    assert [trained[k] for k in range(1, goes_on + 1)] == [last] * goes_on
    assert all(trained[k] < STEPS for k in range(goes_on + 1, samples + 1))
    assert sum(trained.values()) == samples * STEPS
    running, length = part_lengths(samples, STEPS)[-1]
    assert (running, sum(n for _, n in part_lengths(samples, STEPS))) == (goes_on, last) and length > 0


FATE = st.one_of(st.floats(0, 1), st.sampled_from(["failed", "unchecked", "early"]))
ROUNDS = st.integers(1, 17).flatmap(
    lambda count: st.tuples(*[st.lists(FATE, min_size=count, max_size=count)] * 2)
)


@given(ROUNDS, st.integers(1, 10**7))
def test_no_more_steps_are_spent_than_without_halving_and_the_better_go_on(fates, steps):
    judgements, trained = played(fates, steps)
    count = len(trained)
    assert sum(trained.values()) <= max(count * steps, count * part_end(steps, 1))
    running = set(trained)
    for judgement in judgements:
        goes = {k for k in trained if judgement.of(k).goes_on}
        assert goes <= running and set(judgement.order) <= running
        assert len(goes) == going_on(len(judgement.order))
        assert set(judgement.order[: len(goes)]) == goes
        assert sorted(one.place for one in judgement.contenders if one.figures.k in judgement.order) == list(
            range(1, len(judgement.order) + 1)
        )
        worst = max((judgement.of(k).figures.gait for k in goes), default=0)
        assert all(judgement.of(k).figures.gait >= worst for k in set(judgement.order) - goes)
        running = goes
    if (
        running and steps > 100
    ):  # whoever is left has all that the others do not use, but for the rest of a division
        assert count * steps - sum(trained.values()) < len(running)


def test_of_equals_the_first_goes_on():
    (judgement,) = played([[0.1, 0.1]])[0]
    assert judgement.order == (1, 2) and judgement.of(1).goes_on and not judgement.of(2).goes_on


def test_limits_come_before_the_distance():
    found = [
        candidate(1, 0.02, falls=0.5),
        candidate(2, 0.09),
        candidate(3, 0.01, error=0.9),
        candidate(4, 0.1),
    ]
    assert [one.k for one in best_first(found, GAIT)][:2] == [2, 4]


def test_where_all_fail_nobody_goes_on():
    (first, second), trained = played([["failed", "early", "unchecked"]] * 2)
    assert "nobody goes on" in first.why and "nobody goes on" in second.why
    assert trained == {1: 250, 2: 250, 3: 0} and first.order == ()


def test_one_that_is_left_alone_gets_all_that_is_left():
    (first, second), trained = played([["failed", 0.3, "early", "unchecked"], [0.0, 0.9, 0.0, 0.0]])
    assert first.of(2).until == 500 and second.of(2).until == 4 * STEPS - 500
    assert "no other is left" in second.of(2).why
    assert sum(trained.values()) == 4 * STEPS


def test_one_that_stopped_stays_stopped_whatever_the_others_do():
    (first, second), _ = played([[0.1, 0.2, 0.3, 0.4], ["failed", "failed", 0.0, 0.0]])
    assert [one.stopped for one in second.contenders] == [None, None, 1, 1]
    assert not any(one.goes_on for one in second.contenders)
    assert second.of(3) == first.of(3) and "stopped before: candidates 3, 4" in second.why


def test_a_process_that_ended_in_the_second_part_has_used_the_steps_of_the_first():
    first = halve(walkers([0.1, 0.2, 0.3, 0.4], 250), GAIT, 1, STEPS)
    crashed = [Runner(candidate(1, status="failed"), 0), *walkers([0.1, 0.2, 0.3, 0.4], 250)[1:]]
    crashed[1] = replace(crashed[1], steps=500)
    assert halve(crashed, GAIT, 2, STEPS, first).of(2).until == 4 * STEPS - 3 * 250


def test_what_is_said(tmp_path):
    noise = SeedNoise(0.02, 10)
    told = halve(walkers([0.10, 0.11, 0.3, 0.105], 250), GAIT, 1, STEPS, noise=noise)
    assert told.why == (
        "after 250 of 1,000 steps: going on to 500 steps: candidates 1, 4; stopped as the worse half: candidates 2, 3"
    )
    assert told.of(1).why.startswith(
        "goes on to 500 steps: place 1 of 4 after 250 steps, gait distance 0.100"
    )
    assert "stopped by halving: place 3 of 4 after 250 steps, gait distance 0.110" in told.of(2).why
    assert "tied with candidate 4" in told.of(2).why and "tied" not in told.of(3).why
    write_halving(tmp_path / "halving.json", told)
    assert read_halving(tmp_path / "halving.json") == told
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(UserError, match="not a halving"):
        read_halving(tmp_path / "other.json")
