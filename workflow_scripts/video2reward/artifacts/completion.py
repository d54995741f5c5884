"""`completion_<k>.json`: what was answered, by whom, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import Provenance, read_json, typed, write_json

_BROKEN_OFF = {
    "length": "the answer was cut off at llm.max_tokens",
    "refusal": "the model refused to answer",
    "content_filter": "the server's content filter stopped the answer",
}


@dataclass(frozen=True)
class Completion:
    """One answer.

    model: the name of what answered, as the provider gives it
    parameters: what was sent besides the messages
    input_tokens, output_tokens: as billed, None if unknown; cached_tokens: input tokens from the server's cache, which
    cost less
    price_usd: from the price table or the settings, None if unknown, 0 if no language model answered
    latency_s: seconds until the answer was complete, retries included
    is_language_model: False for providers that follow a template or copy a file
    finish: why the answer ended: "stop", "length" (cut off), "refusal", "content_filter", ...
    note: what a reader must know about the answer, in sentences
    """

    text: str
    model: str
    provider: str
    is_language_model: bool
    parameters: dict[str, Any] = field(default_factory=dict)
    input_tokens: int | None = None
    output_tokens: int | None = None
    price_usd: float | None = 0.0
    latency_s: float = 0.0
    finish: str = "stop"
    note: str = ""
    cached_tokens: int | None = None
    provenance: Provenance = field(default_factory=dict)

    @property
    def broken_off(self) -> str:
        """Why the answer is incomplete, in words; "" if it is complete."""
        return _BROKEN_OFF.get(self.finish, "")


def write_completion(path: Path, completion: Completion) -> None:
    """Write completion_<k>.json."""
    write_json(path, vars(completion))


def read_completion(path: Path) -> Completion:
    """Read completion_<k>.json."""
    return typed(Completion, read_json(path), path)
