"""A digest of the code behind a stage, so that only a change of meaning runs it again."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

PACKAGE = "video2reward"
SCRIPTS = Path(__file__).resolve().parent.parent

# Pure declarations: the values a stage reads from them reach it as parameters or as input files, and
# the registry's targets are followed only where the configuration selects them.
DECLARATIONS = {f"{PACKAGE}.registry", f"{PACKAGE}.settings"}


def code_digest(script: str, selected: Iterable[str] = ()) -> str:
    """Return the digest of a script, of all library modules it reaches by import and of `selected` ones.

    Comments, docstrings and layout do not change it. `selected`: dotted modules that the registry
    gives for the configuration's choices. Imports under `if TYPE_CHECKING` are not followed.
    """
    trees = {script: _tree(SCRIPTS / f"{script}.py")}
    waiting = list(_imports(trees[script])) + list(selected)
    while waiting:
        module = waiting.pop()
        path = _module_path(module)
        if path is None or module in trees or module in DECLARATIONS:
            continue
        trees[module] = _tree(path)
        waiting += _imports(trees[module])
    sha = hashlib.sha256()
    for name in sorted(trees):
        sha.update(f"{name}\n{_dump(trees[name])}\n".encode())
    return sha.hexdigest()[:16]


def _module_path(module: str) -> Path | None:
    """Return the file of a module of this package, None for anything else."""
    parts = module.split(".")
    if parts[0] != PACKAGE:
        return None
    base = SCRIPTS.joinpath(*parts)
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.exists():
            return path
    return None


@cache
def _tree(path: Path) -> ast.Module:
    """Parse a file, docstrings removed."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:]
    return tree


@cache
def _dump(tree: ast.Module) -> str:
    return ast.dump(tree)


@cache
def _imports(tree: ast.Module) -> tuple[str, ...]:
    """Return every dotted name the module imports at run time, with packages on the way."""
    hidden = {id(n) for node in ast.walk(tree) if _is_type_checking(node) for n in ast.walk(node)}
    names: list[str] = []
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value.startswith(f"{PACKAGE}.")
        ):
            names.append(node.value)  # a module run in a process of its own, by name
    return tuple(names)


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
