"""The syntax of reward code: what variables and arguments are set to, components, factors, calls."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from video2reward.signals import SIGNALS

_GIVEN = {
    "commands", "course", "default_joint_pos", "joint_limits", "torque_limits", "phase_sin", "phase_cos", "reference_keypoints",
    "reference_velocities", "standing_height", "wanted_height", "wanted_velocity", "wanted_flight", "wanted_lean",
}  # fmt: skip
"""Signals that the robot cannot influence, besides the single numbers: what they are multiplied by is a target."""
_ONES = {"ones", "ones_like", "zeros", "zeros_like", "full", "full_like"}


@dataclass
class Scope:
    """A function in one of its calls: its node, and what its arguments stand for: expressions of the caller's scope."""

    function: ast.FunctionDef
    arguments: dict[str, tuple[ast.expr, Scope | None]] = field(default_factory=dict)
    assigned: dict[str, list[ast.expr]] = field(default_factory=dict)


class Names:
    """What the names of one reward's code stand for, wherever they are read."""

    def __init__(self, tree: ast.Module) -> None:
        """Take the whole code."""
        self._tree = tree
        self._module = assignments([one for one in tree.body if not isinstance(one, ast.FunctionDef)])

    def values(self, node: ast.Name, scope: Scope) -> list[tuple[ast.expr, Scope, ast.AST]]:
        """Return what a name may stand for, each with the scope to read it in and the code that may read the name."""
        own = scope.function
        if node.id in scope.assigned:
            return [(value, scope, own) for value in scope.assigned[node.id]]
        if node.id in scope.arguments:
            value, caller = scope.arguments[node.id]
            return [(value, caller or scope, own)]
        return [(value, scope, self._tree) for value in self._module.get(node.id, [])]

    def is_number(self, node: ast.expr, scope: Scope) -> bool:
        """Tell whether a factor is a number, written here or the one value of a variable."""
        if number_in(node) is not None:
            return True
        if not isinstance(node, ast.Name):
            return False
        values = self.values(node, scope)
        return len(values) == 1 and (
            number_in(values[0][0]) is not None
            or (isinstance(values[0][0], ast.Name) and self.is_number(*values[0][:2]))
        )

    def is_scalar(self, node: ast.expr, scope: Scope) -> bool:
        """Tell whether a factor is one number for all agents: a signal such as dt, or a formula of such alone."""
        names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} - {"torch", "math"}
        calls = any(isinstance(one, ast.Call) and called_function(one) in _ONES for one in ast.walk(node))
        return not calls and all(
            (name in SIGNALS and not SIGNALS[name].shape) or self.is_number(ast.Name(name), scope)
            for name in names
        )

    def moves(self, node: ast.expr, scope: Scope, depth: int = 0) -> bool:
        """Tell whether a factor depends on what the robot does, or is a bonus of ones."""
        if depth > 20:
            return True
        for one in ast.walk(node):
            if isinstance(one, ast.Call) and called_function(one) in _ONES:
                return True
            if isinstance(one, ast.Name):
                values = self.values(one, scope)
                if any(self.moves(value, inside, depth + 1) for value, inside, _ in values):
                    return True
                if not values and one.id in SIGNALS and SIGNALS[one.id].shape and one.id not in _GIVEN:
                    return True
        return False

    @staticmethod
    def inner(node: ast.Call, scope: Scope, function: ast.FunctionDef) -> Scope:
        """Return a function's scope in one of its calls."""
        inner = Scope(function, defaults_of(function), assignments(function.body))
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        for name, value in zip(names, node.args, strict=False):
            inner.arguments[name] = (value, scope)
        for keyword in node.keywords:
            if keyword.arg is not None:
                inner.arguments[keyword.arg] = (keyword.value, scope)
        return inner


def float_of(number: ast.Constant) -> float:
    """Return a number's value without its sign, infinity of one that is too large for a float."""
    assert isinstance(number.value, int | float)
    try:
        return float(number.value)
    except OverflowError:
        return math.inf


def number_in(node: ast.expr) -> ast.Constant | None:
    """Return the number of a plain or a negated one."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    is_number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
    return node if is_number and isinstance(node, ast.Constant) else None


def assignments(body: list[ast.stmt]) -> dict[str, list[ast.expr]]:
    """Return variable -> every value that statements give or add to it; those set in other ways have none."""
    found: dict[str, list[ast.expr]] = {}
    for node in (inner for statement in body for inner in ast.walk(statement)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]):
                found.setdefault(name, []).append(node.value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                assert node.value is not None
                whole = isinstance(node.annotation, ast.Name) and node.annotation.id == "int"
                # An integer must stay one: twice is never once.
                found.setdefault(name, []).extend([node.value] * (2 if whole else 1))
            case ast.AugAssign(target=ast.Name(id=name)):
                added = isinstance(node.op, ast.Add | ast.Sub)
                found.setdefault(name, []).extend([node.value] if added else [ast.Constant(None)])
            case ast.For(target=target) | ast.comprehension(target=target):
                for one in ast.walk(target):
                    if isinstance(one, ast.Name):
                        found.setdefault(one.id, []).extend([ast.Constant(None)] * 2)
            case ast.Assign(targets=targets):
                for one in (inner for target in targets for inner in ast.walk(target)):
                    if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                        found.setdefault(one.id, []).extend([ast.Constant(None)] * 2)
            case _:
                pass
    return found


def defaults_of(function: ast.FunctionDef) -> dict[str, tuple[ast.expr, Scope | None]]:
    """Return argument -> its default, but of integers."""
    arguments = [*function.args.posonlyargs, *function.args.args]
    given = zip(reversed(arguments), reversed(function.args.defaults), strict=False)
    pairs = [*given, *zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)]
    return {
        one.arg: (value, None)
        for one, value in pairs
        if value is not None and not (isinstance(one.annotation, ast.Name) and one.annotation.id == "int")
    }


def readers(code: ast.AST, name: str) -> list[ast.Name]:
    nodes = (one for one in ast.walk(code) if isinstance(one, ast.Name) and one.id == name)
    return [one for one in nodes if isinstance(one.ctx, ast.Load)]


def components_of(node: ast.expr, scope: Scope) -> Iterator[tuple[str, ast.expr]]:
    """Yield the components' names and values: of the dictionary that is returned, and of what is written into it."""
    dicts = scope.assigned.get(node.id, []) if isinstance(node, ast.Name) else [node]
    for one in dicts:
        if isinstance(one, ast.Dict):
            for key, value in zip(one.keys, one.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value
    for statement in ast.walk(scope.function):
        match statement:
            case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=str(written)))]):
                yield written, statement.value
            case _:
                pass


def factors_of(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the factors of a product; a minus sign before a product of several is passed over."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        yield from factors_of(node.left)
        yield from factors_of(node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and number_in(node) is None:
        yield from factors_of(node.operand)
    else:
        yield node


def name_in(node: ast.expr, otherwise: str) -> str:
    """Return the name of a variable, and of a product the name of its only variable that is no signal."""
    names = [one.id for one in factors_of(node) if isinstance(one, ast.Name) and one.id not in SIGNALS]
    return names[-1] if names and otherwise == "total" else otherwise


def called_function(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def subject_of(node: ast.Call) -> ast.expr | None:
    """Return what a call is about: its first argument, or the tensor whose method it is."""
    if isinstance(node.func, ast.Attribute):
        root = node.func
        while isinstance(root, ast.Attribute):
            root = root.value  # type: ignore[assignment]
        if not (isinstance(root, ast.Name) and root.id in ("torch", "math", "F")):
            return node.func.value
    return node.args[0] if node.args else None


def returned_by(function: ast.FunctionDef) -> list[ast.expr]:
    return [
        node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None
    ]
