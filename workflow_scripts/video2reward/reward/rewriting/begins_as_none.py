"""Rewrite sums that start as None: `total = t if total is None else total + t`."""

from __future__ import annotations

import ast

from video2reward.reward.rewriting.base import Notes, at, blocks, functions, is_text


def begin_with_zero(tree: ast.Module, notes: Notes) -> None:
    """Start such a sum at 0.0 and add every term, because None and a tensor have different types in TorchScript.

    In Python, `total += t` would write into the first term, with which `total` shares memory; here that term stays
    unchanged.
    """
    for function in functions(tree):
        begun = {
            node.targets[0].id: node
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
            and node.value.value is None
        }
        for name, start in begun.items():
            added = {id(node): term for node in ast.walk(function) if (term := _term(node, name)) is not None}
            tests = [node for node in ast.walk(function) if _is_none(node, name, (ast.Is, ast.IsNot))]
            if not added or len(tests) != len(added) or _other_values(function, name, added, start):
                continue
            for block in blocks(function):
                block[:] = [_addition(name, added[id(n)], n) if id(n) in added else n for n in block]
            start.value = ast.copy_location(ast.Constant(0.0), start.value)
            notes.add(start, f"{name} begins as 0.0 and not as None")


def _term(node: ast.AST, name: str) -> ast.expr | None:
    """Return the term that a statement adds to a sum, or starts it with; None if it does anything else."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id=target)], value=ast.IfExp(test=test, body=first, orelse=further)
        ) if target == name:
            if _is_none(test, name, (ast.IsNot,)):
                first, further = further, first
            elif not _is_none(test, name, (ast.Is,)):
                return None
            return first if _same(further, _sum(name, first)) else None
        case ast.If(test=test, body=[one], orelse=[other]):
            if _is_none(test, name, (ast.IsNot,)):
                one, other = other, one
            elif not _is_none(test, name, (ast.Is,)):
                return None
            if not (isinstance(one, ast.Assign) and _same(one.targets[0], ast.Name(name, ast.Store()))):
                return None
            stored = ast.Name(name, ast.Store())
            further_ways = (
                ast.Assign([stored], _sum(name, one.value)),
                ast.AugAssign(stored, ast.Add(), one.value),
            )
            return one.value if any(_same(other, way) for way in further_ways) else None
    return None


def _other_values(function: ast.FunctionDef, name: str, added: dict[int, ast.expr], start: ast.stmt) -> bool:
    """Tell whether the name is assigned anywhere else."""
    mine = {id(start)} | {
        id(inner) for node in ast.walk(function) if id(node) in added for inner in ast.walk(node)
    }
    mine |= {id(inner) for inner in ast.walk(start)}
    return any(
        isinstance(node, ast.Name)
        and node.id == name
        and isinstance(node.ctx, ast.Store)
        and id(node) not in mine
        for node in ast.walk(function)
        if not is_text(node)
    )


def _is_none(node: ast.AST, name: str, operators: tuple[type[ast.cmpop], ...]) -> bool:
    match node:
        case ast.Compare(left=ast.Name(id=left), ops=[operator], comparators=[ast.Constant(value=None)]):
            return left == name and isinstance(operator, operators)
    return False


def _sum(name: str, term: ast.expr) -> ast.expr:
    return ast.BinOp(ast.Name(name, ast.Load()), ast.Add(), term)


def _addition(name: str, term: ast.expr, place: ast.stmt) -> ast.stmt:
    target: ast.expr = ast.Name(name, ast.Store())
    return at(ast.Assign([target], _sum(name, term)), place)


def _same(one: ast.AST, other: ast.AST) -> bool:
    return ast.dump(one) == ast.dump(other)
