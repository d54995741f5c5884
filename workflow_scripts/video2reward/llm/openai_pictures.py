"""Messages in the chat protocol: text as it is, pictures as data addresses beside it."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from video2reward.artifacts.prompt import Message, pictures_of
from video2reward.errors import UserError

MOST_BYTES = 20 * 2**20
"""Limit on a question's pictures; OpenAI's own is 50 MB a request, other servers' are lower."""
_KINDS = {".jpg": "image/jpeg", ".png": "image/png"}


def sent_messages(messages: tuple[Message, ...], folder: Path) -> list[dict[str, Any]]:
    """Return messages as they are sent; a message without pictures is unchanged.

    folder: the prompt's, which the pictures' files are relative to

    Raises:
        UserError: a picture is missing, is not the one that the prompt names, or all are too large together
    """
    room, sent = MOST_BYTES, []
    for message in messages:
        shown = pictures_of(message)
        if not shown:
            sent.append(dict(message))
            continue
        parts: list[dict[str, Any]] = [{"type": "text", "text": message["content"]}]
        for picture in shown:
            path = folder / picture["file"]
            content = _content(path, picture["sha256"])
            room -= len(content)
            if room < 0:
                raise UserError(
                    f"{path} and the pictures before it have more than {MOST_BYTES // 2**20} MB, which servers refuse; "
                    "lower critique.count"
                )
            address = f"data:{_KINDS[path.suffix]};base64,{base64.b64encode(content).decode()}"
            parts.append({"type": "image_url", "image_url": {"url": address}})
        sent.append({"role": message["role"], "content": parts})
    return sent


def _content(path: Path, sha256: str) -> bytes:
    """Return a picture's bytes if they are those that the prompt names."""
    again = "delete the prompt beside it and run again"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"picture {path} cannot be read: {error.strerror or error}; {again}") from None
    if (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise UserError(f"picture {path} has changed since its prompt was written ({found[:8]}); {again}")
    return content
