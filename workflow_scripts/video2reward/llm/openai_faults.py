"""Faults in talking to a chat-completions server: whether to retry, and what to tell the user."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any

from video2reward.llm.openai_pictures import picture_fault
from video2reward.llm.patience import Fault
from video2reward.llm.server_environment import proxies_in_use
from video2reward.llm.server_words import Said, read_error
from video2reward.settings.llm import LLM
from video2reward.text.visible import in_one_line

UNUSABLE = 3
"""How many HTTP 200 replies without an answer are accepted before giving up: each may have been charged."""
_NO_CREDIT = {
    "insufficient_quota",
    "billing_hard_limit_reached",
    "billing_not_active",
    "insufficient_balance",
}
_TOO_LONG = re.compile(r"context.length.exceeded|maximum context length|prompt is too long", re.I)
_OWN_FAULTS = (408, 409, 429)  # and 5xx: temporary faults
_SPAN = r"\d+(?:\.\d+)?\s*(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|h)(?![a-z])"
_WAIT = re.compile(rf"(?:try again|retry|wait|available|reset)[^\d\n]{{0,20}}?((?:{_SPAN}\s*)+)", re.I)


def fault_of(error: Exception, settings: LLM, seconds: float) -> Fault:
    """Return the fault behind a client exception; `seconds`: the request's time limit."""
    import openai

    match error:
        case openai.APIStatusError():
            return status_fault(error.status_code, error_body(error), error.response.headers, settings)
        case openai.APITimeoutError() | TimeoutError():
            if isinstance(error.__cause__, Exception) and "Connect" in type(error.__cause__).__name__:
                return Fault(
                    f"could not be reached within {settings.connect_s:g} s", hint=_network(settings, "")
                )
            return Fault(f"did not answer within {seconds:.3g} s", paid=True, hint="raise llm.timeout_s")
        case openai.APIConnectionError():
            return _connection_fault(error.__cause__ or error, settings)
        case _:
            return Fault("sent an unreadable answer", in_one_line(str(error)), again=False)


def _connection_fault(cause: BaseException, settings: LLM) -> Fault:
    """Return why there was no reply: no server, a proxy or certificate problem, a broken connection."""
    detail, kind = in_one_line(str(cause)), type(cause).__name__
    if "Proxy" in kind:
        return Fault("cannot be reached through the proxy", detail, again=False, hint=_network(settings, ""))
    if "CERTIFICATE" in detail:
        hint = "name the file of its certificate authority in SSL_CERT_FILE"
        return Fault("has a certificate that is not trusted", detail, again=False, hint=hint)
    if "Connect" in kind:
        return Fault("cannot be reached", detail, hint=_network(settings, ""))
    return Fault("broke the connection", detail, paid=True)


def no_completion(detail: str, again: bool) -> Fault:
    """Return the fault of an HTTP 200 reply that is not a chat completion."""
    return Fault(
        "answered, but not with a chat completion",
        detail,
        again,
        paid=True,
        unusable=True,
        hint="check llm.base_url (it usually ends in /v1)",
    )


def error_in_200(said: Said, headers: Mapping[str, str], settings: LLM, paid: bool, again: bool) -> Fault:
    """Return the fault of an HTTP 200 reply that reports an error; `again`: whether to retry unknown errors."""
    if said.status is None:
        hint = "check llm.model and its parameters"
        what = "answered with an error within HTTP 200"
        return Fault(what, said.words, again, paid=True, unusable=True, hint=hint)
    fault = status_fault(said.status, said, headers, settings)
    return replace(fault, what=f"{fault.what}, within HTTP 200", paid=paid)


def status_fault(status: int, said: Said, headers: Mapping[str, str], settings: LLM) -> Fault:
    """Return the fault behind an HTTP status other than 200."""
    elsewhere = (401, 403, 407, 511, *_OWN_FAULTS)
    if status not in elsewhere and not is_too_long(said) and (fault := picture_fault(status, said, settings)):
        return fault
    key = f"the key in {settings.key_variable}"
    if status == 407 or status == 511 or (status in (401, 403) and _from_the_way(said)):
        what = "asks for its own login" if status in (407, 511) else "refuses the request"
        found = f"cannot be reached: something in between, most likely a proxy, {what} (HTTP {status})"
        return Fault(found, said.words, again=False, hint=_network(settings, " or ask who runs the network"))
    if status in (401, 403):
        detail = said.words if status == 403 else ""  # 401: quotes the key
        return Fault(f"refuses {key} (HTTP {status})", detail, again=False, hint="check or renew it")
    if status == 404:
        return Fault(
            f"knows no model {settings.model!r} (HTTP 404)",
            said.words,
            again=False,
            hint="check llm.model and llm.base_url",
        )
    if status == 402 or said.codes & _NO_CREDIT:
        hint = "top up the account or use another key"
        return Fault(f"has no credit left for {key} (HTTP {status})", said.words, again=False, hint=hint)
    if is_too_long(said):
        hint = "choose a model with a larger window, or lower llm.max_tokens"
        return Fault("rejects the prompt as too long", said.words, again=False, hint=hint)
    asked = headers.get("x-should-retry")
    again = asked != "false" and (asked == "true" or status in _OWN_FAULTS or status >= 500)
    hint = "wait, or check the account's limits" if status == 429 else ""
    if not again:
        hint = "check llm.model and its parameters"
    wait_s = retry_after(headers) if retry_after(headers) is not None else _wait_in_words(said.names)
    return Fault(f"answered HTTP {status}", said.words, again, wait_s if again else None, hint=hint)


def is_too_long(said: Said) -> bool:
    """Tell whether a server says that the prompt exceeds the model's context window."""
    return _TOO_LONG.search(f"{' '.join(said.codes)} {said.words}") is not None


def _from_the_way(said: Said) -> bool:
    """Tell whether a refusal came from something in between: a chat server answers in JSON or mentions the key."""
    return not said.is_json and bool(said.words) and not re.search(r"\b(?:key|token)\b", said.words, re.I)


def _network(settings: LLM, more: str) -> str:
    """Return what to check when the server cannot be reached."""
    proxies = proxies_in_use(settings.base_url)
    through = f", and the proxy in {' and '.join(proxies)}" if proxies else ""
    return f"check llm.base_url and the network{through}{more}"


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds that a server asks to wait, None if it does not say.

    Retry-After holds seconds or a date (RFC 9110, 10.2.3), which is compared with the server's own clock if it sends
    one; retry-after-ms is OpenAI's.
    """
    for name, unit in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        if re.fullmatch(rf"(?:{_SPAN}\s*)+", value, re.I):  # such as 30s, which no standard allows
            return _seconds(value)
        try:
            seconds = float(value) * unit
        except ValueError:
            continue
        return max(0.0, seconds) if seconds == seconds else None
    try:
        until = parsedate_to_datetime(headers.get("retry-after", "")).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    try:
        now = parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (TypeError, ValueError, OverflowError):
        now = time.time() if now is None else now
    return max(0.0, until - now)


def _wait_in_words(words: str) -> float | None:
    """Return the seconds that an error text asks to wait ("Please try again in 6.2s"), None if it does not."""
    found = _WAIT.search(words)
    return _seconds(found[1]) if found else None


def _seconds(span: str) -> float:
    """Convert a time span such as 1m30s or 20 ms to seconds."""
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([a-z]+)", span.lower())
    return sum(float(number) * _unit_s(unit) for number, unit in parts)


def _unit_s(unit: str) -> float:
    if unit.startswith(("ms", "milli")):
        return 1e-3
    return {"s": 1.0, "m": 60.0, "h": 3600.0}[unit[0]]


def error_body(error: Any) -> Said:
    """Return the content of a refused request's body."""
    try:
        content = bytes(error.response.content)
    except Exception:  # closed before it was read
        content = str(error.message).encode("utf-8", "replace")
    return read_error(content)
