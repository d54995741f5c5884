"""Parse a server's error: its words, status and codes, whatever the shape of the body."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from video2reward.text.visible import in_one_line

_WORDS = {
    "message", "msg", "error", "errors", "detail", "details", "reason", "description", "title", "error_message",
    "error_description", "raw", "cause", "error_msg", "errmsg", "status_msg",
}  # fmt: skip
_CODES = {
    "code",
    "type",
    "status",
    "status_code",
    "statuscode",
    "http_status",
    "error_code",
    "error_type",
    "errcode",
}
_PLACES = {"param", "parameter", "loc", "field", "path"}
_ECHOED = {"input", "body", "request", "ctx", "url"}
"""Fields in which servers echo the request; names in there mean nothing."""
_REPORTS = {
    "error",
    "errors",
    "detail",
    "message",
    "msg",
    "error_msg",
    "errmsg",
    "error_message",
    "base_resp",
}
_DEEPEST = 12
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|title|h1|center)\b", re.I)
# Words that servers use as code, type or status instead of an HTTP status.
_STATUS_OF = {
    402: r"insufficient.?(?:quota|balance|credit|funds)|billing.(?:hard.limit|not.active)",
    429: r"rate.?limit|too.?many.?requests|resource.?exhausted|throttl",
    503: r"overload|unavailable|capacity",
    401: r"unauthenticated|authentication|unauthorized|invalid.?api.?key",
    403: r"permission.?denied|(?<!extra.)forbidden",
    404: r"not.?found",
    400: r"invalid.?(?:argument|request)|bad.?request|extra.?forbidden",
    500: r"internal|server.?error",
}


@dataclass(frozen=True)
class Said:
    """The content of an error.

    words: on one line, keys removed; status: the HTTP status that the body names, else None
    codes: values of its fields code, type or status, lower case; names: all texts that may name a parameter
    is_json, is_page: the kind of body
    """

    words: str
    status: int | None = None
    codes: frozenset[str] = frozenset()
    names: str = ""
    is_json: bool = True
    is_page: bool = False

    def is_about(self, parameter: str) -> bool:
        """Tell whether the error names a parameter."""
        return re.search(rf"(?<!\w){re.escape(parameter)}(?!\w)", self.names, re.I) is not None


def read_error(content: bytes) -> Said:
    """Parse the body of an error: JSON of any shape, a web page, or plain text."""
    text = content.decode("utf-8", "replace")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return _of_text(text)
    found: dict[str, list[str]] = {"words": [], "codes": [], "places": []}
    for kind, value in _walk(body):
        found[kind].append(value)
    words = "; ".join(dict.fromkeys(found["words"]))
    return Said(
        words=in_one_line(words or json.dumps(body, ensure_ascii=False)),
        status=_status(found["codes"], words),
        codes=frozenset(code.lower() for code in found["codes"]),
        names=f"{words} {' '.join(found['places'])}",
    )


def is_error(reply: Any) -> bool:
    """Tell whether a reply's JSON reports an error, at the top or in place of its first choice."""
    if isinstance(reply, list):
        return bool(reply) and is_error(reply[0])
    if not isinstance(reply, dict):
        return False
    choices = reply.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if isinstance(first, dict):
        return bool(first.get("error"))
    return bool(_REPORTS & {k for k, v in reply.items() if v})


def _of_text(text: str) -> Said:
    """Parse a body that is not JSON; of a page, its title or else its text."""
    is_page = _PAGE.match(text) is not None
    if is_page:
        title = re.search(r"<title[^>]*>([^<]{1,300})", text[:100_000], re.I)
        words = title[1] if title else re.sub(r"<[^<>]{0,1000}>", " ", text[:100_000])
        text = html.unescape(words)
    limited = re.search(_STATUS_OF[429], text[:300], re.I)  # the only plain-text error that is retried
    status = 429 if limited else None
    return Said(in_one_line(text), status, names=text[:10_000], is_json=False, is_page=is_page)


def _walk(node: Any, key: str = "", at: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield ("words" | "codes" | "places", text) for the content of a body, outermost first."""
    if depth > _DEEPEST:
        return
    if isinstance(node, dict):
        place = _place(node.get("loc"))
        for name, value in node.items():
            lower = str(name).lower()
            if lower not in _ECHOED:
                if isinstance(value, list | str) and lower not in _WORDS | _CODES | _PLACES:
                    yield "places", str(name)  # {"seed": ["is unknown"]}
                yield from _walk(value, lower, place or at, depth + 1)
    elif isinstance(node, list):
        for value in node[:50]:
            yield from _walk(value, key, at, depth + 1)
    elif (key in _CODES and isinstance(node, str | int)) or (key in _WORDS and isinstance(node, int)):
        yield "codes", str(node)
    elif key in _PLACES and isinstance(node, str):
        yield "places", node
    elif isinstance(node, str) and node.strip():
        inner = _json_inside(node)
        if inner is not None:
            yield from _walk(inner, key, at, depth + 1)
        elif key in _WORDS or not key:
            yield "words", f"{at}: {node.strip()}" if at else node.strip()
        else:
            yield "places", node[:300]


def _place(location: Any) -> str:
    """Return FastAPI's location of a fault, ["body", "seed"], as body.seed."""
    return ".".join(str(part) for part in location) if isinstance(location, list) else ""


def _json_inside(text: str) -> Any:
    """Return the JSON inside a text, as gateways pass on errors verbatim."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _status(codes: list[str], words: str) -> int | None:
    """Return the HTTP status that the codes name, or the one that the codes, or else the words, stand for."""
    numbers = [int(code) for code in codes if re.fullmatch(r"[45]\d\d", code)]
    if numbers:
        return numbers[-1]  # the innermost: a gateway's own status says less
    for text in (" ".join(codes), words):
        for status, pattern in _STATUS_OF.items():
            if re.search(pattern, text, re.I):
                return status
    return None
