import numpy as np
import pytest

from video2reward.feedback.statistics import component_curves, component_shares, thinned


def test_ten_even_values_of_what_a_writer_can_use():
    rows = np.arange(101.0)
    curves = component_curves(
        {
            "step": rows,
            "kl": rows,
            "reward/linear": rows,
            "reward/none": rows * np.nan,
            "success": np.where(rows < 50, np.nan, -rows),
        }
    )
    assert list(curves) == ["linear", "success"]
    assert len(curves["linear"].values) == 10
    assert (curves["linear"].values[0], curves["linear"].values[-1]) == (0, 100)
    assert (curves["linear"].least, curves["linear"].mean, curves["linear"].greatest) == (0, 50, 100)
    assert curves["success"].values[0] == -50


def test_short_trainings_give_fewer_values():
    assert component_curves({"reward/a": np.array([1.0, 2.0])})["a"].values == (1, 2)


def test_a_thinned_curve_keeps_its_ends_and_its_summary():
    (curve,) = component_curves({"reward/a": np.arange(101.0)}).values()
    five = thinned(curve, 5)
    assert len(five.values) == 5 and (five.values[0], five.values[-1]) == (0, 100)
    assert thinned(curve, 0).values == () and thinned(curve, 0).greatest == 100
    assert thinned(curve, 20) == curve


def test_shares_are_of_the_end_and_change_is_of_the_term_itself():
    rising = np.linspace(0, 3, 100)
    shares = component_shares({"reward/a": rising, "reward/b": np.full(100, -1.0), "success": rising})
    assert set(shares) == {"a", "b"}
    assert shares["a"].share + shares["b"].share == pytest.approx(1)
    assert shares["a"].share == pytest.approx(0.74, abs=0.01)
    assert shares["a"].change > 0.9 and shares["b"].change == 0
    assert component_shares({"step": rising}) == {}
