"""Means, confidence intervals and effect sizes of a few independent values, such as one per seed.

A missing value (NaN) makes the result NaN; it is not left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_NAN = float("nan")
_FAR = 1000.0


@dataclass(frozen=True)
class Interval:
    """Mean of `count` values and the bounds of its confidence interval, all in the values' unit."""

    mean: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Effect:
    """Difference of two means in pooled standard deviations, and the bounds of its 95 % interval."""

    g: float
    low: float
    high: float


def interval(values: Sequence[float]) -> Interval:
    """Return the mean of independent values and its 95 % Student's t interval.

    values: any unit; a single value has no interval (low, high NaN), an empty list no mean either
    """
    sample = np.asarray(values, float)
    count = len(sample)
    mean = float(sample.mean()) if count else _NAN
    if count < 2:
        return Interval(mean, _NAN, _NAN, count)
    from scipy.special import stdtrit  # scipy.stats, which has it too, takes three times as long to import

    half = float(stdtrit(count - 1, 0.975) * sample.std(ddof=1) / math.sqrt(count))
    return Interval(mean, mean - half, mean + half, count)


def hedges_g(a: Sequence[float], b: Sequence[float]) -> Effect:
    """Return the difference of the means of `a` and `b` in pooled standard deviations (Hedges' g).

    It is Cohen's d with the small-sample correction J = G(n/2) / (sqrt(n/2) G((n-1)/2)), G the gamma function,
    n the degrees of freedom (Hedges 1981). The 95 % interval inverts the noncentral t distribution (Cumming and
    Finch 2001): it excludes 0 exactly if Student's t test with equal variances has p < 0.05. NaN for fewer than two
    values on a side, or without any spread.
    """
    first, second = np.asarray(a, float), np.asarray(b, float)
    m, n = len(first), len(second)
    if min(m, n) < 2:
        return Effect(_NAN, _NAN, _NAN)
    freedom = m + n - 2
    spread = math.sqrt(((m - 1) * first.var(ddof=1) + (n - 1) * second.var(ddof=1)) / freedom)
    d = float(first.mean() - second.mean()) / spread if spread > 0 else _NAN
    if not math.isfinite(d):
        return Effect(_NAN, _NAN, _NAN)
    half = freedom / 2
    unbias = math.exp(math.lgamma(half) - math.lgamma(half - 0.5)) / math.sqrt(half)
    scale = math.sqrt(1 / m + 1 / n)
    low, high = (unbias * scale * shift for shift in _noncentrality(d / scale, freedom))
    return Effect(unbias * d, low, high)


def _noncentrality(t: float, freedom: int) -> tuple[float, float]:
    """Return the noncentrality parameters for which `t` is the 97.5 % and the 2.5 % quantile."""
    if t < 0:
        low, high = _noncentrality(-t, freedom)
        return -high, -low
    return _shift(t, freedom, 0.975), _shift(t, freedom, 0.025)


def _shift(t: float, freedom: int, probability: float) -> float:
    """Solve cdf(t) = probability for the noncentrality, in which the cdf is decreasing; t >= 0."""
    from scipy.optimize import brentq
    from scipy.stats import chi2, nct, norm

    if t > _FAR:
        # For a shift this large only the variance of the spread matters, and scipy's function fails.
        return t * math.sqrt(float(chi2.isf(probability, freedom)) / freedom)

    def excess(shift: float) -> float:
        return float(nct.cdf(t, freedom, shift)) - probability

    start = t - float(norm.ppf(probability))
    reach = 1.0 + abs(start)
    return float(brentq(excess, start - reach, start + reach, xtol=1e-10))


def wilson(share: float, count: int) -> tuple[float, float]:
    """Return the bounds of the 95 % score interval of a share, 0..1, of `count` > 0 independent trials (Wilson 1927)."""
    z = 1.959963984540054
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
