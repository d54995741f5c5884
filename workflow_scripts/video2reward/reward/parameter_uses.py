"""What the numbers of a reward's code are used for: followed from the total and the components back to where they stand."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from video2reward.reward.compile import NAME
from video2reward.reward.parameter_scopes import (
    Names,
    Scope,
    assignments,
    called_function,
    components_of,
    defaults_of,
    factors_of,
    float_of,
    name_in,
    number_in,
    readers,
    returned_by,
    subject_of,
)

_SQUASHING = {"exp", "tanh", "sigmoid"}
_SCALING = {
    "sum", "mean", "clamp", "clamp_min", "clamp_max", "clip", "relu", "nan_to_num", "squeeze", "unsqueeze", "view", "reshape",
    "to", "float", "stack", "cat", "amax", "amin",
}  # fmt: skip
"""Calls whose value scales with that of their first argument."""
_CHOOSING = {"where", "max", "min", "maximum", "minimum"}
"""Calls that give one of their arguments, whose factors therefore shape a term instead of weighing it."""
_OF_ERRORS = {"square", "abs", "sum", "mean", "norm", "pow"}


@dataclass(frozen=True)
class Use:
    """A number in the role of a parameter.

    name: what it is called; number: its node; negative: whether a minus sign stands before it
    through: the variables that lead to it, each with the code that reads it
    """

    name: str
    number: ast.Constant
    negative: bool = False
    through: tuple[tuple[ast.AST, str], ...] = ()


class Uses:
    """The search through one reward."""

    def __init__(self, tree: ast.Module) -> None:
        """Take the whole code."""
        self._functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self._names = Names(tree)
        self._found: list[Use] = []
        self._reads: set[int] = set()
        self._seen: set[tuple[int, str, bool]] = set()
        self._deep = 0

    def found(self) -> list[Use]:
        """Return the uses; a variable that is also used otherwise is left out."""
        if NAME not in self._functions:
            return []
        function = self._functions[NAME]
        scope = Scope(function, defaults_of(function), assignments(function.body))
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Return)
                and isinstance(node.value, ast.Tuple)
                and len(node.value.elts) == 2
            ):
                total, components = node.value.elts
                for name, value in components_of(components, scope):
                    self._term(value, scope, name)
                self._term(total, scope, "total")
        first = {id(use.number): use for use in reversed(self._found)}
        return [use for use in self._found if first[id(use.number)] is use and self._clean(use)]

    def _clean(self, use: Use) -> bool:
        """Tell whether every place that reads the variables of a number has a parameter's role."""
        return all(id(node) in self._reads for code, name in use.through for node in readers(code, name))

    # What is added up

    def _term(self, node: ast.expr, scope: Scope, name: str, weighs: bool = True) -> None:
        """Follow an expression that a term's value is proportional to; weighs: whether factors in it are weights."""
        key = (id(node), name, weighs)
        if key in self._seen or self._deep > 60:
            return
        self._seen.add(key)
        self._deep += 1
        self._term_once(node, scope, name, weighs)
        self._deep -= 1

    def _term_once(self, node: ast.expr, scope: Scope, name: str, weighs: bool) -> None:
        match node:
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                self._term(node.operand, scope, name, weighs)
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                # Beside a bare number, as in 0.4 + 0.6 * x, factors shape the term instead of weighing it.
                plain = any(number_in(side) is not None for side in (node.left, node.right))
                for side in (node.left, node.right):
                    self._term(side, scope, name_in(side, name), weighs and not plain)
            case ast.BinOp(op=ast.Mult()):
                self._product(node, scope, name, weighs)
            case ast.BinOp(op=ast.Div()):
                self._term(node.left, scope, name, weighs)
            case ast.Call():
                self._call(node, scope, name, weighs)
            case ast.Name():
                for value, inside, _ in self._names.values(node, scope):
                    if number_in(value) is None:
                        self._term(value, inside, name if name != "total" else node.id, weighs)
            case _:
                pass

    def _product(self, node: ast.BinOp, scope: Scope, name: str, weighs: bool) -> None:
        factors = list(factors_of(node))
        others = [
            one
            for one in factors
            if not self._names.is_number(one, scope) and not self._names.is_scalar(one, scope)
        ]
        if weighs and any(self._names.moves(one, scope) for one in others):
            own = name_in(others[0], name) if len(others) == 1 else name
            numbers = [one for one in factors if self._names.is_number(one, scope)]
            for number in numbers[:1]:  # of 0.1 * x * 0.5 the first
                self._number(number, scope, f"weight of {own}")
        for other in others:
            # A product of several is shaped by each; only a single one is the sum that is weighed.
            self._term(other, scope, name, weighs and len(others) == 1 and not isinstance(other, ast.Call))

    def _call(self, node: ast.Call, scope: Scope, name: str, weighs: bool) -> None:
        called, first = called_function(node), subject_of(node)
        if called in self._functions and called != NAME:
            inner = self._names.inner(node, scope, self._functions[called])
            for returned in returned_by(inner.function):
                self._term(returned, inner, name, False)
        elif called in _SQUASHING and first is not None:
            self._width(first, scope, f"temperature of {name}")
        elif called in _SCALING and first is not None:
            self._term(first, scope, name, weighs)
        elif called in _CHOOSING:
            for one in (*node.args, *([first] if first is not None else [])):
                self._term(one, scope, name, False)

    # What errors are divided by

    def _width(self, node: ast.expr, scope: Scope, name: str) -> None:
        """Follow the argument of exp and its like to what it is divided by, or else to what its error is multiplied by."""
        match node:
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                self._width(node.operand, scope, name)
            case ast.BinOp(op=ast.Div()):
                self._divisor(node.right, scope, name)
            case ast.BinOp(op=ast.Mult()):
                for factor in factors_of(node):
                    if isinstance(factor, ast.BinOp | ast.UnaryOp | ast.Call):
                        self._width(factor, scope, name)
                    else:
                        self._number(factor, scope, f"sharpness{name.removeprefix('temperature')}")
            case ast.BinOp(op=ast.Pow()):
                self._width(node.left, scope, name)
            case ast.Call() if (
                called_function(node) in _OF_ERRORS and (first := subject_of(node)) is not None
            ):
                self._width(first, scope, name)
            case ast.Name():
                for value, inside, _ in self._names.values(node, scope):
                    if isinstance(value, ast.UnaryOp) and number_in(value) is None:  # arg = -error / 0.25
                        self._width(value, inside, name)
            case _:
                pass

    def _divisor(self, node: ast.expr, scope: Scope, name: str) -> None:
        match node:
            case ast.BinOp(op=ast.Pow()):
                self._divisor(node.left, scope, name)
            case ast.BinOp(op=ast.Mult()):
                for factor in factors_of(node):
                    if number_in(factor) is None:  # 2 * sigma ** 2
                        self._divisor(factor, scope, name)
            case _:
                self._number(node, scope, name)

    # Numbers and names

    def _number(
        self, node: ast.expr, scope: Scope, name: str, through: tuple[tuple[ast.AST, str], ...] = ()
    ) -> None:
        """Note a number that stands here, or that a variable here was set to once and for all."""
        if (number := number_in(node)) is not None:
            # Written in a formula, 0, 1 and the integer 2 are its structure.
            size = float_of(number)
            plain = size in (0, 1) or (isinstance(number.value, int) and size == 2)
            if size != 0 and (through or not plain):
                self._found.append(Use(name, number, isinstance(node, ast.UnaryOp), through))
        elif isinstance(node, ast.Name):
            self._reads.add(id(node))
            values = self._names.values(node, scope)
            if len(values) == 1:
                value, inside, code = values[0]
                # What a helper is called with is named by the term, a variable or a default by its own name.
                called = name if inside is not scope else node.id
                if number_in(value) is not None or isinstance(value, ast.Name):
                    self._number(value, inside, called, (*through, (code, node.id)))
