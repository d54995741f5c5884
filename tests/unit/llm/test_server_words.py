"""Errors of many servers and gateways, as they have been seen: what they say, and what they are about."""

import json

import pytest

from video2reward.llm.server_words import is_error, read_error

EXTRA = "Extra inputs are not permitted"
REFUSALS = {
    "OpenAI": {"error": {"message": "Unsupported parameter: 'seed'", "type": "invalid_request_error", "param": "seed", "code": "unsupported_parameter"}},
    "FastAPI": {"detail": [{"loc": ["body", "seed"], "msg": EXTRA}]},
    "FastAPI 2": {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": EXTRA, "input": 7}]},
    "Gemini": [{"error": {"code": 400, "message": 'Unknown name "seed": Cannot find field.', "status": "INVALID_ARGUMENT"}}],
    "Mistral": {"object": "error", "message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": EXTRA}]}, "type": "invalid_request_error", "param": None, "code": None},
    "text": {"error": "unknown field: seed"},
    "vLLM": {"object": "error", "message": "[{'type': 'extra_forbidden', 'loc': ('body', 'seed')}]", "type": "BadRequestError", "param": None, "code": 400},
    "OpenRouter": {"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": json.dumps({"error": {"message": "seed is not supported"}})}}},
    "Django": {"seed": ["This field is not allowed."]},
    "by name": {"errors": {"seed": ["unknown"]}},
    "problem": {"type": "about:blank", "title": "Bad Request", "detail": "property 'seed' is unsupported", "status": 400},
    "list of errors": {"success": False, "errors": [{"code": 7003, "message": "no parameter `seed`"}]},
    "parameter": {"message": "is not known", "parameter": "seed"},
    "bare text": "seed: unknown",
    "another letter case": {"error": {"message": "Parameter 'Seed' is unknown"}},
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refused_parameter_is_found_in_any_shape(name):
    body = REFUSALS[name]
    said = read_error((body if isinstance(body, str) else json.dumps(body)).encode())
    assert said.is_about("seed") and not said.is_about("temperature") and not said.is_about("see")
    assert said.words and "\n" not in said.words


def test_what_a_server_repeats_of_the_question_names_nothing():
    detail = {
        "type": "missing",
        "loc": ["body", "stream"],
        "msg": "Field required",
        "input": {"seed": 1, "temperature": 1},
    }
    said = read_error(json.dumps({"detail": [detail]}).encode())
    assert said.words == "body.stream: Field required"
    assert not said.is_about("seed") and not said.is_about("temperature")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"error": {"message": "Provider returned error: rate limited upstream", "code": 429}}, 429),
        ({"error": {"message": "x", "code": "429"}}, 429),
        ({"error": {"message": "x", "status": "RESOURCE_EXHAUSTED"}}, 429),
        ({"error": {"message": "x", "type": "rate_limit_error"}}, 429),
        ({"error": "Too many requests, slow down"}, 429),
        ({"code": 503, "message": "busy"}, 503),
        ({"error": {"type": "overloaded_error", "message": "Overloaded"}}, 503),
        ({"choices": [{"error": {"code": 502, "message": "upstream"}, "finish_reason": "error"}]}, 502),
        ([{"error": {"code": 429, "message": "x"}}], 429),
        ({"error": {"message": "bad", "code": "invalid_api_key"}}, 401),
        ({"error": 429}, 429),
        ({"errcode": 45009, "errmsg": "too many requests"}, 429),
        ({"choices": None, "base_resp": {"status_code": 1002, "status_msg": "rate limit triggered"}}, 429),
        ({"error": {"message": "check your plan", "type": "insufficient_quota"}}, 402),
        ({"error": {"message": "it hums", "code": 7}}, None),
    ],
)  # fmt: skip
def test_the_status_of_an_error_within_http_200(body, status):
    assert is_error(body) and read_error(json.dumps(body).encode()).status == status


@pytest.mark.parametrize(
    "body",
    [{"choices": [{"message": {"content": "x"}}]}, {"choices": []}, {"error": None, "choices": [{"message": {}}]}, [], "x", None, 3],
)  # fmt: skip
def test_what_is_no_error(body):
    assert not is_error(body)


@pytest.mark.parametrize("text", ["Rate limit exceeded", "<html><title>429 Too Many Requests</title></html>"])
def test_a_rate_limit_in_words_alone_is_one(text):
    assert read_error(text.encode()).status == 429


def test_a_page_is_told_by_its_title():
    page = "<!DOCTYPE html>\n<html><head><title>403 Forbidden &amp; gone</title></head><body>" + "x" * 9999
    said = read_error(page.encode())
    assert (said.words, said.is_page, said.is_json) == ("403 Forbidden & gone", True, False)
    assert read_error(b"<html>Log in</html>").words == "Log in"


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"[" * 100_000, b'{"error": ' * 5_000, b"<html>" + b"<" * 1_000_000, b"null", b'{"error": {}}'],
)  # fmt: skip
def test_anything_can_be_read(content):
    assert read_error(content).words is not None


def test_words_are_one_line_and_move_no_cursor():
    said = read_error(json.dumps({"error": {"message": "no\r\nerror: posing\x1b[2J\u202e\x07"}}).encode())
    assert said.words == "no error: posing\\x1b[2J\\u202e\\x07"
