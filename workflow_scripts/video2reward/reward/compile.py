"""Compile reward code to a TorchScript function of the catalogue's signals; the Python code itself never runs."""

from __future__ import annotations

import ast
import builtins
import linecache
import math
import re
import typing
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from video2reward.errors import UserError
from video2reward.reward.allowlist import check_source
from video2reward.reward.names import BUILTINS, EXCEPTIONS
from video2reward.reward.operators import operator_faults
from video2reward.signals import SIGNALS

if TYPE_CHECKING:
    from torch import Tensor

NAME = "compute_reward"
RETURNS = "Tuple[Tensor, Dict[str, Tensor]]"


class RewardError(UserError):
    """A fault in a reward's code, with the check stage that found it."""

    def __init__(self, message: str, stage: str) -> None:
        """Keep the message and the stage: allowlist, signature, compile."""
        super().__init__(message)
        self.stage = stage


@dataclass
class CompiledReward:
    """A compiled reward; call it with signals by name -> (total (N,), components name -> (N,)).

    needed: the signals it takes, in argument order, including those with a default
    component_names: the components of the latest call, empty before the first
    """

    function: Any
    needed: tuple[str, ...]
    scalars: frozenset[str]
    component_names: tuple[str, ...] = field(default=(), compare=False)

    def __call__(self, signals: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Return total (N,) and components; reads only the needed signals."""
        total, components = self.function(**{n: self._argument(n, signals[n]) for n in self.needed})
        if len(components) != len(self.component_names):
            self.component_names = tuple(components)
        return total, components

    def _argument(self, name: str, value: Any) -> Any:
        if name in self.scalars:
            return float(value)
        if isinstance(value, int | float):
            import torch

            return torch.tensor(float(value))
        return value


def compile_reward(path: Path) -> CompiledReward:
    """Compile the reward in a file; code that fails the allow-list or TorchScript is a `RewardError`."""
    try:
        source = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"the reward {path} cannot be read: {error}") from None
    return compile_source(source, path.name)


def compile_source(source: str, name: str = "reward") -> CompiledReward:
    """Compile a reward's source text; `name` is the file's name in messages."""
    if faults := check_source(source):
        raise RewardError(f"{name}: {'; '.join(faults)}", "allowlist")
    return compile_checked(source, name)


def compile_checked(source: str, name: str = "reward") -> CompiledReward:
    """Compile code that passed `check_source`; TorchScript's own errors are a `RewardError`.

    Two independent checks follow: TorchScript must read the same code that was parsed here, and the compiled graph must
    have only the operators in `operators.py`.
    """
    import torch

    function = _define(source, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            script = torch.jit.script(function)
    except Exception as error:  # TorchScript raises many kinds
        raise RewardError(f"{name} does not compile as TorchScript: {_brief(error)}", "compile") from None
    returns = script.schema.returns[0].type.annotation_str
    if returns.replace("torch.Tensor", "Tensor").replace(" ", "") != RETURNS.replace(" ", ""):
        raise RewardError(f"{name}: {NAME} returns {returns}, it must return {RETURNS}", "compile")
    if faults := operator_faults(script.inlined_graph):
        raise RewardError(f"{name}: {'; '.join(faults)}", "compile")
    arguments = script.schema.arguments
    needed = tuple(a.name for a in arguments if a.name in SIGNALS or not a.has_default_value())
    scalars = {a.name for a in arguments if a.type.annotation_str in ("float", "int")}
    return CompiledReward(script, needed, frozenset(scalars))


def _define(source: str, name: str) -> Any:
    """Create the function objects that TorchScript reads; only imports and `def` lines are executed."""
    import torch

    filename = f"<{name}>"
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    tree = ast.parse(source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in functions:
        node.decorator_list = []
    linecache.cache[filename] = (len(source), None, [f"{line}\n" for line in source.split("\n")], filename)
    module = ast.Module(body=[*imports, *functions], type_ignores=[])
    scope: dict[str, Any] = {
        "__builtins__": {"__import__": builtins.__import__}
        | {n: getattr(builtins, n) for n in BUILTINS | EXCEPTIONS},
        "__name__": "video2reward_candidate",
        "torch": torch,
        "math": math,
        "Tensor": torch.Tensor,
        **{n: getattr(typing, n) for n in ("Any", "Dict", "List", "Optional", "Tuple", "Union")},
    }
    try:
        exec(compile(module, filename, "exec"), scope)
    except Exception as error:
        raise RewardError(f"{name} cannot be read: {error}", "compile") from None
    if NAME not in scope:
        raise RewardError(f"{name} defines no function {NAME}", "signature")
    for node in functions:
        _check_reading(node, scope[node.name], name)
    return scope[NAME]


def _check_reading(node: ast.FunctionDef, function: Any, name: str) -> None:
    """Refuse a function if TorchScript, which reads its source again, sees other code than was checked."""
    from torch._sources import parse_def

    try:
        read = parse_def(function).ast.body[0]
    except (RuntimeError, SyntaxError, OSError, ValueError) as error:
        raise RewardError(f"{name}: {node.name} cannot be read: {_brief(error)}", "compile") from None
    if _meaning(read) != _meaning(node):
        raise RewardError(
            f"{name}: {node.name} reads otherwise to TorchScript than to Python; define each function once, "
            "without unusual line ends",
            "compile",
        )


def _meaning(node: ast.AST) -> str:
    """Return a function's syntax tree as text, without white space in strings, which re-reading changes."""
    return re.sub(r"\\[nt]|\s", "", ast.dump(node))


def _brief(error: Exception) -> str:
    """Return the start of a TorchScript message: the error and the line of code it points at."""
    text = [line.rstrip() for line in str(error).strip().splitlines() if line.strip()]
    return "\n".join(text[:24])
