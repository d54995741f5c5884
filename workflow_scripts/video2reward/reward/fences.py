"""Find the fenced blocks of an answer, line by line, in time linear in its length."""

from __future__ import annotations

import re
from collections.abc import Iterator

START = re.compile(r"(?:import |from |def |class |@torch)")
"""Start of an unindented line of code, as opposed to prose."""
_FENCE = re.compile(
    r"(?P<before>(?:[ \t>]|(?:[-*+]|\d{1,3}[.)])[ \t])*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]{0,200})$"
)
_LANGUAGE = re.compile(r"\{?\.?(?:python3?|py)\b[ \t}]*", re.I)
_QUOTED = re.compile(r"[ \t]*>[ \t]?")
_LONGEST_INFO = 30  # characters of a language name after a fence


def fenced_blocks(text: str) -> Iterator[str]:
    """Yield the text between fences, unchanged; an unclosed fence ends with the text.

    A block is closed by a fence of the same kind that is at least as long, also at the end of a line of code. A fence
    that names a language opens the next block even if the last was never closed.
    """
    fence, quotes, block = "", 0, list[str]()
    for line in text.split("\n"):
        found = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if not fence:
            if found:
                fence, quotes = found["fence"], found["before"].count(">")
                block = _first_line(found["info"])
            elif line.rstrip().lower().endswith(("```python", "```py", "```python3")):
                fence, quotes, block = "```", 0, []
            continue
        same = found and found["fence"][0] == fence[0] and len(found["fence"]) >= len(fence)
        if found and same and len(found["info"]) <= _LONGEST_INFO:
            if block:
                yield "\n".join(block)
            named = found["info"].strip()
            fence, quotes = (found["fence"], found["before"].count(">")) if named else ("", 0)
            block = _first_line(found["info"])
            continue
        for _ in range(quotes):
            line = _QUOTED.sub("", line, count=1)
        code = line.rstrip()
        bare = code.rstrip(fence[0])
        if len(code) - len(bare) >= len(fence) and bare.strip():
            yield "\n".join([*block, bare])
            fence, block = "", []
        else:
            block.append(line)
    if fence:
        yield "\n".join(block)


def _first_line(info: str) -> list[str]:
    """Return the code on the same line as an opening fence."""
    code = _LANGUAGE.sub("", info, count=1)
    return [code] if START.match(code) else []


def dedented(block: str) -> str:
    """Remove common indentation, as in a list item."""
    lines = block.split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines)
