from dataclasses import replace

import pytest
from tests.unit.policy.test_select import GAIT, SUCCESS, candidate

from video2reward.artifacts.check import Check
from video2reward.artifacts.selection import SeedNoise
from video2reward.policy.select import describe, select

NOISE = SeedNoise(0.01, 12)  # two trainings of one reward differ by 0.014


def test_candidates_nearer_than_the_noise_are_tied_and_the_first_by_the_rule_goes_on():
    round_ = [candidate(1, gait=0.082), candidate(2, gait=0.075), candidate(3, gait=0.12)]
    chosen = select(round_, GAIT, 1, None, NOISE)
    assert chosen.best == round_[1] and chosen.tied == ("candidate 1 of iteration 1",)
    assert "tied with candidate 1 of iteration 1 (the order is 69% sure)" in chosen.why
    assert "two trainings of one reward differ by 0.014" in chosen.why and chosen.noise == NOISE


def test_a_clear_winner_is_called_sure():
    chosen = select([candidate(1, gait=0.05), candidate(2, gait=0.09)], GAIT, 1, None, NOISE)
    assert (
        chosen.tied == () and "more than 99% sure against the next, candidate 2 of iteration 1" in chosen.why
    )


def test_one_that_was_trained_for_less_is_not_compared():
    whole, stopped = candidate(1, gait=0.05), candidate(2, gait=0.055)
    round_ = [replace(whole, steps=750_000), replace(stopped, steps=60_000)]
    chosen = select(round_, GAIT, 1, None, NOISE)
    assert chosen.best.k == 1 and chosen.tied == () and "sure" not in chosen.why
    assert select([round_[0], replace(stopped, steps=740_000)], GAIT, 1, None, NOISE).tied


def test_the_best_before_can_be_tied_too():
    before = candidate(2, iteration=1, gait=0.07)
    chosen = select([candidate(1, iteration=2, gait=0.078)], GAIT, 2, before, NOISE)
    assert chosen.best == before and chosen.tied == ("candidate 1 of iteration 2",)
    better = select([candidate(1, iteration=2, gait=0.065)], GAIT, 2, before, NOISE)
    assert better.best.iteration == 2 and better.tied == (before.name,)


@pytest.mark.parametrize(
    ("round_", "method", "noise"),
    [
        ([candidate(1, gait=0.07), candidate(2, gait=0.07)], SUCCESS, NOISE),
        ([candidate(1, gait=0.07), candidate(2, gait=0.071, falls=0.5)], GAIT, NOISE),
        ([candidate(1, gait=0.07, falls=0.5), candidate(2, gait=0.07, falls=0.5)], GAIT, NOISE),
        ([candidate(1, gait=0.07)], GAIT, NOISE),
        ([candidate(1, gait=0.07), candidate(2, gait=0.07)], GAIT, None),
    ],
)
def test_nothing_is_tied_where_no_noise_is_known_or_nothing_compared(round_, method, noise):
    chosen = select(round_, method, 1, None, noise)
    assert chosen.tied == () and "tied" not in chosen.why
    assert ("no noise between seeds was measured" in chosen.why) == (noise is None)


def wishing(k, gait, wish, wished, **more):
    return replace(candidate(k, gait=gait, **more), judged=gait, wish=wish, wished=wished)


def test_a_wish_is_weighed_with_the_gait_but_never_against_falls():
    deaf, obedient = wishing(1, 0.05, 0.0, 0.10), wishing(2, 0.07, 0.8, 0.08)
    chosen = select([deaf, obedient], GAIT, 1, None)
    assert chosen.best == obedient
    assert "0.080 body lengths with 20% of the wish missing (0.070 without)" in chosen.why
    bought = wishing(3, 0.05, 1.0, 0.05, falls=0.2)
    assert select([deaf, obedient, bought], GAIT, 1, None).best == obedient
    by_score = select([deaf, replace(obedient, h_mts=0.0)], SUCCESS, 1, None)
    assert "does not weigh the wish, fulfilled to 80%" in by_score.why


def test_the_wish_comes_from_the_evaluation():
    figures = {"success": {"mean": 0.1}, "falls": 0.0, "velocity_error": 0.1, "velocity_error_ratio": 0.1}
    figures |= {"gait": {"distance": 0.06}, "wish": {"success": 0.4, "distance": 0.09}}
    found = describe(
        1,
        1,
        Check("ok", "", ""),
        {"status": "ok"},
        {"status": "ok", "traceback": "", "deterministic": figures},
    )
    assert (found.wish, found.wished) == (0.4, 0.09)
