"""Infer the type of an expression: TorchScript's name for it, or "" if unknown."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from video2reward.reward.rewriting.base import arguments, dotted
from video2reward.reward.rewriting.numbers import fold
from video2reward.signals import SIGNALS

TENSOR = "Tensor"
_TO_INT = frozenset({"size", "dim", "numel", "ndimension"})
_OF_MATH = frozenset({"math"})
_INT_OF_MATH = frozenset({"floor", "ceil"})


def kinds_of(function: ast.FunctionDef, returns: Mapping[str, str]) -> dict[str, str]:
    """Infer the types of a function's names; "" if two assignments differ.

    returns: return type of each function in the module
    """
    kinds = {argument.arg: _of_argument(argument) for argument in arguments(function)}
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found = kind_of(value, kinds, returns)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                found = plain_type(annotation)
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                found = kind_of(ast.BinOp(ast.Name(name, ast.Load()), node.op, value), kinds, returns)
            case ast.For(target=target, iter=value):
                for name, found in _looped(target, value, kinds, returns).items():
                    _learn(kinds, name, found)
                continue
            case _:
                continue
        _learn(kinds, name, found)
    return kinds


def _learn(kinds: dict[str, str], name: str, found: str) -> None:
    """Record the type of a name; a number that becomes a tensor is a tensor."""
    before = kinds.get(name, found)
    kinds[name] = found if found == before else TENSOR if TENSOR in (found, before) else ""


def _of_argument(argument: ast.arg) -> str:
    if argument.annotation is not None:
        return plain_type(argument.annotation)
    return TENSOR


def plain_type(annotation: ast.expr) -> str:
    """Return an annotation in a canonical spelling."""
    text = annotation.value if isinstance(annotation, ast.Constant) else ast.unparse(annotation)
    text = str(text).replace("torch.Tensor", TENSOR).replace("typing.", "")
    for lower in ("dict", "list", "tuple"):
        text = text.replace(f"{lower}[", f"{lower.capitalize()}[")
    return text


def has_shape(name: str) -> bool:
    """Tell whether an argument of this name may be more than one number."""
    return name not in SIGNALS or bool(SIGNALS[name].shape)


def returned_kinds(tree: ast.Module) -> dict[str, str]:
    """Return the return types of a module's functions; without an annotation it is a tensor."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = plain_type(node.returns) if node.returns else TENSOR
    return found


def element_kind(kind: str) -> str:
    """Return the type of a list's elements."""
    return kind[5:-1] if kind.startswith("List[") else ""


def kind_of(node: ast.expr, kinds: Mapping[str, str], returns: Mapping[str, str]) -> str:
    """Infer the type of an expression.

    kinds: types of names; returns: return types of functions
    """
    match node:
        case ast.Constant(value=value):
            return "" if value is None else type(value).__name__
        case ast.Name(id=name):
            return kinds.get(name, TENSOR if name in SIGNALS and SIGNALS[name].shape else "")
        case ast.UnaryOp(operand=operand):
            return kind_of(operand, kinds, returns)
        case ast.BinOp(left=left, right=right):
            return _of_two(node.op, kind_of(left, kinds, returns), kind_of(right, kinds, returns))
        case ast.Compare(left=left, comparators=[right]):
            either = {kind_of(left, kinds, returns), kind_of(right, kinds, returns)}
            return TENSOR if TENSOR in either else "bool"
        case ast.IfExp(body=one, orelse=other):
            first, second = kind_of(one, kinds, returns), kind_of(other, kinds, returns)
            return first if first == second else ""
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            found = {kind_of(part, kinds, returns) for part in parts}
            found = {"float"} if found == {"int", "float"} else found
            return (
                f"List[{found.pop()}]"
                if len(found) == 1 and isinstance(node, ast.List) and "" not in found
                else ""
            )
        case ast.ListComp(elt=part) | ast.GeneratorExp(elt=part):
            inner = kind_of(part, {**kinds, **_targets(node.generators, kinds, returns)}, returns)
            return f"List[{inner}]" if inner else ""
        case ast.Dict(values=[first, *_]):
            inner = kind_of(first, kinds, returns)
            return f"Dict[str, {inner}]" if inner else ""
        case ast.Subscript(value=inner):
            return _of_entry(inner, kind_of(inner, kinds, returns))
        case ast.Attribute(value=inner, attr=attr):
            if fold(node) is not None:
                return "float"
            if kind_of(inner, kinds, returns) != TENSOR:
                return ""
            return {"shape": "List[int]", "device": "", "dtype": "", "ndim": "int"}.get(attr, TENSOR)
        case ast.Call():
            return _of_call(node, kinds, returns)
    return ""


def _targets(
    loops: list[ast.comprehension], kinds: Mapping[str, str], returns: Mapping[str, str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for loop in loops:
        found |= _looped(loop.target, loop.iter, {**kinds, **found}, returns)
    return found


def _looped(
    target: ast.expr, source: ast.expr, kinds: Mapping[str, str], returns: Mapping[str, str]
) -> dict[str, str]:
    """Return the types of the loop variables of a loop over `source`."""
    match target, source:
        case ast.Name(id=name), _:
            return {name: element_kind(kind_of(source, kinds, returns))}
        case ast.Tuple(elts=[ast.Name(id=place), inner]), ast.Call(func=ast.Name(id="enumerate"), args=[of]):
            return {place: "int"} | _looped(inner, of, kinds, returns)
        case ast.Tuple(elts=parts), ast.Call(func=ast.Name(id="zip"), args=several) if len(parts) == len(
            several
        ):
            found: dict[str, str] = {}
            for part, of in zip(parts, several, strict=True):
                found |= _looped(part, of, kinds, returns)
            return found
        case (
            ast.Tuple(elts=[ast.Name(id=key), ast.Name(id=value)]),
            ast.Call(func=ast.Attribute(value=of, attr="items"), args=[]),
        ):
            return {key: "str", value: _of_entry(of, kind_of(of, kinds, returns))}
    return {}


def _of_two(op: ast.operator, left: str, right: str) -> str:
    if TENSOR in (left, right):
        return TENSOR
    numbers = {"int", "float", "bool"}
    if left in numbers and right in numbers:
        return "float" if isinstance(op, ast.Div) or "float" in (left, right) else "int"
    return left if left == right else ""


def _of_entry(node: ast.expr, kind: str) -> str:
    if kind == TENSOR:
        return TENSOR
    return kind.partition(", ")[2][:-1] if kind.startswith("Dict[") else element_kind(kind)


def _of_call(node: ast.Call, kinds: Mapping[str, str], returns: Mapping[str, str]) -> str:
    if isinstance(node.func, ast.Name):
        name = node.func.id
        if name in returns:
            return returns[name]
        found = [kind_of(a, kinds, returns) for a in node.args]
        if name in ("max", "min", "abs", "round") and found and TENSOR not in found:
            return "float" if "float" in found else found[0] if len(set(found)) == 1 else ""
        if name in ("list", "sorted") and len(found) == 1:
            return found[0]
        if name == "range":
            return "List[int]"
        return {
            "float": "float",
            "len": "int",
            "int": "int",
            "str": "str",
            "bool": "bool",
            "added_terms": TENSOR,
        }.get(name, "")
    if not isinstance(node.func, ast.Attribute):
        return ""
    module, name = dotted(node.func.value), node.func.attr
    if module in _OF_MATH:
        return "int" if name in _INT_OF_MATH else "float"
    if module in ("torch", "F", "torch.linalg", "torch.nn.functional", "torch.special", "nn.functional"):
        several = {
            "unbind": "List[Tensor]",
            "split": "List[Tensor]",
            "chunk": "List[Tensor]",
            "is_tensor": "bool",
        }
        return several.get(name, TENSOR)
    of = kind_of(node.func.value, kinds, returns)
    if of == TENSOR:
        kind = "int" if name in _TO_INT else "float" if name == "item" else TENSOR
        return {"unbind": "List[Tensor]", "split": "List[Tensor]", "chunk": "List[Tensor]"}.get(name, kind)
    if of.startswith("Dict[") and name == "values":
        return f"List[{_of_entry(node.func, of)}]"
    return "str" if name in ("format", "join", "lower", "upper") else ""
