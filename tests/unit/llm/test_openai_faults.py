"""Every fault of tests/chat_server.py, met by the official client over the loopback."""

import json
import time
from email.utils import formatdate

import pytest
from tests.chat_server import ANSWER, RESET, SLOW_DOWN, ChatServer, Reply, completion, error
from tests.unit.llm.test_server_words import REFUSALS

from video2reward.errors import UserError
from video2reward.llm import patience
from video2reward.llm.base import Question, UnansweredError
from video2reward.llm.openai_faults import UNUSABLE, retry_after, status_fault
from video2reward.llm.openai_provider import OpenAIProvider
from video2reward.llm.server_words import read_error
from video2reward.settings.llm import LLM

MESSAGES = ({"role": "user", "content": "Write a reward – größer, 更好 🐕."},)
CUT = Reply(cut=100)
HALF = Reply(b'{"id": "chatcmpl-1", "choices": [{"message": {"content": "```pyth')
EMPTY = Reply(completion(""))
TIMED_OUT = Reply(delay_s=2.0)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(patience, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setenv("TEST_KEY", "sk-secret-0123456789")


def ask(server, candidate=3, **more):
    settings = LLM(
        **{"provider": "openai", "model": "m", "base_url": server.url, "key_variable": "TEST_KEY", **more}
    )
    return OpenAIProvider().complete(Question(MESSAGES, settings, 1, 2, candidate))


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        SLOW_DOWN,
        Reply(error("boom"), 500),
        Reply("<html>Bad gateway</html>", 502),
        Reply(error("overloaded"), 503),
        Reply("", 529),
        Reply(error("timed out"), 408),
        RESET,
        Reply(cut=0, reset=True),
        CUT,
        HALF,
        Reply(b"\xff\xfe\x00"),
        Reply(""),
        EMPTY,
        Reply(completion(" \n")),
    ],
)
def test_what_can_pass_is_asked_again(fault):
    with ChatServer(fault, fault, Reply()) as server:
        answer = ask(server)
    assert answer.text == ANSWER and len(server.requests) == 3
    assert {request[2]["messages"][0]["content"] for request in server.requests} == {MESSAGES[0]["content"]}


def test_a_time_out_is_asked_again():
    with ChatServer(TIMED_OUT, Reply()) as server:
        assert ask(server, timeout_s=0.3).text == ANSWER
    assert len(server.requests) == 2


def test_a_mixture_is_told_kind_by_kind():
    faults = Reply(error("boom"), 503), SLOW_DOWN, SLOW_DOWN, RESET
    with ChatServer(*faults) as server, pytest.raises(UnansweredError) as caught:
        ask(server, retries=4)
    message = str(caught.value)
    assert message.startswith(f"{server.url} gave no answer in 5 tries within ")
    assert "answered HTTP 503, answered HTTP 429 (2 times), broke the connection (2 times)" in message
    assert "llm.retries: 4" in message


def test_only_what_may_have_been_paid_is_called_so():
    for fault, kind in ((Reply(error("boom"), 500), UserError), (CUT, UnansweredError), (TIMED_OUT, UnansweredError)):  # fmt: skip
        with ChatServer(fault) as server, pytest.raises(UserError) as caught:
            ask(server, retries=0, timeout_s=0.3)
        assert type(caught.value) is kind


def test_the_time_for_an_answer_is_bounded():
    with ChatServer(Reply(error("boom"), 500)) as server:
        start = time.monotonic()
        with pytest.raises(UserError, match="llm.give_up_s: 0.5"):
            ask(server, retries=1000, give_up_s=0.5)
        assert time.monotonic() - start < 20
    assert len(server.requests) > 2


def test_the_last_request_has_what_is_left_of_the_time():
    with ChatServer(TIMED_OUT) as server:
        start = time.monotonic()
        with pytest.raises(UnansweredError, match="did not answer within"):
            ask(server, retries=9, timeout_s=60, give_up_s=0.4)
        assert time.monotonic() - start < 20


def test_a_server_that_sends_a_byte_now_and_then_does_not_hold_on_for_ever():
    with ChatServer(Reply(byte_s=0.05), Reply()) as server:
        start = time.monotonic()
        assert ask(server, timeout_s=0.4).text == ANSWER
        assert time.monotonic() - start < 20


@pytest.mark.parametrize("header", ["date", "seconds", "milliseconds"])
@pytest.mark.slow
def test_a_server_that_asks_to_wait_is_obeyed(header):
    wait = {
        "date": {"Retry-After": formatdate(time.time() + 2, usegmt=True)},
        "seconds": {"Retry-After": "1"},
        "milliseconds": {"Retry-After-Ms": "1000", "Retry-After": "60"},
    }[header]
    with ChatServer(Reply(error("slow down"), 429, headers=wait), Reply()) as server:
        start = time.monotonic()
        assert ask(server).text == ANSWER
    assert 0.9 <= time.monotonic() - start < 20


def test_a_wait_beyond_the_time_that_is_left_ends_at_once():
    replies = Reply(error("slow down"), 429, headers={"Retry-After": "3600"})
    with ChatServer(replies) as server, pytest.raises(UserError) as caught:
        ask(server)
    assert len(server.requests) == 1
    assert "asks to wait 3600 s, and llm.give_up_s is 900" in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "-1"}, 0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 1970 00:02:00 GMT"}, 20),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:09 GMT"}, 0),
        ({"retry-after": "Thu, 01 Jan 1970 00:02:00 GMT", "date": "Thu, 01 Jan 1970 00:01:30 GMT"}, 30),
    ],
)
def test_what_a_server_asks_to_wait(headers, seconds):
    assert retry_after(headers, now=100.0) == seconds


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Reply(error("You exceeded your current quota", code="insufficient_quota"), 429), "has no credit left for the key in TEST_KEY"),
        (Reply(error("too many tokens", code="context_length_exceeded"), 400), "rejects the prompt as too long"),
        (Reply(error("filtered", code="content_filter"), 400), "answered HTTP 400: filtered; check llm.model"),
        (Reply(error("Unsupported: 'reasoning_effort'", "reasoning_effort"), 400), "'reasoning_effort'"),
        (Reply(error("no such region"), 403), "refuses the key in TEST_KEY (HTTP 403): no such region"),
        (Reply(error("try pulling it first"), 404), "knows no model 'm' (HTTP 404): try pulling it first"),
        (Reply(error("stop that"), 503, headers={"x-should-retry": "false"}), "HTTP 503: stop that"),
    ],
)  # fmt: skip
def test_what_cannot_pass_is_not_asked_again(fault, sentence):
    with ChatServer(fault) as server, pytest.raises(UserError) as caught:
        ask(server, reasoning_effort="high")
    assert len(server.requests) == 1 and sentence in str(caught.value)


def test_what_is_no_completion_is_not_asked_for_for_long():
    with ChatServer(Reply("<html>Log in</html>")) as server, pytest.raises(UnansweredError) as caught:
        ask(server, retries=50)
    assert len(server.requests) == UNUSABLE
    assert "not with a chat completion" in str(caught.value) and "Log in" in str(caught.value)


def test_an_answer_that_stays_empty_is_kept_with_all_that_was_paid():
    with ChatServer(EMPTY) as server:
        answer = ask(server, retries=50)
    assert len(server.requests) == UNUSABLE and answer.text == ""
    assert (answer.input_tokens, answer.output_tokens) == (UNUSABLE * 1000, UNUSABLE * 200)
    assert "asked 3 times" in answer.note
    assert len({body["seed"] for _, _, body in server.requests}) == UNUSABLE


@pytest.mark.parametrize(
    ("reply", "finish", "text"),
    [
        (completion("def compute_rew", "length"), "length", "def compute_rew"),
        (completion("", "length"), "length", ""),  # all tokens went into thinking
        (completion(None, "stop", refusal="I cannot help."), "refusal", "I cannot help."),
        (completion(None, "content_filter"), "content_filter", ""),
    ],
)
def test_a_refusal_and_an_answer_cut_off_are_answers(reply, finish, text):
    with ChatServer(Reply(reply)) as server:
        answer = ask(server)
    assert len(server.requests) == 1 and (answer.finish, answer.text) == (finish, text)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("größer, 更好 🐕 \u202e", "größer, 更好 🐕 \u202e"),
        ("half \ud83d of one", "half ? of one"),
        ([{"type": "text", "text": "in "}, {"type": "text", "text": "parts"}], "in parts"),
        ("x" * 1_000_000 + "é" * 50_000, "x" * 1_000_000 + "é" * 50_000),
    ],
    ids=["unicode", "half a character", "parts", "1 MB"],
)
def test_what_an_answer_may_hold(content, text):
    with ChatServer(Reply(completion(content))) as server:
        assert ask(server).text == text


def test_what_is_sent_is_what_was_set():
    with ChatServer() as server:
        ask(server, organisation="org-1", seed=7, reasoning_effort="low")
        ask(server, seed=8)
    (_, headers, first), (_, _, second) = server.requests
    assert headers["openai-organization"] == "org-1" and first["reasoning_effort"] == "low"
    assert second["seed"] == first["seed"] + 1 and "reasoning_effort" not in second


def test_parameters_that_were_refused_are_noted():
    with ChatServer(Reply(error("Extra inputs: 'seed'"), 422), Reply()) as server:
        answer = ask(server)
    assert answer.note == "The model refused the parameter seed." and "seed" not in answer.parameters


def test_the_environment_does_not_choose_the_server(monkeypatch):
    with ChatServer() as server, ChatServer() as other:
        monkeypatch.setenv("OPENAI_BASE_URL", other.url)
        ask(server)
    assert len(server.requests) == 1 and not other.requests


def test_a_server_that_cannot_be_reached():
    with pytest.raises(UserError, match=r"cannot be reached: .*check llm.base_url") as caught:
        OpenAIProvider().complete(
            Question(MESSAGES, LLM(base_url="http://127.0.0.1:9/v1", retries=0), 0, 1, 1)
        )
    assert type(caught.value) is UserError


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(REFUSALS))
@pytest.mark.parametrize("status", [400, 422, 200])
def test_a_parameter_that_is_refused_in_any_shape_is_left_out(name, status):
    if status == 200 and name in ("Django", "bare text"):
        pytest.skip("nothing says that it is an error")
    with ChatServer(Reply(REFUSALS[name], status), Reply()) as server:
        answer = ask(server)
    assert answer.text == ANSWER and len(server.requests) == 2
    assert "seed" not in server.requests[1][2] and "temperature" in server.requests[1][2]
    assert answer.note == "The model refused the parameter seed."


def test_a_refusal_of_something_else_shows_the_servers_reason():
    body = {"detail": [{"loc": ["body", "messages", 0, "role"], "msg": "Input should be 'user'"}]}
    with ChatServer(Reply(body, 422)) as server, pytest.raises(UserError) as caught:
        ask(server)
    assert "answered HTTP 422: body.messages.0.role: Input should be 'user'; check llm.model" in str(
        caught.value
    )
    assert len(server.requests) == 1


RATE = {"id": "gen-1", "error": {"message": "Provider returned error: rate limited upstream", "code": 429}}


def test_a_rate_limit_within_http_200_is_waited_for():
    with ChatServer(*[Reply(RATE)] * 5, Reply()) as server:
        assert ask(server, retries=5).text == ANSWER
    assert len(server.requests) == 6


def test_a_rate_limit_within_http_200_is_named_and_was_not_paid_for():
    with ChatServer(Reply(RATE)) as server, pytest.raises(UserError) as caught:
        ask(server, retries=4)
    message = str(caught.value)
    assert len(server.requests) == 5 and type(caught.value) is UserError
    assert (
        "answered HTTP 429, within HTTP 200 (5 times): Provider returned error: rate limited upstream"
        in message
    )
    assert "base_url" not in message


@pytest.mark.parametrize(
    "fault",
    [
        Reply(RATE, headers={"Retry-After": "1"}),
        Reply({"error": {"code": 429, "message": "Rate limit reached, please try again in 1.0s."}}),
        Reply(error("Rate limit reached. Please try again in 1000ms."), 429),
    ],
)
def test_a_wait_that_is_asked_for_elsewhere_is_kept(fault):
    with ChatServer(fault, Reply()) as server:
        start = time.monotonic()
        assert ask(server).text == ANSWER
    assert 0.9 <= time.monotonic() - start < 20


def test_an_unknown_error_within_http_200_is_not_asked_for_long():
    with (
        ChatServer(Reply({"error": {"message": "it hums"}})) as server,
        pytest.raises(UnansweredError) as caught,
    ):
        ask(server, retries=50)
    assert len(server.requests) == UNUSABLE and "answered with an error within HTTP 200" in str(caught.value)
    assert "it hums" in str(caught.value)


PAGE = "<html><title>403 Forbidden</title></html>"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Reply(PAGE, 403), "something in between, most likely a proxy, refuses the request (HTTP 403): 403 Forbidden; check llm.base_url"),
        (Reply(PAGE.replace("403", "401"), 401), "most likely a proxy, refuses the request (HTTP 401)"),
        (Reply("Access denied by policy", 403), "most likely a proxy, refuses the request (HTTP 403): Access denied by policy"),
        (Reply("<html>Login</html>", 407), "asks for its own login (HTTP 407): Login"),
        (Reply(error("the key may not do that"), 403), "refuses the key in TEST_KEY (HTTP 403)"),
        (Reply("invalid api key", 403), "refuses the key in TEST_KEY (HTTP 403)"),
        (Reply(error("Insufficient Balance"), 402), "has no credit left for the key in TEST_KEY (HTTP 402)"),
        (Reply({"message": "This model's maximum context length is 100 tokens, max_tokens is 4096"}, 400), "rejects the prompt as too long"),
    ],
)  # fmt: skip
def test_who_refuses_is_named(fault, sentence, monkeypatch):
    with ChatServer(fault) as server, pytest.raises(UserError) as caught:
        ask(server)
    assert len(server.requests) == 1 and sentence in str(caught.value)


def test_a_proxy_that_refuses_is_named_with_its_variable(monkeypatch):
    with ChatServer(Reply(PAGE, 403)) as proxy, pytest.raises(UserError) as caught:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1"))
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        ask(proxy, base_url="http://model.example/v1")
    assert "and the proxy in http_proxy" in str(caught.value)


def test_code_in_the_reasoning_costs_one_request():
    text = "```python\ndef compute_reward(dt):\n    return dt, {}\n```"
    with ChatServer(Reply(completion(None, reasoning_content=text))) as server:
        answer = ask(server)
    assert len(server.requests) == 1 and answer.text == f"<think>\n{text}\n</think>\n"


def test_a_huge_body_is_not_read_to_its_end():
    with ChatServer(Reply(b" " * (17 * 2**20))) as server, pytest.raises(UnansweredError) as caught:
        ask(server)
    assert len(server.requests) == 1 and "answered with more than 16 MB" in str(caught.value)


@pytest.mark.parametrize(
    "usage", [None, [], 7, {"prompt_tokens": "x"}, {"prompt_tokens": -5, "prompt_tokens_details": []}]
)
def test_odd_counts_of_tokens_are_unknown(usage):
    with ChatServer(Reply(completion() | {"usage": usage, "model": ["m\n\x1b[2J"]})) as server:
        answer = ask(server)
    assert answer.text == ANSWER and answer.input_tokens is None and answer.cached_tokens is None
    assert answer.model.isprintable()


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("Please try again in 1m30s.", 90.0),
        ("Please retry in 5 minutes", 300.0),
        ("Please try again in 20ms", 0.02),
        ("Request was throttled. Expected available in 3 seconds.", 3.0),
        ("Please retry in 41.5s.", 41.5),
        ("Quota of 20 requests", None),
    ],
)
def test_a_server_tells_in_words_how_long_to_wait(said, seconds):
    fault = status_fault(429, read_error(json.dumps(error(said)).encode()), {}, LLM())
    assert fault.again and fault.wait_s == pytest.approx(seconds)


def test_a_delay_in_a_field_of_its_own_is_waited_for():
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "41s"}]
    body = {"error": {"code": 429, "message": "Resource exhausted", "details": details}}
    assert status_fault(429, read_error(json.dumps(body).encode()), {}, LLM()).wait_s == 41.0
    assert retry_after({"retry-after": "30s"}) == 30.0
