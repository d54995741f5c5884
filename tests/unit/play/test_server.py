"""Who can reach the page: this machine's browser with the page's own address, nobody else, and nothing leaves."""

import socket
from urllib.request import urlopen

import pytest
import viser
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from video2reward.errors import UserError
from video2reward.play.server import loopback_server


@pytest.fixture
def server():
    made = loopback_server(18080)
    yield made
    made.stop()


def join(server, origin):
    return connect(
        f"ws://127.0.0.1:{server.get_port()}", origin=origin, subprotocols=[f"viser-v{viser.__version__}"]
    )


def test_only_the_pages_own_address_may_connect(server):
    port = server.get_port()
    assert b"<html" in urlopen(f"http://127.0.0.1:{port}").read().lower()
    for own in (f"http://127.0.0.1:{port}", f"http://localhost:{port}"):
        join(server, own).close()
    for other in (
        "https://evil.example",
        f"http://evil.example:{port}",
        f"http://127.0.0.1.evil.example:{port}",
        None,
    ):
        with pytest.raises(InvalidStatus, match="403"):
            join(server, other)


def test_it_listens_on_loopback_alone(server):
    with socket.socket() as outside, pytest.raises(OSError):
        outside.settimeout(2)
        outside.connect(("127.0.0.2", server.get_port()))


def test_a_page_that_asks_for_a_tunnel_gets_none(server, monkeypatch):
    opened = []
    monkeypatch.setattr(viser.ViserServer, "request_share_url", lambda self: opened.append(self))
    assert server.request_share_url() is None and opened == []


def test_a_taken_port_is_followed_by_the_next(server):
    other = loopback_server(server.get_port())
    assert other.get_port() > server.get_port()
    other.stop()


def test_what_is_no_port_is_named():
    with pytest.raises(UserError, match="--port 70000 is not a port"):
        loopback_server(70000)
