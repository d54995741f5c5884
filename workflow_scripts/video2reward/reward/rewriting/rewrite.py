"""Rewrite honest code that TorchScript or the allow-list rejects into equivalent code that both accept.

None of the code runs. What no rewrite covers stays unchanged, and is refused with its line. The result goes through the
whole allow-list like any other code.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from video2reward.reward.allowlist import size_fault
from video2reward.reward.characters import character_faults
from video2reward.reward.rewriting import (
    arguments,
    begins_as_none,
    calls,
    comprehensions,
    constants,
    flow,
    functions,
    imports,
    methods,
    namespaces,
    numpy_tables,
    statements,
    texts,
    types,
)
from video2reward.reward.rewriting.base import GrowthError, Notes

STEPS: tuple[Callable[[ast.Module, Notes], None], ...] = (
    statements.drop_script,
    statements.drop_prints,
    statements.unwrap_no_grad,
    statements.drop_declarations,
    statements.drop_decorators,
    statements.plain_messages,
    imports.hoist,
    imports.spell_out,
    numpy_tables.write_tables_in_torch,
    imports.without_numpy,
    types.write_out_aliases,
    functions.write_out_references,
    functions.write_out_formulas,
    functions.hoist_inner,
    functions.arguments_by_place,
    flow.assign_before,
    namespaces.write_out_namespaces,
    constants.drop_global,
    constants.move_constants,
    types.make_exact,
    types.signals_by_catalogue,
    arguments.annotate,
    comprehensions.write_out,
    texts.format_plainly,
    methods.write_for_torchscript,
    begins_as_none.begin_with_zero,
    calls.write_for_torchscript,
    flow.start_as_tensors,
    constants.make_on_device,
    imports.drop_unused,
    imports.import_used,
)


_DEFINITIONS = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.Import, ast.ImportFrom, ast.NamedExpr)
MAX_DEFINITIONS = 200
"""Largest number of functions, lambdas and the like, as each is searched for in all of the code."""


@dataclass(frozen=True)
class Rewritten:
    """Code ready to compile; `tree` keeps the original line numbers; `notes`: what was rewritten, by line."""

    source: str
    tree: ast.Module | None
    notes: tuple[str, ...] = ()


def rewrite(source: str) -> Rewritten:
    """Rewrite a reward's code; code that cannot be parsed, or would grow too large, comes back unchanged."""
    if character_faults(source):
        return Rewritten(source, None)
    try:
        original = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Rewritten(source, None)
    if (
        size_fault(original)
        or sum(isinstance(node, _DEFINITIONS) for node in ast.walk(original)) > MAX_DEFINITIONS
    ):
        return Rewritten(source, original)
    tree, notes = ast.parse(source), Notes()
    try:
        for step in STEPS:
            step(tree, notes)
        if size_fault(tree) or ast.dump(tree) == ast.dump(original):
            return Rewritten(source, original)
        return Rewritten(ast.unparse(ast.fix_missing_locations(tree)) + "\n", tree, notes.sentences)
    except (
        GrowthError,
        RecursionError,
        ValueError,
    ):  # ValueError: an integer of thousands of digits cannot be converted to text
        return Rewritten(source, original)
