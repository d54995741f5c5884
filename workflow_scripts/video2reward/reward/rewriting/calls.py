"""Rewrite sums, dictionaries and numbers of mixed types into forms that TorchScript accepts."""

from __future__ import annotations

import ast

from video2reward.reward.rewriting.base import Notes, at, functions
from video2reward.reward.rewriting.kinds import TENSOR, kind_of, kinds_of, plain_type, returned_kinds
from video2reward.reward.rewriting.numbers import as_float, fold, is_literal

_FOLDED = frozenset(["hypot", "dist", "cbrt", "exp2", "log2", "isclose", "trunc"])
_LISTS = frozenset({"any", "all", "sum", "sorted", "list", "max", "min", "tuple", "stack", "cat"})
_HELPERS = {
    "added_terms": """
def added_terms(terms: List[torch.Tensor]) -> torch.Tensor:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
""",
    "merged_terms": """
def merged_terms(parts: List[Dict[str, torch.Tensor]]) -> Dict[str, torch.Tensor]:
    merged: Dict[str, torch.Tensor] = {}
    for part in parts:
        merged.update(part)
    return merged
""",
}


def write_for_torchscript(tree: ast.Module, notes: Notes) -> None:
    """Replace sums and dictionary merges with helpers, and convert numbers to the required type."""
    returns = returned_kinds(tree)
    signatures = {function.name: function for function in functions(tree)}
    helpers: set[str] = set()
    for function in functions(tree):
        rewriter = _Calls(kinds_of(function, returns), returns, signatures, notes)
        rewriter.visit(function)
        helpers |= rewriter.helpers
    for name in sorted(helpers):
        tree.body[_after_imports(tree) : _after_imports(tree)] = [_helper(name, tree)]
    if helpers:
        tree.body[:0] = [
            ast.parse("from typing import Dict, List").body[0],
            ast.parse("import torch").body[0],
        ]


def _after_imports(tree: ast.Module) -> int:
    return next((i for i, node in enumerate(tree.body) if isinstance(node, ast.FunctionDef)), len(tree.body))


def _helper(name: str, tree: ast.Module) -> ast.stmt:
    node = ast.parse(_HELPERS[name]).body[0]
    for inner in ast.walk(node):
        if hasattr(inner, "lineno"):
            inner.lineno = tree.body[-1].lineno
    return node


class _Calls(ast.NodeTransformer):
    def __init__(
        self,
        kinds: dict[str, str],
        returns: dict[str, str],
        signatures: dict[str, ast.FunctionDef],
        notes: Notes,
    ) -> None:
        self._kinds, self._returns, self._signatures, self._notes = kinds, returns, signatures, notes
        self.helpers: set[str] = set()

    def _kind(self, node: ast.expr) -> str:
        return kind_of(node, self._kinds, self._returns)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node.func:
            case ast.Name(id="sum"):
                return self._sum(self._as_list(node))
            case ast.Name(id=name):
                if name in _LISTS:
                    self._as_list(node)
                if name in self._signatures:
                    self._as_annotated(node, self._signatures[name])
            case ast.Attribute(attr=name):
                if name in _LISTS:
                    self._as_list(node)
        return node

    def _sum(self, node: ast.Call) -> ast.expr:
        """`sum` of tensors: TorchScript only sums numbers."""
        starts = node.args[1:]
        tensor = len(starts) == 1 and self._kind(starts[0]) == TENSOR
        if node.keywords or len(node.args) > 2 or not node.args:
            return node
        if not tensor and any(fold(start) != 0 for start in starts):
            return node
        if self._kind(node.args[0]) == f"List[{TENSOR}]" or (
            _is_values(node.args[0]) and not self._kind(node.args[0])
        ):
            terms = node.args[0]
        else:
            return node
        if not isinstance(terms, ast.List | ast.ListComp):
            terms = ast.Call(ast.Name("list", ast.Load()), [terms], [])
        self.helpers.add("added_terms")
        self._notes.add(node, "sum of tensors written as a loop")
        total: ast.expr = ast.Call(ast.Name("added_terms", ast.Load()), [terms], [])
        return at(ast.BinOp(starts[0], ast.Add(), total) if tensor else total, node)

    def visit_Dict(self, node: ast.Dict) -> ast.expr:
        """`{**a, "b": x}`, and mixed integers and floats."""
        self.generic_visit(node)
        node.values = self._one_kind(node.values)
        if None not in node.keys:
            return node
        parts: list[ast.expr] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                parts.append(value)
            elif parts and isinstance(parts[-1], ast.Dict):
                parts[-1].keys.append(key)
                parts[-1].values.append(value)
            else:
                parts.append(ast.Dict([key], [value]))
        self.helpers.add("merged_terms")
        self._notes.add(node, "{**...} written as a loop")
        return at(ast.Call(ast.Name("merged_terms", ast.Load()), [ast.List(parts, ast.Load())], []), node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """`a | {"b": x}`."""
        self.generic_visit(node)
        dicts = [
            isinstance(side, ast.Dict) or self._kind(side).startswith("Dict[")
            for side in (node.left, node.right)
        ]
        if isinstance(node.op, ast.BitOr) and any(dicts):
            self.helpers.add("merged_terms")
            self._notes.add(node, "| of dictionaries written as a loop")
            parts = ast.List([node.left, node.right], ast.Load())
            return at(ast.Call(ast.Name("merged_terms", ast.Load()), [parts], []), node)
        return node

    def visit_List(self, node: ast.List) -> ast.expr:
        self.generic_visit(node)
        node.elts = self._one_kind(node.elts) if isinstance(node.ctx, ast.Load) else node.elts
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """`1 if x else 0.5`: both values get one type."""
        self.generic_visit(node)
        if "float" in (self._kind(node.body), self._kind(node.orelse)):
            node.body, node.orelse = self._float(node.body), self._float(node.orelse)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        self.generic_visit(node)
        kind = plain_type(node.annotation)
        match node.value:
            case ast.Dict() as table if kind == "Dict[str, float]":
                table.values = [self._float(value) for value in table.values]
            case ast.List() as row if kind == "List[float]":
                row.elts = [self._float(value) for value in row.elts]
            case ast.expr() as value if kind == "float":
                node.value = self._float(value)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        """`a |= {"b": x}`."""
        self.generic_visit(node)
        if not isinstance(node.op, ast.BitOr) or not isinstance(node.target, ast.Name):
            return node
        name = ast.Name(node.target.id, ast.Load())
        if not self._kind(name).startswith("Dict[") and not isinstance(node.value, ast.Dict):
            return node
        self._notes.add(node, "|= of dictionaries written as update")
        update = ast.Attribute(name, "update", ast.Load())
        return at(ast.Expr(ast.Call(update, [node.value], [])), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        spec = node.args
        for argument, default in zip(
            spec.args[len(spec.args) - len(spec.defaults) :], range(len(spec.defaults)), strict=True
        ):
            if argument.annotation is not None and plain_type(argument.annotation) in (
                "float",
                "Optional[float]",
            ):
                spec.defaults[default] = self._float(spec.defaults[default])
        return node

    def _as_list(self, node: ast.Call) -> ast.Call:
        """Turn a generator argument of `sum`, `any` and the like into a list."""
        for i, argument in enumerate(node.args):
            if isinstance(argument, ast.GeneratorExp):
                node.args[i] = ast.copy_location(ast.ListComp(argument.elt, argument.generators), argument)
                self._notes.add(argument, "the generator written as a list")
        return node

    def _float(self, node: ast.expr) -> ast.expr:
        new = as_float(node)
        if new is not node:
            self._notes.add(node, f"{ast.unparse(node)} written as {ast.unparse(new)}")
        return new

    def _one_kind(self, values: list[ast.expr]) -> list[ast.expr]:
        """Convert mixed integers and floats to floats."""
        both = {kind for kind in (int, float) if any(is_literal(value, kind) for value in values)}
        return [self._float(value) for value in values] if both == {int, float} else values

    def _as_annotated(self, node: ast.Call, function: ast.FunctionDef) -> None:
        """Convert integers passed for `float` arguments to floats."""
        spec = function.args.args
        given: list[tuple[ast.arg, ast.expr, ast.keyword | int]] = [
            (argument, value, i) for i, (argument, value) in enumerate(zip(spec, node.args, strict=False))
        ]
        by_name = {argument.arg: argument for argument in spec}
        given += [(by_name[k.arg], k.value, k) for k in node.keywords if k.arg in by_name]
        for argument, value, place in given:
            if argument.annotation is None or plain_type(argument.annotation) not in (
                "float",
                "Optional[float]",
            ):
                continue
            new = self._float(value)
            if new is value and self._kind(value) == "int" and not is_literal(value, int):
                new = at(ast.Call(ast.Name("float", ast.Load()), [value], []), value)
            if isinstance(place, int):
                node.args[place] = new
            else:
                place.value = new


def _is_values(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values"
