"""Which variant goes on: better is only what is beyond the noise of the best of so many."""

from dataclasses import replace

import pytest

from video2reward.artifacts.selection import SeedNoise
from video2reward.artifacts.tuning import TunedVariant
from video2reward.policy.tuning.choice import choose_variant, limit_of_best
from video2reward.scores.noise import difference_sd

NOISE = SeedNoise(sd=0.005, freedom=18)


def variant(generation, number, distance, **more):
    figures = {"distance": distance, "able": True, "success": -distance, "h_mts": -distance}
    return TunedVariant(generation, number, (1.0,), "ok", **figures | more)


def test_a_change_beyond_the_noise_is_better_and_one_within_it_is_not_called_so():
    start = variant(1, 0, 0.10)
    found = choose_variant([start, variant(1, 1, 0.05), variant(1, 2, 0.12)], "gait", NOISE)
    assert (found.verdict, found.variant.number, found.before, found.after) == ("better", 1, 0.10, 0.05)
    assert "variant 1 of generation 1 has the smallest gait distance" in found.why
    found = choose_variant([start, variant(1, 1, 0.095), variant(1, 2, 0.12)], "gait", NOISE)
    assert (found.verdict, found.variant.number) == ("within noise", 1)
    assert f"{found.limit:.3f} by chance" in found.why
    unknown = choose_variant([start, variant(1, 1, 0.05)], "gait", None)
    assert unknown.verdict == "unsure" and "no noise between seeds was measured" in unknown.why


def test_each_is_compared_with_the_unchanged_reward_of_its_own_generation():
    variants = [variant(1, 0, 0.10), variant(1, 1, 0.09), variant(2, 0, 0.06), variant(2, 1, 0.06)]
    found = choose_variant(variants, "gait", NOISE)
    assert (found.variant.generation, found.before, found.after) == (1, 0.10, 0.09)


def test_where_nothing_is_better_the_search_says_that_it_ends_at_its_start():
    variants = [variant(1, 0, 0.10), variant(1, 1, 0.11), variant(1, 2, 0.10)]
    found = choose_variant(variants, "gait", NOISE)
    assert (found.verdict, found.variant) == ("start", variants[0])
    assert (
        found.why
        == "none of 2 variants did better than the unchanged reward: the search ends where it started"
    )


def test_more_variants_must_be_further_ahead():
    limits = [limit_of_best(NOISE, count) for count in (1, 2, 6, 30)]
    assert limits == sorted(limits) and limits[0] == pytest.approx(difference_sd(NOISE), rel=0.05)
    assert limits[2] == pytest.approx(2.04 * difference_sd(NOISE), rel=0.02)
    assert limit_of_best(replace(NOISE, freedom=3), 6) > limits[2]


def test_one_that_keeps_the_limits_is_before_one_that_does_not_but_how_sure_is_not_known():
    fallen = variant(1, 0, 0.05, able=False)
    found = choose_variant([fallen, variant(1, 1, 0.2), variant(1, 2, 0.04, able=False)], "gait", NOISE)
    assert (found.verdict, found.variant.number) == ("unsure", 1) and "keeps the limits" in found.why
    none = choose_variant([fallen, variant(1, 1, 0.2, able=False, success=-0.01)], "gait", NOISE)
    assert (none.verdict, none.variant.number) == ("unsure", 1) and "the highest success" in none.why


def test_success_is_compared_where_the_round_is_won_by_it():
    variants = [
        variant(1, 0, 0.1, h_mts=-0.5),
        variant(1, 1, 0.01, h_mts=-0.6),
        variant(1, 2, 0.3, h_mts=-0.2),
    ]
    found = choose_variant(variants, "success", NOISE)
    assert (found.verdict, found.variant.number, found.before, found.after) == ("unsure", 2, -0.5, -0.2)


@pytest.mark.parametrize("rule", ["gait", "success", "preference"])
def test_failed_and_refused_ones_are_never_chosen(rule):
    lost = TunedVariant(1, 1, (2.0,), "failed", "NaN"), TunedVariant(1, 2, (2.0,), "refused", "margin")
    assert choose_variant([variant(1, 0, 0.1), *lost], rule, NOISE).verdict == "start"
    dead = TunedVariant(1, 0, (1.0,), "failed", "the reward ended its process")
    found = choose_variant([dead, variant(1, 1, 0.1)], rule, NOISE)
    assert found.variant == dead and "the reward ended its process" in found.why
