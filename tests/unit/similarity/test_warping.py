import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.similarity.warping import warp_to_best


def plain(a, b, half):
    """One pair, cell by cell -> (mean cost, per joint), written for reading."""
    n = len(a)
    cost = np.linalg.norm(a[:, None] - b[None], axis=-1)
    best = {(-1, -1): (0.0, [])}
    for i in range(n):
        for j in range(max(0, i - half), min(n, i + half + 1)):
            before = [best[k] for k in ((i - 1, j - 1), (i - 1, j), (i, j - 1)) if k in best]
            if before:
                total, path = min(before, key=lambda entry: entry[0])
                best[i, j] = (total + cost[i, j].mean(), [*path, (i, j)])
    total, path = best[n - 1, n - 1]
    return total / len(path), np.mean([cost[i, j] for i, j in path], axis=0)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(2, 25),
    joints=st.integers(1, 4),
    band=st.sampled_from([0.05, 0.1, 0.3]),
)
def test_agrees_with_a_plain_recursion(seed, n, joints, band):
    rng = np.random.default_rng(seed)
    segments, candidates = (rng.standard_normal((k, n, joints, 2)) for k in (3, 4))
    found = warp_to_best(segments, candidates, band)
    for segment, row in zip(segments, found, strict=True):
        answers = [plain(segment, candidate, max(int(band * n), 1)) for candidate in candidates]
        assert row == pytest.approx(min(answers, key=lambda answer: answer[0])[1])


def test_chunks_make_no_difference():
    rng = np.random.default_rng(0)
    segments, candidates = rng.standard_normal((300, 12, 2, 2)), rng.standard_normal((2, 12, 2, 2))
    whole = warp_to_best(segments, candidates, 0.1)
    assert whole.shape == (300, 2)
    assert whole[290:] == pytest.approx(warp_to_best(segments[290:], candidates, 0.1))
    assert warp_to_best(segments[:0], candidates, 0.1).shape == (0, 2)


def test_identical_segments_cost_nothing():
    x = np.random.default_rng(0).standard_normal((1, 30, 5, 2))
    assert warp_to_best(x, x, 0.1) == pytest.approx(np.zeros((1, 5)))
