"""Which language each way takes, and whether the values are Python's where they take it."""

from __future__ import annotations

import contextlib
import inspect
import io
from typing import Any

import torch

from exports.backend import NotExportedError, defined, export_source
from exports.corpora import State
from video2reward.reward.check import read_code
from video2reward.reward.compile import RewardError, compile_source
from video2reward.signals import SIGNALS

_ARGUMENTS = "base_lin_vel: Tensor, base_height: Tensor, foot_heights: Tensor, joint_vel: Tensor, target_speed: float, dt: float"


def _code(*lines: str, top: str = "", arguments: str = _ARGUMENTS, result: str = "return r, {'r': r}") -> str:
    body = "".join(f"    {line}\n" for line in (*lines, result))
    return (
        "import math\nimport torch\nfrom typing import Dict, List, Optional, Tuple\nfrom torch import Tensor\n"
        f"{top}\n\ndef compute_reward({arguments}) -> Tuple[Tensor, Dict[str, Tensor]]:\n{body}"
    )


_ZERO = "r = torch.zeros_like(base_height)"
FEATURES = {
    "if on a number": _code("t = 0.1", "if target_speed > 0.5:", "    t = 0.2", "r = base_height / t"),
    "number as a tensor": _code("r = base_height * torch.exp(-dt)", arguments="base_height: Tensor, dt: Tensor"),
    "if on a tensor's value": _code("r = base_height * 1.0", "if bool(base_height.mean() > 0.5):", "    r = r + 1.0"),
    "early return on a value": _code(_ZERO, "if float(base_height.max()) > 0.5:", "    return base_height, {'r': base_height}"),
    "if on the number of agents": _code("r = base_height * 1.0", "if base_height.shape[0] > 100:", "    r = -r"),
    "loop over joints": _code(_ZERO, "for j in range(joint_vel.shape[1]):", "    r = r + joint_vel[:, j].abs()"),
    "while over joints": _code(_ZERO, "j = 0", "while j < joint_vel.size(1):", "    r = r + joint_vel[:, j]", "    j += 1"),
    "loop over agents": _code(_ZERO, "for i in range(base_height.shape[0]):", "    r[i] = base_height[i]"),
    "Optional in a helper": _code("r = f(base_height) + f(base_height, 2.0)", top="def f(x: Tensor, t: Optional[float] = None) -> Tensor:\n    if t is None:\n        t = 1.0\n    return x / t"),
    "int and bool flags": _code("r = base_height * gain if on else base_height", arguments="base_height: Tensor, gain: int = 2, on: bool = True"),
    "components filled in a loop": _code("c: Dict[str, Tensor] = {}", "for i in range(4):", "    c['foot_' + str(i)] = foot_heights[:, i]", _ZERO, "for v in c.values():", "    r = r + v", result="return r, c"),
    "components by a value": _code("c = {'r': base_height}", "if bool(base_height[0] > 0.5):", "    c['more'] = base_height", "r = base_height", result="return r, c"),
    "write into own tensor": _code("e = base_lin_vel.clone()", "e[:, 2] = 0.0", "e *= 2.0", "r = e.sum(dim=1)"),
    "write by a mask": _code("r = torch.exp(-base_height)", "r[base_height < 0.5] = 0.0"),
    "write into an argument": _code("base_height += 1.0", "r = base_height * 1.0"),
    "shape that depends on values": _code("far = base_height[base_height > 0.3]", "r = base_height + 0.0 * far.sum()"),
    "number of a tensor (.item())": _code("k = joint_vel[0, 0].item()", "r = base_height + 0.0 * k"),
    "assert on a shape": _code("assert base_lin_vel.dim() == 2", "r = base_lin_vel[:, 0]"),
    "assert on values": _code("assert bool((base_height > -9.0).all())", "r = base_height * 1.0"),
    "table by index": _code("table = torch.tensor([0.1, 0.2, 0.3])", "r = table[(base_height * 3).long().clamp(0, 2)]"),
    "new tensors by size": _code("r = base_height + torch.zeros(base_height.shape[0]) + torch.arange(base_height.shape[0]) * 0.0"),
    "list, append, stack": _code("x: List[Tensor] = []", "for i in range(3):", "    x.append(base_lin_vel[:, i])", "r = torch.stack(x, dim=1).sum(dim=1)"),
    "integers and floor": _code("p = torch.remainder(base_height * 10.0, 1.0)", "k = (p * 4.0).long() % 4", "r = base_height * (4 // 3) + k.float()"),
    "f-string": _code("c = {f'foot_{i}': foot_heights[:, i] for i in range(4)}", "r = base_height", result="return r, c"),
    "lambda": _code("k = lambda e, t: torch.exp(-e / t)", "r = k(base_height, 0.25)"),
    "inner function": _code("def k(e):", "    return torch.exp(-e)", "r = k(base_height)"),
    "class": _code("r = base_height * T.temp", top="class T:\n    temp = 0.5"),
    "class with a method": _code("r = K(0.5).of(base_height)", top="class K:\n    def __init__(self, t):\n        self.t = t\n    def of(self, e):\n        return torch.exp(-e / self.t)"),
    "star arguments": _code("r = f(base_height, base_height)", top="def f(*x):\n    return x[0] + x[1]"),
    "try": _code("try:", "    r = base_height / dt", "except ZeroDivisionError:", "    r = base_height"),
    "constant of the module": _code("r = base_height / TEMP", top="TEMP = 0.25"),
    "state between calls": _code("CALLS.append(1)", "r = base_height * len(CALLS)", top="CALLS = []"),
    "set and generator": _code("r = base_height * sum(x for x in {1.0, 2.0})"),
    "print": _code("print(base_height)", "r = base_height * 1.0"),
}  # fmt: skip


def print_language(states: list[State]) -> None:
    """Print per feature what each way makes of it."""
    print(f"\n{'in a reward':<34}{'TorchScript':<23}{'non-strict':<18}{'strict':<18}")
    for name, code in FEATURES.items():
        row = [_torchscript(code, states), *(_exported(code, states, strict) for strict in (False, True))]
        print(f"{name:<34}{row[0]:<23}{row[1]:<18}{row[2]}", flush=True)


def _torchscript(code: str, states: list[State]) -> str:
    """Judge by the project's way, rewriting included."""
    read = read_code(code, None)
    if read.verdict is not None:
        return "not read"
    try:
        compiled = compile_source(read.code)
    except RewardError as error:
        return f"no: {error.stage}"
    return _compared(code, compiled, states, 0) + (", rewritten" if read.rewritten else "")


def _exported(code: str, states: list[State], strict: bool) -> str:
    """Judge the code as it stands, without reading: what the language itself would allow."""
    arguments = inspect.signature(defined(code, trusted=True)).parameters
    names = tuple(name for name in arguments if name in SIGNALS)
    numbers = frozenset(name for name in names if arguments[name].annotation is float)
    try:
        exported = export_source(code, names, numbers, states[0], strict)
    except NotExportedError as error:
        return f"no: {error.stage}"
    return _compared(code, exported, states, 1)


def _compared(code: str, reward: Any, states: list[State], first: int) -> str:
    """Compare with Python on states of the same and of other sizes."""
    function = defined(code, trusted=True)
    for state in states[first:]:
        arguments = inspect.signature(function).parameters
        given = {
            n: float(state[n]) if a.annotation is float else state[n].clone()
            for n, a in arguments.items()
            if n in SIGNALS
        }
        with contextlib.redirect_stdout(io.StringIO()):
            expected = function(**given)
        try:
            total, components = reward({name: value.clone() for name, value in state.items()})
        except Exception as error:
            return f"fails: {type(error).__name__}"[:16]
        if list(components) != list(expected[1]) or not torch.equal(total, expected[0]):
            return "WRONG VALUES"
    return "as Python"
