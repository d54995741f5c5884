"""Honest rewards in styles that TorchScript or the allow-list does not take as they are; each runs in Python as it stands."""

FULL = """from typing import Any, Dict, Final, List, Optional, Sequence, Tuple, Union
import math
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
"""
HEAD = "def compute_reward({}) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:\n"
SIGNALS = "base_lin_vel: torch.Tensor, commands: torch.Tensor, foot_heights: torch.Tensor, dt: float"
RESULT = "return r, {'r': r}"


def style(*lines, top="", arguments=SIGNALS, result=RESULT, head=FULL):
    """A reward of these lines, which must set r, under the lines `top` of the module."""
    body = "".join(f"    {line}\n" for line in (*lines, result) if line)
    return f"{head}\n{top}\n\n{HEAD.format(arguments)}{body}"


ERROR = "e = (base_lin_vel[:, 0] - commands[:, 0]).abs()"
FEET = (
    "r = torch.zeros_like(base_lin_vel[:, 0])",
    "terms: Dict[str, torch.Tensor] = {}",
    "for i in range(4):",
)
NAMED = {"result": "return r, terms"}


def feet(name):
    """A term for each foot under a name put together from its number."""
    return style(
        *FEET,
        "    t = foot_heights[:, i].clamp(0.0, 5.0)",
        f"    terms[{name}] = t",
        "    r = r + t",
        **NAMED,
    )


CONSTANTS = {
    "number": style(ERROR, "r = torch.exp(-e / TEMP)", top="TEMP = 0.25"),
    "annotated": style(ERROR, "r = torch.exp(-e / TEMP)", top="TEMP: float = 1"),
    "final": style(ERROR, "r = W * torch.exp(-e / TEMP)", top="TEMP: Final = 0.25\nW: Final[float] = 2.0"),
    "of_other_constants": style(ERROR, "r = torch.exp(-e / C)", top="A = 0.5\nB = A * math.pi\nC = B / 2 + A ** 2"),
    "several_at_once": style(ERROR, "r = A * torch.exp(-e / B)", top="A, B = 1.0, 0.25\nC = D = 1.0"),
    "list": style(ERROR, "r = torch.exp(-e) + foot_heights[:, FEET].sum(dim=1)", top="FEET = [0, 2]"),
    "list_looped": style(ERROR, "r = torch.exp(-e)", "for i in FEET:", "    r = r + foot_heights[:, i]", top="FEET = (0, 2)"),
    "list_of_texts": style("r = dt * base_lin_vel[:, 0]", "terms: Dict[str, torch.Tensor] = {}", "for i, leg in enumerate(LEGS):", "    terms['clear_' + leg] = foot_heights[:, i]", "    r = r + foot_heights[:, i]", top="LEGS = ['LF', 'RF', 'LH', 'RH']", **NAMED),
    "dictionary": style(ERROR, "r = GAINS['vel'] * torch.exp(-e / GAINS['temp'])", top="GAINS = {'vel': 1, 'temp': 0.5}"),
    "dictionary_of_many_kinds": style(ERROR, "r = CFG['w'] * torch.exp(-e) + foot_heights[:, CFG['feet']].sum(1)", top="CFG = {'w': 0.5, 'feet': [0, 1], 'name': 'x'}"),
    "dictionary_nested": style(ERROR, "r = CFG['vel']['w'] * torch.exp(-e / CFG['vel']['t'])", top="CFG = {'vel': {'w': 0.5, 't': 2}}"),
    "dictionary_looped": style("raw = {'a': base_lin_vel[:, 0], 'b': commands[:, 0]}", "r = torch.zeros_like(base_lin_vel[:, 0])", "for name, w in WEIGHTS.items():", "    r = r + w * raw[name]", top="WEIGHTS = {'a': 1.0, 'b': 0.5}"),
    "dict_call": style(ERROR, "r = GAINS['vel'] * torch.exp(-e)", top="GAINS = dict(vel=1.0, yaw=0.5)"),
    "tensor": style("r = torch.exp(-(foot_heights * W).sum(dim=1)) + base_lin_vel[:, 0]", top="W = torch.tensor([1.0, 0.5, 0.5, 1.0])"),
    "tensor_in_a_helper": style("r = weighted(foot_heights)", top="W = torch.tensor([1.0, 0.5, 0.5, 1.0])\ndef weighted(x: torch.Tensor) -> torch.Tensor:\n    return (x * W).sum(-1)"),
    "default": style(ERROR, "r = kernel(e)", top="TEMP = 0.25\ndef kernel(e: Tensor, t: float = TEMP) -> Tensor:\n    return torch.exp(-e / t)"),
    "computed_default": style(ERROR, "r = kernel(e)", top="def kernel(e: Tensor, t: float = math.pi / 2) -> Tensor:\n    return torch.exp(-e / t)"),
    "shadowed": style(ERROR, "TEMP = 0.5", "r = torch.exp(-e / TEMP)", top="TEMP = 0.25"),
    "text": style(ERROR, "r = torch.exp(-e)", top="PREFIX = 'term_'", result="return r, {PREFIX + 'r': r}"),
    "comprehension": style(ERROR, "r = torch.exp(-e) * TABLE[3]", top="TABLE = [0.1 * i for i in range(8)]"),
    "unused": style(ERROR, "r = torch.exp(-e)", top="__all__ = ['compute_reward']\nNAMES = ['a']\nEPS = 1e-6"),
    "module_docstring": style(ERROR, "'''The reward.'''", "r = torch.exp(-e / T)", top="T = 1.0", head=f"'''Reward.'''\n{FULL}"),
}  # fmt: skip

TYPES = {
    "alias": f"{FULL}\nOut = Tuple[torch.Tensor, Dict[str, torch.Tensor]]\n\ndef compute_reward(base_height: Tensor) -> Out:\n    return base_height, {{'h': base_height}}\n",
    "alias_of_alias": f"{FULL}\nTerms = Dict[str, Tensor]\nOut = Tuple[Tensor, Terms]\n\ndef compute_reward(base_height: Tensor) -> Out:\n    parts: Terms = {{'h': base_height}}\n    return base_height, parts\n",
    "alias_of_tensor": "import torch\nfrom typing import Dict, Tuple\nTensor = torch.Tensor\n\ndef compute_reward(base_height: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:\n    return base_height, {'h': base_height}\n",
    "any": f"{FULL}\ndef compute_reward(base_height: Tensor) -> Tuple[Tensor, Dict[str, Any]]:\n    parts: Dict[str, Any] = {{}}\n    parts['h'] = base_height\n    return base_height, parts\n",
    "bare": f"{FULL}\ndef compute_reward(base_height: Tensor) -> tuple:\n    parts: dict = {{}}\n    parts['h'] = base_height\n    return base_height, parts\n",
    "bare_dictionary": f"{FULL}\ndef compute_reward(base_height: Tensor) -> Tuple[Tensor, dict]:\n    return base_height, {{'h': base_height}}\n",
    "sequence": style(ERROR, "r = torch.exp(-e) * total([0.5, 0.5])", top="def total(x: Sequence[float]) -> float:\n    s = 0.0\n    for v in x:\n        s += v\n    return s"),
    "device_and_dtype": style("r = (foot_heights * table(foot_heights.device, foot_heights.dtype)).sum(1)", top="def table(device: torch.device, dtype: torch.dtype) -> Tensor:\n    return torch.tensor([1.0, 0.5, 0.5, 1.0], device=device, dtype=dtype)"),
    "optional_signal": style("r = base_lin_vel[:, 0] * (1.0 if dt is None else dt)", arguments="base_lin_vel: Optional[Tensor], dt: Optional[float] = None"),
    "union_signal": style("r = base_lin_vel[:, 0] * dt", arguments="base_lin_vel: Tensor | None, dt: Union[float, int]"),
    "number_signal_without_type": style("t = 0.1", "if target_speed > 0.5:", "    t = 0.2 * target_speed", "r = torch.exp(-base_lin_vel[:, 0].abs() / t)", arguments="base_lin_vel, target_speed"),
    "number_signal_as_tensor": style("r = base_lin_vel[:, 0] * torch.exp(-dt)", arguments="base_lin_vel, dt"),
    "helper_without_types": style(ERROR, "r = kernel(e, 0.25) + 0.1 * kernel(e, TEMP)", top="TEMP = 1\ndef kernel(e, t):\n    scaled = e / t\n    return torch.exp(-scaled)"),
    "integer_for_float": style(ERROR, "r = kernel(e, 2) + kernel(e, t=foot_heights.shape[1])", top="def kernel(e: Tensor, t: float) -> Tensor:\n    return torch.exp(-e / t)"),
    "integer_default": style(ERROR, "r = kernel(e)", top="def kernel(e: Tensor, t: float = 1) -> Tensor:\n    return torch.exp(-e / t)"),
    "isinstance": style("assert isinstance(dt, (int, float)) and isinstance(base_lin_vel, torch.Tensor)", ERROR, "r = torch.exp(-e)"),
}  # fmt: skip

FUNCTIONS = {
    "lambda": style("k = lambda e, t: torch.exp(-e / t)", ERROR, "r = k(e, 0.25) + k(e.square(), t=1.0)"),
    "lambda_default": style("k = lambda e, t=0.25: torch.exp(-e / t)", ERROR, "r = k(e) + k(e, 1.0)"),
    "lambda_of_lambda": style("sq = lambda x: x * x", "k = lambda e: torch.exp(-sq(e))", ERROR, "r = k(e + 0.1)"),
    "lambda_outer_name": style("t = 0.5", "k = lambda e: torch.exp(-e / t)", ERROR, "r = k(e)", "t = 0.25", "r = r + k(e)"),
    "lambda_never_called": style("k = lambda e: e", ERROR, "r = torch.exp(-e)"),
    "lambda_at_the_top": style(ERROR, "r = kernel(e, 0.5)", top="S = 2.0\nkernel = lambda e, t: torch.exp(-S * e / t)"),
    "lambda_no_arguments": style("zero = lambda: torch.zeros_like(base_lin_vel[:, 0])", "r = zero() + base_lin_vel[:, 0]"),
    "inner_function": style("def k(e, t):", "    return torch.exp(-e / t)", ERROR, "r = k(e, 0.25)"),
    "inner_function_of_many_lines": style("scale = 2.0", "def k(e: Tensor, t: float) -> Tensor:", "    x = e / t", "    return scale * torch.exp(-x)", ERROR, "r = k(e, 0.25)"),
    "inner_function_of_a_tensor": style("def near(i: int) -> Tensor:", "    x = foot_heights[:, i]", "    return torch.exp(-x)", "r = near(0) + near(1)"),
    "keyword_only": style(ERROR, "r = kernel(e, temp=0.3)", top="def kernel(e: Tensor, *, temp: float = 0.25) -> Tensor:\n    return torch.exp(-e / temp)"),
    "positional_only": style(ERROR, "r = kernel(e)", top="def kernel(e: Tensor, /, temp: float = 0.25) -> Tensor:\n    return torch.exp(-e / temp)"),
    "keyword_only_signals": style(ERROR, "r = torch.exp(-e) * dt", arguments="base_lin_vel: Tensor, *, commands: Tensor, dt: float"),
    "reference_to_torch": style(ERROR, "r = exp(-e) + relu(e)", top="exp = torch.exp\nrelu = F.relu"),
    "inner_reference": style("exp = torch.exp", ERROR, "r = exp(-e)"),
    "no_grad_decorator": style(ERROR, "r = torch.exp(-e)").replace("def compute", "@torch.no_grad()\ndef compute"),
    "jit_decorator": style(ERROR, "r = torch.exp(-e)").replace("def compute", "@torch.jit.script\ndef compute"),
    "polymorphic_by_lambda": style("half = lambda x: x * 0.5", ERROR, "r = torch.exp(-half(e)) * half(3.0)"),
}  # fmt: skip

IMPORTS = {
    "pi": style(ERROR, "r = torch.exp(-e) * pi", head="from math import pi\nimport torch\nfrom typing import Dict, Tuple\n"),
    "pi_of_numpy": style(ERROR, "r = torch.exp(-e) * np.pi"),
    "deg2rad": style(ERROR, "r = torch.exp(-e / np.deg2rad(30.0)) + torch.deg2rad(e)"),
    "inside": style("import math", ERROR, "r = torch.exp(-e) * math.pi", head="import torch\nfrom typing import Dict, Tuple\n"),
    "by_name": style(ERROR, "r = exp(-e) + relu(e)", head="from typing import Dict, Tuple\nimport torch\nfrom torch import exp, Tensor\nfrom torch.nn.functional import relu\n"),
    "functional": style(ERROR, "r = F.relu(e)", head="import torch\nfrom torch.nn import functional as F\nfrom typing import Dict, Tuple\n"),
    "unused": style(ERROR, "r = torch.exp(-e)", head=FULL + "from dataclasses import dataclass\nfrom collections.abc import Callable\nimport functools\n"),
    "torch_pi": style(ERROR, "r = torch.exp(-e) * torch.pi"),
}  # fmt: skip

STATEMENTS = {
    "print": style(ERROR, "r = torch.exp(-e)", "print(f'vel {r.mean().item():.3f}', r.cpu().numpy())"),
    "print_in_a_branch": style(ERROR, "if dt > 1.0:", "    print('slow')", "r = torch.exp(-e)"),
    "no_grad": style("with torch.no_grad():", f"    {ERROR}", "    with torch.inference_mode():", "        r = torch.exp(-e)", "r = r + 0.0"),
    "assertion": style("assert base_lin_vel.shape[1] == 3, f'got {base_lin_vel.shape}'", ERROR, "r = torch.exp(-e)"),
    "raise": style("if base_lin_vel.dim() != 2:", "    raise ValueError(f'got {base_lin_vel.shape}')", ERROR, "r = torch.exp(-e)"),
    "raise_in_else": style(ERROR, "if dt > 0.0:", "    r = torch.exp(-e)", "else:", "    raise RuntimeError('dt must be positive: {}'.format(dt))"),
    "main_block": style(ERROR, "r = torch.exp(-e)") + "\n\nif __name__ == '__main__':\n    print(compute_reward(torch.zeros(2, 3)))\n",
    "walrus": style("if (n := base_lin_vel.shape[0]) > 0:", "    r = base_lin_vel[:, 0] / (n / n)", "else:", "    r = base_lin_vel[:, 0]"),
    "in_place": style(ERROR, "r = torch.exp(-e)", "r = r.clamp_(0.0, 0.9)", "r.mul_(2.0).add_(0.1)", "torch.clamp_(r, 0.2, 1.5)"),
    "sum_from_zero": style("r = 0.0", "for i in range(4):", "    r += foot_heights[:, i]", "r = r * 0.5"),
    "sum_from_integer_zero": style("total = 0", "for w, i in zip([1.0, 0.5], [0, 1]):", "    total = total + w * foot_heights[:, i]", "r = total * 1.0"),
    "penalty_in_a_branch": style("p = 0.0", "if dt > 0.0:", "    p = foot_heights.mean(dim=1)", "r = base_lin_vel[:, 0] - p"),
    "chained_comparison": style(ERROR, "r = torch.exp(-e) if 0.0 < dt < 1.0 else e"),
    "ternary_of_two_numbers": style(ERROR, "w = 1 if dt > 5.0 else 0.5", "r = w * torch.exp(-e)"),
}  # fmt: skip

TEXTS = {
    "f_string": feet("f'foot_{i}'"),
    "f_string_of_a_name": style("legs = ['a', 'b', 'c', 'd']", *FEET, "    r = r + foot_heights[:, i]", "    terms[f'{legs[i]}_{i + 1}'] = r", **NAMED),
    "f_string_specified": feet("f'foot_{i:d}'"),
    "format": feet("'foot_{}'.format(i)"),
    "format_numbered": feet("'foot_{0}'.format(i)"),
    "format_named": feet("'foot_{n}'.format(n=i)"),
    "percent": feet("'foot_%d' % i"),
    "percent_i": feet("'foot_%i' % i"),
    "added": feet("'foot_' + str(i)"),
    "joined": feet("'_'.join(['foot', str(i)])"),
    "f_string_without_fields": style(ERROR, "r = torch.exp(-e)", result="return r, {f'r': r}"),
}  # fmt: skip

CALLS = {
    "axis": style("r = base_lin_vel.sum(axis=1) + torch.mean(commands, axis=-1) + torch.sum(foot_heights, axis=1, keepdims=True)[:, 0]"),
    "norm_method": style("r = (base_lin_vel - commands).norm(dim=-1) + base_lin_vel.norm(dim=1, keepdim=True)[:, 0] + commands.norm(2, dim=-1)"),
    "linalg": style("r = torch.linalg.norm(base_lin_vel, axis=-1) + torch.linalg.vecdot(base_lin_vel, commands)"),
    "sum_of_values": style("terms = {'a': base_lin_vel[:, 0], 'b': commands[:, 0]}", "r = sum(terms.values())", **NAMED),
    "sum_of_a_list": style("parts = [base_lin_vel[:, 0], commands[:, 0]]", "r = sum(parts)"),
    "sum_of_a_generator": style("r = sum(foot_heights[:, i] for i in range(4))"),
    "sum_of_numbers": style("w = [0.25, 0.75]", "r = base_lin_vel[:, 0] * sum(w) / len(w)"),
    "sum_of_products": style("terms = {'a': base_lin_vel[:, 0], 'b': commands[:, 0]}", "w = {'a': 1, 'b': 0.5}", "r = sum(w[k] * v for k, v in terms.items())", **NAMED),
    "merged": style("a = {'a': base_lin_vel[:, 0]}", "b = {**a, 'b': commands[:, 0]}", "r = b['a'] + b['b']", result="return r, {**b, 'total': r}"),
    "merged_by_or": style("a = {'a': base_lin_vel[:, 0]}", "r = a['a'] * 1.0", result="return r, a | {'total': r}"),
    "updated": style("a = dict(a=base_lin_vel[:, 0])", "a.update({'b': commands[:, 0]})", "r = a['a'] + a['b']", result="return r, a"),
    "finfo": style("r = base_lin_vel[:, 0] / (commands[:, 0].abs() + torch.finfo(torch.float32).eps + 0.1)"),
    "finfo_of_a_tensor": style("r = base_lin_vel[:, 0] / (commands[:, 0].abs() + torch.finfo(commands.dtype).eps + 0.1)"),
    "math": style("r = base_lin_vel[:, 0] * math.hypot(3.0, 4.0) / math.log2(8.0) + math.hypot(dt, 1.0)"),
    "item_of_a_number": style("r = base_lin_vel[:, 0] * dt", arguments="base_lin_vel: Tensor, dt: float"),
    "comprehension_with_a_condition": style("r = torch.stack([foot_heights[:, i] for i in range(4) if i != 2], dim=1).sum(1)"),
    "comprehension_of_two": style("r = base_lin_vel[:, 0] * sum([a * b for a in [1.0, 2.0] for b in [0.5, 0.25]])"),
    "mixed_numbers": style("w = [1, 0.5, 2]", "r = base_lin_vel[:, 0] * w[2]"),
    "aliases": style("r = torch.arctan(base_lin_vel[:, 0]) + torch.concatenate([base_lin_vel, commands], dim=1).sum(1) + torch.greater(commands[:, 0], 0.2).float() + torch.clip(commands[:, 0], 0, 1)"),
    "operators": style("r = (base_lin_vel @ commands.T).diagonal() * 0.0 + torch.einsum('ij,ij->i', base_lin_vel, commands)", arguments="base_lin_vel: Tensor, commands: Tensor"),
    "new_tensor": style("r = (foot_heights * foot_heights.new_tensor([1.0, 0.5, 0.5, 1.0])).sum(1)"),
    "floor_division": style("h = foot_heights.shape[1] // 2", "r = (foot_heights[:, :h] - foot_heights[:, h:]).square().mean(-1)"),
    "scalar_where": style("r = torch.where(base_lin_vel[:, 0] > 0.5, 1.0, 0.0) + torch.pow(commands[:, 0], 2)"),
    "sorted_any_all": style("o = sorted([0.5, 0.25])", "r = base_lin_vel[:, 0] * (o[0] if any(x > 0.3 for x in o) and all([x > 0 for x in o]) else 1.0)"),
    "casts": style("r = (base_lin_vel[:, 0] > 0.5).to(torch.float32) + (commands[:, 0] > 0.5).type(torch.float32) + base_lin_vel.mean(-1)"),
}  # fmt: skip

MORE = {
    "class_of_constants": style(ERROR, "r = Cfg.w * torch.exp(-e / Cfg.temp)", top="class Cfg:\n    \"\"\"Weights.\"\"\"\n    temp: float = 0.25\n    w = 2"),
    "floats_as_integers": style(ERROR, "r = sum(W.values()) * torch.exp(-e)", top="W: Dict[str, float] = {'a': 1, 'b': 2}"),
    "names_in_a_comprehension": style("terms = {f'foot_{i}': foot_heights[:, i] for i in range(4)}", "r = sum(terms.values())", **NAMED),
    "dictionary_extended": style("terms = {'a': base_lin_vel[:, 0]}", "terms |= {'b': commands[:, 0]}", "r = terms['a'] * 1.0", **NAMED),
    "taken_apart": style("x, y, z = base_lin_vel.T", "n, f = foot_heights.shape", "r = x + y / f + z"),
    "declared": style("r: torch.Tensor", ERROR, "r = torch.exp(-e)"),
    "weighted_loop": style("raw = {'a': base_lin_vel[:, 0], 'b': commands[:, 0]}", "w = {'a': 1.0, 'b': 2.0}", "total = 0.0", "for k, v in raw.items():", "    total += w[k] * v", result="return total, raw"),
    "argument_of_its_own": style(ERROR, "r = gain * torch.exp(-e) if mode == 'exp' else e", arguments="base_lin_vel: Tensor, commands: Tensor, mode: str = 'exp', gain=2.0"),
    "hypot_by_name": style("r = base_lin_vel[:, 0] * hypot(3.0, 4.0)", head=FULL + "from math import hypot\n"),
    "helper_with_a_default": style(ERROR, "r = k(e) + k(x=e, sigma=1)", top="SIGMA = 0.25\ndef k(x, sigma=SIGMA):\n    return torch.exp(-x / sigma)"),
    "pairs": style("r = torch.zeros_like(foot_heights[:, 0])", "terms: Dict[str, Tensor] = {}", "for name, (i, j) in PAIRS.items():", "    terms[f'{name.lower()}_pair'] = (foot_heights[:, i] - foot_heights[:, j]).abs()", "    r = r + foot_heights[:, i]", top="PAIRS = {'A': (0, 3), 'B': (1, 2)}", **NAMED),
    "global_read": style("global TEMP", ERROR, "r = torch.exp(-e / TEMP)", top="TEMP = 0.25"),
    "lambda_with_a_loop": style("k = lambda x: sum([x * w for w in [0.5, 0.25]])", ERROR, "r = k(e)"),
    "inner_of_inner": style("def a(x: Tensor) -> Tensor:", "    y = x * 2", "    return y", "def b(x: Tensor) -> Tensor:", "    z = a(x)", "    return z + 1", ERROR, "r = b(e)"),
    "torch_by_another_name": "import torch as th\nTEMP = 0.5\ndef compute_reward(base_height: th.Tensor):\n    r = th.exp(-base_height / TEMP)\n    return r, {'h': r}\n",
    "as_tensor": style("assert torch.is_tensor(base_lin_vel)", "r = (foot_heights * torch.as_tensor([1.0, 0.5, 0.5, 1.0])).sum(-1)"),
    "zeros_before": feet("f'foot_{i:02d}'"),
    "zeros_before_by_percent": feet("'foot_%02d' % i"),
    "total_none": style(ERROR, "total = None", "for t in [torch.exp(-e), e]:", "    total = t if total is None else total + t", result="return total, {'e': e}"),
    "total_none_branches": style(ERROR, "total = None", "for v in [torch.exp(-e), e * e]:", "    if total is not None:", "        total += v", "    else:", "        total = v", result="return total, {'e': e.clone()}"),
    "sum_with_a_start": style(ERROR, "r = sum([torch.exp(-e), e], torch.ones_like(e))"),
    "numpy_table": style("w = torch.as_tensor(W, dtype=foot_heights.dtype, device=foot_heights.device)", "r = (foot_heights * w).sum(-1)", top="W = np.array([1.0, 0.5, 0.5, 1.0])"),
    "numpy_table_of_places": style("r = foot_heights[:, torch.from_numpy(IDX)].sum(-1)", top="IDX = np.asarray([0, 2])"),
    "type_checking": style(ERROR, "r = torch.exp(-e)", top="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from torch import Tensor as T"),
    "float_in_a_name": style(ERROR, "r = torch.exp(-e)", "terms = {f'speed_{0.25:.1f}': r}", **NAMED),
    "index_tensor": style("r = foot_heights[:, IDX].sum(dim=-1)", top="IDX = torch.tensor([0, 2], dtype=torch.long)"),
}  # fmt: skip

STYLES = {
    f"{group}/{name}": code
    for group, codes in {
        "constants": CONSTANTS, "types": TYPES, "functions": FUNCTIONS, "imports": IMPORTS, "statements": STATEMENTS,
        "texts": TEXTS, "calls": CALLS, "more": MORE,
    }.items()
    for name, code in codes.items()
}  # fmt: skip
