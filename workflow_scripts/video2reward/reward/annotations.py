"""Type annotations of reward code: Python and TorchScript evaluate them, so nothing but types may stand there."""

from __future__ import annotations

import ast

_PLAIN = frozenset({"Tensor", "float", "int", "bool", "str"})
_GENERIC = frozenset({"Dict", "dict", "List", "list", "Tuple", "tuple", "Optional", "Union"})
VALID = "torch.Tensor, float, int, bool, str, and Dict, List, Tuple, Optional of them"


def annotation_fault(node: ast.AST) -> str:
    """Return a sentence if `node` carries an annotation that is no type, else ""."""
    match node:
        case ast.FunctionDef():
            annotation = node.returns
        case ast.arg() | ast.AnnAssign():
            annotation = node.annotation
        case _:
            return ""
    if annotation is None or _is_type(annotation):
        return ""
    try:
        shown = " ".join(ast.unparse(annotation).split())[:60]
    except ValueError:  # an integer of thousands of digits has no text
        shown = "a number"
    return f"line {annotation.lineno}: the annotation {shown} is no type; valid are {VALID}"


def _is_type(node: ast.expr) -> bool:
    """Tell whether an expression only names types; a text is read as the expression it holds."""
    match node:
        case ast.Name():
            return node.id in _PLAIN | _GENERIC
        case ast.Attribute(value=ast.Name()):
            return node.attr in _GENERIC | {"Tensor"}
        case ast.Constant(value=None):
            return True
        case ast.Constant(value=str() as text):
            try:
                return _is_type(ast.parse(text, mode="eval").body)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return False
        case ast.Subscript(slice=ast.Tuple(elts=parts)):
            return _is_generic(node.value) and all(map(_is_type, parts))
        case ast.Subscript():
            return _is_generic(node.value) and _is_type(node.slice)
        case ast.BinOp(op=ast.BitOr()):
            return _is_type(node.left) and _is_type(node.right)
    return False


def _is_generic(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return _is_type(node) and name in _GENERIC
