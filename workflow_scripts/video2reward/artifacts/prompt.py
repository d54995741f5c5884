"""`prompt.txt` and `prompt.json`: exactly what a model is sent, and the facts behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import Provenance, digest, read_json, write_json, write_text
from video2reward.errors import UserError

Message = dict[str, Any]
"""{"role": system | user | assistant, "content": text}; with pictures also {"pictures": [{"file", "sha256"}, ...]}.

file: relative to the prompt's folder; a film also has its number of "frames". The key is absent without pictures, so that
messages of text stay as they are.
"""


def with_pictures(message: Message, folder: Path, files: Iterable[Path], frames: int = 1) -> Message:
    """Return a message that shows picture files of `folder`, the prompt's, or films of so many frames."""
    film = {"frames": frames} if frames > 1 else {}
    shown = [{"file": str(file.relative_to(folder)), "sha256": digest(file), **film} for file in files]
    return {**message, "pictures": shown} if shown else message


def pictures_of(message: Message) -> tuple[Mapping[str, Any], ...]:
    """Return a message's pictures, each with `file` and `sha256`."""
    return tuple(message.get("pictures", ()))


def pictures_in(message: Message) -> int:
    """Return how many pictures a model looks at: every frame of a film is one."""
    return sum(int(picture.get("frames", 1)) for picture in pictures_of(message))


@dataclass(frozen=True)
class Prompt:
    """A conversation that ends with the user's turn.

    messages: as sent
    facts: the same content as figures: signals, joints, cycle, feedback, previous reward
    """

    messages: tuple[Message, ...]
    facts: dict[str, Any]
    provenance: Provenance = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The messages, each below a line with its role; pictures by name."""
        return "\n".join(f"===== {m['role']} =====\n{_shown(m)}\n" for m in self.messages)


def _shown(message: Message) -> str:
    lines = [
        f"[{'film' if 'frames' in p else 'picture'} {n}: {p['file']}]"
        for n, p in enumerate(pictures_of(message), start=1)
    ]
    return "\n".join([str(message["content"]).rstrip(), *lines])


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
