"""Names put together from parts, as in `f"foot_{i}"`: formatted the one way that TorchScript knows."""

from __future__ import annotations

import ast
import re

from video2reward.reward.rewriting.base import Notes

_PLAIN = (ast.Name, ast.Constant, ast.BinOp, ast.Subscript, ast.operator, ast.expr_context)
_FIELD = re.compile(r"\{\{|\}\}|\{([A-Za-z_0-9]*)(?::[ds]?)?\}")


def format_plainly(tree: ast.Module, notes: Notes) -> None:
    """Write f-strings and `.format` with numbered or named fields as `"foot_{}".format(i)`."""
    _Format(notes).visit(tree)


class _Format(ast.NodeTransformer):
    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        text = ""
        values: list[ast.expr] = []
        for part in node.values:
            match part:
                case ast.Constant(value=str() as constant):
                    text += constant
                case ast.FormattedValue(value=value, conversion=-1 | 115, format_spec=spec) if _spec(
                    spec
                ) in ("", "d", "s") and _is_plain(value):
                    if isinstance(value, ast.Constant):
                        text += str(value.value)
                    else:
                        text, values = text + "{}", [*values, value]
                case _:
                    return node
        return self._formatted(node, text, values)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format")):
                pass
            case _:
                return node
        by_name = {keyword.arg: keyword.value for keyword in node.keywords}
        values: list[ast.expr] = []
        end = 0
        for field in _FIELD.finditer(text):
            between, end = text[end : field.start()], field.end()
            if "{" in between or "}" in between or field[0] in ("{{", "}}"):
                return node
            value = _value(field[1], len(values), node.args, by_name)
            if value is None or not _is_plain(value):
                return node
            values.append(value)
        if "{" in text[end:] or "}" in text[end:] or any(isinstance(v, ast.Constant) for v in values):
            return node
        plain = _FIELD.sub("{}", text)
        if plain == text and not node.keywords:
            return node
        return self._formatted(node, plain, values)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """`"foot_%i" % n`: TorchScript knows %d and %s."""
        self.generic_visit(node)
        match node:
            case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Mod()) if "%i" in text:
                self._notes.add(node, "%i written as %d")
                node.left.value = text.replace("%i", "%d")  # type: ignore[attr-defined]
        return node

    def _formatted(self, node: ast.expr, text: str, values: list[ast.expr]) -> ast.expr:
        if values and ("{" in text.replace("{}", "") or "}" in text.replace("{}", "")):
            return node
        new: ast.expr = ast.Constant(text)
        if values:
            new = ast.Call(ast.Attribute(new, "format", ast.Load()), values, [])
        new = ast.fix_missing_locations(ast.copy_location(new, node))
        self._notes.add(node, f"{ast.unparse(node)} written as {ast.unparse(new)}")
        return new


def _value(
    field: str, place: int, args: list[ast.expr], by_name: dict[str | None, ast.expr]
) -> ast.expr | None:
    if field and not field.isdigit():
        return by_name.get(field)
    index = int(field) if field else place
    return args[index] if index < len(args) else None


def _spec(spec: ast.expr | None) -> str:
    if spec is None:
        return ""
    values = spec.values if isinstance(spec, ast.JoinedStr) else []
    return "".join(str(v.value) if isinstance(v, ast.Constant) else "?" for v in values)


def _is_plain(value: ast.expr) -> bool:
    """Tell whether a value is a name, an entry or arithmetic of such: nothing that asks an object for more."""
    return all(isinstance(node, _PLAIN) or _is_str(node) for node in ast.walk(value))


def _is_str(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("str", "int")
