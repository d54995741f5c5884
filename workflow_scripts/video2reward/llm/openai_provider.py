"""Language models behind OpenAI's chat-completions interface: OpenAI's own or any server at `base_url`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from video2reward.artifacts.completion import Completion
from video2reward.llm.base import CompletionProvider, Question
from video2reward.llm.openai_faults import UNUSABLE
from video2reward.llm.openai_reply import answer_of
from video2reward.llm.openai_request import SUBSTITUTES, request
from video2reward.llm.patience import Fault, Patience
from video2reward.llm.server_environment import read_key
from video2reward.text.redaction import redacted
from video2reward.text.visible import in_one_line

_ANOTHER_SEED = 500  # beyond any candidate's number


class OpenAIProvider(CompletionProvider):
    """Asks a chat-completions server; the key is read from the environment and stays in memory."""

    repairs: ClassVar[bool] = True

    def complete(self, question: Question) -> Completion:
        """Answer `question`; temporary faults are retried with growing pauses, see `patience.Patience`.

        A truncated or refused answer counts as an answer, with its `finish`: a retry would cost again and give the same.
        After an empty answer the question is sent again with another sampling seed, up to `UNUSABLE` times in all.
        """
        settings = question.settings
        key = read_key(settings)
        patience = Patience(settings.base_url or "OpenAI", settings)
        parameters, empty = _parameters(question), list[dict[str, Any]]()
        while True:
            reply = request(question, parameters, key, patience)
            if isinstance(reply, Fault):
                patience.bear(reply)
                if reply.paid:
                    question.once_more()
                continue
            text, finish = answer_of(reply)
            if text.strip() or finish not in ("", "stop", "error") or len(empty) + 1 == UNUSABLE:
                return _completion(question, reply, [*empty, reply], parameters, patience.spent_s)
            empty.append(reply)
            if "seed" in parameters:
                parameters["seed"] += _ANOTHER_SEED
            patience.bear(Fault("sent an empty answer", paid=True, hint="check llm.model"))
            question.once_more()


def _parameters(question: Question) -> dict[str, Any]:
    """Return the request's parameters besides the messages; every answer has its own sampling seed."""
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


def _completion(
    question: Question, reply: Mapping[str, Any], paid: list[Any], parameters: dict[str, Any], spent_s: float
) -> Completion:
    """Return the answer to store; its tokens are those of all charged replies."""
    text, finish = answer_of(reply)
    usages = [usage for one in paid if isinstance(usage := one.get("usage"), dict)]
    details = [usage.get("prompt_tokens_details") for usage in usages]
    asked = _parameters(question)
    notes = [f"The model refused the parameter {name}." for name in asked if name not in _present(parameters)]
    if len(paid) > 1:
        notes.append(f"The model was asked {len(paid)} times; the tokens include its empty answers.")
    return Completion(
        text=redacted(
            text
        ),  # done here so that a rerun, which reads it from the store, asks for the same repair
        model=in_one_line(str(reply.get("model") or question.settings.model), 100),
        provider="openai",
        is_language_model=True,
        parameters={**parameters, "base_url": question.settings.base_url},
        input_tokens=_sum(usages, "prompt_tokens"),
        output_tokens=_sum(usages, "completion_tokens"),
        latency_s=spent_s,
        finish=finish,
        note=" ".join(notes),
        cached_tokens=_sum([detail for detail in details if isinstance(detail, dict)], "cached_tokens"),
    )


def _present(parameters: Mapping[str, Any]) -> set[str]:
    """Return the parameter names that were sent, and those that were sent under another name."""
    return set(parameters) | {name for name, other in SUBSTITUTES.items() if other in parameters}


def _sum(usages: list[Any], name: str) -> int | None:
    """Return the sum of a count over the replies, None if no reply reports it."""
    counts = [usage[name] for usage in usages if isinstance(usage.get(name), int) and usage[name] >= 0]
    return sum(counts) if counts else None
