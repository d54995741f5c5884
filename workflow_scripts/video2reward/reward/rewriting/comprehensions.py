"""Expand comprehensions with conditions or several loops whose elements are known statically."""

from __future__ import annotations

import ast

from video2reward.reward.rewriting.base import Notes, Replace
from video2reward.reward.rewriting.numbers import fold

_MOST = 64  # elements of a loop that is expanded
_COMPARE = frozenset({ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq})


def write_out(tree: ast.Module, notes: Notes) -> None:
    """Expand a comprehension with a known loop, `[f(i) for i in range(4) if i != 1]`, into its list."""
    _Comprehensions(notes).visit(tree)


class _Comprehensions(ast.NodeTransformer):
    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        return self._written(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        return self._written(node)

    def _written(self, node: ast.ListComp | ast.GeneratorExp) -> ast.expr:
        self.generic_visit(node)
        if len(node.generators) == 1 and not node.generators[0].ifs:
            return node
        rows: list[dict[str, ast.expr]] = [{}]
        for loop in node.generators:
            values = _elements(loop.iter)
            if values is None or not isinstance(loop.target, ast.Name) or len(rows) * len(values) > _MOST:
                return node
            rows = [row | {loop.target.id: value} for row in rows for value in values]
            kept = []
            for row in rows:
                judged = [
                    _judge(Replace(row, self._notes).visit(self._notes.copied(test, test)))
                    for test in loop.ifs
                ]
                if None in judged:
                    return node
                if all(judged):
                    kept.append(row)
            rows = kept
        if not rows:
            return node
        parts = [
            Replace(row, self._notes).visit(ast.Expression(self._notes.copied(node.elt, node))).body
            for row in rows
        ]
        self._notes.add(node, "the comprehension written out")
        return ast.copy_location(ast.List(parts, ast.Load()), node)


def _elements(node: ast.expr) -> list[ast.expr] | None:
    match node:
        case ast.List(elts=parts) | ast.Tuple(elts=parts) if all(isinstance(p, ast.Constant) for p in parts):
            return parts
        case ast.Call(func=ast.Name(id="range"), args=args, keywords=[]) if 1 <= len(args) <= 3:
            numbers = [fold(a) for a in args]
            if all(isinstance(n, int) and abs(n) < 10**6 for n in numbers) and numbers[2:] != [0]:
                steps = range(*numbers)  # type: ignore[arg-type]
                if len(steps) <= _MOST and all(i >= 0 for i in steps):
                    return [ast.Constant(i) for i in steps]
    return None


def _judge(test: ast.expr) -> bool | None:
    """Evaluate a comparison of constants; None if it is anything else."""
    match test:
        case ast.Compare(left=left, ops=[op], comparators=[ast.List(elts=parts) | ast.Tuple(elts=parts)]) if (
            isinstance(op, ast.In | ast.NotIn)
        ):
            values = [fold(p) for p in parts]
            value = fold(left)
            return None if value is None or None in values else (value in values) == isinstance(op, ast.In)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            one, other = fold(left), fold(right)
            if one is None or other is None:
                return None
            return {
                ast.Lt: one < other, ast.LtE: one <= other, ast.Gt: one > other, ast.GtE: one >= other,
                ast.Eq: one == other, ast.NotEq: one != other,
            }[type(op)]  # fmt: skip
        case ast.BoolOp(op=op, values=parts):
            found = [_judge(part) for part in parts]
            return None if None in found else all(found) if isinstance(op, ast.And) else any(found)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            judged = _judge(inner)
            return None if judged is None else not judged
    return None
