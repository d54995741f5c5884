import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import nct, ttest_ind

from video2reward.scores.statistics import hedges_g, interval

values = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=12)
steps = st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=12)  # exact under shifts


def test_three_values_have_students_interval():
    found = interval([1.0, 2.0, 3.0])
    half = 4.302652729911275 / math.sqrt(3)  # t of 2 degrees of freedom at 97.5 %
    assert (found.mean, found.count) == (2.0, 3)
    assert (found.low, found.high) == pytest.approx((2 - half, 2 + half))


def test_one_value_has_no_interval_and_none_has_no_mean():
    one, none = interval([0.7]), interval([])
    assert (one.mean, one.count) == (0.7, 1) and math.isnan(one.low) and math.isnan(one.high)
    assert none.count == 0 and math.isnan(none.mean) and math.isnan(none.low)


def test_a_missing_value_is_not_left_out():
    assert math.isnan(interval([1.0, float("nan"), 2.0]).mean)
    assert math.isnan(hedges_g([1.0, float("nan"), 2.0], [1.0, 2.0]).g)


def test_nineteen_of_twenty_intervals_hold_the_truth():
    draws = np.random.default_rng(0).normal(3.0, 2.0, (2000, 4))
    held = [(i := interval(row)).low <= 3.0 <= i.high for row in draws]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


@settings(max_examples=50, deadline=None)
@given(values, st.floats(-1e3, 1e3), st.floats(0.1, 10))
def test_the_interval_moves_and_grows_with_its_values(sample, shift, factor):
    a, b = interval(sample), interval([factor * v + shift for v in sample])
    for bound in ("mean", "low", "high"):
        assert getattr(b, bound) == pytest.approx(factor * getattr(a, bound) + shift, rel=1e-6, abs=1e-6)
    assert a.low <= a.mean <= a.high


def test_hedges_g_of_two_triples():
    effect = hedges_g([4.0, 5.0, 6.0], [1.0, 2.0, 3.0])
    assert effect.g == pytest.approx(3 * math.gamma(2) / (math.sqrt(2) * math.gamma(1.5)))  # d = 3, n = 4
    unbias, t = effect.g / 3, 3 / math.sqrt(2 / 3)
    for bound, probability in ((effect.low, 0.975), (effect.high, 0.025)):
        shift = bound / unbias / math.sqrt(2 / 3)
        assert nct.cdf(t, 4, shift) == pytest.approx(probability, abs=1e-8)


def test_hedges_g_has_no_bias():
    rng = np.random.default_rng(1)
    found = [hedges_g(rng.normal(1, 1, 3), rng.normal(0, 1, 4)) for _ in range(400)]
    assert np.mean([e.g for e in found]) == pytest.approx(1.0, abs=0.15)
    assert np.mean([e.low <= 1.0 <= e.high for e in found]) > 0.9


@settings(max_examples=50, deadline=None)
@given(steps, steps, st.integers(-50, 50), st.sampled_from([0.5, 2.0, 8.0]))
def test_hedges_g_knows_no_unit_and_changes_sign_with_its_sides(a, b, shift, factor):
    first, other = hedges_g(a, b), hedges_g(b, a)
    moved = hedges_g(*([factor * (v + shift) for v in side] for side in (a, b)))
    for bound, opposite in (("g", "g"), ("low", "high"), ("high", "low")):
        one = getattr(first, bound)
        assert one == pytest.approx(getattr(moved, bound), rel=1e-6, abs=1e-6, nan_ok=True)
        assert one == pytest.approx(-getattr(other, opposite), rel=1e-6, abs=1e-6, nan_ok=True)


@settings(max_examples=50, deadline=None)
@given(steps, steps)
def test_the_effects_interval_agrees_with_students_test(a, b):
    effect = hedges_g(a, b)
    assume(math.isfinite(effect.g))
    assume(min(np.std(a), np.std(b)) > 1e-3)
    p = ttest_ind(a, b).pvalue
    assume(abs(p - 0.05) > 1e-6)
    assert (effect.low > 0 or effect.high < 0) == (p < 0.05)
    assert effect.low <= effect.g <= effect.high


def test_without_spread_or_a_second_value_there_is_no_effect_size():
    for a, b in (([1.0, 1.0], [2.0, 2.0]), ([1.0], [2.0, 3.0]), ([], [1.0, 2.0])):
        effect = hedges_g(a, b)
        assert math.isnan(effect.g) and math.isnan(effect.low) and math.isnan(effect.high)


def test_values_that_hardly_differ_within_a_side_do_not_fail():
    effect = hedges_g([1.0, 1.0 + 1e-9, 1.0 - 1e-9], [0.0, 1e-9, -1e-9])
    assert 0 < effect.low < effect.g < effect.high < math.inf
