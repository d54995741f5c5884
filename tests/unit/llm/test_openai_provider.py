import logging
import traceback

import pytest
from tests.chat_server import ANSWER, ChatServer, completion, error

from video2reward.errors import UserError
from video2reward.llm.base import Question
from video2reward.llm.openai_provider import OpenAIProvider
from video2reward.settings.llm import LLM

KEY = "sk-secret-0123456789"
MESSAGES = ({"role": "system", "content": "s"}, {"role": "user", "content": "u"})


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)


def ask(server, **more):
    settings = LLM(provider="openai", model="m", base_url=server.url, key_variable="TEST_KEY", **more)
    return OpenAIProvider().complete(Question(MESSAGES, settings, seed=1, iteration=2, candidate=3))


def failure(server, **more):
    with pytest.raises(UserError) as caught:
        ask(server, **more)
    shown = "".join(traceback.format_exception(caught.value))
    assert KEY not in shown
    return str(caught.value)


def test_an_answer():
    with ChatServer() as server:
        answer = ask(server, temperature=0.7, max_tokens=99)
    path, headers, body = server.requests[0]
    assert path == "/v1/chat/completions" and headers["authorization"] == f"Bearer {KEY}"
    assert body["messages"] == list(MESSAGES) and body["temperature"] == 0.7 and body["max_tokens"] == 99
    assert answer.text == ANSWER and answer.model == "test-model-2026" and answer.is_language_model
    assert (answer.input_tokens, answer.output_tokens) == (1000, 200)
    assert answer.finish == "stop" and answer.note == ""
    assert KEY not in repr(answer)


def test_candidates_ask_with_different_seeds():
    with ChatServer() as server:
        settings = LLM(base_url=server.url, key_variable="TEST_KEY")
        for candidate in (1, 2):
            OpenAIProvider().complete(Question(MESSAGES, settings, 0, 1, candidate))
    seeds = [body["seed"] for _, _, body in server.requests]
    assert seeds[0] != seeds[1]


def test_a_rate_limit_is_waited_for():
    with ChatServer(
        (429, error("slow down"), 0), (429, error("slow down"), 0), (200, completion(), 0)
    ) as server:
        assert ask(server, retries=3).text == ANSWER
    assert len(server.requests) == 3


def test_a_server_fault_is_tried_again_and_then_told():
    with ChatServer((500, error("boom"), 0)) as server:
        message = failure(server, retries=1)
    assert len(server.requests) == 2
    assert "HTTP 500" in message and "2 tries" in message and "boom" in message


def test_a_refused_key_is_not_tried_again_nor_shown():
    with ChatServer((401, error(f"Incorrect API key provided: {KEY}"), 0)) as server:
        message = failure(server)
    assert len(server.requests) == 1 and "refuses the key in TEST_KEY" in message


def test_the_key_is_taken_out_of_what_a_server_quotes():
    with ChatServer((400, error(f"bad request by {KEY}"), 0)) as server:
        assert "bad request by [key]" in failure(server)


def test_an_unknown_model_is_named():
    with ChatServer((404, error("no such model"), 0)) as server:
        assert "no model 'm'" in failure(server)


def test_a_slow_server_times_out():
    with ChatServer((200, completion(), 1.5)) as server:
        message = failure(server, timeout_s=0.2, retries=0)
    assert "within 0.2 s" in message and "llm.timeout_s" in message


@pytest.mark.parametrize(
    "body", ["not json", "[1, 2]", {"choices": []}, {"something": "else"}, "<html></html>"]
)
def test_a_body_that_is_no_completion(body):
    with ChatServer((200, body, 0)) as server:
        assert server.url in failure(server, retries=0)


def test_nobody_there():
    with ChatServer() as server:
        pass
    assert "cannot be reached" in failure(server, retries=0)


def test_refused_parameters_are_replaced():
    replies = [
        (400, error("Unsupported parameter: 'max_tokens', use 'max_completion_tokens'", "max_tokens"), 0),
        (400, error("Unsupported value: 'temperature'", "temperature"), 0),
        (200, completion(), 0),
    ]
    with ChatServer(*replies) as server:
        answer = ask(server, max_tokens=77)
    body = server.requests[-1][2]
    assert body["max_completion_tokens"] == 77 and "temperature" not in body and "max_tokens" not in body
    assert answer.parameters["max_completion_tokens"] == 77


def test_an_answer_cut_off_says_so():
    with ChatServer((200, completion("def compute", "length"), 0)) as server:
        assert ask(server).finish == "length"


def test_without_a_key(monkeypatch):
    monkeypatch.delenv("TEST_KEY")
    with ChatServer() as server:
        assert ask(server).text == ANSWER  # a local server may need none
    with pytest.raises(UserError, match="export TEST_KEY"):
        OpenAIProvider().complete(Question(MESSAGES, LLM(key_variable="TEST_KEY"), 0, 1, 1))


def test_the_key_is_in_no_log(caplog):
    caplog.set_level(logging.DEBUG)
    with ChatServer((500, error("boom"), 0), (200, completion(), 0)) as server:
        ask(server, retries=1)
    assert caplog.text and KEY not in caplog.text
