"""Constant folding with our own, bounded arithmetic."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping

from video2reward.reward.rewriting.base import dotted

Number = int | float

_BINARY: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip
_FUNCTIONS = """
 acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh degrees dist erf erfc exp exp2 expm1 fabs floor fmod
 hypot isclose ldexp log log10 log1p log2 pow radians remainder sin sinh sqrt tan tanh trunc
"""
_MATH = frozenset(_FUNCTIONS.split())
_CONSTANTS = {"pi": math.pi, "e": math.e, "tau": math.tau}
# numpy's and torch's names for functions in math
_SAME = {"deg2rad": "radians", "rad2deg": "degrees", "arctan": "atan", "arctan2": "atan2", "abs": "fabs"}
MODULES = frozenset({"math", "np", "numpy", "torch"})
# float32, as every signal is (IEEE 754)
FINFO = {
    "eps": 2.0**-23, "max": (2.0 - 2.0**-23) * 2.0**127, "min": -(2.0 - 2.0**-23) * 2.0**127,
    "tiny": 2.0**-126, "smallest_normal": 2.0**-126, "resolution": 1e-6,
}  # fmt: skip


def fold(node: ast.expr, known: Mapping[str, Number] | None = None) -> Number | None:
    """Return the value of a constant expression, None if it has none or is not finite.

    known: constants by name. Integers are limited to 64 bits and powers are small, so that folding takes no time.
    """
    try:
        value = _fold(node, known or {})
    except (ArithmeticError, ValueError, TypeError, RecursionError):
        return None
    if isinstance(value, float) and math.isfinite(value):
        return value
    return value if isinstance(value, int) and abs(value) < 2**63 else None


def _fold(node: ast.expr, known: Mapping[str, Number]) -> Number | None:
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float()):
            return node.value  # type: ignore[return-value]
        case ast.Name():
            return known.get(node.id)
        case ast.Attribute():
            module, _, name = dotted(node).rpartition(".")
            return _CONSTANTS.get(name) if module in MODULES else None
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            value = fold(node.operand, known)
            return None if value is None else -value if isinstance(node.op, ast.USub) else value
        case ast.BinOp():
            left, right = fold(node.left, known), fold(node.right, known)
            return None if left is None or right is None else _binary(node.op, left, right)
        case ast.Call(func=ast.Attribute(), keywords=[]):
            return _call(node, known)
    return None


def _binary(op: ast.operator, left: Number, right: Number) -> Number | None:
    if isinstance(op, ast.Pow):
        if abs(right) > 64 or abs(left) > 1e6 or (left < 0 and not isinstance(right, int)):
            return None
        found: Number = left**right
        return found
    compute = _BINARY.get(type(op))
    return compute(left, right) if compute else None


def _call(node: ast.Call, known: Mapping[str, Number]) -> Number | None:
    module, _, name = dotted(node.func).rpartition(".")
    name = _SAME.get(name, name) if module in ("np", "numpy") else name
    values = [fold(argument, known) for argument in node.args]
    if module not in ("math", "np", "numpy") or name not in _MATH or None in values:
        return None
    found: Number = getattr(math, name)(*values)
    return found


def literal(value: Number, at: ast.AST) -> ast.expr:
    """Return a number as an expression at the position of `at`; a negative number is a unary minus, as in Python."""
    node: ast.expr = ast.copy_location(ast.Constant(abs(value)), at)
    return node if value >= 0 else ast.copy_location(ast.UnaryOp(ast.USub(), node), at)


def is_literal(node: ast.expr, kind: type) -> bool:
    """Tell whether an expression is a literal number of this type, with or without a sign."""
    inner = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    return isinstance(inner, ast.Constant) and type(inner.value) is kind


def as_float(node: ast.expr) -> ast.expr:
    """Return an integer literal as a float, anything else unchanged."""
    value = fold(node) if is_literal(node, int) else None
    return node if value is None else literal(float(value), node)
