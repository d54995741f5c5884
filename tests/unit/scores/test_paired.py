"""Two ways over the same seeds: hand-worked intervals, and what counts as a difference."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.artifacts.selection import SeedNoise
from video2reward.scores.paired import larger_noise, paired

NOISE = SeedNoise(0.01, 10)  # of one difference 0.01414, of the mean of three 0.00816, of two 0.01


def test_the_interval_is_students_over_the_differences():
    found = paired([-0.01, -0.03, -0.02], NOISE)
    # mean -0.02, sd 0.01, half 4.30265 * 0.01 / sqrt(3)
    assert found.interval.mean == pytest.approx(-0.02)
    assert found.interval.high == pytest.approx(-0.02 + 4.30265 * 0.01 / math.sqrt(3), abs=1e-7)
    assert (found.below, found.above) == (3, 0)
    assert found.single == pytest.approx(0.0141421, abs=1e-6) and found.of_means == pytest.approx(0.00816497)


@pytest.mark.parametrize(
    ("differences", "noise", "outcome"),
    [
        ([-0.02, -0.021, -0.022], NOISE, "smaller"),
        ([0.02, 0.021, 0.022], NOISE, "larger"),
        ([-0.008, -0.0081, -0.0079], NOISE, "within noise"),  # surely below 0, yet as two trainings differ
        ([-0.01, -0.05, 0.0], NOISE, "unsure"),
        ([-0.008, -0.0081, -0.0079], None, "smaller"),
        ([-0.05], NOISE, "too few"),
        ([], NOISE, "too few"),
        ([0.0, 0.0], None, "unsure"),
    ],
)
def test_a_difference_is_one_if_it_leaves_out_0_and_is_beyond_the_noise(differences, noise, outcome):
    assert paired(differences, noise).outcome == outcome


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=6))
def test_the_other_way_round_is_the_other_outcome(differences):
    one, other = paired(differences, NOISE), paired([-d for d in differences], NOISE)
    turned = {"smaller": "larger", "larger": "smaller"}
    assert other.outcome == turned.get(one.outcome, one.outcome)
    assert (one.below, one.above) == (other.above, other.below)


def test_the_larger_noise_counts_and_an_unknown_one_does_not():
    large = SeedNoise(0.02, 3)
    assert larger_noise(None, NOISE, large) == large and larger_noise(None, NOISE) == NOISE
    assert larger_noise(None) is None and larger_noise() is None
