"""Foreign text in terminals and logs: it must not move the cursor or pass for one of our messages."""

from __future__ import annotations

import io
import re
import sys
from typing import Any, TextIO, cast
from unicodedata import category

from video2reward.text.redaction import redacted

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# Control characters, direction marks and other invisible characters, lone surrogates, unusual line ends:
# unicode.org/reports/tr44, general categories.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def visible(text: str) -> str:
    """Return `text` with control and invisible characters written as numbers, and colour codes removed."""
    plain = _COLOUR.sub("", text.replace("\r\n", "\n"))
    if plain.isascii() and plain.isprintable():  # the common case
        return plain
    return "".join(c if c in "\n\t" or category(c) not in _UNSEEN else _written_out(c) for c in plain)


def in_one_line(text: str, width: int = 300) -> str:
    """Return foreign text fit for a sentence: on one line, visible, without keys, shortened to `width`."""
    line = visible(" ".join(redacted(text).split()))
    return line if len(line) <= width else f"{line[:width]}..."


def indented(text: str) -> str:
    """Indent all lines but the first, so that none of them reads as a separate message."""
    return "\n    ".join(text.splitlines())


def _written_out(letter: str) -> str:
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


class CleanStream:
    """A wrapper around a stream that writes whole lines, visible and without keys."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`."""
        self._stream, self._begun = stream, ""

    def write(self, text: str) -> int:
        """Write complete lines; hold back the rest until its line ends, so that no key is written in parts."""
        self._begun += text
        if text.endswith("\n"):
            self._write()
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Write what was held back."""
        self._write()
        self._stream.flush()

    def _write(self) -> None:
        waiting, self._begun = self._begun, ""
        if waiting:
            self._stream.write(visible(redacted(waiting)))

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of the stream."""
        return getattr(self._stream, name)


def clean_output() -> None:
    """Make all further output of this process visible and free of keys."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None or isinstance(stream, CleanStream):
            continue
        if isinstance(
            stream, io.TextIOWrapper
        ):  # characters that the locale cannot encode must not end a job
            stream.reconfigure(errors="backslashreplace")
        setattr(sys, name, cast(TextIO, CleanStream(stream)))
