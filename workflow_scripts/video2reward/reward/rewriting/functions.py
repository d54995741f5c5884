"""Rewrite function forms that TorchScript does not support: lambdas, nested functions, keyword-only arguments."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from video2reward.reward.rewriting.base import (
    Notes,
    Replace,
    blocks,
    bound,
    calls,
    dotted,
    functions,
    harmless,
    is_text,
    read,
)  # fmt: skip
from video2reward.reward.rewriting.imports import replace_outside

NAME = "compute_reward"
_MODULES = frozenset({"torch", "F", "math", "nn"})


@dataclass(frozen=True)
class _Formula:
    """A function with a single expression: its arguments, their defaults by name, and the expression."""

    node: ast.stmt
    names: tuple[str, ...]
    defaults: Mapping[str, ast.expr]
    result: ast.expr

    @property
    def free(self) -> set[str]:
        """The free names of the expression."""
        return read([self.result]) - set(self.names) - self.inner

    @property
    def inner(self) -> set[str]:
        """The names bound by loops inside the expression."""
        return bound(self.result)

    def given(self, call: ast.Call) -> dict[str, ast.expr] | None:
        """Return the value of each argument in a call, None if the call does not match."""
        if any(isinstance(a, ast.Starred) for a in call.args) or len(call.args) > len(self.names):
            return None
        given = dict(self.defaults) | dict(zip(self.names, call.args, strict=False))
        for keyword in call.keywords:
            if keyword.arg not in self.names or keyword.arg in self.names[: len(call.args)]:
                return None
            given[keyword.arg] = keyword.value
        if read(given.values()) & self.inner:
            return None  # the names of an inner loop would clash with those of the call
        return given if set(given) == set(self.names) else None


def _formula(node: ast.stmt) -> tuple[str, _Formula] | None:
    """Parse `f = lambda ...: ...`, or a function that only returns an expression."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda(args=spec, body=result)):
            pass
        case ast.FunctionDef(name=name, args=spec, body=body, decorator_list=[]):
            match [part for part in body if not is_text(part)]:
                case [ast.Return(value=ast.expr() as result)]:
                    pass
                case _:
                    return None
        case _:
            return None
    if spec.vararg or spec.kwarg:
        return None
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    defaults = dict(zip(names[len(names) - len(spec.defaults) :], spec.defaults, strict=True))
    by_name = zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
    defaults |= {a.arg: value for a, value in by_name if value is not None}
    if any(not isinstance(value, ast.Constant | ast.UnaryOp | ast.Name) for value in defaults.values()):
        return None
    names += [a.arg for a in spec.kwonlyargs]
    if name in read([result]) or any(isinstance(n, ast.Lambda | ast.NamedExpr) for n in ast.walk(result)):
        return None
    return name, _Formula(node, tuple(names), defaults, result)


class _Expand(ast.NodeTransformer):
    """Inline a formula at each of its calls."""

    def __init__(self, formulas: Mapping[str, _Formula], notes: Notes) -> None:
        self._formulas = formulas
        self._notes = notes
        self.used: set[str] = set()

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        formula = self._formulas.get(node.func.id) if isinstance(node.func, ast.Name) else None
        given = formula.given(node) if formula else None
        if formula is None or given is None:
            return node
        self.used.add(node.func.id)  # type: ignore[attr-defined]
        result = self._notes.copied(formula.result, node)
        return Replace(given, self._notes).visit(ast.Expression(result)).body  # type: ignore[no-any-return]


def write_out_formulas(tree: ast.Module, notes: Notes) -> None:
    """Inline lambdas and nested single-expression functions where they are called.

    Python looks up their outer names at the call, so the values are the same.
    """
    outer: list[ast.stmt] = [node for node in tree.body if isinstance(node, ast.Assign)]
    _expand_within(tree, [outer], [*functions(tree)], notes)
    for function in functions(tree):
        inside = list(blocks(ast.Module(function.body, [])))
        _expand_within(function, inside, [function], notes)


def _expand_within(
    scope: ast.AST, where: list[list[ast.stmt]], users: list[ast.FunctionDef], notes: Notes
) -> None:
    """Inline the formulas defined in the blocks `where` of `scope`, in the functions `users`."""
    formulas: dict[str, _Formula] = {}
    everything = list(ast.walk(scope))
    times = Counter(n.id for n in everything if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    times.update(n.name for n in everything if isinstance(n, ast.FunctionDef))
    looped = set().union(*(bound(n.target) for n in everything if isinstance(n, ast.comprehension)))
    outer = {user.name: bound(user) for user in users} if isinstance(scope, ast.Module) else {}
    for node in sorted((n for block in where for n in block), key=lambda n: n.lineno):
        if not (found := _formula(node)):
            continue
        name, formula = found
        if times[name] > 1 or formula.free & looped or any(formula.free & names for names in outer.values()):
            continue
        result = _Expand(formulas, notes).visit(ast.Expression(formula.result)).body
        formulas[name] = _Formula(node, formula.names, formula.defaults, result)
    expand = _Expand(formulas, notes)
    for user in users:
        expand.visit(user)
    left = read([scope])
    for name, formula in formulas.items():
        if name in left or not (name in expand.used or harmless(formula.result, formulas)):
            continue  # it is used as a value, or shadows a name: it stays, and is refused
        for block in (scope.body, *where) if isinstance(scope, ast.Module) else blocks(scope):
            if formula.node in block:
                block.remove(formula.node)
                if not block and not isinstance(scope, ast.Module):
                    block.append(ast.copy_location(ast.Pass(), formula.node))
        kind = "the lambda" if isinstance(formula.node, ast.Assign) else "the inner function"
        notes.add(formula.node, f"{kind} {name} written out where it is called")


def hoist_inner(tree: ast.Module, notes: Notes) -> None:
    """Move nested functions to the top level; outer variables become their first arguments."""
    for outer in functions(tree):
        for block in list(blocks(outer)):
            for node in [n for n in block if isinstance(n, ast.FunctionDef)]:
                others = {f.name for f in functions(tree)}
                if node.name in others or any(
                    isinstance(n, ast.Nonlocal | ast.Global | ast.FunctionDef) and n is not node
                    for n in ast.walk(node)
                ):
                    continue
                taken = sorted((read(node.body) - bound(node)) & bound(outer) - {node.name})
                used = calls(outer, node.name)
                if len(used) != sum(isinstance(n, ast.Name) and n.id == node.name for n in ast.walk(outer)):
                    continue  # it is used as a value
                node.args.args[:0] = [ast.copy_location(ast.arg(name), node) for name in taken]
                for call in used:
                    call.args[:0] = [ast.copy_location(ast.Name(name, ast.Load()), call) for name in taken]
                block.remove(node)
                if not block:
                    block.append(ast.copy_location(ast.Pass(), node))
                tree.body.insert(tree.body.index(outer), node)
                more = f", with {', '.join(taken)} as its first arguments" if taken else ""
                notes.add(node, f"the inner function {node.name} moved to the top{more}")


def arguments_by_place(tree: ast.Module, notes: Notes) -> None:
    """Remove `*` and `/` from argument lists; calls keep their meaning."""
    for function in functions(tree):
        spec = function.args
        if spec.vararg or spec.kwarg or not (spec.kwonlyargs or spec.posonlyargs):
            continue
        pairs = list(zip(spec.kwonlyargs, spec.kw_defaults, strict=True))
        plain = [a for a, default in pairs if default is None]
        if plain and spec.defaults and function.name != NAME:
            continue  # an argument without a default would follow one with a default
        spec.args = [*spec.posonlyargs, *spec.args]
        spec.posonlyargs = []
        place = len(spec.args) - len(spec.defaults)
        spec.args[place:place] = plain
        spec.args += [a for a, default in pairs if default is not None]
        spec.defaults += [default for _, default in pairs if default is not None]
        spec.kwonlyargs, spec.kw_defaults = [], []
        notes.add(function, f"the * or / among the arguments of {function.name} taken out")


def write_out_references(tree: ast.Module, notes: Notes) -> None:
    """Replace uses of `exp = torch.exp`, at the top or in a function, with torch.exp."""
    found = _references(tree.body, tree)
    replace_outside(tree, {name: value for name, (_, value) in found.items()}, notes)
    _forget(tree.body, tree, found, notes)
    for function in functions(tree):
        inside = _references(function.body, function)
        for name, (node, value) in inside.items():
            Replace({name: value}, notes).visit(ast.Module([n for n in function.body if n is not node], []))
        _forget(function.body, function, inside, notes)


def _references(body: list[ast.stmt], scope: ast.AST) -> dict[str, tuple[ast.stmt, ast.expr]]:
    found: dict[str, tuple[ast.stmt, ast.expr]] = {}
    times = Counter(n.id for n in ast.walk(scope) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute() | ast.Name() as value):
                full = dotted(value)
                number = full.rpartition(".")[2] in ("pi", "e", "inf", "nan", "tau")
                if full.split(".")[0] in _MODULES and times[name] == 1 and not number and harmless(value, ()):
                    found[name] = (node, value)
    return found


def _forget(
    body: list[ast.stmt], scope: ast.AST, found: Mapping[str, tuple[ast.stmt, ast.expr]], notes: Notes
) -> None:
    left = read([scope])
    for name, (node, value) in found.items():
        if node in body and name not in left:
            body.remove(node)
            notes.add(node, f"{name} written as {ast.unparse(value)}")
