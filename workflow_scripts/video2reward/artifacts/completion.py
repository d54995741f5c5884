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

    model: the name the provider gives for what answered
    parameters: what was sent beside the messages
    input_tokens, output_tokens: as billed, None where unknown; cached_tokens: those of the input that the
        server had seen before and charges less for
    price_usd: by the price table or the settings, None where unknown, 0 for writers that are no language model
    latency_s: seconds until the answer was complete, retries included
    is_language_model: False for writers that follow a template or copy a file
    finish: why the answer ended: "stop", "length" (cut off), "refusal", "content_filter", ...
    note: what a reader must know of it, in sentences
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
        """Why this is no whole answer, in words; "" if it is one."""
        return _BROKEN_OFF.get(self.finish, "")


def write_completion(path: Path, completion: Completion) -> None:
    """Write completion_<k>.json."""
    write_json(path, vars(completion))


def read_completion(path: Path) -> Completion:
    """Read completion_<k>.json."""
    return typed(Completion, read_json(path), path)
