"""Assemble one version of the reward function, with everything it needs, from the blocks of an answer."""

from __future__ import annotations

import ast
import re

from video2reward.reward.python_code import MAX_CHARACTERS, NAME, Block, first_line, free_names, parse


def with_one(block: Block, reward: ast.FunctionDef) -> Block:
    """Return a block with only this definition of the function, and without definitions that later ones replace."""
    lines = list(block.lines)
    for node in block.tree.body:
        kept = reward if getattr(node, "name", "") == NAME else None
        if isinstance(node, ast.FunctionDef) and node is not (kept or block.functions[node.name]):
            for i in range(first_line(node) - 1, node.end_lineno or node.lineno):
                lines[i] = ""
    code = re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines))
    return parse(code) or block


def with_helpers(block: Block, others: list[Block]) -> str:
    """Prepend what a block uses but does not define, from the other blocks: the last of each name, imports first."""
    offered = {
        name: (other, node) for other in others for name, node in other.offered.items() if name != NAME
    }
    known, waiting, size = set(block.offered), list(free_names(block.tree)), len(block.code)
    imports, rest = dict[str, None](), dict[str, None]()
    while waiting and size <= MAX_CHARACTERS:
        name = waiting.pop()
        if name in known or name not in offered:
            continue
        known.add(name)
        other, node = offered[name]
        source = other.source(node)
        (imports if isinstance(node, ast.Import | ast.ImportFrom) else rest)[source] = None
        size += len(source)
        waiting += free_names(node)
    head = ["\n".join(imports)] if imports else []
    return "\n\n\n".join([*head, *reversed(rest), block.code])
