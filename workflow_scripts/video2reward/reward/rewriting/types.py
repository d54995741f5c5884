"""Rewrite types: expand aliases, and make types exact that are too vague for TorchScript."""

from __future__ import annotations

import ast

from video2reward.reward.annotations import is_type
from video2reward.reward.rewriting.base import Notes, arguments, at, dotted, functions
from video2reward.reward.rewriting.imports import replace_outside
from video2reward.reward.rewriting.numbers import fold
from video2reward.signals import SIGNALS

NAME = "compute_reward"
RETURNS = "Tuple[torch.Tensor, Dict[str, torch.Tensor]]"
_TENSORS = frozenset({"torch.FloatTensor", "torch.BoolTensor", "torch.LongTensor", "FloatTensor"})
_SAME = {"Sequence": "List", "Iterable": "List", "Mapping": "Dict", "MutableMapping": "Dict", "OrderedDict": "Dict",
         "Number": "float", "numbers.Number": "float", "Real": "float"}  # fmt: skip
_BARE = {"dict": "Dict[str, torch.Tensor]", "Dict": "Dict[str, torch.Tensor]", "list": "List[torch.Tensor]",
         "List": "List[torch.Tensor]"}  # fmt: skip
_LOOSE = frozenset(
    {"Any", "typing.Any", "object", "dict", "Dict", "tuple", "Tuple", "typing.Tuple", "typing.Dict"}
)


def write_out_aliases(tree: ast.Module, notes: Notes) -> None:
    """Expand type aliases such as `Result = Tuple[...]`; drop `Final`, which has no effect here."""
    for _ in range(4):  # aliases of aliases
        aliases = _aliases(tree, notes)
        replace_outside(tree, aliases, notes)
        for holder in ast.walk(tree):
            for part in ("annotation", "returns"):
                match getattr(holder, part, None):
                    case ast.Constant(value=str() as name) as text if name in aliases:
                        setattr(holder, part, notes.copied(aliases[name], text))
    _without_final(tree)


def _aliases(tree: ast.Module, notes: Notes) -> dict[str, ast.expr]:
    """Remove a module's type aliases -> alias -> type."""
    aliases: dict[str, ast.expr] = {}
    for node in list(tree.body):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if is_type(value) and not isinstance(value, ast.Constant) and name not in aliases:
                aliases[name] = value
                tree.body.remove(node)
                notes.add(node, f"the type {name} written out")
    return aliases


def _without_final(tree: ast.Module) -> None:
    for holder in ast.walk(tree):
        for part in ("body", "orelse"):
            block = getattr(holder, part, None)
            if not isinstance(block, list):
                continue
            for i, node in enumerate(block):
                if not isinstance(node, ast.AnnAssign) or node.value is None:
                    continue
                match node.annotation:
                    case ast.Subscript(value=inner, slice=kind) if _last(inner) in ("Final", "ClassVar"):
                        node.annotation = kind
                    case inner if _last(inner) in ("Final", "ClassVar"):
                        block[i] = ast.copy_location(ast.Assign([node.target], node.value), node)


def make_exact(tree: ast.Module, notes: Notes) -> None:
    """Replace `Any`, bare `dict`, `Sequence` and the like with the type that a reward needs there."""
    for holder in ast.walk(tree):
        for part in ("annotation", "returns"):
            node = getattr(holder, part, None)
            if not isinstance(node, ast.expr):
                continue
            if isinstance(holder, ast.FunctionDef) and holder.name == NAME and _is_loose(node):
                exact: ast.expr = ast.parse(RETURNS, mode="eval").body
            else:
                exact = _Exact().visit(ast.parse(ast.unparse(node), mode="eval").body)
                name = dotted(exact)
                if name in _BARE and not isinstance(holder, ast.arg):
                    exact = ast.parse(_BARE[name], mode="eval").body
            if ast.dump(exact) != ast.dump(node):
                notes.add(node, f"the annotation {ast.unparse(node)} made {ast.unparse(exact)}")
                for inner in ast.walk(exact):
                    ast.copy_location(inner, node)
                setattr(holder, part, exact)


def _is_loose(node: ast.expr) -> bool:
    """Tell whether an annotation contains a vague type, or is a bare `tuple`."""
    words = {dotted(n) for n in ast.walk(node) if isinstance(n, ast.Name | ast.Attribute)}
    filled = {dotted(n.value) for n in ast.walk(node) if isinstance(n, ast.Subscript)}
    return bool((words - filled) & _LOOSE) and all(
        _last(node) in _KNOWN for node in ast.walk(node) if _last(node)
    )


_KNOWN = frozenset(
    {
        "Any",
        "object",
        "Dict",
        "dict",
        "Tuple",
        "tuple",
        "Tensor",
        "str",
        "torch",
        "typing",
        "float",
        "Union",
        "Mapping",
    }
)


class _Exact(ast.NodeTransformer):
    """Types by TorchScript's names."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._exact(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return self._exact(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Subscript(value=key, slice=ast.Tuple(elts=[_, last])) if _last(key) in ("Dict", "dict"):
                if _last(last) in ("Any", "object"):
                    node.slice.elts[1] = ast.parse("torch.Tensor", mode="eval").body  # type: ignore[attr-defined]
        return node

    def _exact(self, node: ast.Name | ast.Attribute) -> ast.expr:
        name = dotted(node)
        new = (
            "torch.Tensor" if name in _TENSORS else _SAME.get(name) or _SAME.get(name.removeprefix("typing."))
        )
        return ast.parse(new, mode="eval").body if new else node


def signals_by_catalogue(tree: ast.Module, notes: Notes) -> None:
    """Give signal arguments the catalogue's type and no default, as signals are always passed.

    The type is replaced if the code's own is equivalent: an `Optional` or `int` of it.
    """
    for function in functions(tree):
        if function.name != NAME:
            continue
        for argument in arguments(function):
            signal = SIGNALS.get(argument.arg)
            if signal is None:
                continue
            _drop_default(function, argument, notes)
            options = _options(argument.annotation) if argument.annotation else set()
            own = signal.annotation.removeprefix("torch.")
            exact = {"Tensor"} if signal.shape or "Tensor" in options else {"float", "int"}
            if options and options - {"None"} <= exact and options not in ({own}, {"Tensor"}):
                kind = signal.annotation if "Tensor" not in options else "torch.Tensor"
                notes.add(argument, f"{argument.arg} annotated {kind}, as the signal is")
                argument.annotation = at(ast.parse(kind, mode="eval").body, argument)


def _drop_default(function: ast.FunctionDef, argument: ast.arg, notes: Notes) -> None:
    """Drop a signal's default; signals are passed by name, so their order is free."""
    spec = function.args
    place = spec.args.index(argument) - len(spec.args) + len(spec.defaults) if argument in spec.args else -1
    if place < 0 or not (
        isinstance(spec.defaults[place], ast.Constant) or fold(spec.defaults[place]) is not None
    ):
        return
    shown = ast.unparse(spec.defaults.pop(place))
    spec.args.remove(argument)
    spec.args.insert(len(spec.args) - len(spec.defaults), argument)
    notes.add(argument, f"the default {shown} of {argument.arg} dropped, a signal is always passed")


def _options(node: ast.expr) -> set[str]:
    """Return the types that an annotation admits, by their last names; "?" for anything else."""
    match node:
        case ast.Constant(value=None):
            return {"None"}
        case ast.Constant(value=str() as text) if len(text) < 200:
            try:
                return _options(ast.parse(text, mode="eval").body)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return {"?"}
        case ast.BinOp(op=ast.BitOr()):
            return _options(node.left) | _options(node.right)
        case ast.Subscript(value=kind, slice=part) if _last(kind) == "Optional":
            return _options(part) | {"None"}
        case ast.Subscript(value=kind, slice=ast.Tuple(elts=parts)) if _last(kind) == "Union":
            return set().union(*map(_options, parts))
    return {_last(node) or "?"}


def _last(node: ast.AST) -> str:
    """Return the last part of a dotted name."""
    return dotted(node).rpartition(".")[2] if isinstance(node, ast.Name | ast.Attribute) else ""
