"""How wrongly scores rank: right is 0, reversed 1, knowing nothing one half, and the interval behaves."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from video2reward.scores.ranking import known_pairs, pair_error, ranking_error, ranking_error_of
from video2reward.scores.statistics import wilson

PLACES = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(1, 4), min_size=2, max_size=9)
SCORES = st.lists(st.none() | st.integers(0, 100).map(float), min_size=1, max_size=4)


@given(PLACES)
def test_the_true_order_is_right_and_its_reverse_wrong(places):
    assume(len(set(places.values())) > 1)
    right = {name: [100.0 - place] for name, place in places.items()}
    wrong = {name: [float(place)] for name, place in places.items()}
    assert ranking_error(right, places).wrong == 0 and ranking_error(wrong, places).wrong == 1


@given(PLACES, st.sampled_from([[62.0], [None], [62.0, None, 62.0]]))
def test_who_says_always_the_same_or_nothing_knows_one_half(places, always):
    found = ranking_error(dict.fromkeys(places, always), places)
    assert found.wrong == pytest.approx(0.5) and found.low < 0.5 < found.high


@given(SCORES, SCORES)
def test_a_pair_asked_the_other_way_round_is_wrong_where_it_was_right(better, worse):
    assert pair_error(better, worse) + pair_error(worse, better) == pytest.approx(1)


@given(st.data(), PLACES)
def test_only_the_order_of_scores_counts(data, places):
    scores = {name: data.draw(SCORES) for name in places}
    shifted = {name: [None if s is None else 0.3 * s + 5 for s in own] for name, own in scores.items()}
    assert ranking_error(scores, places) == ranking_error(shifted, places)


@given(PLACES)
def test_motions_of_one_place_are_no_pair(places):
    pairs = known_pairs(places)
    assert all(places[a] < places[b] for a, b in pairs) and len(set(pairs)) == len(pairs)
    alike = sum(places[a] == places[b] for a in places for b in places if a < b)
    assert len(pairs) + alike == len(places) * (len(places) - 1) / 2


@given(st.floats(0, 1), st.integers(1, 500))
def test_the_interval_holds_the_share_and_shrinks(share, count):
    low, high = wilson(share, count)
    assert 0 <= low <= share <= high <= 1
    assert wilson(share, 4 * count)[1] - wilson(share, 4 * count)[0] < high - low
    mirrored = wilson(1 - share, count)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_the_interval_of_a_published_example():
    # Newcombe 1998, table I: 81 of 263 and 15 of 148, score method without continuity correction.
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(15 / 148, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)


def test_without_pairs_nothing_is_known():
    found = ranking_error_of([])
    assert (found.wrong, found.low, found.high, found.pairs) == (0.5, 0.0, 1.0, 0)
