"""Rewrite imports: spell out the names that are used, drop imports that are not."""

from __future__ import annotations

import ast

from video2reward.reward.names import ATTRIBUTES, IMPORTS
from video2reward.reward.rewriting.base import Notes, Replace, blocks, bound, functions, named, names_of, read
from video2reward.reward.rewriting.numbers import fold, literal

_NUMBERS = frozenset({"pi", "e", "inf", "nan", "tau"})
_FUNCTION_MODULES = frozenset({"torch", "torch.nn.functional", "torch.linalg", "torch.special"})
# Harmless to import, so harmless to drop if unused.
_UNUSED = frozenset(
    {"numpy", "numpy.typing", "typing", "typing_extensions", "collections", "collections.abc", "dataclasses",
     "enum", "functools", "itertools", "numbers", "math", "torch.nn", "torch.jit", "torch.linalg", "torch.special"}
)  # fmt: skip
_MODULES = {"torch": "torch", "math": "math", "F": "torch.nn.functional"}


def hoist(tree: ast.Module, notes: Notes) -> None:
    """Move imports from inside functions to the top, as TorchScript requires."""
    found: list[ast.stmt] = []
    for function in functions(tree):
        for block in blocks(function):
            inside = [node for node in block if isinstance(node, ast.Import | ast.ImportFrom)]
            if not inside:
                continue
            block[:] = [node for node in block if node not in inside] or [
                ast.copy_location(ast.Pass(), inside[0])
            ]
            found += inside
            for node in inside:
                notes.add(node, f"{ast.unparse(node)} moved to the top")
    tree.body[:0] = found
    _future_first(tree)


def spell_out(tree: ast.Module, notes: Notes) -> None:
    """Write names imported from a module, such as `from math import pi` and torch's functions, with the module."""
    by: dict[str, ast.expr] = {}
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or node.level:
            continue
        for alias in list(node.names):
            if full := _full_name(node.module or "", alias.name):
                by[alias.asname or alias.name] = named(full)
                node.names.remove(alias)
                notes.add(node, f"{alias.asname or alias.name} written as {full}")
    tree.body[:] = [node for node in tree.body if not isinstance(node, ast.ImportFrom) or node.names]
    replace_outside(tree, by, notes)


def replace_outside(tree: ast.Module, by: dict[str, ast.expr], notes: Notes) -> None:
    """Replace module-level names in every statement that does not rebind them."""
    for node in tree.body:
        hidden = bound(node)
        inner = {name: value for name, value in by.items() if name not in hidden}
        if inner:
            Replace(inner, notes).visit(node)


def _full_name(module: str, name: str) -> str:
    if module in ("math", "numpy") and name in _NUMBERS:
        return f"math.{name}"
    if module == "math" and name in ATTRIBUTES and name not in IMPORTS["math"]:
        return f"math.{name}"
    known = name in IMPORTS.get(module, ()) or (module == "torch" and name in ("device", "dtype"))
    return f"{module}.{name}" if module in _FUNCTION_MODULES and name in ATTRIBUTES and not known else ""


class _Numpy(ast.NodeTransformer):
    """Numpy's constants and its functions of constants."""

    def __init__(self, names: set[str], notes: Notes) -> None:
        self._names = names
        self._notes = notes

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if (
                name in self._names and attr in _NUMBERS
            ):
                self._notes.add(node, f"{name}.{attr} written as math.{attr}")
                return ast.copy_location(named(f"math.{attr}"), node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node.func:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in self._names:
                plain = ast.Call(named(f"numpy.{attr}"), node.args, node.keywords)
                value = (
                    fold(node.args[0])
                    if attr in ("float32", "float64") and len(node.args) == 1
                    else fold(plain)
                )
                if value is not None:
                    self._notes.add(node, f"{ast.unparse(node)} computed")
                    return literal(float(value), node)
        return node


def without_numpy(tree: ast.Module, notes: Notes) -> None:
    """Replace numpy's constants with math's, and evaluate its functions of constants."""
    names = names_of(tree, "numpy")
    if names:
        _Numpy(names, notes).visit(tree)


def drop_unused(tree: ast.Module, notes: Notes) -> None:
    """Drop unused imports of harmless modules."""
    used = read(tree.body) | _in_texts(tree)
    for node in list(tree.body):
        match node:
            case ast.Import():
                unused = [a for a in node.names if a.name in _UNUSED and _name(a) not in used]
                odd = [a for a in unused if a.name not in IMPORTS]
            case ast.ImportFrom(level=0):
                module = node.module or ""
                unused = [a for a in node.names if module in _UNUSED and (a.asname or a.name) not in used]
                odd = [a for a in unused if a.name not in IMPORTS.get(module, ())]
            case _:
                continue
        if odd:
            notes.add(node, f"{', '.join(a.name for a in odd)} not used: not imported")
            node.names = [a for a in node.names if a not in odd]
            if not node.names:
                tree.body.remove(node)


def import_used(tree: ast.Module, notes: Notes) -> None:
    """Import math and torch if they are used but not imported, and `F` if nothing else has that name."""
    given = {
        _name(a) for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names
    } | bound(tree)
    wanted = set(_MODULES) if notes.sentences else {"F"}  # the others are available at compilation
    for name in sorted((read(tree.body) & wanted) - given):
        if name == "F":
            notes.add(tree.body[0], "F imported")
        alias = ast.alias(_MODULES[name], None if _MODULES[name] == name else name)
        tree.body.insert(0, ast.Import([alias]))
    _future_first(tree)


def _future_first(tree: ast.Module) -> None:
    """Put the docstring and `from __future__` first, as Python requires."""

    def rank(node: ast.stmt) -> int:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            return 1
        return 0 if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) else 2

    tree.body.sort(key=rank)


def _name(alias: ast.alias) -> str:
    return alias.asname or alias.name.split(".")[0]


def _in_texts(tree: ast.Module) -> set[str]:
    """Return the words in strings, which may be annotations."""
    texts = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return {
        word for text in texts if len(text) < 200 for word in text.replace("[", " ").replace("]", " ").split()
    }
