"""Pair after pair, until a person has judged all of them."""

import pytest

from video2reward.artifacts.preferences import read_preferences
from video2reward.errors import UserError
from video2reward.people.preference import Contest, PreferencePages

FILMS = {"candidate 1": "a", "candidate 2": "b", "the best before": "c"}


@pytest.fixture
def pages(tmp_path):
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "preference.html.j2").write_text(
        "{{ number }}/{{ count }} {{ who }} {{ player }} {{ contest.title }} {{ nonce }}"
    )

    def of(who="anna"):
        contest = Contest(
            "walk, round 2", "dog", tmp_path / "preferences.json", FILMS, 0, 2, "{} or {}".format
        )
        return PreferencePages([contest], who, [templates])

    return of


def test_pairs_come_in_an_order_of_their_own_and_are_kept_at_once(pages, tmp_path):
    first = pages()
    assert "1/3 anna" in first.page("") and first.page("") == pages().page("")
    assert first.take({"chosen": "left", "number": "1"}).more
    (made,) = read_preferences(tmp_path / "preferences.json").choices
    assert (made.who, made.chosen) == ("anna", "left") and made.seed == first.contests[0].seed_for("anna")
    assert made.films == tuple(FILMS[name] for name in made.pair)
    second = pages()  # the command was ended and started again
    assert "1/2 anna" in second.page("")
    assert second.take({"chosen": "equal", "number": "1"}).more
    assert not second.take({"chosen": "right", "number": "2"}).more
    assert len(read_preferences(tmp_path / "preferences.json").choices) == 3
    with pytest.raises(UserError, match="anna has judged all pairs"):
        pages()
    assert "1/3 ben" in pages("ben").page("")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"chosen": "left"}, "reload the page"),
        ({"chosen": "left", "number": "2"}, "reload the page"),
        ({"chosen": "<b>", "number": "1"}, "equal, left, right"),
        ({"number": "1"}, "equal, left, right"),
    ],
)
def test_what_is_no_choice(pages, tmp_path, fields, said):
    with pytest.raises(UserError, match=said):
        pages().take(fields)
    assert not (tmp_path / "preferences.json").exists()
