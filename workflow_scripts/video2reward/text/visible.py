"""Other people's words on a terminal and in a log: nothing in them may move the cursor or pose as a sentence of ours."""

from __future__ import annotations

import io
import re
import sys
from typing import Any, TextIO, cast
from unicodedata import category

from video2reward.text.redaction import redacted

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# Control characters, marks of writing direction and what else is invisible, halves of characters, line ends that only
# some readers know: unicode.org/reports/tr44, general categories.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def visible(text: str) -> str:
    """Return `text` with what a terminal acts on or hides written out by its number; colours go."""
    plain = _COLOUR.sub("", text.replace("\r\n", "\n"))
    if plain.isascii() and plain.isprintable():  # most lines
        return plain
    return "".join(c if c in "\n\t" or category(c) not in _UNSEEN else _written_out(c) for c in plain)


def in_one_line(text: str, width: int = 300) -> str:
    """Return other people's words as they can stand in a sentence: in one line, visible, without keys, and then shortened."""
    line = visible(" ".join(redacted(text).split()))
    return line if len(line) <= width else f"{line[:width]}..."


def indented(text: str) -> str:
    """Return `text` with all lines but the first moved right, so that none of them reads as a message of its own."""
    return "\n    ".join(text.splitlines())


def _written_out(letter: str) -> str:
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


class CleanStream:
    """An output that writes whole lines, visible and without keys; else it is the stream it was made of."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`."""
        self._stream, self._begun = stream, ""

    def write(self, text: str) -> int:
        """Write what ends with a line; the rest waits for its end, so that no key is seen in parts."""
        self._begun += text
        if text.endswith("\n"):
            self._write()
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Write what waits."""
        self._write()
        self._stream.flush()

    def _write(self) -> None:
        waiting, self._begun = self._begun, ""
        if waiting:
            self._stream.write(visible(redacted(waiting)))

    def __getattr__(self, name: str) -> Any:
        """Return what else the stream has."""
        return getattr(self._stream, name)


def clean_output() -> None:
    """Let all that this process prints from now on be visible and without keys."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None or isinstance(stream, CleanStream):
            continue
        if isinstance(stream, io.TextIOWrapper):  # what a locale cannot write must not end a job
            stream.reconfigure(errors="backslashreplace")
        setattr(sys, name, cast(TextIO, CleanStream(stream)))
