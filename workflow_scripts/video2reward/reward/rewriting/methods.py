"""Rewrite torch functions and methods that exist only in Python with the names and arguments of TorchScript."""

from __future__ import annotations

import ast

from video2reward.reward.rewriting.base import Notes, at, dotted, functions, named
from video2reward.reward.rewriting.kinds import kind_of, kinds_of, returned_kinds
from video2reward.reward.rewriting.numbers import FINFO, fold, literal

_NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim"}
_FOLDED = frozenset(["hypot", "dist", "cbrt", "exp2", "log2", "isclose", "trunc"])


def write_for_torchscript(tree: ast.Module, notes: Notes) -> None:
    """Rewrite `axis=`, `.norm(dim=...)`, `torch.finfo` and the like for TorchScript."""
    returns = returned_kinds(tree)
    for function in functions(tree):
        _Methods(kinds_of(function, returns), returns, notes).visit(function)


class _Methods(ast.NodeTransformer):
    def __init__(self, kinds: dict[str, str], returns: dict[str, str], notes: Notes) -> None:
        self._kinds, self._returns, self._notes = kinds, returns, notes

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Attribute):
            return node
        self._keywords(node, node.func)
        module = dotted(node.func.value)
        if module == "math":
            return self._of_math(node, node.func.attr)
        if module == "torch":
            return self._of_torch(node, node.func.attr)
        return self._of_an_object(node, node.func)

    def _keywords(self, node: ast.Call, function: ast.Attribute) -> None:
        for keyword in node.keywords:
            if keyword.arg in _NUMPY_NAMES:
                new = _NUMPY_NAMES[keyword.arg]
                self._notes.add(node, f"{keyword.arg}= written as {new}=")
                keyword.arg = new
        given = {keyword.arg for keyword in node.keywords}
        is_method = dotted(function.value) not in ("torch", "torch.linalg")
        if function.attr == "norm" and is_method and "dim" in given and "p" not in given and not node.args:
            self._notes.add(node, ".norm(dim=...) given its p=2")
            node.keywords.insert(0, ast.keyword("p", ast.copy_location(ast.Constant(2), node)))

    def _of_math(self, node: ast.Call, name: str) -> ast.expr:
        """Evaluate functions that TorchScript's math lacks, for constants; rewrite hypot for any argument."""
        value = fold(node) if name in _FOLDED else None
        if value is not None:
            self._notes.add(node, f"{ast.unparse(node)} computed")
            return literal(float(value), node)
        if name == "hypot" and len(node.args) == 2:
            self._notes.add(node, "math.hypot written as math.sqrt")
            squares = [ast.BinOp(a, ast.Pow(), ast.Constant(2)) for a in node.args]
            return at(ast.Call(named("math.sqrt"), [ast.BinOp(squares[0], ast.Add(), squares[1])], []), node)
        return node

    def _of_torch(self, node: ast.Call, name: str) -> ast.expr:
        if name == "is_tensor" and len(node.args) == 1:
            self._notes.add(node, "torch.is_tensor written as isinstance")
            return at(ast.Call(named("isinstance"), [node.args[0], named("torch.Tensor")], []), node)
        if name == "as_tensor" and node.args and isinstance(node.args[0], ast.List):
            self._notes.add(node, "torch.as_tensor written as torch.tensor")
            node.func = at(named("torch.tensor"), node)
        return node

    def _of_an_object(self, node: ast.Call, function: ast.Attribute) -> ast.expr:
        of = function.value
        if function.attr == "new_tensor" and isinstance(of, ast.Name):
            given = {keyword.arg for keyword in node.keywords}
            missing = [k for k in ("dtype", "device") if k not in given]
            node.keywords += [ast.keyword(k, at(named(f"{of.id}.{k}"), node)) for k in missing]
            node.func = at(named("torch.tensor"), node)
            self._notes.add(node, f"{of.id}.new_tensor written as torch.tensor")
        if function.attr == "item" and kind_of(of, self._kinds, self._returns) in ("float", "int"):
            self._notes.add(node, f"{ast.unparse(node)} is a number already")
            return of
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        """`x, y, z = velocity.T`: TorchScript cannot unpack a tensor."""
        self.generic_visit(node)
        match node:
            case ast.Assign(targets=[ast.Tuple()], value=ast.Attribute(attr="T") as value):
                self._notes.add(node, f"{ast.unparse(value)} taken apart by unbind")
                node.value = at(
                    ast.Call(ast.Attribute(value, "unbind", ast.Load()), [ast.Constant(0)], []), value
                )
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """`torch.finfo(torch.float32).eps`: every signal is float32."""
        self.generic_visit(node)
        match node:
            case ast.Attribute(value=ast.Call(func=maker, args=[of], keywords=[]), attr=attr) if (
                dotted(maker) in ("torch.finfo", "finfo")
                and attr in FINFO
                and (ast.unparse(of) in ("torch.float32", "torch.float") or dotted(of).endswith(".dtype"))
            ):
                self._notes.add(node, f"{ast.unparse(node)} computed")
                return literal(FINFO[attr], node)
        return node
