"""What goes wrong between here and a chat-completions server: whether it is asked again, and what is said."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from video2reward.language_model import LLM
from video2reward.llm.patience import Fault

UNUSABLE = 3
"""Replies of HTTP 200 that hold no answer, after which no more is asked for: each may have been paid for."""
_NO_CREDIT = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
_TOO_LONG = "context_length_exceeded"


def fault_of(error: Exception, settings: LLM, key: str, seconds: float) -> Fault:
    """Return what an exception of the client means; `seconds`: what the request was given."""
    import openai

    match error:
        case openai.APIStatusError():
            return _status_fault(error, settings, key)
        case openai.APITimeoutError() | TimeoutError():
            if isinstance(error.__cause__, Exception) and "Connect" in type(error.__cause__).__name__:
                return Fault(
                    f"could not be reached within {settings.connect_s:g} s",
                    hint="check llm.base_url and the network",
                )
            return Fault(f"did not answer within {seconds:.3g} s", paid=True, hint="raise llm.timeout_s")
        case openai.APIConnectionError():
            cause = error.__cause__ or error
            if "Connect" in type(cause).__name__:
                return Fault(
                    "cannot be reached", clean(str(cause), key), hint="check llm.base_url and the network"
                )
            return Fault("broke the connection", clean(str(cause), key), paid=True)
        case _:
            return Fault("gave an answer that cannot be read", clean(str(error), key), again=False)


def no_completion(detail: str, again: bool) -> Fault:
    """Return the fault of a reply with HTTP 200 that is no chat completion."""
    return Fault(
        "answered, but not with a chat completion",
        detail,
        again,
        paid=True,
        hint="check llm.base_url (it usually ends in /v1)",
    )


def _status_fault(error: Any, settings: LLM, key: str) -> Fault:
    """Return what an HTTP status other than 200 means."""
    status = error.status_code
    detail = clean(error.message.removeprefix(f"Error code: {status} - "), key)
    if status in (401, 403):
        return Fault(
            f"refuses the key in {settings.key_variable} (HTTP {status})",
            detail if status == 403 else "",  # 401: quotes the key
            again=False,
            hint="check or renew it",
        )
    if status == 404:
        return Fault(
            f"knows no model {settings.model!r} (HTTP 404)",
            detail,
            again=False,
            hint="check llm.model and llm.base_url",
        )
    if error.code in _NO_CREDIT or error.type in _NO_CREDIT:
        return Fault(
            f"has no credit left for the key in {settings.key_variable} (HTTP {status})",
            detail,
            again=False,
            hint="top the account up or use another key",
        )
    if error.code == _TOO_LONG:
        hint = "choose a model with a larger window, or lower llm.max_tokens"
        return Fault("finds the prompt too long", detail, again=False, hint=hint)
    said = error.response.headers.get("x-should-retry")
    again = said != "false" and (said == "true" or status in (408, 409, 429) or status >= 500)
    hint = "wait, or check the account's limits" if status == 429 else ""
    if not again:
        hint = "check llm.model and its parameters"
    return Fault(f"answered HTTP {status}", detail, again, retry_after(error.response.headers), hint=hint)


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds that a server asks to wait, None if it does not say.

    Retry-After holds seconds or a date (RFC 9110, 10.2.3), which is read against the server's own clock where
    it tells it; retry-after-ms is OpenAI's.
    """
    for name, unit in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
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


def clean(text: str, key: str, width: int = 300) -> str:
    """Shorten a server's message and take the key out of it."""
    if len(key) > 4:
        text = text.replace(key, "[key]")
    return " ".join(text.split())[:width]
