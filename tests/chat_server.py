"""A real HTTP server on the loopback that speaks chat completions and goes wrong as a test scripts it."""

import base64
import json
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = "```python\ndef compute_reward(): pass\n```"


def completion(text=ANSWER, finish="stop", **message):
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "test-model-2026",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": text, **message},
            }
        ],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200},
    }


def error(message, param=None, code=None):
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}


def shown_pictures(body):
    """The pictures of a request, decoded: (H, W, 3) BGR."""
    import cv2
    import numpy as np

    found = []
    for message in body["messages"]:
        for part in message["content"] if isinstance(message["content"], list) else []:
            if part["type"] == "image_url":
                head, _, content = part["image_url"]["url"].partition(",")
                assert head in ("data:image/jpeg;base64", "data:image/png;base64")
                raw = np.frombuffer(base64.b64decode(content, validate=True), np.uint8)
                picture = cv2.imdecode(raw, cv2.IMREAD_COLOR)
                assert picture is not None
                found.append(picture)
    return found


def shown_films(body):
    """The films of a request, decoded: lists of (H, W, 3) RGB."""
    import io

    import av

    found = []
    for message in body["messages"]:
        for part in message["content"] if isinstance(message["content"], list) else []:
            if part["type"] == "video_url":
                head, _, content = part["video_url"]["url"].partition(",")
                assert head == "data:video/mp4;base64"
                with av.open(io.BytesIO(base64.b64decode(content, validate=True))) as film:
                    found.append([frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)])
    return found


@dataclass(frozen=True)
class Reply:
    """What one request is answered with.

    body: sent as it is (text, bytes) or as JSON; delay_s: before the first byte; headers: beside the usual
    cut: so many bytes of the announced body are sent, then the connection ends; reset: it breaks off instead
    byte_s: pause after every byte of the body
    """

    body: Any = field(default_factory=completion)
    status: int = 200
    delay_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    reset: bool = False
    byte_s: float = 0.0

    @property
    def content(self) -> bytes:
        body = self.body
        if isinstance(body, bytes):
            return body
        return (body if isinstance(body, str) else json.dumps(body)).encode()


SLOW_DOWN = Reply(error("slow down"), 429, headers={"Retry-After": "0.05"})
RESET = Reply(cut=40, reset=True)


class ChatServer:
    """Answers each request with the next of `replies`, then with the last one; or with what `choose` makes of it.

    replies: `Reply`s, or (status, body, seconds of delay)
    requests: (path, headers, body) of every request
    delivered: (body of the request, reply) wherever a reply of HTTP 200 was handed over whole
    """

    def __init__(self, *replies, choose: Callable[[dict], Reply] | None = None):
        self.replies = [_reply(reply) for reply in replies] or [Reply()]
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.delivered: list[tuple[dict[str, Any], Reply]] = []
        self._choose = choose
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                reply = server._next(body)
                time.sleep(reply.delay_s)
                with suppress(BrokenPipeError, ConnectionResetError):
                    if self._send(reply) and reply.status == 200:
                        server.delivered.append((body, reply))

            def _send(self, reply):
                """Send the reply -> whether it went out whole to somebody who was still there."""
                content = reply.content
                if select.select([self.connection], [], [], 0)[0]:
                    return False  # the client has hung up
                self.send_response(reply.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                for part in [content[: reply.cut]] if not reply.byte_s else [bytes([b]) for b in content]:
                    self.wfile.write(part)
                    self.wfile.flush()
                    time.sleep(reply.byte_s)
                if reply.reset:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                return reply.cut is None and not reply.reset

            def log_message(self, *_):
                pass

            def finish(self):
                with suppress(OSError):
                    super().finish()

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"

    def _next(self, body):
        if self._choose is not None:
            return self._choose(body)
        return self.replies[min(len(self.requests), len(self.replies)) - 1]

    def __enter__(self):
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._http.shutdown()
        self._http.server_close()


def _reply(reply) -> Reply:
    if isinstance(reply, Reply):
        return reply
    status, body, delay = reply
    return Reply(body, status, delay, {"Retry-After": "0.05"} if status == 429 else {})
