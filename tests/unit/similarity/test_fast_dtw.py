import numpy as np
import pytest
from fastdtw import fastdtw
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.similarity.fast_dtw import fast_dtw


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 50), m=st.integers(1, 50), coarse=st.booleans())
def test_agrees_with_the_package(seed, n, m, coarse):
    rng = np.random.default_rng(seed)
    first, second = (np.cumsum(rng.normal(size=(3, count, 2)), axis=1) for count in (n, m))
    if coarse:  # paths of equal length
        first, second = first.round(), second.round()
    totals, pairs = fast_dtw(first, second)
    for a, b, total, count in zip(first, second, totals, pairs, strict=True):
        wanted, path = fastdtw(a, b, radius=1, dist=lambda p, q: np.hypot(*(p - q)))
        assert total == pytest.approx(wanted, abs=1e-9)
        assert count == len(path)
