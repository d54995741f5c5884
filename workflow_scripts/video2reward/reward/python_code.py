"""Python code of an answer as a syntax tree: its functions, their undefined names, and syntax errors."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

NAME = "compute_reward"
_BUILT_IN = frozenset(vars(builtins))
MAX_CHARACTERS = 100_000
"""Longest block that is parsed, characters."""


@dataclass(frozen=True)
class Block:
    """A block of valid Python code."""

    code: str
    tree: ast.Module

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef]:
        """The top-level functions, the last of each name."""
        return {node.name: node for node in self.tree.body if isinstance(node, ast.FunctionDef)}

    @cached_property
    def rewards(self) -> list[ast.FunctionDef]:
        """The definitions of `compute_reward` at the top level."""
        return [node for node in self.tree.body if isinstance(node, ast.FunctionDef) and node.name == NAME]

    @cached_property
    def lines(self) -> list[str]:
        """The code's lines, numbered as in the syntax tree."""
        return self.code.split("\n")

    def source(self, node: ast.stmt) -> str:
        """Return a statement's lines, decorators included."""
        return "\n".join(self.lines[first_line(node) - 1 : node.end_lineno])

    @cached_property
    def offered(self) -> dict[str, ast.stmt]:
        """Definitions that other blocks may need, by name: functions, imports, constants."""
        found: dict[str, ast.stmt] = {}
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = node
            elif isinstance(node, ast.Import | ast.ImportFrom):
                found |= {(alias.asname or alias.name).partition(".")[0]: node for alias in node.names}
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {target.id: node for target in targets if isinstance(target, ast.Name)}
        return found


def parse(code: str) -> Block | None:
    """Return `code` as a block, None if it is not Python or is too long."""
    if len(code) > MAX_CHARACTERS:
        return None
    try:
        return Block(code, ast.parse(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def readable_head(code: str) -> Block | None:
    """Return the longest valid beginning of the code, without a truncated function."""
    for _ in range(20):
        if (block := parse(code)) is not None:
            last = block.tree.body[-1] if block.tree.body else None
            if not isinstance(last, ast.FunctionDef) or ends_in_return(last.body):
                return block
            code = "\n".join(block.lines[: first_line(last) - 1])
            continue
        try:
            ast.parse(code[:MAX_CHARACTERS])
        except SyntaxError as error:
            code = "\n".join(code.split("\n")[: max(0, (error.lineno or 1) - 1)])
        except (ValueError, RecursionError, MemoryError):
            return None
    return None


def syntax_fault(code: str) -> str:
    """Return why `code` is not Python, with the line."""
    try:
        ast.parse(code)
    except (RecursionError, MemoryError):
        return "an expression is nested too deeply"
    except (SyntaxError, ValueError) as error:
        return f"line {getattr(error, 'lineno', '?')}: {getattr(error, 'msg', error)}"
    return ""


def first_line(node: ast.stmt) -> int:
    """Return a statement's first line, decorators included."""
    return min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])


def is_complete(function: ast.FunctionDef) -> bool:
    """Tell whether a function ends with a return: it is not a stub, an interface or truncated."""
    body = [
        node
        for node in function.body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    return ends_in_return(body) and not is_stub(function)


def is_stub(function: ast.FunctionDef) -> bool:
    """Tell whether a function has an empty body: a docstring, `pass`, `...`, a raise."""
    return all(
        isinstance(node, ast.Pass | ast.Raise)
        or (isinstance(node, ast.Expr | ast.Return) and isinstance(node.value, ast.Constant | None))
        for node in function.body
    )


def ends_in_return(body: list[ast.stmt]) -> bool:
    """Tell whether the last statement returns, in both branches if it is an `if`."""
    last = body[-1] if body else None
    if isinstance(last, ast.If):
        return ends_in_return(last.body) and ends_in_return(last.orelse)
    return isinstance(last, ast.Return | ast.Raise)


def free_names(tree: ast.AST) -> Iterator[str]:
    """Yield the names that are read but not defined within, in reverse order."""
    names: list[str] = []
    given = set(Block("", tree).offered) if isinstance(tree, ast.Module) else set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            names.append(node.id)
        elif isinstance(node, ast.Name | ast.arg):
            given.add(node.id if isinstance(node, ast.Name) else node.arg)
    yield from (name for name in reversed(names) if name not in given and name not in _BUILT_IN)
