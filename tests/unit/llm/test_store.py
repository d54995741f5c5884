import pytest

from video2reward.artifacts.completion import Completion
from video2reward.errors import UserError
from video2reward.llm.base import Question
from video2reward.llm.store import Store, store_key
from video2reward.settings.llm import LLM

MESSAGES = ({"role": "user", "content": "u"},)


def key(messages=MESSAGES, seed=0, iteration=1, candidate=1, attempt=0, **settings):
    return store_key(Question(messages, LLM(**settings), seed, iteration, candidate, attempt=attempt))


def test_the_key_follows_what_changes_the_answer():
    keys = {
        key(),
        key(({"role": "user", "content": "v"},)),
        key(seed=1),
        key(iteration=2),
        key(candidate=2),
        key(attempt=1),
        key(attempt=2),
        key(model="another"),
        key(temperature=0.1),
        key(base_url="http://localhost/v1"),
        key(max_tokens=5),
        key(reasoning_effort="low"),
    }
    assert len(keys) == 12
    assert key() == key(timeout_s=1, retries=0, input_price=3, key_variable="X", max_cost=1, repairs=5)


def answer(text):
    return Completion(text, "m", "openai", is_language_model=True, price_usd=0.5)


def test_answers_are_found_by_their_key(tmp_path):
    store = Store(tmp_path / "new")
    assert store.find("k") is None and store.answers() == []
    store.keep("k", answer("a"))
    store.keep("other", answer("b"))
    assert store.find("k") == answer("a")
    assert [kept.text for kept in store.answers()] == ["a", "b"]


def test_a_damaged_answer_is_an_error_and_not_a_new_question(tmp_path):
    (tmp_path / "k.json").write_text('{"text": ')
    with pytest.raises(UserError, match="delete it"):
        Store(tmp_path).find("k")
    assert Store(tmp_path).answers() == []
