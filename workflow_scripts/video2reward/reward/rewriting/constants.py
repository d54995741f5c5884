"""Move module-level constants, which TorchScript does not see, into the functions that use them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from video2reward.reward.rewriting.base import (
    Notes,
    arguments,
    blocks,
    bound,
    dotted,
    functions,
    harmless,
    is_text,
    read,
)  # fmt: skip
from video2reward.reward.rewriting.numbers import Number, fold, is_literal, literal
from video2reward.signals import SIGNALS

_CHANGERS = frozenset(
    [
        "append",
        "extend",
        "insert",
        "pop",
        "popitem",
        "update",
        "clear",
        "sort",
        "reverse",
        "setdefault",
        "remove",
    ]
)
_MAKERS = frozenset(
    ["tensor", "zeros", "ones", "full", "arange", "linspace", "eye", "scalar_tensor", "as_tensor"]
)


def move_constants(tree: ast.Module, notes: Notes) -> None:
    """Move constants to the start of each function that uses them; any that is modified stays, and is refused."""
    _single_targets(tree)
    constants = _constants(tree)
    known = _numbers(constants)
    for function in functions(tree):
        _plain_defaults(function, known, notes)
    _Entries(constants, notes).visit(tree)
    names = {function.name for function in functions(tree)}
    moved: set[str] = set()
    for function in functions(tree):
        wanted = _needed(function, constants)
        _insert(function, {n: node for n, node in constants.items() if n in wanted}, notes)
        moved |= wanted
    for name, node in constants.items():
        if name in moved or harmless(node.value, names):
            tree.body.remove(node)
            if name not in moved:
                notes.add(node, f"the constant {name} dropped or written where it is used")


def _single_targets(tree: ast.Module) -> None:
    """Split `A, B = 1, 2` and `A = B = 1`."""
    body: list[ast.stmt] = []
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if len(
                names
            ) == len(values) and not any(isinstance(part, ast.Starred) for part in (*names, *values)):
                pairs = zip(names, values, strict=True)
                body += [ast.copy_location(ast.Assign([name], value), node) for name, value in pairs]
            case ast.Assign(targets=[_, _, *_] as targets, value=ast.Constant() as value):
                body += [ast.copy_location(ast.Assign([name], value), node) for name in targets]
            case _:
                body.append(node)
    tree.body[:] = body


Assigned = ast.Assign | ast.AnnAssign


def _constants(tree: ast.Module) -> dict[str, ast.Assign]:
    """Return the assignments of names that are assigned once and never modified."""
    found: dict[str, list[ast.stmt]] = {}
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)])
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr())
            ):
                found.setdefault(name, []).append(node)
            case ast.AugAssign(target=ast.Name(id=name)):
                found.setdefault(name, []).extend([node, node])
    changed = set(_changed(tree))
    return {
        name: nodes[0]  # type: ignore[misc]
        for name, nodes in found.items()
        if len(nodes) == 1 and name not in changed and not name.startswith("__") and _fits(nodes[0])
    }


def _fits(node: ast.stmt) -> bool:
    """Tell whether a constant can be moved: not a lambda, and no integer too large for TorchScript."""
    inside = list(ast.walk(node))
    return not any(
        isinstance(n, ast.Lambda)
        or (isinstance(n, ast.Constant) and isinstance(n.value, int) and abs(n.value) >= 2**63)
        for n in inside
    )


def drop_global(tree: ast.Module, notes: Notes) -> None:
    """Drop `global X` if X is a constant that is only read, where it has no effect."""
    known = set().union(*(bound(node) for node in tree.body if isinstance(node, Assigned)))
    for function in functions(tree):
        stored = bound(function)
        for block in blocks(function):
            for node in [n for n in block if isinstance(n, ast.Global)]:
                if set(node.names) <= known - stored:
                    block.remove(node)
                    notes.add(node, f"{ast.unparse(node)} dropped")


def _changed(tree: ast.Module) -> Iterator[str]:
    """Yield the names whose value may be modified in place, which would carry state from call to call."""
    for node in ast.walk(tree):
        match node:
            case ast.Global(names=names):
                yield from names
            case ast.Subscript(value=inner, ctx=ast.Store() | ast.Del()) | ast.AugAssign(target=inner):
                yield _root(inner)
            case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _CHANGERS or name.endswith(
                "_"
            ):
                yield _root(inner)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _numbers(constants: Mapping[str, ast.Assign]) -> dict[str, Number]:
    known: dict[str, Number] = {}
    for name, node in constants.items():
        value = fold(node.value, known)
        if value is not None:
            known[name] = value
    return known


def _plain_defaults(function: ast.FunctionDef, known: Mapping[str, Number], notes: Notes) -> None:
    """Compute defaults such as `TEMPERATURE` or `math.pi / 2`."""
    for defaults in (function.args.defaults, function.args.kw_defaults):
        for i, default in enumerate(defaults):
            if (
                default is None
                or isinstance(default, ast.Constant)
                or is_literal(default, int)
                or is_literal(default, float)
            ):
                continue
            value = fold(default, known)
            if value is not None:
                notes.add(default, f"the default {ast.unparse(default)} computed")
                defaults[i] = literal(value, default)


class _Entries(ast.NodeTransformer):
    """Replace `GAINS["vel"]` with the entry itself, so that entries need not have one type."""

    def __init__(self, constants: Mapping[str, ast.Assign], notes: Notes) -> None:
        self._constants = constants
        self._notes = notes

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self._hidden = bound(node)
        self.generic_visit(node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            return node
        table: ast.expr = node.value
        if (
            isinstance(table, ast.Name)
            and table.id in self._constants
            and table.id not in getattr(self, "_hidden", ())
        ):
            table = self._constants[table.id].value
        entry = _entry(table, node.slice) if isinstance(table, ast.Dict) else None
        if entry is None:
            return node
        self._notes.add(node, f"{ast.unparse(node)} written as its value")
        return self._notes.copied(entry, node)


def _entry(table: ast.Dict, key: ast.expr) -> ast.expr | None:
    if not isinstance(key, ast.Constant):
        return None
    found = [
        v
        for k, v in zip(table.keys, table.values, strict=True)
        if isinstance(k, ast.Constant) and k.value == key.value
    ]
    plain = all(isinstance(k, ast.Constant) for k in table.keys)
    return found[-1] if found and plain else None


def _needed(function: ast.FunctionDef, constants: Mapping[str, ast.Assign]) -> set[str]:
    """Return the constants that a function uses, directly or through others."""
    wanted = (read(function.body) - bound(function)) & set(constants)
    todo = list(wanted)
    while todo:
        more = read([constants[todo.pop()].value]) & set(constants) - wanted
        wanted |= more
        todo += more
    return wanted


def _insert(function: ast.FunctionDef, wanted: Mapping[str, ast.Assign], notes: Notes) -> None:
    device = _first_tensor(function)
    head: list[ast.stmt] = []
    for name, node in wanted.items():
        value = notes.copied(node.value, node.value)
        value = _OnDevice(device).visit(value) if device else value
        new = ast.Assign([ast.Name(name, ast.Store())], value)
        if isinstance(node, ast.AnnAssign):
            new = ast.AnnAssign(ast.Name(name, ast.Store()), node.annotation, value, 1)
        head.append(ast.fix_missing_locations(ast.copy_location(new, node)))
        notes.add(node, f"the constant {name} moved into {function.name}")
    place = 1 if function.body and is_text(function.body[0]) else 0
    function.body[place:place] = head


def make_on_device(tree: ast.Module, notes: Notes) -> None:
    """Make tensors where the signals are: without `device=` they lie on the CPU, and meet those of a GPU."""
    for function in functions(tree):
        device, before = _first_tensor(function), ast.dump(function)
        if device:
            _OnDevice(device).generic_visit(function)
        if ast.dump(function) != before:
            notes.add(function, f"{function.name} makes its tensors on the device of {device}")


class _OnDevice(ast.NodeTransformer):
    """Create tensors on the device of an argument."""

    def __init__(self, name: str) -> None:
        self._name = name

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        module, _, maker = dotted(node.func).rpartition(".")
        if module == "torch" and maker in _MAKERS and not any(k.arg == "device" for k in node.keywords):
            device = ast.Attribute(ast.Name(self._name, ast.Load()), "device", ast.Load())
            node.keywords.append(ast.keyword("device", device))
        return node


def _first_tensor(function: ast.FunctionDef) -> str:
    """Return an argument that is a tensor and stays one, "" if there is none."""
    given_anew = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for argument in arguments(function):
        if argument.arg in given_anew:
            continue
        written = ast.unparse(argument.annotation) if argument.annotation else ""
        signal = SIGNALS.get(argument.arg)
        if written in ("Tensor", "torch.Tensor") or (not written and (signal is None or signal.shape)):
            return argument.arg
    return ""
