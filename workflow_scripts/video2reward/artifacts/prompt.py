"""`prompt.txt` and `prompt.json`: exactly what a model is sent, and the facts behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import Provenance, read_json, write_json, write_text
from video2reward.errors import UserError

Message = dict[str, str]


@dataclass(frozen=True)
class Prompt:
    """A conversation that ends with the user's turn.

    messages: {"role": system | user | assistant, "content": text}, as sent
    facts: the same content as figures: signals, joints, cycle, feedback, previous reward
    """

    messages: tuple[Message, ...]
    facts: dict[str, Any]
    provenance: Provenance = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The messages, each below a line with its role."""
        return "\n".join(f"===== {m['role']} =====\n{m['content'].rstrip()}\n" for m in self.messages)


def write_prompt(text: Path, record: Path, prompt: Prompt) -> None:
    """Write prompt.txt and prompt.json."""
    write_text(text, prompt.text)
    write_json(record, vars(prompt))


def read_prompt(record: Path) -> Prompt:
    """Read prompt.json."""
    content = read_json(record)
    try:
        return Prompt(tuple(content["messages"]), content["facts"], content["provenance"])
    except KeyError as error:
        raise UserError(f"{record} lacks {error}; it is not a prompt.json of this project") from None
