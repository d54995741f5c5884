"""The search over a reward's numbers: bounded, told what is worst, and the same again after a kill."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.artifacts.tuning import TunedVariant
from video2reward.policy.tuning.choice import cost
from video2reward.policy.tuning.kept import Kept
from video2reward.policy.tuning.run import search_numbers
from video2reward.policy.tuning.search import NumberSearch, bounds_of, within_bounds

START = {"w_track": 1.5, "effort": -2.5e-5, "width": 0.25}


def anything(numbers):
    return ""


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=3),
        st.floats(1e-8, 1e8) | st.floats(-1e8, -1e-8),
        min_size=1,
        max_size=13,
    ),
    st.floats(1.1, 10),
    st.integers(2, 6),
    st.integers(0, 99),
)
def test_every_number_stays_within_its_bounds_and_keeps_its_sign(start, factor, size, seed):
    search = NumberSearch(start, factor, size, seed)
    for _ in range(3):
        drawn = search.ask(anything)
        assert len(drawn) == size
        for one in drawn:
            for name, value in one.numbers.items():
                low, high = bounds_of(start[name], factor)
                assert low <= value <= high and value * start[name] > 0
        search.tell(drawn, [math.nan if i == 0 else math.inf if i == 1 else float(i) for i in range(size)])


def test_it_finds_better_numbers():
    best = {"w_track": 3.0, "effort": -5e-5, "width": 0.1}

    def distance(numbers):
        return sum(math.log(value / best[name]) ** 2 for name, value in numbers.items())

    search = NumberSearch(START, 3.0, 6, seed=1)
    for _ in range(25):
        drawn = search.ask(anything)
        search.tell(drawn, [distance(one.numbers) for one in drawn])
    assert min(distance(one.numbers) for one in drawn) < 0.02 < distance(START)


def test_what_is_refused_is_drawn_anew_and_at_last_given_up():
    asked = []

    def small(numbers):
        asked.append(numbers)
        return "" if numbers["w_track"] < 1.5 else "too large"

    drawn = NumberSearch(START, 3.0, 4, seed=0).ask(small)
    assert all(one.numbers["w_track"] < 1.5 and not one.refused for one in drawn) and len(asked) > 4
    never = NumberSearch(START, 3.0, 2, seed=0)
    drawn = never.ask(lambda numbers: "the margin is smaller")
    assert [one.refused for one in drawn] == ["the margin is smaller"] * 2
    never.tell(drawn, [0.0, 0.0])
    assert never.ask(anything)


@pytest.mark.parametrize(("start", "value"), [(0.25, 0.123456), (-2.5e-5, -3.33333e-5)])
def test_a_value_has_four_digits_inside_and_is_the_bound_outside(start, value):
    assert within_bounds(start, value, 3.0) == pytest.approx(value, rel=1e-3)
    assert (
        within_bounds(start, 100 * start, 3.0) == 3 * start
        and within_bounds(start, start / 100, 3.0) == start / 3
    )


class KilledError(Exception):
    pass


def tried(generation, drawn, killed=None):
    """A generation whose distances follow from its numbers."""
    if generation == killed:
        raise KilledError
    unchanged = TunedVariant(generation, 0, tuple(START.values()), "ok", distance=0.1, able=True)
    return [unchanged] + [
        TunedVariant(
            generation, i, tuple(one.numbers.values()), "ok", distance=one.numbers["width"], able=True
        )
        for i, one in enumerate(drawn, 1)
    ]


def run(kept, killed=None):
    search = NumberSearch(START, 3.0, 3, seed=5)
    return search_numbers(search, 4, anything, lambda g, drawn: tried(g, drawn, killed), kept, "gait")


def test_a_killed_search_goes_on_and_ends_like_an_undisturbed_one(tmp_path):
    whole = run(Kept(tmp_path / "whole", {"code": "a"}))
    with pytest.raises(KilledError):
        run(Kept(tmp_path / "half", {"code": "a"}), killed=3)
    half = Kept(tmp_path / "half", {"code": "a"})
    assert [one.generation for one in half.read()] == [1] * 4 + [2] * 4
    calls = []
    search = NumberSearch(START, 3.0, 3, seed=5)
    again = search_numbers(
        search, 4, anything, lambda g, drawn: calls.append(g) or tried(g, drawn), half, "gait"
    )
    assert again == whole and calls == [3, 4]
    assert min(cost(one, "gait") for one in whole[-3:]) < 0.25  # it moved


def test_what_was_kept_for_other_inputs_or_is_damaged_is_not_read(tmp_path):
    kept = Kept(tmp_path, {"code": "a"})
    kept.write(tried(1, []))
    assert kept.read() and not Kept(tmp_path, {"code": "b"}).read()
    kept.path.write_text(json.dumps({"identity": kept.path.name}))
    assert kept.read() == []
    kept.path.write_text("{")
    assert kept.read() == []
