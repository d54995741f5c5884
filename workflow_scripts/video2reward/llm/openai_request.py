"""One request to a chat-completions server, resent without refused parameters; its reply is read up to a limit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from video2reward.llm.base import Question
from video2reward.llm.openai_faults import (
    UNUSABLE,
    error_body,
    error_in_200,
    fault_of,
    is_too_long,
    no_completion,
)
from video2reward.llm.openai_pictures import sent_messages
from video2reward.llm.openai_reply import is_completion
from video2reward.llm.patience import Fault, Patience, within
from video2reward.llm.server_environment import OPENAI, explained
from video2reward.llm.server_words import Said, is_error, read_error
from video2reward.settings.llm import LLM
from video2reward.text.visible import in_one_line

if TYPE_CHECKING:
    import openai

MAX_BYTES = 16 * 2**20
"""Limit on a reply, far beyond any reward function and its reasoning."""
# Parameters that some models and servers refuse, and what to send instead (None: nothing). A refused
# reasoning_effort is an error, as it is sent only if the user asked for it.
SUBSTITUTES: dict[str, str | None] = {
    "max_tokens": "max_completion_tokens",
    "temperature": None,
    "seed": None,
}
_REFUSALS = (400, 422, 501)
_LONGEST_ERROR = 2**20  # bytes


@dataclass(frozen=True)
class _Reply:
    """A reply with HTTP 200; content: at most slightly more than `MAX_BYTES`."""

    content: bytes
    headers: Mapping[str, str]

    @cached_property
    def body(self) -> Any:
        """The parsed JSON, None if it is not JSON."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    @cached_property
    def said(self) -> Said:
        """The error that the reply reports, if it is not a completion."""
        return read_error(self.content[:_LONGEST_ERROR])


def request(
    question: Question, parameters: dict[str, Any], key: str, patience: Patience
) -> dict[str, Any] | Fault:
    """Send one request -> the reply's JSON, or the fault; refused parameters are replaced in place."""
    import openai

    settings, seconds = question.settings, patience.request_s
    messages = sent_messages(question.messages, question.folder)

    def connect() -> openai.OpenAI:
        return openai.OpenAI(
            api_key=key,
            base_url=settings.base_url or OPENAI,  # otherwise the client reads the environment
            organization=settings.organisation,
            timeout=openai.Timeout(seconds, connect=min(settings.connect_s, seconds)),
            max_retries=0,
        )

    try:
        client = connect()
    except Exception as error:  # proxies and certificates in the environment cause errors of many kinds
        raise explained(error, connect) from None
    try:
        reply = within(seconds, lambda: _send(client, messages, parameters))
    except (openai.OpenAIError, TimeoutError, UnicodeError) as error:
        return fault_of(error, settings, seconds)
    finally:
        client.close()
    return _checked(reply, settings, patience)


def _send(client: openai.OpenAI, messages: list[Any], parameters: dict[str, Any]) -> _Reply:
    """Return the server's reply; refused parameters are replaced in `parameters`."""
    import openai

    while True:
        try:
            reply = _received(client, messages, parameters)
            if not (
                is_error(reply.body)
                and reply.said.status in (*_REFUSALS, None)
                and _replaced(reply.said, parameters)
            ):
                return reply
        except openai.APIStatusError as error:
            if error.status_code not in _REFUSALS or not _replaced(error_body(error), parameters):
                raise


def _received(client: openai.OpenAI, messages: list[Any], parameters: dict[str, Any]) -> _Reply:
    """Return the reply to one request; reading stops shortly after `MAX_BYTES`."""
    import openai

    create = client.chat.completions.with_streaming_response.create
    with create(messages=messages, **parameters) as response:
        content = bytearray()
        try:
            for part in response.iter_bytes():
                content += part
                if len(content) > MAX_BYTES:
                    break
        except Exception as error:  # transport errors, which the client passes on unchanged
            slow = "Timeout" in type(error).__name__
            kind = openai.APITimeoutError if slow else openai.APIConnectionError
            raise kind(request=response.http_request) from error
        return _Reply(bytes(content), dict(response.headers))


def _replaced(said: Said, parameters: dict[str, Any]) -> bool:
    """Replace or drop the parameter that a server refuses; return whether there was one."""
    refused = next((name for name in SUBSTITUTES if name in parameters and said.is_about(name)), None)
    if refused is None or is_too_long(said):
        return False
    value = parameters.pop(refused)
    if substitute := SUBSTITUTES[refused]:
        parameters[substitute] = value
    return True


def _checked(reply: _Reply, settings: LLM, patience: Patience) -> dict[str, Any] | Fault:
    """Return a chat completion's JSON; any other body is a fault to retry, as it may be truncated."""
    if len(reply.content) > MAX_BYTES:
        what = f"answered with more than {MAX_BYTES // 2**20} MB"
        return Fault(what, again=False, paid=True, hint="check llm.model and llm.base_url")
    failed = is_error(reply.body)
    if is_completion(reply.body) and not failed:
        return dict(reply.body)
    failed = failed or reply.said.status == 429  # in words alone
    again = sum(past.unusable for past in patience.faults) + 1 < UNUSABLE
    if failed:
        paid = isinstance(reply.body, dict) and "choices" in reply.body
        return error_in_200(reply.said, reply.headers, settings, paid, again)
    return no_completion(in_one_line(reply.said.words, 100), again)
