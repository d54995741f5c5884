"""The key `search`: a word or a mapping, and one sentence for each mistake."""

import pytest

from video2reward.errors import UserError
from video2reward.settings.loop import Loop
from video2reward.settings.validation import validate


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("population", {"kind": "population", "islands": 2, "crossover": 2}),
        ({"kind": "population", "islands": 3}, {"kind": "population", "islands": 3, "crossover": 2}),
        ({"exploration": 1, "kind": "tree"}, {"kind": "tree", "exploration": 1.0}),
        ({}, {"kind": "greedy"}),
    ],
)
def test_a_word_or_a_mapping(given, known):
    assert validate(Loop, {"search": given}, "test").search.model_dump() == known


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            "popluation",
            "search.kind = 'popluation': Value error, unknown kind of search 'popluation'. Did you mean 'population'?",
        ),
        (
            {"kind": "population", "islands": 1},
            "search.islands = 1: Input should be greater than or equal to 2",
        ),
        ({"kind": "tree", "islands": 3}, "islands belongs to kind population, and kind tree has exploration"),
        ({"exploration": 1}, "exploration belongs to kind tree, and kind greedy has no further key"),
        ({"kind": "tree", "exploration": -1}, "search.exploration = -1"),
        ({"kind": "tree", "iland": 3}, "unknown key 'iland'"),
        (3, "search = 3"),
        (None, "search = None"),
    ],
)
def test_a_mistake_is_one_sentence(given, sentence):
    with pytest.raises(UserError) as told:
        validate(Loop, {"search": given}, "configuration")
    assert sentence in str(told.value) and "\n" not in str(told.value)
