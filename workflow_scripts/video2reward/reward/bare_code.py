"""Find code in text without fences, or in a block mixed with prose."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from video2reward.reward.fences import START
from video2reward.reward.python_code import MAX_CHARACTERS, NAME, Block, parse

_WORK = 10 * MAX_CHARACTERS  # characters to parse in search of unfenced code: about a second
_HEAD = 5  # lines to look at first
_PREFIX = re.compile(rf"^([ \t]*(?:>>> |[>|+#][>|+# \t]*)?)def {NAME}\b(?!\((?:self|cls)\b)", re.M)
# Python's prompt uses another sign for continuation lines.
_PROMPT, _GOES_ON = ">>> ", "... "
_FENCE_AFTER_CODE = re.compile(r"^([^\n`]*[^\s`])[ \t]*```+[ \t]*$", re.M)


def after_difference(text: str) -> str:
    """Apply a unified diff: drop removed lines and the markers."""
    if not re.search(r"^@@ .*@@", text, re.M):
        return text
    lines = [line for line in text.split("\n") if not re.match(r"-|@@ |\+\+\+ |diff |index |\\ ", line)]
    return "\n".join(line[1:] if line[:1] in ("+", " ") else line for line in lines)


def at_the_margin(text: str) -> str | None:
    """Return `text` without the prefix of each line of its last `compute_reward`, None if there is no prefix.

    Prefixes are list indentation, quotation or diff markers, Python's prompt.
    """
    found = [match[1] for match in _PREFIX.finditer(text)]
    if not found or not found[-1]:
        return None
    prefix = found[-1]
    others = (
        prefix,
        prefix.replace(_PROMPT, _GOES_ON),
        prefix.rstrip(),
        prefix.replace(_PROMPT, _GOES_ON).rstrip(),
    )
    return "\n".join(_without(line, others) for line in text.split("\n"))


def _without(line: str, prefixes: tuple[str, ...]) -> str:
    for prefix in prefixes:
        if prefix and line.startswith(prefix):
            return line[len(prefix) :]
    return line


def bare_code(text: str) -> Iterator[Block]:
    """Yield, last first, the runs of complete lines that are Python and define the function.

    The parser's error tells where a run ends: at prose after the code, or at prose between it and a start further up,
    from which no run can reach the function. The work is bounded.
    """
    lines = _FENCE_AFTER_CODE.sub(r"\1\n```", text).split("\n")
    ends_at = list(accumulate(len(line) + 1 for line in lines))
    starts = [i for i, line in enumerate(lines) if START.match(line)]
    starts.append(len(lines))
    work, before = 0, len(lines)

    def next_start(line: int) -> int:
        return starts[bisect_left(starts, line)]

    for last in [i for i in reversed(starts[:-1]) if lines[i].startswith(f"def {NAME}")]:
        if last >= before:  # inside the run found last
            continue
        start, found = next_start(bisect_left(ends_at, ends_at[last] - MAX_CHARACTERS)), False
        while start <= last and not found:
            head = "\n".join(lines[start : min(start + _HEAD, last)])
            line, read = _fault(head)
            work += read
            if read < len(head) and line <= head.count("\n"):  # nothing further down can fix it
                start = next_start(start + line)
                continue
            end = bisect_left(ends_at, ends_at[start] + MAX_CHARACTERS)
            while end > last:
                code = "\n".join(lines[start:end])
                if (block := parse(code)) is not None:
                    before, found = start, True
                    yield _without_words(block)
                    break
                line, read = _fault(code)
                end = min(end - 1, start + line - 1)
                work += read + len(code) // 10
                if work > _WORK:
                    return
            if not found:
                start = next_start(max(start, end) + 1)


def broken_code(text: str) -> str:
    """Return the last `compute_reward` of a text with its body: up to the first unindented line."""
    lines = text.split("\n")
    starts = [i for i, line in enumerate(lines) if re.match(rf"def {NAME}\b", line)]
    if not starts:
        return ""
    first = last = starts[-1]
    while first > 0 and (
        START.match(lines[first - 1]) or not lines[first - 1].strip() or lines[first - 1][0] in " \t#@"
    ):
        first -= 1
    while last + 1 < len(lines) and (not lines[last + 1].strip() or lines[last + 1][0] in " \t)]}#"):
        last += 1
    while first < starts[-1] and not START.match(lines[first]):
        first += 1
    return "\n".join(lines[first : last + 1]).rstrip()


def _fault(code: str) -> tuple[int, int]:
    """Return the line where the parser failed (the first if unknown) and how many characters it read."""
    try:
        ast.parse(code)
    except SyntaxError as error:
        line = error.lineno or 1
        to_the_end = re.search(r"never closed|unterminated|EOF", error.msg)
        lines = code.split("\n", line)
        return line, len(code) - (0 if to_the_end or len(lines) <= line else len(lines[-1]))
    except (ValueError, RecursionError, MemoryError):
        pass
    return 1, len(code)


def _without_words(block: Block) -> Block:
    """Drop single words after the code, which parse as Python too."""
    body = list(block.tree.body)
    while isinstance(body[-1], ast.Expr):
        body.pop()
    return parse("\n".join(block.lines[: body[-1].end_lineno])) or block
