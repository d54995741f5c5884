"""Assignments within expressions, sums that start as a number, comprehensions with conditions, arguments without types."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from video2reward.reward.rewriting.base import (
    Notes,
    Replace,
    arguments,
    at,
    blocks,
    bound,
    calls,
    functions,
    read,
)
from video2reward.reward.rewriting.kinds import TENSOR, kind_of, kinds_of, returned_kinds
from video2reward.reward.rewriting.numbers import fold
from video2reward.signals import SIGNALS

NAME = "compute_reward"
_MOST = 64  # elements of a loop that is written out
_COMPARE = frozenset({ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq})


def assign_before(tree: ast.Module, notes: Notes) -> None:
    """Put `(n := x)` before its statement, where Python evaluates it first and in any case."""
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
    """Yield what a statement assigns within its expressions, inner ones first, if it always does."""
    found = [n for n in _first(node) if isinstance(n, ast.NamedExpr)]
    if not isinstance(node, ast.While):
        yield from reversed(found)


def _first(node: ast.stmt) -> list[ast.AST]:
    """Return the parts of a statement that are evaluated once, before its blocks, and whatever happens."""
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
    """Put one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else self.generic_visit(node)


def start_as_tensors(tree: ast.Module, notes: Notes) -> None:
    """Let a sum begin as a tensor, `total = 0.0`, where a loop or branch adds tensors to it: types may not change there."""
    returns = returned_kinds(tree)
    for function in functions(tree):
        kinds = kinds_of(function, returns)
        device = next(
            (a.arg for a in arguments(function) if kinds.get(a.arg) == TENSOR and _has_shape(a.arg)), ""
        )
        for name in sorted(_started(function)) if device else ():
            if kinds.get(name) != TENSOR:
                continue
            for node in ast.walk(function):
                match node:
                    case ast.Assign(targets=[ast.Name(id=found)], value=value) if (
                        found == name and fold(value) is not None
                    ):
                        text = f"torch.tensor({float(fold(value) or 0.0)!r}, device={device}.device)"
                        node.value = at(ast.parse(text, mode="eval").body, value)
                        notes.add(node, f"{name} begins as a tensor")
            _Apart(name).visit(function)


def _has_shape(name: str) -> bool:
    return name not in SIGNALS or bool(SIGNALS[name].shape)


def _started(function: ast.FunctionDef) -> set[str]:
    """Return the names that begin as a number and are given another value in a loop or branch."""
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
    """`total += x` as `total = total + x`: a tensor without shape cannot take one with a shape in its place."""

    def __init__(self, name: str) -> None:
        self._name = name

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:  # noqa: N802
        if not isinstance(node.target, ast.Name) or node.target.id != self._name:
            return node
        value = ast.BinOp(ast.Name(self._name, ast.Load()), node.op, node.value)
        return at(ast.Assign([ast.Name(self._name, ast.Store())], value), node)


def annotate(tree: ast.Module, notes: Notes) -> None:
    """Annotate what has no type, and is no tensor: signals that are numbers, and what calls give to helpers."""
    returns = returned_kinds(tree)
    for function in functions(tree):
        if function.name == NAME:
            _annotate_numbers(function, notes)
    for _ in range(3):  # a helper hands on what it was given
        for function in functions(tree):
            for place, argument in enumerate(function.args.args):
                if argument.annotation is not None or function.name == NAME:
                    continue
                found = _given_kinds(tree, function, place, returns)
                kind = "float" if found == {"int", "float"} else found.pop() if len(found) == 1 else ""
                if kind in ("float", "int", "str", "bool") or kind.startswith("List["):
                    argument.annotation = at(ast.parse(kind, mode="eval").body, argument)
                    notes.add(argument, f"{argument.arg} annotated {kind}")


def _given_kinds(
    tree: ast.Module, function: ast.FunctionDef, place: int, returns: dict[str, str]
) -> set[str]:
    """Return the types that calls, and the default, give for one argument of a function; "" is among them if unknown."""
    spec = function.args
    name = spec.args[place].arg
    found = set()
    default = place - len(spec.args) + len(spec.defaults)
    if default >= 0:
        found.add(kind_of(spec.defaults[default], {}, {}))
    for caller in functions(tree):
        kinds = kinds_of(caller, returns)
        for call in calls(caller, function.name):
            by_name = {k.arg: k.value for k in call.keywords}
            value = call.args[place] if place < len(call.args) else by_name.get(name)
            if value is not None:
                found.add(kind_of(value, kinds, returns))
    return found


def _annotate_numbers(function: ast.FunctionDef, notes: Notes) -> None:
    """Annotate signals that are numbers, unless something is done with one that only a tensor can do."""
    for argument in arguments(function):
        signal = SIGNALS.get(argument.arg)
        if (
            argument.annotation is None
            and signal is not None
            and not signal.shape
            and not _as_tensor(function, argument.arg)
        ):
            argument.annotation = ast.copy_location(ast.Name("float", ast.Load()), argument)
            notes.add(argument, f"{argument.arg} annotated float, as the signal is")


def _as_tensor(function: ast.FunctionDef, name: str) -> bool:
    """Tell whether a method is called on a name, or torch is given it, by itself or in arithmetic of numbers."""
    kinds = {a.arg: "float" if not _has_shape(a.arg) else TENSOR for a in arguments(function)}
    for node in ast.walk(function):
        match node:
            case ast.Attribute(value=inner) if name in read([inner]) and kind_of(inner, kinds, {}) == "float":
                return True
            case ast.Call(func=ast.Attribute(value=module, attr=attr), args=args) if (
                isinstance(module, ast.Name)
                and module.id in ("torch", "F")
                and attr not in ("tensor", "full", "full_like")
            ):
                if any(name in read([a]) and kind_of(a, kinds, {}) == "float" for a in args[:1] or ()):
                    return True
    return False


def write_out_comprehensions(tree: ast.Module, notes: Notes) -> None:
    """Write `[f(i) for i in range(4) if i != 1]`, whose loop is known, as the list it makes."""
    _Comprehensions(notes).visit(tree)


class _Comprehensions(ast.NodeTransformer):
    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:  # noqa: N802
        return self._written(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:  # noqa: N802
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
    """Decide a comparison of constants, None if it is none."""
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
