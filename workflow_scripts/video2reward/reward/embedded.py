"""Find code embedded in something else: JSON, a Python string, a class, HTML."""

from __future__ import annotations

import ast
import html
import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

from video2reward.reward.python_code import NAME, Block, parse

_DEF = f"def {NAME}"
_MOST = 20  # places to look at, from the last
_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*\\[nt\"]")


def texts_within(text: str, blocks: list[Block]) -> Iterator[str]:
    """Yield embedded texts that hold the function: Python string constants, JSON strings, HTML text."""
    for block in reversed(blocks):
        for node in ast.walk(block.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _DEF in node.value:
                yield node.value
    yield from _of_json(text)
    yield from _quoted(text)
    if re.search(r"&(?:gt|lt|quot|amp|#39|#x27|nbsp);", text):
        yield re.sub(r"<br\s*/?>", "\n", html.unescape(text))


def _of_json(text: str) -> Iterator[str]:
    """Yield the strings of a text that is JSON, as a whole or from its first brace on."""
    for start in [i for i in (text.find("{"), text.find("[")) if i >= 0]:
        try:
            content, _ = json.JSONDecoder(strict=False).raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        yield from _strings(content)


def _strings(node: Any, depth: int = 0) -> Iterator[str]:
    """Yield the JSON strings that hold the function; a list of lines counts as one string."""
    if isinstance(node, dict) and depth < 20:
        told = ["\n".join(value) if _is_lines(value) else value for value in node.values()]
        whole = [
            value
            for value in told
            if isinstance(value, str) and re.search(r"^\s*(?:def|import|from) ", value, re.M)
        ]
        if any(_DEF in value for value in whole):
            yield "\n\n\n".join(whole)
            return
        for value in node.values():
            yield from _strings(value, depth + 1)
    elif isinstance(node, list) and depth < 20:
        lines = "\n".join(node) if _is_lines(node) else ""
        if _DEF in lines:
            yield lines
        else:
            for value in node:
                yield from _strings(value, depth + 1)
    elif isinstance(node, str) and _DEF in node:
        yield node


def _is_lines(node: Any) -> bool:
    return isinstance(node, list) and bool(node) and all(isinstance(line, str) for line in node)


def _quoted(text: str) -> Iterator[str]:
    """Yield quoted strings around the function, unescaped: from broken JSON or Python dictionaries."""
    places = [match.start() for match in re.finditer(_DEF, text)][-_MOST:]
    for place in reversed(places):
        before = text.rfind("\n", 0, place) + 1
        starts = [i for i in range(place - 1, max(before, place - 2000) - 1, -1) if text[i] in "\"'"]
        for start in starts[:4]:
            quote = text[start]
            end = re.compile(rf"(?:[^{quote}\\]|\\.)*", re.S).match(text, start + 1)
            literal = text[start + 1 : end.end()] if end else ""
            if _DEF in literal and _ESCAPED.search(literal) and (read := _read(literal, quote)):
                yield read
                break


def _read(literal: str, quote: str) -> str:
    """Return the value of a quoted string, "" if it cannot be parsed."""
    try:
        return str(json.loads(f'"{literal}"', strict=False))
    except ValueError:
        pass
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(ast.literal_eval(f"{quote}{literal}{quote}".replace("\n", "\\n")))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""


def methods_as_functions(block: Block) -> Iterator[Block]:
    """Yield the code of classes with a method `compute_reward`, with methods turned into functions.

    `self.method(...)` becomes a plain call and `self.constant` its number; classes that need more are skipped.
    """
    for node in block.tree.body:
        if isinstance(node, ast.ClassDef):
            methods = [
                item for item in node.body if isinstance(item, ast.FunctionDef) and item.name != "__init__"
            ]
            if any(method.name == NAME for method in methods):
                free = _Free({method.name for method in methods}, _constants(node))
                others = [item for item in block.tree.body if not isinstance(item, ast.ClassDef)]
                module = ast.Module([*others, *(free.function(method) for method in methods)], [])
                code = "" if free.bound else ast.unparse(ast.fix_missing_locations(module))
                if found := parse(code):
                    yield found


def _constants(node: ast.ClassDef) -> dict[str, ast.expr]:
    """Return the named numbers of a class, from its body or its constructor."""
    found: dict[str, ast.expr] = {}
    for item in ast.walk(node):
        if isinstance(item, ast.Assign | ast.AnnAssign) and isinstance(
            item.value, ast.Constant | ast.UnaryOp
        ):
            for target in item.targets if isinstance(item, ast.Assign) else [item.target]:
                if isinstance(target, ast.Name) and item in node.body:
                    found[target.id] = item.value
                elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                    found[target.attr] = item.value
    return found


class _Free(ast.NodeTransformer):
    """Removes `self` from methods; bound: whether `self` is used for more than methods and constants."""

    def __init__(self, methods: set[str], constants: dict[str, ast.expr]) -> None:
        """Use the class's methods and the values of its constants."""
        self.bound = False
        self._methods, self._constants, self._self = methods, constants, ""

    def function(self, method: ast.FunctionDef) -> ast.FunctionDef:
        """Return a method as a function."""
        kinds = [ast.unparse(decorator) for decorator in method.decorator_list]
        self._self = "" if "staticmethod" in kinds or not method.args.args else method.args.args.pop(0).arg
        method.decorator_list = [
            d for d in method.decorator_list if ast.unparse(d) not in ("staticmethod", "classmethod")
        ]
        self.generic_visit(method)
        return method

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Replace attributes of `self`."""
        if (
            isinstance(node.value, ast.Name)
            and node.value.id == self._self
            and isinstance(node.ctx, ast.Load)
        ):
            if node.attr in self._methods:
                return ast.Name(node.attr, ast.Load())
            if node.attr in self._constants:
                return self._constants[node.attr]
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Note other uses of `self`."""
        self.bound = self.bound or node.id == self._self
        return node
