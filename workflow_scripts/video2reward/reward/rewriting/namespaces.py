"""Inline classes that only hold constants, such as `class Gains: speed = 1.0`."""

from __future__ import annotations

import ast

from video2reward.reward.rewriting.base import Notes, dotted, harmless, is_text, read

_DECORATORS = frozenset({"dataclass", "dataclasses.dataclass"})


def write_out_namespaces(tree: ast.Module, notes: Notes) -> None:
    """Replace `Gains.speed` with its value; a class with any other use stays, and is refused."""
    found = {
        node.name: entries
        for node in tree.body
        if isinstance(node, ast.ClassDef) and (entries := _entries(node))
    }
    if not found:
        return
    _Uses(found, notes).visit(tree)
    left = read(tree.body)
    for node in list(tree.body):
        if isinstance(node, ast.ClassDef) and node.name in found and node.name not in left:
            tree.body.remove(node)
            notes.add(node, f"the constants of {node.name} written where they are used")


def _entries(node: ast.ClassDef) -> dict[str, ast.expr]:
    """Return the constants of a class by name, none if it holds anything else."""
    bare = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    if node.bases or node.keywords or not all(dotted(d) in _DECORATORS for d in bare):
        return {}
    entries: dict[str, ast.expr] = {}
    for part in node.body:
        match part:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if harmless(value, ()) and not read([value]) - {"torch", "math"}:
                entries[name] = value
            case _ if not is_text(part):
                return {}
    return entries


class _Uses(ast.NodeTransformer):
    def __init__(self, found: dict[str, dict[str, ast.expr]], notes: Notes) -> None:
        self._found = found
        self._notes = notes

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attr, ctx=ast.Load()) if attr in self._found.get(
                name, ()
            ):
                return self._notes.copied(self._found[name][attr], node)
        return node
