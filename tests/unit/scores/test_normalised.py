import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.scores.normalised import human_normalised

score = st.integers(-1000, 1000).map(lambda v: v / 100)


def test_sparse_is_0_human_1_and_better_more():
    assert human_normalised(-1.2, human=-0.1, sparse=-1.2) == 0
    assert human_normalised(-0.1, human=-0.1, sparse=-1.2) == pytest.approx(1)
    assert human_normalised(0.45, human=-0.1, sparse=-1.2) == pytest.approx(1.5)


def test_where_the_humans_reward_is_worse_than_the_sparse_one_more_is_still_better():
    assert human_normalised(2.0, human=0.5, sparse=1.0) == pytest.approx(2.0)
    assert human_normalised(0.5, human=0.5, sparse=1.0) == pytest.approx(-1.0)


@given(score, score)
def test_without_a_difference_there_is_no_scale(method, both):
    assert math.isnan(human_normalised(method, both, both))


@given(score, score, score, score)
def test_a_larger_score_is_never_worse(a, b, human, sparse):
    if human != sparse and a <= b:
        assert human_normalised(a, human, sparse) <= human_normalised(b, human, sparse)
