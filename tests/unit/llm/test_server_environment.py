"""Variables of the environment that no request can be made with: one sentence that names them."""

import traceback

import pytest
from tests.chat_server import ANSWER, ChatServer

from video2reward.errors import UserError
from video2reward.llm.base import Question
from video2reward.llm.openai_provider import OpenAIProvider
from video2reward.settings.llm import LLM

MESSAGES = ({"role": "user", "content": "u"},)
USUAL = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SSLKEYLOGFILE",
)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in USUAL:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("TEST_KEY", "sk-secret-0123456789")


def ask(url, **more):
    settings = LLM(
        provider="openai", model="m", base_url=url, key_variable="TEST_KEY", **{"retries": 0, **more}
    )
    return OpenAIProvider().complete(Question(MESSAGES, settings, 1, 2, 3))


def failure(server, hidden=""):
    with pytest.raises(UserError) as caught:
        ask(server.url)
    message = str(caught.value)
    assert "\n" not in message
    assert not hidden or hidden not in "".join(traceback.format_exception(caught.value))
    return message


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("ALL_PROXY", "socks://127.0.0.1:7890/", "Unknown scheme"),
        ("all_proxy", "socks5://127.0.0.1:7890/", "socksio"),
        ("HTTP_PROXY", "::::", "Invalid port"),
        ("https_proxy", "ftp://proxy", "Unknown scheme"),
        ("SSL_CERT_FILE", "/gone/cacert.pem", "No such file"),
        ("SSL_CERT_FILE", __file__, "certificate"),
    ],
)
@pytest.mark.parametrize("beside", [{}, {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "localhost"}])
def test_the_variable_at_fault_is_named(name, value, reason, beside, monkeypatch):
    for other, harmless in beside.items():
        if other.lower() != name.lower():
            monkeypatch.setenv(other, harmless)
    monkeypatch.setenv(name, value)
    with ChatServer() as server:
        message = failure(server)
    assert not server.requests
    assert f"the environment variable {name} ({value}) cannot be used" in message
    assert reason in message and f"unset {name}" in message


def test_the_password_of_a_proxy_is_not_shown(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "gopher://me:hidden-pass@proxy:70")
    with ChatServer() as server:
        message = failure(server, hidden="hidden-pass")
    assert "HTTP_PROXY (gopher://...@proxy:70)" in message


def test_a_proxy_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with ChatServer() as server:
        assert "and the proxy in http_proxy" in failure(server)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert ask(server.url).text == ANSWER


@pytest.mark.parametrize(
    ("key", "fault", "hidden"),
    [
        ("sk-secret-111111\norg-222", "the key in TEST_KEY holds a line end", "sk-secret"),
        ("sk-secret-111111\r\norg-222", "a line end", "org-222"),
        ("“sk-secret”", "U+201C (left double quotation mark)", "sk-secret"),
        ("sk-schlüssel-77", "U+00FC", "schl"),
        ("sk-secret-\x7f-222", "U+007F (a control character)", "sk-secret"),
        ("sk-secret-\u200b-222", "U+200B", "sk-secret"),
    ],
)
def test_a_key_that_no_header_carries_is_not_sent_and_not_shown(key, fault, hidden, monkeypatch):
    monkeypatch.setenv("TEST_KEY", key)
    with ChatServer() as server:
        message = failure(server, hidden)
    assert fault in message and "an HTTP header cannot carry" in message and not server.requests


def test_line_ends_around_a_key_do_no_harm(monkeypatch):
    monkeypatch.setenv("TEST_KEY", "\n sk-secret-111111 \r\n")
    with ChatServer() as server:
        ask(server.url)
    assert server.requests[0][1]["authorization"] == "Bearer sk-secret-111111"


@pytest.mark.parametrize("name", ["OPENAI_ORG_ID", "OPENAI_PROJECT_ID"])
def test_other_headers_of_the_environment(name, monkeypatch):
    monkeypatch.setenv(name, "pröject\n")
    with ChatServer() as server:
        assert f"the value in {name} holds U+00F6" in failure(server)


def test_an_address_that_is_none():
    with pytest.raises(UserError, match="no request can be made: .*check llm.base_url"):
        ask("http://127.0.0.1:port/v1")
