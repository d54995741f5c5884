"""Shared tools of the rewrites: notes on changes, a bound on growth, names and their bindings."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from video2reward.reward.allowlist import MAX_NODES, expression_faults
from video2reward.reward.names import IN_PLACE

MAX_NOTES = 40
Node = TypeVar("Node", bound=ast.AST)


class GrowthError(Exception):
    """Rewriting would make the code larger than the allow-list permits; the code is left unchanged."""


class Notes:
    """Sentences on what was rewritten, with the original line; counts copied nodes."""

    def __init__(self) -> None:
        """Start without notes."""
        self._sentences: dict[str, None] = {}
        self._copied = 0

    def add(self, node: ast.AST, sentence: str) -> None:
        """Note what happened to `node`."""
        self._sentences[f"line {getattr(node, 'lineno', '?')}: {sentence}"] = None

    def copied(self, node: Node, place: ast.AST) -> Node:
        """Return a copy of an expression for another place; too many copies raise `GrowthError`."""
        self._copied += sum(1 for _ in ast.walk(node))
        if self._copied > MAX_NODES:
            raise GrowthError
        return at(_copy(node), place)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences, at most `MAX_NOTES`."""
        found = list(self._sentences)
        more = [f"and {len(found) - MAX_NOTES} more"] if len(found) > MAX_NOTES else []
        return (*found[:MAX_NOTES], *more)


class Replace(ast.NodeTransformer):
    """Replace names that are read with expressions."""

    def __init__(self, by: Mapping[str, ast.expr], notes: Notes) -> None:
        """Replace each name in `by`."""
        self._by = by
        self._notes = notes

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replace a name with a copy of its expression."""
        if isinstance(node.ctx, ast.Load) and node.id in self._by:
            return self._notes.copied(self._by[node.id], node)
        return node


def _copy(value: Any) -> Any:
    """Return a copy of a tree; copy.deepcopy uses six stack levels per level of the tree."""
    if isinstance(value, list):
        return [_copy(part) for part in value]
    return (
        type(value)(**{n: _copy(v) for n, v in ast.iter_fields(value)})
        if isinstance(value, ast.AST)
        else value
    )


def functions(tree: ast.Module) -> list[ast.FunctionDef]:
    """Return the module-level functions."""
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]


def arguments(function: ast.FunctionDef | ast.Lambda) -> list[ast.arg]:
    """Return all arguments of a function, positional and keyword-only."""
    spec = function.args
    rest = [a for a in (spec.vararg, spec.kwarg) if a]
    return [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *rest]


def bound(node: ast.AST) -> set[str]:
    """Return the names bound anywhere within `node`, as an argument, a target or a function."""
    names = set()
    for inner in ast.walk(node):
        match inner:
            case ast.Name(ctx=ast.Store() | ast.Del()):
                names.add(inner.id)
            case ast.arg():
                names.add(inner.arg)
            case ast.FunctionDef() if inner is not node:
                names.add(inner.name)
    return names


def read(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names read anywhere within `nodes`."""
    return {
        inner.id
        for node in nodes
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load)
    }


def calls(node: ast.AST, name: str) -> list[ast.Call]:
    """Return the calls of the function `name`."""
    return [
        inner
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == name
    ]


def blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield every list of statements within `node`; lists may be changed in place."""
    for inner in ast.walk(node):
        for part in ("body", "orelse", "finalbody"):
            block = getattr(inner, part, None)
            if isinstance(block, list):
                yield block


def dotted(node: ast.expr) -> str:
    """Return the dotted name of an expression such as `torch.nn.functional`, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def named(text: str) -> ast.expr:
    """Return the expression of a dotted name."""
    return ast.parse(text, mode="eval").body


def at(node: Node, place: ast.AST) -> Node:
    """Return a new node with the line numbers of `place`."""
    for inner in ast.walk(node):
        ast.copy_location(inner, place)
    return node


def is_text(node: ast.AST) -> bool:
    """Tell whether a statement is a docstring."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


# Used for display, never in computation.
_SHOWING = frozenset({"format", "cpu", "numpy", "tolist", "join"})


def harmless(node: ast.AST, known: Iterable[str]) -> bool:
    """Tell whether code has no side effects, so that it can be dropped if its value is unused.

    known: functions defined beside it
    """
    if any(isinstance(inner, ast.Attribute) and inner.attr in IN_PLACE for inner in ast.walk(node)):
        return False
    nodes = [
        inner
        for inner in ast.walk(node)
        if not isinstance(inner, ast.JoinedStr | ast.FormattedValue)
        and not (isinstance(inner, ast.Attribute) and inner.attr in _SHOWING)
    ]
    return not expression_faults(nodes, set(known))


def names_of(tree: ast.Module, module: str) -> set[str]:
    """Return the names that the code has imported a module by."""
    return {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == module
    }
