"""What people's choices between films come to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.artifacts.io import write_json
from video2reward.artifacts.preferences import Choice, Preferences, read_preferences, write_preferences
from video2reward.errors import UserError
from video2reward.scores.preference import in_order, missing, order_seed, pairs, tallies

FILMS = {"candidate 1": "a", "candidate 2": "b", "candidate 3": "c"}


def choice(left, right, chosen, who="anna"):
    names = {digest: name for name, digest in FILMS.items()}
    return Choice(
        who,
        "2026-01-01T00:00:00+00:00",
        1,
        (names.get(left, ""), names.get(right, "")),
        (left, right),
        chosen,
    )


def test_wins_count_whoever_stood_left():
    made = [choice("a", "b", "left"), choice("c", "a", "right"), choice("b", "c", "equal")]
    found = tallies(FILMS, made)
    assert {name: tally.score for name, tally in found.items()} == {
        "candidate 1": 1.0,
        "candidate 2": 0.25,
        "candidate 3": 0.25,
    }
    assert missing(FILMS, made) == []


def test_a_changed_mind_counts_once_and_every_person_counts():
    made = [choice("a", "b", "left"), choice("b", "a", "left"), choice("a", "b", "left", "ben")]
    found = tallies(FILMS, made)
    assert (found["candidate 1"].wins, found["candidate 1"].comparisons) == (1.0, 2)
    assert found["candidate 3"].score is None
    assert missing(FILMS, made, "ben") == [("candidate 1", "candidate 3"), ("candidate 2", "candidate 3")]


def test_a_choice_holds_for_its_films_alone():
    made = [choice("a", "b", "left")]
    other = FILMS | {"candidate 1": "new"}
    assert tallies(other, made)["candidate 2"].comparisons == 0
    assert ("candidate 1", "candidate 2") in missing(other, made)


def test_equal_films_are_no_pair():
    assert pairs({"a": "x", "b": "x"}) == [] == pairs({"a": "x"})


@given(st.integers(0, 9), st.integers(1, 9), st.text(min_size=1))
def test_an_order_is_its_seeds(seed, iteration, who):
    drawn = in_order(pairs(FILMS), order_seed(seed, iteration, who))
    assert drawn == in_order(pairs(FILMS), order_seed(seed, iteration, who))
    assert {frozenset(pair) for pair in drawn} == {frozenset(pair) for pair in pairs(FILMS)}


def test_orders_differ_between_people():
    films = {str(i): str(i) for i in range(8)}
    orders = {tuple(in_order(pairs(films), order_seed(0, 1, who))) for who in "abcdef"}
    assert len(orders) == 6
    assert any(pair not in pairs(films) for pair in orders.pop())  # sides change too


def test_they_are_kept_as_they_are(tmp_path):
    path, made = tmp_path / "preferences.json", Preferences((choice("a", "b", "equal"),))
    assert read_preferences(path) == read_preferences(None) == Preferences()
    write_preferences(path, made)
    assert read_preferences(path) == made


@pytest.mark.parametrize("chosen", ["both", None, 1])
def test_a_file_of_anything_else_is_refused(tmp_path, chosen):
    path = tmp_path / "preferences.json"
    write_json(path, {"choices": [vars(choice("a", "b", "left")) | {"chosen": chosen}]})
    with pytest.raises(UserError, match=r"is not a preferences of this project: choices\.0\.chosen"):
        read_preferences(path)
