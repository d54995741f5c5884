"""Language models behind OpenAI's chat-completions interface: OpenAI's own or any server at `base_url`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlparse

from video2reward.artifacts.completion import Completion
from video2reward.errors import UserError
from video2reward.language_model import LLM
from video2reward.llm.base import CompletionProvider, Question
from video2reward.llm.openai_faults import UNUSABLE, clean, fault_of, no_completion
from video2reward.llm.patience import Fault, Patience, within

if TYPE_CHECKING:
    import openai

OPENAI = "https://api.openai.com/v1"
# Parameters that some models and servers refuse, and what to send instead (None: leave it out). A refused
# reasoning_effort is an error: it is sent only where a user asked for it.
_SUBSTITUTES: dict[str, str | None] = {
    "max_tokens": "max_completion_tokens",
    "temperature": None,
    "seed": None,
}
_ANOTHER_SEED = 500  # beyond any candidate's number


class OpenAIProvider(CompletionProvider):
    """Asks a chat-completions server; the key is read from the environment and stays in memory."""

    repairs: ClassVar[bool] = True

    def complete(self, question: Question) -> Completion:
        """Answer `question`; what can pass is asked again with growing pauses, see `patience.Patience`.

        An answer that was cut off or refused is an answer, with its `finish`: asking again would cost again and
        bring the same. An empty one is asked for again with another sampling seed, `UNUSABLE` times in all.
        """
        settings = question.settings
        key = _key(settings)
        patience = Patience(settings.base_url or "OpenAI", settings)
        parameters, empty = _parameters(question), list[dict[str, Any]]()
        while True:
            reply = _reply(question, parameters, key, patience)
            if isinstance(reply, Fault):
                patience.bear(reply)
                if reply.paid:
                    question.once_more()
                continue
            text, finish = _text(reply)
            if text.strip() or finish not in ("", "stop") or len(empty) + 1 == UNUSABLE:
                return _completion(question, reply, [*empty, reply], parameters, patience.spent_s)
            empty.append(reply)
            if "seed" in parameters:
                parameters["seed"] += _ANOTHER_SEED
            patience.bear(Fault("answered nothing", paid=True, hint="check llm.model"))
            question.once_more()


def _key(settings: LLM) -> str:
    """Return the key; a server at another address than OpenAI's may need none."""
    key = os.environ.get(settings.key_variable, "").strip()
    if not key and urlparse(settings.base_url or OPENAI).hostname == "api.openai.com":
        raise UserError(
            f"llm.provider openai needs a key: export {settings.key_variable}=..., or set llm.base_url to a server "
            "that needs none, or llm.provider to template, which asks no language model"
        )
    return key or "none"


def _parameters(question: Question) -> dict[str, Any]:
    """Return what is sent beside the messages; every answer has a sampling seed of its own."""
    settings = question.settings
    number = (question.seed * 1000 + question.iteration) * 1000 + question.candidate
    parameters: dict[str, Any] = {
        "model": settings.model,
        "temperature": settings.temperature,
        "max_tokens": settings.max_tokens,
        "seed": settings.seed + number,
    }
    if settings.reasoning_effort is not None:
        parameters["reasoning_effort"] = settings.reasoning_effort
    return parameters


def _reply(
    question: Question, parameters: dict[str, Any], key: str, patience: Patience
) -> dict[str, Any] | Fault:
    """Send one request -> the reply's JSON, or why there is none; refused parameters are replaced in place."""
    import openai

    settings, seconds = question.settings, patience.request_s
    client = openai.OpenAI(
        api_key=key,
        base_url=settings.base_url or OPENAI,  # or else the client looks into the environment
        organization=settings.organisation,
        timeout=openai.Timeout(seconds, connect=min(settings.connect_s, seconds)),
        max_retries=0,
    )
    try:
        content = within(seconds, lambda: _send(client, list(question.messages), parameters))
    except (openai.OpenAIError, TimeoutError) as error:
        return fault_of(error, settings, key, seconds)
    finally:
        client.close()
    return _checked(content, key, patience)


def _send(client: openai.OpenAI, messages: list[Any], parameters: dict[str, Any]) -> bytes:
    """Return the body of the server's reply; a parameter that the model refuses is replaced in `parameters`."""
    import openai

    while True:
        try:
            return client.chat.completions.with_raw_response.create(messages=messages, **parameters).content
        except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
            text = f"{error.param} {error.message}"
            refused = next((name for name in _SUBSTITUTES if name in parameters and name in text), None)
            if refused is None:
                raise
            value = parameters.pop(refused)
            if substitute := _SUBSTITUTES[refused]:
                parameters[substitute] = value


def _checked(content: bytes, key: str, patience: Patience) -> dict[str, Any] | Fault:
    """Return a chat completion's JSON; a body that is none is asked for again, as it may have been cut off."""
    try:
        reply = json.loads(content)
        reply["choices"][0]["message"].get("content")
        return dict(reply)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        fault = no_completion(clean(content[:300].decode(errors="replace"), key, 100), again=True)
        before = sum(past.what == fault.what for past in patience.faults)
        return fault if before + 1 < UNUSABLE else no_completion(fault.detail, again=False)


def _text(reply: Mapping[str, Any]) -> tuple[str, str]:
    """Return what was answered and why it ended; a refusal's text stands in a field of its own."""
    choice = reply["choices"][0]
    message, finish = choice["message"], str(choice.get("finish_reason") or "")
    content = message.get("content") or ""
    if isinstance(content, list):  # parts, as some servers send
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    if not content and message.get("refusal"):
        content, finish = str(message["refusal"]), "refusal"
    return str(content).encode("utf-8", "replace").decode(), finish  # JSON may hold halves of characters


def _completion(
    question: Question, reply: Mapping[str, Any], paid: list[Any], parameters: dict[str, Any], spent_s: float
) -> Completion:
    """Return the answer as it is kept; the tokens are those of all replies that were paid for."""
    text, finish = _text(reply)
    usages = [usage for one in paid if isinstance(usage := one.get("usage"), dict)]
    asked = _parameters(question)
    notes = [f"The model refused the parameter {name}." for name in asked if name not in _present(parameters)]
    if len(paid) > 1:
        notes.append(f"The model was asked {len(paid)} times; its empty answers are in the tokens.")
    return Completion(
        text=text,
        model=str(reply.get("model") or question.settings.model),
        provider="openai",
        is_language_model=True,
        parameters={**parameters, "base_url": question.settings.base_url},
        input_tokens=_sum(usages, "prompt_tokens"),
        output_tokens=_sum(usages, "completion_tokens"),
        latency_s=spent_s,
        finish=finish,
        note=" ".join(notes),
        cached_tokens=_sum([usage.get("prompt_tokens_details") or {} for usage in usages], "cached_tokens"),
    )


def _present(parameters: Mapping[str, Any]) -> set[str]:
    """Return the names that were sent, and those that another name was sent for."""
    return set(parameters) | {name for name, other in _SUBSTITUTES.items() if other in parameters}


def _sum(usages: list[Any], name: str) -> int | None:
    """Return the sum of a count over the replies, None where none of them tells it."""
    counts = [usage[name] for usage in usages if isinstance(usage.get(name), int)]
    return sum(counts) if counts else None
