"""Pictures and films in the chat protocol: as data addresses beside the text, and how servers refuse them."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from video2reward.artifacts.prompt import Message, pictures_of
from video2reward.errors import UserError
from video2reward.llm.patience import Fault
from video2reward.llm.server_words import Said
from video2reward.settings.llm import LLM

MOST_BYTES = 20 * 2**20
"""Limit on a question's pictures; OpenAI's own is 50 MB a request, other servers' are lower."""
_KINDS = {".jpg": "image/jpeg", ".png": "image/png", ".mp4": "video/mp4"}
_NO_PICTURES = re.compile(
    r"\bimages?\b|image_url|\bvision\b|multi-?modal|unsupported content part|video_url|video\(s\)|\bvideos? (?:input|is|are)\b"
    r"|content\W{0,3} (?:must|should) be a (?:valid )?string|can only concatenate str \(not \W?list",
    re.I,
)
_NO_FILMS = re.compile(r"video_url|video\(s\)|\bvideos? (?:input|is|are)\b", re.I)
_TOO_LARGE = re.compile(r"too large|exceeds? .{0,40}(?:maximum|limit|\d ?[MK]i?B)|maximum .{0,20}size", re.I)


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
            # Films are no part of OpenAI's protocol; vLLM, SGLang and Qwen's servers take them so.
            kind = "video_url" if path.suffix == ".mp4" else "image_url"
            parts.append({"type": kind, kind: {"url": address}})
        sent.append({"role": message["role"], "content": parts})
    return sent


def picture_fault(status: int, said: Said, settings: LLM) -> Fault | None:
    """Return the fault of a server that takes no pictures, no films, or none so large; None for any other."""
    words = said.words.replace(settings.model, "")  # which may have "vision" in its name
    pictured = _NO_PICTURES.search(words) is not None
    if status == 404 and "support" not in words:  # an unknown model
        return None
    if status == 413 or (pictured and _TOO_LARGE.search(said.words)):
        hint = "with pictures, lower critique.count or llm.picture_budget; or raise the server's own limit"
        return Fault(f"rejects the request as too large (HTTP {status})", said.words, again=False, hint=hint)
    if not pictured:
        return None
    if _NO_FILMS.search(said.words):
        hint = "set critique.pictures: pairs, or ask a server and a model that take films"
        return Fault(f"refuses the film (HTTP {status})", said.words, again=False, hint=hint)
    hint = "choose a model that sees pictures in llm.model, lower critique.count, or take a method without a critique"
    return Fault(f"refuses the pictures (HTTP {status})", said.words, again=False, hint=hint)


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
