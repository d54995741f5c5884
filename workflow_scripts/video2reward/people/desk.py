"""A web server for one person on this machine: loopback only, behind an address that nobody can guess."""

from __future__ import annotations

import hmac
import json
import secrets
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from video2reward.errors import UserError

LARGEST = 200_000
"""Most bytes of what a person sends."""
_DRAINED = 64 * 2**20  # bytes read and dropped of what is too large, so that the refusal arrives
_PATIENCE = 30.0  # s for a request to arrive


@dataclass(frozen=True)
class Taken:
    """An answer was kept; said: in a sentence, for the person; more: whether there is another page to answer."""

    said: str
    more: bool = False


class Pages(Protocol):
    """What is asked, page by page."""

    def page(self, nonce: str) -> str:
        """Return the present page as HTML; only scripts with the nonce run."""

    def take(self, fields: Mapping[str, str]) -> Taken:
        """Keep the answer to the present page; a `UserError` says what is wrong with it."""


class Desk(ThreadingHTTPServer):
    """Shows pages and takes their answers, until the last one is answered.

    Requests need the address's token and this server's name as Host, so that no other site's page can send any, nor a
    name that was made to point here.
    """

    daemon_threads = True

    def __init__(self, pages: Pages, port: int = 0) -> None:
        """Listen on a port of the loopback interface, any free one by default."""
        self.pages, self.turn = pages, threading.Lock()
        self._token = secrets.token_urlsafe(24)
        try:
            super().__init__(("127.0.0.1", port), _Request)
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            raise UserError(
                f"--port {port} cannot be listened on: {why}; leave it out for any free one"
            ) from None

    @property
    def address(self) -> str:
        """The address to open."""
        return f"http://127.0.0.1:{self.server_port}{self.path}"

    @property
    def path(self) -> str:
        """The only path that is answered."""
        return f"/{self._token}/"

    @property
    def names(self) -> set[str]:
        """The names under which a browser may ask; localhost for forwarded ports."""
        return {f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost")}

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about browsers that hang up; anything else is a fault of ours and shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Request(BaseHTTPRequestHandler):
    """One request; what is wrong with it is answered without a word about the pages."""

    server: Desk
    timeout = _PATIENCE
    server_version, sys_version = "Video2Reward", ""

    def do_GET(self) -> None:
        """Show the present page."""
        if not self._allowed():
            return
        nonce = secrets.token_urlsafe(16)
        try:
            with self.server.turn:
                page = self.server.pages.page(nonce)
        except UserError as error:
            self._answer(500, "text/plain; charset=utf-8", f"error: {error}", "")
            return
        self._answer(200, "text/html; charset=utf-8", page, nonce)

    def do_POST(self) -> None:
        """Take an answer."""
        if not self._allowed():
            return
        fields = self._fields()
        if isinstance(fields, str):
            return
        try:
            with self.server.turn:
                taken = self.server.pages.take(fields)
        except UserError as error:
            self._say(422, {"said": str(error)})
            return
        self._say(200, {"said": taken.said, "more": taken.more})
        if not taken.more:
            threading.Thread(target=self.server.shutdown).start()

    def _allowed(self) -> bool:
        """Tell whether the request may be answered; if not, refuse it."""
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        if host not in self.server.names or (origin is not None and origin != f"http://{host}"):
            self._say(403, {"said": "this page is served to this machine's browser alone"})
            return False
        if not hmac.compare_digest(self.path.encode(), self.server.path.encode()):
            self._say(404, {"said": "open the address that the command printed"})
            return False
        return True

    def _fields(self) -> dict[str, str] | str:
        """Return the fields sent, or what was answered in their place."""
        length = self.headers.get("Content-Length", "")
        if self.headers.get_content_type() != "application/json" or not length.isdecimal():
            return self._say(415, {"said": "send JSON with its length"})
        if int(length) > LARGEST:
            self._drain(int(length))
            return self._say(413, {"said": f"that is more than {LARGEST // 1000} kB; shorten it"})
        try:
            fields = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            return self._say(400, {"said": "send JSON with its length"})
        if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
            return self._say(400, {"said": "send an object of texts"})
        return fields

    def _drain(self, length: int) -> None:
        left = min(length, _DRAINED)
        while left > 0 and (piece := self.rfile.read(min(left, 1 << 16))):
            left -= len(piece)

    def _say(self, status: int, content: Mapping[str, Any]) -> str:
        self._answer(status, "application/json", json.dumps(content), "")
        return str(content["said"])

    def _answer(self, status: int, kind: str, text: str, nonce: str) -> None:
        body = text.encode(errors="replace")
        self.send_response(status)
        scripts = f"script-src 'nonce-{nonce}'" if nonce else "script-src 'none'"
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Content-Security-Policy": f"default-src 'none'; {scripts}; style-src 'unsafe-inline'; img-src data:; media-src "
            "data: blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Connection": "close",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:
        """Keep the terminal for what the person is told."""


def serve_pages(pages: Pages, port: int = 0) -> None:
    """Print the address and serve until the last page is answered; a `UserError` if the first cannot be shown."""
    pages.page("")
    with Desk(pages, port) as desk:
        print(f"open {desk.address} in a browser on this machine; Ctrl-C ends without an answer", flush=True)
        desk.serve_forever(poll_interval=0.2)
