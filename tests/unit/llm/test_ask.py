"""Asking: the store, the budget and the provider together."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest
from tests.waiting import wait_until

from video2reward.artifacts.completion import Completion
from video2reward.errors import UserError
from video2reward.llm.ask import ask, completion_in_words
from video2reward.llm.base import CompletionProvider, Question, UnansweredError
from video2reward.llm.store import Store, store_key
from video2reward.settings.llm import LLM

PRICES = Path(__file__).resolve().parents[3] / "resources" / "prices.yaml"
MESSAGES = ({"role": "user", "content": "x" * 84},)  # 84 bytes and 16 for the turn: at most 100 tokens
FORK = multiprocessing.get_context("fork")


class Scripted(CompletionProvider):
    """Answers with the next of some texts, or raises it; the same answers cost the same tokens."""

    def __init__(self, *answers, tokens=(40, 10), seconds=0.0, asked=None):
        self.answers, self.tokens, self.seconds = list(answers), tokens, seconds
        self.asked = asked if asked is not None else FORK.Value("i", 0)

    def complete(self, question):
        with self.asked.get_lock():
            self.asked.value += 1
        time.sleep(self.seconds)
        answer = self.answers[min(self.asked.value, len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return Completion(answer, "m-2026", "openai", True, {"model": question.settings.model}, *self.tokens)


class Free(Scripted):
    costs = False


def question(candidate=1, messages=MESSAGES, **settings):
    # 1 USD for a token of prompt, 10 for one of an answer: the worst case is 100 + 10 * 10 = 200 USD.
    known = {"input_price": 1e6, "output_price": 1e7, "max_tokens": 10, "model": "m"}
    return Question(messages, LLM(**{**known, **settings}), 0, 1, candidate)


def notes(folder):
    return [path.name for path in folder.glob("*.asked")]


def test_what_was_answered_is_not_asked_again(tmp_path):
    provider = Scripted("a", "b")
    first = ask(provider, question(), tmp_path, PRICES)
    again = ask(provider, question(), tmp_path, PRICES)
    assert first == again and provider.asked.value == 1
    assert first.text == "a" and first.price_usd == pytest.approx(40 + 100)
    assert ask(provider, question(candidate=2), tmp_path, PRICES).text == "b"
    assert not notes(tmp_path)


def test_a_stored_answer_needs_no_budget_and_no_price(tmp_path):
    ask(Scripted("a"), question(), tmp_path, PRICES)
    for settings in ({"max_cost": 0}, {"max_cost": 0, "input_price": None}):
        assert ask(Scripted(), question(**settings), tmp_path, PRICES).text == "a"


def test_who_costs_nothing_leaves_nothing(tmp_path):
    provider = Free("a", "b")
    assert ask(provider, question(max_cost=0), tmp_path, PRICES).text == "a"
    assert ask(provider, question(max_cost=0), tmp_path, PRICES).text == "b"
    assert not list(tmp_path.iterdir())


def test_a_damaged_answer_is_not_paid_for_again(tmp_path):
    (tmp_path / f"{store_key(question())}.json").write_text('{"text": ')
    provider = Scripted("a")
    with pytest.raises(UserError, match="delete it"):
        ask(provider, question(), tmp_path, PRICES)
    assert provider.asked.value == 0


def test_an_unknown_price_is_said_and_the_answer_kept(tmp_path):
    answer = ask(Scripted("a"), question(input_price=None), tmp_path, PRICES)
    assert answer.price_usd is None and "price unknown" in completion_in_words(answer)
    known = ask(Scripted("a"), question(), tmp_path / "b", PRICES)
    assert completion_in_words(known).endswith("40 tokens in, 10 tokens out, 140.0000 USD")


def test_a_server_that_counts_no_tokens_is_priced_by_the_most_there_can_be(tmp_path):
    answer = ask(Scripted("four", tokens=(None, None)), question(), tmp_path, PRICES)
    assert answer.price_usd == pytest.approx(100 + 10 * (4 + 16)) and answer.input_tokens is None


def test_the_limit_holds_before_a_question_is_sent(tmp_path):
    provider = Scripted("a", "b", "c")
    asked = [question(candidate=k, max_cost=400) for k in (1, 2, 3)]
    assert ask(provider, asked[0], tmp_path, PRICES).text == "a"  # 140 spent
    assert ask(provider, asked[1], tmp_path, PRICES).text == "b"  # 280 spent, at most 200 more: too much
    with pytest.raises(UserError) as error:
        ask(provider, asked[2], tmp_path, PRICES)
    assert str(error.value) == (
        "llm.max_cost = 400 USD would be exceeded: 280.0000 USD are spent, and the next answer of m costs at most "
        "200.0000 USD; raise llm.max_cost to at least 480.0000, or lower llm.max_tokens. All answers are kept, and none is "
        "paid for twice"
    )
    assert provider.asked.value == 2 and not notes(tmp_path)
    assert ask(provider, question(candidate=3, max_cost=480), tmp_path, PRICES).text == "c"


def test_a_limit_without_a_price_says_what_to_set(tmp_path):
    with pytest.raises(
        UserError, match=r"llm.input_price and llm.output_price .* add the model to .*prices.yaml"
    ):
        ask(Scripted("a"), question(input_price=None, max_cost=5), tmp_path, PRICES)
    ask(Scripted("a"), question(input_price=None), tmp_path, PRICES)
    # Bought when nobody knew its price, it counts at the one that is known now.
    with pytest.raises(UserError, match=r"140\.0000 USD are spent"):
        ask(Scripted("b"), question(candidate=2, max_cost=300), tmp_path, PRICES)


def test_a_refused_question_reserves_nothing_one_without_an_answer_does(tmp_path):
    with pytest.raises(UserError, match="no key"):
        ask(Scripted(UserError("no key")), question(), tmp_path, PRICES)
    assert not notes(tmp_path) and not list(tmp_path.glob("*.json"))
    with pytest.raises(UnansweredError):
        ask(Scripted(UnansweredError("timed out")), question(), tmp_path, PRICES)
    assert len(notes(tmp_path)) == 1
    with pytest.raises(
        UserError, match=r"0\.0000 USD are spent, 200\.0000 USD may be spent on open questions"
    ):
        ask(Scripted("b"), question(candidate=2, max_cost=399), tmp_path, PRICES)
    with pytest.raises(UserError, match="refused"):  # the earlier one may still have been paid for
        ask(Scripted(UserError("refused")), question(max_cost=400), tmp_path, PRICES)
    assert len(notes(tmp_path)) == 1
    assert ask(Scripted("a"), question(max_cost=400), tmp_path, PRICES).text == "a"
    assert not notes(tmp_path)


class Empty(Scripted):
    """Gets nothing for its first request, which is charged all the same."""

    def complete(self, question):
        super().complete(question)
        question.once_more()
        return super().complete(question)


def test_a_further_request_for_the_same_answer_is_reserved_too(tmp_path):
    provider = Empty("", "a")
    with pytest.raises(UnansweredError, match=r"200\.0000 USD may be spent on open questions"):
        ask(provider, question(max_cost=399), tmp_path, PRICES)
    assert provider.asked.value == 1 and len(notes(tmp_path)) == 1
    with pytest.raises(UserError, match="raise llm.max_cost to at least 400"):
        ask(provider, question(max_cost=399), tmp_path, PRICES)
    assert ask(Empty("", "a"), question(max_cost=600), tmp_path, PRICES).text == "a"
    assert not notes(tmp_path)


def in_a_process(*arguments):
    process = FORK.Process(target=ask, args=arguments)
    process.start()
    return process


def test_processes_that_ask_the_same_at_once_pay_once(tmp_path):
    provider = Scripted("a", "b", seconds=0.3)
    processes = [in_a_process(provider, question(), tmp_path, PRICES) for _ in range(4)]
    for process in processes:
        process.join(20)
    assert [process.exitcode for process in processes] == [0] * 4
    assert provider.asked.value == 1 and [kept.text for kept in Store(tmp_path).answers()] == ["a"]


def test_processes_together_stay_within_the_limit(tmp_path):
    provider = Scripted("a", seconds=0.3)
    processes = [
        in_a_process(provider, question(candidate=k, max_cost=650), tmp_path, PRICES) for k in range(1, 9)
    ]
    for process in processes:
        process.join(20)
    # Three may be under way at once (3 x 200); what they really cost, 140 each, may leave room for a fourth.
    spent = sum(kept.price_usd for kept in Store(tmp_path).answers())
    assert provider.asked.value in (3, 4) and spent <= 650
    assert sum(process.exitcode == 0 for process in processes) == provider.asked.value


def test_what_a_killed_process_asked_counts_as_paid_until_it_is_answered(tmp_path):
    process = in_a_process(Scripted("a", seconds=60), question(), tmp_path, PRICES)
    wait_until(lambda: notes(tmp_path), 20, "the process has noted what it asks")
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with pytest.raises(UserError, match=r"200\.0000 USD may be spent on open questions"):
        ask(Scripted("b"), question(candidate=2, max_cost=399), tmp_path, PRICES)
    assert ask(Scripted("a"), question(), tmp_path, PRICES).text == "a"
    assert ask(Scripted("b"), question(candidate=2, max_cost=399), tmp_path, PRICES).text == "b"
