"""From an answer's text to the code of one reward function, helpers included."""

from __future__ import annotations

import ast
import re

from video2reward.errors import UserError

NAME = "compute_reward"
MAX_CHARACTERS = 100_000

# A fence that was never closed (an answer cut off) ends with the text.
_FENCE = re.compile(
    r"^[ \t]*(?:```|~~~)[ \t]*(\w*)[^\n]*\n(.*?)(?:^[ \t]*(?:```|~~~)[ \t]*$|\Z)", re.S | re.M
)
_START = re.compile(r"^(?:import |from |def |@torch)")


class ExtractError(UserError):
    """An answer from which no reward function can be taken."""


def extract_code(text: str) -> str:
    """Return the last complete `compute_reward` of an answer with the helpers it calls.

    Looks into fenced blocks first, then at the bare text. Helpers that stand in an earlier block
    than the function are put before it. Raises `ExtractError` if there is none.
    """
    text = text.encode("utf-8", "replace").decode()  # JSON may hold halves of characters
    blocks = [_dedent(match.group(2)) for match in _FENCE.finditer(text)]
    complete = [block for block in blocks if _functions(block)]
    found = next((block for block in reversed(complete) if NAME in _functions(block)), None)
    if found is None and (bare := _bare(text)):
        found, complete = bare, [*complete, bare]
    if found is None:
        raise ExtractError(_reason(text, blocks))
    code = _without_older(_with_helpers(found, complete))
    if len(code) > MAX_CHARACTERS:
        raise ExtractError(f"the code has {len(code)} characters, at most {MAX_CHARACTERS} are read")
    return code.strip() + "\n"


def _reason(text: str, blocks: list[str]) -> str:
    """Say why nothing was found."""
    if not text.strip():
        return "the answer is empty"
    for block in reversed(blocks):
        if f"def {NAME}" in block:
            return f"the code does not parse: {_syntax_fault(block)}"
    if f"def {NAME}" in text:
        return f"a {NAME} was begun, but the answer holds no complete Python code; was it cut off?"
    return f"the answer defines no function {NAME}; give the complete code in one fenced Python block"


def _syntax_fault(block: str) -> str:
    try:
        ast.parse(block)
    except (SyntaxError, ValueError) as error:
        return f"line {getattr(error, 'lineno', '?')}: {getattr(error, 'msg', error)}"
    return f"{NAME} is not a function at the top level"


def _functions(code: str) -> dict[str, ast.FunctionDef]:
    """Return the top-level functions of `code`, the last of each name; {} if it is not Python."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def _bare(text: str) -> str:
    """Return the longest run of whole lines that is Python and defines the function, "" if none."""
    lines = text.splitlines()
    if len(lines) > 2000 or f"def {NAME}" not in text:
        return ""
    starts = [i for i, line in enumerate(lines) if _START.match(line)]
    ends = [i for i in range(len(lines), 0, -1) if lines[i - 1].strip()]
    for start in starts:
        for end in ends[:200]:
            code = "\n".join(lines[start:end])
            if NAME in _functions(code):
                return code
    return ""


def _with_helpers(code: str, blocks: list[str]) -> str:
    """Prepend the functions that `code` calls but does not define, from the other blocks."""
    missing = _called(code) - set(_functions(code))
    for block in reversed(blocks):
        for name, node in _functions(block).items():
            if name in missing and name != NAME:
                return _with_helpers(f"{_lines(block, node)}\n\n\n{code}", blocks)
    return code


def _called(code: str) -> set[str]:
    return {
        node.func.id
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def _without_older(code: str) -> str:
    """Drop definitions that a later one of the same name replaces."""
    last = _functions(code)
    lines = code.splitlines()
    for node in ast.parse(code).body:
        if isinstance(node, ast.FunctionDef) and node.lineno != last[node.name].lineno:
            for i in range(_first_line(node) - 1, node.end_lineno or node.lineno):
                lines[i] = ""
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines))


def _lines(code: str, node: ast.FunctionDef) -> str:
    return "\n".join(code.splitlines()[_first_line(node) - 1 : node.end_lineno])


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _dedent(block: str) -> str:
    """Remove the indentation that all lines share, as in a list item."""
    lines = [line for line in block.splitlines() if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    return "\n".join(line[margin:] for line in block.splitlines())
