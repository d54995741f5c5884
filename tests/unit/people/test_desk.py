"""The page's server over real connections: who may ask, and what a hostile request gets."""

import http.client
import json
import threading

import pytest

from video2reward.errors import UserError
from video2reward.people.desk import LARGEST, Desk, Taken


class Boxes:
    """Pages that keep what they are sent; the second answer is the last."""

    def __init__(self):
        self.kept = []

    def page(self, nonce):
        return f"<p>page {len(self.kept) + 1}</p><script nonce='{nonce}'></script>"

    def take(self, fields):
        if "refuse" in fields:
            raise UserError("not like this")
        self.kept.append(fields)
        return Taken("kept", more=len(self.kept) < 2)


@pytest.fixture
def desk():
    with Desk(Boxes()) as desk:
        running = threading.Thread(target=desk.serve_forever, kwargs={"poll_interval": 0.02})
        running.start()
        yield desk
        desk.shutdown()
        running.join(10)


def ask(desk, method="POST", path=None, body=b'{"a": "b"}', **headers):
    """Send a request and return its status, headers and text; headers replace the usual ones, None leaves one out."""
    usual = {
        "Host": f"127.0.0.1:{desk.server_port}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }
    line = http.client.HTTPConnection("127.0.0.1", desk.server_port, timeout=30)
    line.putrequest(method, path or desk.path, skip_host=True)
    for name, value in {**usual, **{k.replace("_", "-"): v for k, v in headers.items()}}.items():
        if value is not None:
            line.putheader(name, value)
    line.endheaders()
    line.send(body)
    reply = line.getresponse()
    found = reply.status, reply.headers, reply.read().decode()
    line.close()
    return found


def test_it_listens_to_this_machine_alone_and_its_address_cannot_be_guessed(desk):
    assert desk.server_address[0] == "127.0.0.1"
    with Desk(Boxes()) as other:
        assert other.path != desk.path and len(desk.path) > 30


def test_pages_are_answered_until_the_last(desk):
    status, headers, text = ask(desk, "GET", body=b"")
    assert status == 200 and "page 1" in text
    nonce = text.partition("nonce='")[2].partition("'")[0]
    assert f"script-src 'nonce-{nonce}'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert json.loads(ask(desk)[2]) == {"said": "kept", "more": True}
    assert "page 2" in ask(desk, "GET", body=b"")[2]
    host = f"localhost:{desk.server_port}"  # a forwarded port's name
    assert json.loads(ask(desk, Host=host, Origin=f"http://{host}")[2]) == {"said": "kept", "more": False}
    assert desk.pages.kept == [{"a": "b"}] * 2


@pytest.mark.parametrize(
    "path", ["/", "/wrong/", "//", "/../../etc/passwd", "{}x", "{}../", "{}?a", "/%2e%2e/"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_paths_show_and_take_nothing(desk, method, path):
    status, _, text = ask(desk, method, path.replace("{}", desk.path))
    assert status in (400, 404) and "page 1" not in text and not desk.pages.kept


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": None},
        {"Host": "127.0.0.1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_sites_get_nothing(desk, method, headers):
    status, _, text = ask(desk, method, **headers)
    assert status == 403 and "page 1" not in text and not desk.pages.kept


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (413, b"x" * 10_000_000, {}),
        (413, b"x" * (LARGEST + 1), {}),
        (415, b"a=b", {"Content_Type": "application/x-www-form-urlencoded"}),
        (415, b"", {"Content_Length": "-1"}),
        (415, b"", {"Content_Length": None}),
        (400, b"[" * 100_000, {}),
        (400, b'["a"]', {}),
        (400, b'{"a": 1}', {}),
        (400, b"\xff\xfe", {}),
        (422, b'{"refuse": ""}', {}),
    ],
)
def test_what_is_no_answer_is_refused_and_the_page_stays(desk, status, body, headers):
    assert ask(desk, body=body, **headers)[0] == status
    assert not desk.pages.kept
    assert ask(desk, "GET", body=b"")[0] == 200


def test_a_page_that_cannot_be_made_says_why(desk, monkeypatch):
    def broken(nonce):
        raise UserError("film.mp4 is damaged <b>")

    monkeypatch.setattr(desk.pages, "page", broken)
    status, headers, text = ask(desk, "GET", body=b"")
    assert (status, text) == (500, "error: film.mp4 is damaged <b>")
    assert headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("port", [None, 99999])
def test_a_port_that_cannot_be_had_is_named(desk, port):
    port = port or desk.server_port
    with pytest.raises(UserError, match=f"--port {port} cannot be listened on"):
        Desk(Boxes(), port)
