"""Rewrite assignment expressions, and sums that start as a number and become a tensor."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from video2reward.reward.rewriting.base import (
    Notes,
    arguments,
    at,
    blocks,
    bound,
    functions,
)
from video2reward.reward.rewriting.kinds import TENSOR, has_shape, kinds_of, returned_kinds
from video2reward.reward.rewriting.numbers import fold


def assign_before(tree: ast.Module, notes: Notes) -> None:
    """Move `(n := x)` before its statement if Python evaluates it first and unconditionally."""
    for function in functions(tree):
        for block in list(blocks(function)):
            for node in list(block):
                for walrus in _walruses(node):
                    name = walrus.target.id
                    head = [n for n in _first(node) if isinstance(n, ast.Name) and n.id == name]
                    if any(isinstance(n.ctx, ast.Load) and _before(n, walrus) for n in head):
                        continue
                    new = ast.Assign([ast.Name(name, ast.Store())], walrus.value)
                    block.insert(block.index(node), ast.fix_missing_locations(ast.copy_location(new, node)))
                    _Swap(walrus, ast.copy_location(ast.Name(name, ast.Load()), walrus)).visit(node)
                    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Name):
                        block.remove(node)
                    notes.add(walrus, f"{name} := ... assigned before the statement")


def _walruses(node: ast.stmt) -> Iterator[ast.NamedExpr]:
    """Yield a statement's unconditional assignment expressions, inner ones first."""
    found = [n for n in _first(node) if isinstance(n, ast.NamedExpr)]
    if not isinstance(node, ast.While):
        yield from reversed(found)


def _first(node: ast.stmt) -> list[ast.AST]:
    """Return the parts of a statement that are evaluated exactly once, before its blocks."""
    todo = [
        getattr(node, part)
        for part in ("test", "value", "iter")
        if isinstance(getattr(node, part, None), ast.expr)
    ]
    found: list[ast.AST] = []
    while todo:
        inner = todo.pop()
        found.append(inner)
        match inner:
            case ast.BoolOp(values=[first, *_]):
                todo.append(first)
            case ast.IfExp(test=first):
                todo.append(first)
            case ast.Lambda() | ast.ListComp() | ast.DictComp() | ast.GeneratorExp() | ast.SetComp():
                continue
            case ast.Compare(left=left, comparators=[right, *_]):
                todo += [left, right]
            case _:
                todo += [
                    child
                    for child in ast.iter_child_nodes(inner)
                    if isinstance(child, ast.expr | ast.keyword)
                ]
    return found


def _before(one: ast.AST, other: ast.AST) -> bool:
    return (one.lineno, one.col_offset) < (other.lineno, other.col_offset)  # type: ignore[attr-defined]


class _Swap(ast.NodeTransformer):
    """Replace one node with another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else self.generic_visit(node)


def start_as_tensors(tree: ast.Module, notes: Notes) -> None:
    """Start a sum such as `total = 0.0` as a tensor if a loop or branch adds tensors, where types must not change."""
    returns = returned_kinds(tree)
    for function in functions(tree):
        kinds = kinds_of(function, returns)
        device = next(
            (a.arg for a in arguments(function) if kinds.get(a.arg) == TENSOR and has_shape(a.arg)), ""
        )
        names = {name for name in _started(function) if kinds.get(name) == TENSOR} if device else set()
        for node in ast.walk(function):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in names:
                    number = fold(value)
                    if number is not None:
                        text = f"torch.tensor({float(number)!r}, device={device}.device)"
                        node.value = at(ast.parse(text, mode="eval").body, value)
                        notes.add(node, f"{name} begins as a tensor")
        _Apart(names).visit(function)


def _started(function: ast.FunctionDef) -> set[str]:
    """Return the names that start as a number and are reassigned in a loop or branch."""
    begun = {
        node.targets[0].id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and fold(node.value) is not None
    }
    inner = [n for n in ast.walk(function) if isinstance(n, ast.For | ast.While | ast.If)]
    return begun & set().union(*(bound(n) for n in inner)) if inner else set()


class _Apart(ast.NodeTransformer):
    """Rewrite `total += x` as `total = total + x`: a scalar tensor cannot add a larger one in place."""

    def __init__(self, names: set[str]) -> None:
        self._names = names

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        if not isinstance(node.target, ast.Name) or node.target.id not in self._names:
            return node
        value = ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value)
        return at(ast.Assign([node.target], value), node)
