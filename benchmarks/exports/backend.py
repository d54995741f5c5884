"""Rewards as graphs of `torch.export`: the other way to have no Python left in a training, built as far as to measure it."""

from __future__ import annotations

import builtins
import contextlib
import io
import logging
import math
import operator
import sys
import types
import typing
import warnings
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.export import Dim, ExportedProgram

from video2reward.reward.names import ATTRIBUTES, BUILTINS, EXCEPTIONS, IN_PLACE
from video2reward.signals import SIGNALS

AGENTS = "N"
_MODULE = "exported_candidate"

# What tracing makes of allowed functions, beside their own names.
_TRACED = """
 _assert_async _assert_scalar _assert_tensor_metadata _local_scalar_dense _softmax _log_softmax _to_copy _unsafe_view
 alias as_strided_copy bitwise_and bitwise_not bitwise_or bitwise_xor constant_pad_nd copy detach_ empty_like
 expand_copy fill frobenius_norm hardtanh index index_put item lift_fresh_copy linalg_cross linalg_matrix_norm
 linalg_norm linalg_vecdot linalg_vector_norm log_sigmoid log_sigmoid_forward native_layer_norm nuclear_norm
 reflection_pad1d rsub slice slice_scatter select_scatter special_erf special_expm1 special_logit sym_constrain_range
 sym_constrain_range_for_size __and__ __or__ __xor__ broadcast_tensors numpy_T special_expit sym_numel sym_size threshold unsafe_chunk unsafe_split zero special_log_softmax special_softmax
"""
_ATEN = ATTRIBUTES | frozenset(_TRACED.split()) | IN_PLACE
_PYTHON = {getattr(operator, name) for name in ["add", "sub", "mul", "truediv", "floordiv", "mod", "neg", "pow", "getitem", "eq", "ne", "lt", "le", "gt", "ge", "and_", "or_", "not_"]} | {torch.sym_int, torch.sym_float, torch.sym_max, torch.sym_min, torch.sym_not}  # fmt: skip


class NotExportedError(Exception):
    """A reward that does not export, or whose graph has more than a reward may do; its text says at which stage."""

    def __init__(self, stage: str, message: str) -> None:
        """Keep the stage: define, export, targets."""
        super().__init__(message)
        self.stage = stage


@dataclass
class ExportedReward:
    """An exported reward, called like a `CompiledReward`. Numbers (dt, target_speed) are part of its graph."""

    program: ExportedProgram
    function: Any
    needed: tuple[str, ...]
    names: tuple[str, ...]
    component_names: tuple[str, ...] = ()

    def __call__(self, signals: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Return total (N,) and components."""
        total, components = self.function(*(signals[name] for name in self.names))
        self.component_names = tuple(components)
        return total, components


class _Wrapped(torch.nn.Module):
    """A reward as a module of tensors alone, its numbers bound; a component must be a tensor."""

    def __init__(self, function: Any, names: tuple[str, ...], numbers: dict[str, float]) -> None:
        super().__init__()
        self.reward, self.names, self.numbers = function, names, numbers

    def forward(self, *values: Tensor) -> Any:
        """Call the reward by name."""
        return self.reward(**dict(zip(self.names, values, strict=True)), **self.numbers)


def export_source(
    source: str,
    needed: tuple[str, ...],
    scalars: frozenset[str],
    state: dict[str, Tensor],
    strict: bool = False,
) -> ExportedReward:
    """Export a reward's source for any number of agents, or raise `NotExportedError`.

    needed, scalars: its arguments and which of them are numbers; state: signals to trace with
    """
    function = defined(source)
    names = tuple(name for name in needed if name not in scalars)
    wrapped = _Wrapped(function, names, {name: float(state[name]) for name in needed if name in scalars})
    agents = Dim(AGENTS, min=1)
    shapes = tuple({0: agents} if SIGNALS[name].shape[:1] == (AGENTS,) else None for name in names)
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()), torch.no_grad():
            warnings.simplefilter("ignore")
            program = torch.export.export(
                wrapped, tuple(state[name] for name in names), dynamic_shapes=(shapes,), strict=strict
            )
    except Exception as error:  # torch raises many kinds, and the reward any
        raise NotExportedError("export", f"{type(error).__name__}: {error}") from None
    if faults := target_faults(program):
        raise NotExportedError("targets", "; ".join(faults))
    return ExportedReward(program, program.module(), needed, names)


def defined(source: str, trusted: bool = False) -> Any:
    """Define a reward's functions as Python, with the names that a `CompiledReward` is compiled with.

    trusted: with all of Python's built-in functions, for code of our own
    """
    module = types.ModuleType(_MODULE)
    allowed = {name: getattr(builtins, name) for name in BUILTINS | EXCEPTIONS}
    vars(module).update(
        __builtins__=vars(builtins) if trusted else {"__import__": builtins.__import__} | allowed,
        torch=torch,
        math=math,
        Tensor=Tensor,
        **{name: getattr(typing, name) for name in ("Any", "Dict", "List", "Optional", "Tuple", "Union")},
    )
    sys.modules[_MODULE] = module  # strict mode looks its functions' names up there
    try:
        text = source.replace("@torch.jit.script", "")
        exec(compile(text, "<reward>", "exec", dont_inherit=True), vars(module))
    except Exception as error:
        raise NotExportedError("define", f"{type(error).__name__}: {error}") from None
    return vars(module)["compute_reward"]


def target_faults(program: ExportedProgram) -> list[str]:
    """Return what a program holds beside allowed operators on tensors and sizes, writes to its inputs included."""
    faults = [f"writes into its argument {name}" for name in _written(program)]
    for module in program.graph_module.modules():
        for node in module.graph.nodes if isinstance(module, torch.fx.GraphModule) else ():
            if node.op == "call_function" and not _allowed(node.target):
                faults.append(f"calls {node.target}")
            elif node.op in ("call_method", "call_module"):
                faults.append(f"has a node {node.op}")
    for name, value in program.constants.items():
        if type(value) is not Tensor:
            faults.append(f"holds a constant {name} of type {type(value).__name__}")
    return list(dict.fromkeys(faults))


def _written(program: ExportedProgram) -> list[str]:
    """Return the inputs that the program writes into, as their signals of the functional form."""
    try:
        functional = program.run_decompositions({})
    except Exception as error:  # such as a write that has no functional form
        raise NotExportedError("targets", f"{type(error).__name__}: {error}") from None
    return list(functional.graph_signature.user_inputs_to_mutate.values())


def _allowed(target: Any) -> bool:
    if isinstance(target, torch._ops.OpOverload):
        return target.namespace == "aten" and target._schema.name.removeprefix("aten::").rstrip("_") in {
            name.rstrip("_") for name in _ATEN
        }
    return target in _PYTHON
