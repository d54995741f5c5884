"""Language models behind OpenAI's chat-completions interface: OpenAI's own or any server at `base_url`."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from video2reward.artifacts.completion import Completion
from video2reward.errors import UserError
from video2reward.llm.base import CompletionProvider, Question
from video2reward.settings import LLM

if TYPE_CHECKING:
    import openai

# Parameters that some models and servers refuse, and what to send instead (None: leave it out).
_SUBSTITUTES: dict[str, str | None] = {
    "max_tokens": "max_completion_tokens",
    "temperature": None,
    "seed": None,
}


class OpenAIProvider(CompletionProvider):
    """Asks a chat-completions server; the key is read from the environment and stays in memory."""

    def complete(self, question: Question) -> Completion:
        """Answer `question`; rate limits, server faults and time-outs are retried with growing pauses."""
        import openai

        settings = question.settings
        key = _key(settings)
        # The client pauses 0.5 s, doubled up to 8 s, or as long as the server's Retry-After says.
        client = openai.OpenAI(
            api_key=key, base_url=settings.base_url, timeout=settings.timeout_s, max_retries=settings.retries
        )
        parameters: dict[str, Any] = {
            "model": settings.model,
            "temperature": settings.temperature,
            "max_tokens": settings.max_tokens,
            "seed": _seed(question),
        }
        start = time.monotonic()
        try:
            answer, sent = _ask(client, list(question.messages), parameters)
        except openai.OpenAIError as error:
            raise UserError(_sentence(error, settings, key)) from None
        except ValueError:  # the client passes on what is no JSON
            raise UserError(_no_completion(settings)) from None
        finally:
            client.close()
        return _completion(answer, sent, settings, time.monotonic() - start)


def _key(settings: LLM) -> str:
    """Return the key; a server at another address than OpenAI's may need none."""
    key = os.environ.get(settings.key_variable, "").strip()
    if not key and (settings.base_url is None or urlparse(settings.base_url).hostname == "api.openai.com"):
        raise UserError(
            f"llm.provider openai needs a key: export {settings.key_variable}=..., or set llm.base_url to a server "
            "that needs none, or llm.provider to template, which asks no language model"
        )
    return key or "none"


def _seed(question: Question) -> int:
    """Return a different sampling seed for every answer."""
    return (question.seed * 1000 + question.iteration) * 1000 + question.candidate


def _ask(
    client: openai.OpenAI, messages: list[Any], parameters: dict[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """Send the request; a parameter that the model refuses is replaced -> (answer, what was sent)."""
    import openai

    sent = dict(parameters)
    while True:
        try:
            return client.chat.completions.create(messages=messages, **sent), sent
        except openai.BadRequestError as error:
            text = f"{error.param} {error.message}"
            refused = next((name for name in _SUBSTITUTES if name in sent and name in text), None)
            if refused is None:
                raise
            value = sent.pop(refused)
            if substitute := _SUBSTITUTES[refused]:
                sent[substitute] = value


def _completion(answer: Any, sent: dict[str, Any], settings: LLM, latency: float) -> Completion:
    """Turn the server's answer into a `Completion`; an answer of another shape is a `UserError`."""
    try:
        choice = answer.choices[0]
        text = choice.message.content or ""
    except (AttributeError, IndexError, TypeError):
        raise UserError(_no_completion(settings)) from None
    usage = getattr(answer, "usage", None)
    tokens_in = getattr(usage, "prompt_tokens", None)
    tokens_out = getattr(usage, "completion_tokens", None)
    price = ((tokens_in or 0) * settings.input_price + (tokens_out or 0) * settings.output_price) / 1e6
    return Completion(
        text=text,
        model=answer.model or settings.model,
        provider="openai",
        is_language_model=True,
        parameters={**sent, "base_url": settings.base_url},
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        price_usd=price,
        latency_s=latency,
        finish=choice.finish_reason or "",
    )


def _no_completion(settings: LLM) -> str:
    where = settings.base_url or "OpenAI"
    return f"{where} answered, but not with a chat completion; check llm.base_url (it usually ends in /v1)"


def _sentence(error: openai.OpenAIError, settings: LLM, key: str) -> str:
    """Say what failed and the way out; the key never appears, not even as the server quotes it."""
    import openai

    where = settings.base_url or "OpenAI"
    tries = f"after {settings.retries + 1} tries"
    match error:
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return f"{where} refuses the key in {settings.key_variable} (HTTP {error.status_code}); check or renew it"
        case openai.NotFoundError():
            return f"{where} knows no model {settings.model!r} (HTTP 404); check llm.model and llm.base_url"
        case openai.APITimeoutError():
            return f"{where} did not answer within {settings.timeout_s:g} s {tries}; raise llm.timeout_s"
        case openai.APIConnectionError():
            cause = error.__cause__ or error
            return f"{where} cannot be reached {tries} ({_clean(str(cause), key)}); check llm.base_url and the network"
        case openai.RateLimitError():
            return f"{where} refuses more requests {tries}: {_clean(error.message, key)}; wait, or check the account"
        case openai.APIStatusError():
            return f"{where} answered HTTP {error.status_code} {tries if error.status_code >= 500 else ''}: {_clean(error.message, key)}"
        case _:
            return f"{where} gave an answer that cannot be read: {_clean(str(error), key)}"


def _clean(text: str, key: str, width: int = 300) -> str:
    """Shorten a server's message and take the key out of it."""
    return (
        " ".join(text.replace(key, "[key]").split())[:width]
        if len(key) > 4
        else " ".join(text.split())[:width]
    )
