"""Rewrite formatted names such as `f"foot_{i}"` in the one form that TorchScript supports."""

from __future__ import annotations

import ast
import re
from contextlib import suppress

from video2reward.reward.rewriting.base import Notes

_PLAIN = (ast.Name, ast.Constant, ast.BinOp, ast.Subscript, ast.operator, ast.expr_context)
_FIELD = re.compile(r"\{\{|\}\}|\{([A-Za-z_0-9]*)(?::[ds]?)?\}")


def format_plainly(tree: ast.Module, notes: Notes) -> None:
    """Write f-strings and `.format` with numbered or named fields as `"foot_{}".format(i)`."""
    _Format(notes).visit(tree)


_SPEC = re.compile(r"(0[1-9])?d|s|")
_PERCENT = re.compile(r"%(0[1-9])?[di]|%s")
_OTHER = re.compile(r"%0[1-9][di]|%i")


class _Format(ast.NodeTransformer):
    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        text = ""
        values: list[ast.expr] = []
        for part in node.values:
            if (known := _constant(part)) is not None:
                text += known
                continue
            match part:
                case ast.Constant(value=str() as constant):
                    text += constant
                case ast.FormattedValue(value=value, conversion=-1 | 115, format_spec=spec) if (
                    _SPEC.fullmatch(_spec(spec)) and _is_plain(value)
                ):
                    value = _padded(value, _spec(spec).rstrip("ds"))
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
        """`"foot_%02d" % n`: TorchScript only supports %d and %s."""
        self.generic_visit(node)
        match node:
            case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Mod(), right=right) if (
                _OTHER.search(text)
            ):
                values = right.elts if isinstance(right, ast.Tuple) else [right]
                fields = [field[0] for field in _PERCENT.finditer(text)]
                rest = _PERCENT.sub("", text)
                if len(fields) != len(values) or set("%{}") & set(rest) or not all(map(_is_plain, values)):
                    return node
                filled = [_padded(value, field[1:-1]) for value, field in zip(values, fields, strict=True)]
                return self._formatted(node, _PERCENT.sub("{}", text), filled)
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


def _constant(part: ast.expr) -> str | None:
    """Return the text of a constant number in a format such as .2f, None for anything else."""
    match part:
        case ast.FormattedValue(
            value=ast.Constant(value=float() | int() as number), conversion=-1, format_spec=spec
        ):
            if re.fullmatch(r"\d{0,2}(?:\.\d)?[defg%]?", _spec(spec)):
                with suppress(ValueError):  # d of a float
                    return format(number, _spec(spec))
    return None


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


def _padded(value: ast.expr, width: str) -> ast.expr:
    """Return an integer's text with leading zeros for a format such as `02d`, or the value itself if there is no width."""
    if not width:
        return value
    text = ast.Call(ast.Name("str", ast.Load()), [value], [])
    return ast.Call(ast.Attribute(text, "zfill", ast.Load()), [ast.Constant(int(width))], [])


def _is_plain(value: ast.expr) -> bool:
    """Tell whether a value is a name, a subscript or arithmetic of these, without attribute access."""
    return all(isinstance(node, _PLAIN) or _is_str(node) for node in ast.walk(value))


def _is_str(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in ("lower", "upper")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return not (node.args or node.keywords)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("str", "int")
