"""Rewrite numpy tables of numbers, `np.array([1.0, 0.5])`, in torch."""

from __future__ import annotations

import ast

from video2reward.reward.rewriting.base import Notes, dotted, named, names_of
from video2reward.reward.rewriting.numbers import fold

_MADE_OF_TABLES = ("torch.tensor", "torch.as_tensor", "torch.from_numpy")


def write_tables_in_torch(tree: ast.Module, notes: Notes) -> None:
    """Write a table as `torch.tensor([...])`, float32 if it holds fractions, and adapt its uses."""
    numpy = names_of(tree, "numpy")
    if not numpy:
        return
    tables = {
        node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and _is_table(node.value, numpy)
    }
    _Tables(numpy, tables, notes).visit(tree)


class _Tables(ast.NodeTransformer):
    def __init__(self, numpy: set[str], tables: set[str], notes: Notes) -> None:
        self._numpy, self._tables, self._notes = numpy, tables, notes

    def visit_Call(self, node: ast.Call) -> ast.expr:
        made = dotted(node.func) in _MADE_OF_TABLES and len(node.args) == 1
        table = node.args[0] if made else node
        is_table = _is_table(table, self._numpy) or (isinstance(table, ast.Name) and table.id in self._tables)
        self.generic_visit(node)
        if made and is_table:
            new: ast.expr = node.args[0]
            if node.keywords:
                new = ast.Call(ast.Attribute(new, "to", ast.Load()), [], node.keywords)
        elif is_table:
            whole = all(
                isinstance(n.value, int) for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant)
            )
            kind = [] if whole else [ast.keyword("dtype", named("torch.float32"))]
            new = ast.Call(named("torch.tensor"), node.args, kind)
        else:
            return node
        new = ast.fix_missing_locations(ast.copy_location(new, node))
        self._notes.add(node, f"{ast.unparse(node)} written as {ast.unparse(new)}")
        return new


def _is_table(node: ast.expr, numpy: set[str]) -> bool:
    """Tell whether an expression is `np.array` or `np.asarray` of literal numbers."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr="array" | "asarray"),
            args=[ast.List() | ast.Tuple() as rows],
        ):
            kinds = {keyword.arg for keyword in node.keywords}
            return name in numpy and kinds <= {"dtype"} and _is_numbers(rows)
    return False


def _is_numbers(node: ast.expr) -> bool:
    if isinstance(node, ast.List | ast.Tuple):
        return bool(node.elts) and all(map(_is_numbers, node.elts))
    return fold(node) is not None
