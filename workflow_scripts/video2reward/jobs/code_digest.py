"""A digest of the code behind a stage, so that only changes of meaning make it run again."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = "video2reward"
SCRIPTS = Path(__file__).resolve().parents[2]

# Declarations only: their values reach a stage as parameters or input files, and the registry's
# targets are followed only if the configuration selects them.
_SETTINGS = ("base", "evaluation", "loop", "motion", "robot", "task", "training", "video")
DECLARATIONS = {f"{PACKAGE}.registry", *(f"{PACKAGE}.settings.{name}" for name in _SETTINGS)}
_IN_BLOCKS = (ast.stmt, ast.excepthandler, ast.match_case)


def code_digest(script: str, selected: Iterable[str] = ()) -> str:
    """Return the digest of a script and of all library code it imports, followed by the `selected` modules.

    Comments, docstrings, layout and the Python version do not change it. `selected`: dotted modules that the
    registry gives for the configuration's choices.
    """
    chosen = sorted(selected)
    sha = hashlib.sha256()
    for name, digest in code_modules(script, chosen).items():
        sha.update(f"{name} {digest}\n".encode())
    return ":".join([sha.hexdigest()[:16], *chosen])


def selected_modules(digest: str) -> list[str]:
    """Return the modules that were selected for a digest made by `code_digest`."""
    return digest.split(":")[1:]


def code_modules(script: str, selected: Iterable[str] = ()) -> dict[str, str]:
    """Return module -> digest for a script, every library module it imports, directly or not, and `selected` ones.

    Imports under `if TYPE_CHECKING` are not followed.
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
    return {name: _digest(trees[name]) for name in sorted(trees)}


def _module_path(module: str) -> Path | None:
    """Return the file of a module of this package, None for other modules."""
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
    for node in _blocks(tree):
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
def _digest(tree: ast.Module) -> str:
    return hashlib.sha256(repr(_plain(tree)).encode()).hexdigest()[:16]


def _plain(node: Any) -> Any:
    """Return a syntax tree as tuples without empty fields, as Python versions differ in which fields exist."""
    if isinstance(node, ast.AST):
        fields = [(name, _plain(value)) for name, value in ast.iter_fields(node)]
        return (type(node).__name__, *((name, value) for name, value in fields if value not in (None, [])))
    return [_plain(item) for item in node] if isinstance(node, list) else node


@cache
def _imports(tree: ast.Module) -> tuple[str, ...]:
    """Return every dotted name the module imports at run time, parent packages included."""
    names: list[str] = []
    for node in _at_run_time(tree):
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
            names.append(node.value)  # a module that is run by name in its own process
    return tuple(names)


def _blocks(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes that statements stand in, and the statements."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        yield (node := waiting.pop())
        waiting += [child for child in ast.iter_child_nodes(node) if isinstance(child, _IN_BLOCKS)]


def _at_run_time(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield all nodes but those under `if TYPE_CHECKING`."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        if not _is_type_checking(node := waiting.pop()):
            yield node
            waiting += ast.iter_child_nodes(node)


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
