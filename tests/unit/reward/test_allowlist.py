import pytest

from video2reward.reward.allowlist import check_source

GOOD = '''
"""A reward."""
from typing import Dict, Tuple
import math
import torch
import torch.nn.functional as F
from torch import Tensor


@torch.jit.script
def squash(x: Tensor, t: float = 0.5) -> Tensor:
    return torch.exp(-x / t)


def compute_reward(base_lin_vel: Tensor, commands: Tensor, dt: float) -> Tuple[Tensor, Dict[str, Tensor]]:
    error = torch.norm(commands[:, :2] - base_lin_vel[:, :2], dim=-1)
    total = squash(error, 0.25) * math.pi * dt
    for i in range(3):
        total = total + 0.1 * torch.clamp(commands[:, i], min=0.0, max=1.0)
    if float(dt) > 1.0:
        total = total.float() * 0.5
    parts = [F.relu(x) for x in torch.unbind(commands, dim=1)]
    return total + parts[0], {"total": total}
'''


def test_ordinary_reward_code_passes():
    assert check_source(GOOD) == []


def body(line):
    return f"import torch\n\ndef compute_reward(x: torch.Tensor):\n    {line}\n    return x, {{'x': x}}\n"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("import os", "import of os"),
        ("import subprocess as torch", "import of subprocess"),
        ("from os import system", "from os import system"),
        ("from torch import load", "from torch import load"),
        ("from . import x", "is not allowed"),
        ("open('f', 'w')", "'open'"),
        ("eval('1')", "'eval'"),
        ("exec('1')", "'exec'"),
        ("__import__('os')", "'__import__'"),
        ("print(x)", "'print'"),
        ("globals()", "'globals'"),
        ("getattr(x, 'data')", "'getattr'"),
        ("setattr(x, 'a', 1)", "'setattr'"),
        ("y = getattr", "'getattr' is not allowed"),
        ("y = __builtins__", "'__builtins__' is not allowed"),
        ("y = ().__class__.__bases__", "'__bases__'"),
        ("y = x.__dict__", "'__dict__'"),
        ("y = ''.format", "'format'"),
        ("torch.save(x, 'f')", "'save'"),
        ("torch.load('f')", "'load'"),
        ("torch.from_file('f', True, 1)", "'from_file'"),
        ("torch.ops.load_library('f')", "'ops'"),
        ("torch.hub.load('f')", "'hub'"),
        ("torch.classes.x", "'classes'"),
        ("torch.jit.ignore(x)", "'ignore'"),
        ("torch.jit.load('f')", "'load'"),
        ("torch.manual_seed(0)", "'manual_seed'"),
        ("y = torch.rand(3)", "'rand'"),
        ("x.add_(1.0)", "in place, use .add"),
        ("torch.exp(x, out=x)", "out="),
        ("y = x.data", "'data'"),
        ("y = x.storage()", "'storage'"),
        ("y = x.data_ptr()", "'data_ptr'"),
        ("y = x.numpy()", "'numpy'"),
        ("y = [a for a in x][0]()", "only named functions"),
        ("(lambda: 1)()", "Lambda"),
        ("y = f'{x}'", "JoinedStr"),
        ("yield x", "Yield"),
        ("del x", "Delete"),
        ("global x", "Global"),
        ("with x: pass", "With"),
        ("raise ValueError(x)", "Raise"),
        ("try: pass\n    except Exception: pass", "Try"),
        ("(y := x)", "NamedExpr"),
        ("class A: pass", "ClassDef"),
        ("y = b'x'", "not allowed"),
    ],
)  # fmt: skip
def test_anything_else_is_named_with_its_line(line, named):
    faults = check_source(body(line))
    assert faults and any(named in fault for fault in faults), faults
    assert all(fault.startswith("line ") for fault in faults)


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("x = 1\n", "move 'x = 1' into the function"),
        ("print(1)\n", "outside a function"),
        ("if True:\n    pass\n", "outside a function"),
        ("class A:\n    pass\n", "outside a function"),
        ("@property\ndef f(x):\n    return x\n", "decorator @property"),
        ("def f(*x):\n    return x\n", "TorchScript does not know"),
        ("def f(x=print()):\n    return x\n", "not a plain number"),
        ("async def f():\n    pass\n", "AsyncFunctionDef"),
        ("def f(:\n", "line 1: not Python"),
        ("x = '\0'", "line 1: holds U+0000"),
        ("(" * 500, "not Python"),
    ],
)
def test_the_top_level(source, named):
    assert any(named in fault for fault in check_source(source))


def test_a_near_name_is_offered():
    assert "did you mean clamp" in check_source(body("y = torch.clampp(x)"))[0]
