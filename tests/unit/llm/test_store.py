import multiprocessing
import time

import pytest

from video2reward.artifacts.completion import Completion
from video2reward.errors import UserError
from video2reward.llm.base import Question
from video2reward.llm.store import store_key, stored
from video2reward.settings import LLM

MESSAGES = ({"role": "user", "content": "u"},)


def key(messages=MESSAGES, seed=0, iteration=1, candidate=1, **settings):
    return store_key(Question(messages, LLM(**settings), seed, iteration, candidate))


def test_the_key_follows_what_changes_the_answer():
    keys = {
        key(),
        key(({"role": "user", "content": "v"},)),
        key(seed=1),
        key(iteration=2),
        key(candidate=2),
        key(model="another"),
        key(temperature=0.1),
        key(base_url="http://localhost/v1"),
        key(max_tokens=5),
    }
    assert len(keys) == 9
    assert key() == key(timeout_s=1, retries=0, input_price=3, key_variable="X")


def answer(text):
    return Completion(text, "m", "openai", is_language_model=True, price_usd=0.5)


def test_a_second_question_is_answered_from_the_store(tmp_path):
    first = stored(tmp_path, "k", lambda: answer("a"))
    again = stored(tmp_path, "k", lambda: pytest.fail("asked twice"))
    assert first == again and stored(tmp_path, "other", lambda: answer("b")).text == "b"


def test_a_failed_question_leaves_nothing(tmp_path):
    def fail():
        raise UserError("no key")

    with pytest.raises(UserError):
        stored(tmp_path, "k", fail)
    assert not list(tmp_path.glob("*.json")) and stored(tmp_path, "k", lambda: answer("a")).text == "a"


def test_a_damaged_answer_is_not_paid_for_again(tmp_path):
    (tmp_path / "k.json").write_text('{"text": ')
    with pytest.raises(UserError, match="delete it"):
        stored(tmp_path, "k", lambda: pytest.fail("paid again"))


def ask_slowly(folder, asked):
    def ask():
        with asked.get_lock():
            asked.value += 1
        time.sleep(0.3)
        return answer(f"number {asked.value}")

    stored(folder, "k", ask)


def test_processes_that_ask_at_once_pay_once(tmp_path):
    context = multiprocessing.get_context("fork")
    asked = context.Value("i", 0)
    processes = [context.Process(target=ask_slowly, args=(tmp_path, asked)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(20)
    assert [process.exitcode for process in processes] == [0] * 4
    assert asked.value == 1 and stored(tmp_path, "k", lambda: answer("again")).text == "number 1"
