"""From an answer's text to the code of one reward function, helpers included."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from video2reward.errors import UserError

NAME = "compute_reward"
MAX_CHARACTERS = 100_000
"""Of the code; longer blocks are not even parsed."""
_WORK = 10 * MAX_CHARACTERS  # characters parsed in search of code without a fence: about a second
_HEAD = 5  # lines looked at first

# Closed by a fence of the same kind that is at least as long; one that was never closed (an answer cut off) ends
# with the text.
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([^\n`]*)\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.S | re.M)
_FENCE_AFTER_CODE = re.compile(r"(?<=[^\s`])[ \t]*(```[`]*)[ \t]*$", re.M)
_START = re.compile(r"(?:import |from |def |@torch)")
# What pasted text has for blanks or between letters, and Python refuses.
_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u200b": "", "\u2060": "", "\ufeff": ""})


class ExtractError(UserError):
    """An answer from which no reward function can be taken."""


@dataclass(frozen=True)
class _Block:
    """Code that is Python."""

    code: str
    tree: ast.Module

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef]:
        """The top-level functions, the last of each name."""
        return {node.name: node for node in self.tree.body if isinstance(node, ast.FunctionDef)}

    @cached_property
    def lines(self) -> list[str]:
        return self.code.split("\n")

    def source(self, node: ast.stmt) -> str:
        """Return a statement's lines, decorators included."""
        return "\n".join(self.lines[_first_line(node) - 1 : node.end_lineno])


def extract_code(text: str) -> str:
    """Return the last complete `compute_reward` of an answer with the helpers it calls.

    Looks into fenced blocks first, then at the bare text; what a model thought before it answered counts only
    if the answer holds none. Helpers that stand in another block than the function are put before it. Takes
    seconds at most, whatever the text. Raises `ExtractError` if there is none.
    """
    text = text.encode("utf-8", "replace").decode().translate(_BLANKS)  # JSON may hold halves of characters
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    answer = text.rpartition("</think>")[2]
    if f"def {NAME}" in answer:
        text = answer
    blocks = list(_fenced(text))
    parsed = [block for code in blocks if (block := _parse(code))]
    found = next((block for block in reversed(parsed) if NAME in block.functions), None)
    if found is None and not any(f"def {NAME}" in code and len(code) > MAX_CHARACTERS for code in blocks):
        found = _bare(text)
    if found is None:
        raise ExtractError(_reason(text, blocks))
    code = _without_older(_with_helpers(found, parsed))
    if len(code) > MAX_CHARACTERS:
        raise ExtractError(_too_long(code))
    return code.strip() + "\n"


def _fenced(text: str) -> Iterator[str]:
    """Yield what stands between fences; code that follows the opening fence in its line belongs to it."""
    for match in _FENCE.finditer(text):
        info, code = match[2], match[3]
        yield _dedent(f"{info}\n{code}" if _START.match(info) else code)


def _parse(code: str) -> _Block | None:
    """Return `code` as a block, None if it is not Python or too long."""
    if len(code) > MAX_CHARACTERS:
        return None
    try:
        return _Block(code, ast.parse(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _reason(text: str, blocks: list[str]) -> str:
    """Say why nothing was found."""
    if not text.strip():
        return "the answer is empty"
    for block in reversed(blocks):
        if f"def {NAME}" in block:
            return (
                _too_long(block)
                if len(block) > MAX_CHARACTERS
                else f"the code does not parse: {_syntax_fault(block)}"
            )
    if f"def {NAME}" in text:
        return f"a {NAME} was begun, but the answer holds no complete Python code; was it cut off?"
    return f"the answer defines no function {NAME}; give the complete code in one fenced Python block"


def _too_long(code: str) -> str:
    return f"the code has {len(code)} characters, at most {MAX_CHARACTERS} are read"


def _syntax_fault(block: str) -> str:
    try:
        ast.parse(block)
    except (RecursionError, MemoryError):
        return "an expression is nested too deeply"
    except (SyntaxError, ValueError) as error:
        return f"line {getattr(error, 'lineno', '?')}: {getattr(error, 'msg', error)}"
    return f"{NAME} is not a function at the top level"


def _bare(text: str) -> _Block | None:
    """Return the last run of whole lines that is Python and defines the function, None if there is none.

    The parser's complaint says where a run ends: at the words after the code, or at those between it and a
    start further up, from which no run can then reach the function.
    """
    lines = _FENCE_AFTER_CODE.sub(r"\n\1", text).split("\n")
    ends_at = list(accumulate(len(line) + 1 for line in lines))
    starts = [i for i, line in enumerate(lines) if _START.match(line)]
    starts.append(len(lines))

    def next_start(line: int) -> int:
        return starts[bisect_left(starts, line)]

    work = 0
    for last in [i for i in reversed(starts[:-1]) if lines[i].startswith(f"def {NAME}")]:
        start = next_start(bisect_left(ends_at, ends_at[last] - MAX_CHARACTERS))
        while start <= last:
            head = "\n".join(lines[start : min(start + _HEAD, last)])
            line, read = _fault(head)
            work += read
            if read < len(head) and line <= head.count("\n"):  # nothing further down mends it
                start = next_start(start + line)
                continue
            end = bisect_left(ends_at, ends_at[start] + MAX_CHARACTERS)
            while end > last:
                code = "\n".join(lines[start:end])
                if (block := _parse(code)) is not None:
                    return _without_words(block)
                line, read = _fault(code)
                end = min(end - 1, start + line - 1)
                work += read + len(code) // 10
                if work > _WORK:
                    return None
            start = next_start(max(start, end) + 1)
    return None


def _fault(code: str) -> tuple[int, int]:
    """Return the line at which the parser gave up, the first if it does not say, and how many characters it read."""
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


def _without_words(block: _Block) -> _Block:
    """Drop single words behind the code, which are Python too."""
    body = list(block.tree.body)
    while isinstance(body[-1], ast.Expr):
        body.pop()
    return _parse("\n".join(block.lines[: body[-1].end_lineno])) or block


def _with_helpers(block: _Block, others: list[_Block]) -> str:
    """Prepend the functions that a block calls but does not define, from the other blocks: the last of each name."""
    offered = {name: (other, node) for other in others for name, node in other.functions.items()}
    known, waiting = {NAME, *block.functions}, _called(block.tree)
    parts, size = [block.code], len(block.code)
    while waiting and size <= MAX_CHARACTERS:
        name = waiting.pop()
        if name in known or name not in offered:
            continue
        known.add(name)
        other, node = offered[name]
        parts.append(other.source(node))
        size += len(parts[-1])
        waiting += _called(node)
    return "\n\n\n".join(reversed(parts))


def _called(tree: ast.AST) -> list[str]:
    """Return the names that are called, the first one last."""
    nodes = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [node.id for node in nodes if isinstance(node, ast.Name)][::-1]


def _without_older(code: str) -> str:
    """Drop definitions that a later one of the same name replaces."""
    block = _parse(code)
    if block is None:  # too long, which is said by the caller
        return code
    lines = block.lines
    for node in block.tree.body:
        if isinstance(node, ast.FunctionDef) and node is not block.functions[node.name]:
            for i in range(_first_line(node) - 1, node.end_lineno or node.lineno):
                lines[i] = ""
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines))


def _first_line(node: ast.stmt) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])


def _dedent(block: str) -> str:
    """Remove the indentation that all lines share, as in a list item."""
    lines = block.split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines)
