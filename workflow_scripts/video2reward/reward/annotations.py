"""Type annotations of reward code: Python and TorchScript evaluate them, so only types are allowed."""

from __future__ import annotations

import ast

_PLAIN = frozenset({"Tensor", "float", "int", "bool", "str"})
_OF_TORCH = frozenset({"Tensor", "device", "dtype"})
_GENERIC = frozenset({"Dict", "dict", "List", "list", "Tuple", "tuple", "Optional", "Union"})
VALID = "torch.Tensor, float, int, bool, str, and Dict, List, Tuple, Optional of them"


def annotation_fault(node: ast.AST) -> str:
    """Return a sentence if `node` has an annotation that is not a type, else ""."""
    match node:
        case ast.FunctionDef():
            annotation = node.returns
        case ast.arg() | ast.AnnAssign():
            annotation = node.annotation
        case _:
            return ""
    if annotation is None or is_type(annotation):
        return ""
    try:
        shown = " ".join(ast.unparse(annotation).split())[:60]
    except ValueError:  # an integer of thousands of digits cannot be converted to text
        shown = "a number"
    return f"line {annotation.lineno}: the annotation {shown} is no type; valid are {VALID}"


def is_type(node: ast.expr) -> bool:
    """Tell whether an expression only names types; a string is parsed as an expression."""
    match node:
        case ast.Name():
            return node.id in _PLAIN | _GENERIC
        case ast.Attribute(value=ast.Name()):
            return node.attr in _GENERIC | _OF_TORCH
        case ast.Constant(value=None):
            return True
        case ast.Constant(value=str() as text):
            try:
                return is_type(ast.parse(text, mode="eval").body)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return False
        case ast.Subscript(slice=ast.Tuple(elts=parts)):
            return _is_generic(node.value) and all(map(is_type, parts))
        case ast.Subscript():
            return _is_generic(node.value) and is_type(node.slice)
        case ast.BinOp(op=ast.BitOr()):
            return is_type(node.left) and is_type(node.right)
    return False


def _is_generic(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return is_type(node) and name in _GENERIC
