"""Hostile and broken candidates, each with the stage that must stop it and words of the reason it must give."""

import sys
from dataclasses import dataclass

ARGUMENTS = "base_height: Tensor, commands: Tensor, base_lin_vel: Tensor, dt: float"
HEAD = f"def compute_reward({ARGUMENTS}) -> Tuple[Tensor, Dict[str, Tensor]]:\n"


@dataclass(frozen=True)
class Case:
    """A candidate; `reason` stands in the message that it is refused with."""

    code: str
    stage: str
    reason: str


def body(*lines, result="return r, {'r': r}"):
    """A reward of these lines, which must set r."""
    return HEAD + "".join(f"    {line}\n" for line in (*lines, result))


def line(text):
    """An honest reward with one more line."""
    return body("r = base_height", text)


def whole(text):
    """An honest reward under something of the module's level."""
    return f"{text}\n\n\n{body('r = base_height')}"


def refused(code, reason):
    """A case for the allow-list."""
    return Case(code, "allowlist", reason)


def unread(code, reason):
    """A case for the finding of code in an answer."""
    return Case(code, "extract", reason)


def too_deep(code):
    """A case that Python up to 3.12 cannot parse; from 3.13 on it can, and the allow-list stops it."""
    return refused(code, "levels deep") if sys.version_info >= (3, 13) else unread(code, "nested too deeply")


IMPORTS = {
    "import_os": refused(whole("import os"), "import of os is not allowed, only torch, math, typing"),
    "import_subprocess_as_torch": refused(whole("import subprocess as torch"), "import of subprocess"),
    "import_in_the_function": refused(line("import socket"), "import of socket"),
    "import_from_os": refused(whole("from os import system"), "from os import system"),
    "import_torch_load": refused(whole("from torch import load"), "from torch import load"),
    "import_relative": refused(whole("from . import limits"), "is not allowed"),
    "import_star": refused(whole("from torch import *"), "import *"),
    "import_torch_hub": refused(whole("import torch.hub"), "import of torch.hub"),
    "import_torch_cpp_extension": refused(
        whole("import torch.utils.cpp_extension"), "torch.utils.cpp_extension"
    ),
    "import_ctypes": refused(whole("import math, ctypes"), "import of ctypes"),
    "import_numpy": refused("import numpy as np\n" + line("y = np.load('f')"), "import of numpy"),
    "import_numpy_for_random": refused(
        "import numpy as np\n" + body("r = base_height * np.random.rand()"), "import of numpy"
    ),
    "import_as_builtins": refused(whole("import torch as __builtins__"), "'__builtins__' is not allowed"),
    "import_warnings": refused(whole("import warnings"), "import of warnings"),
    "import_by_function": refused(line("__import__('os').system('id')"), "'system' is not allowed"),
}

BUILTINS = {
    "open": refused(line("open('/etc/passwd')"), "'open' is not allowed"),
    "eval": refused(line("eval('1')"), "'eval'"),
    "exec": refused(line("exec('import os')"), "'exec'"),
    "compile": refused(line("compile('1', 'f', 'eval')"), "'compile'"),
    "getattr": refused(line("getattr(torch, 'lo' + 'ad')('f')"), "'getattr'"),
    "setattr": refused(line("setattr(torch, 'exp', base_height)"), "'setattr'"),
    "alias_of_getattr": refused(line("g = getattr"), "'getattr' is not allowed"),
    "builtins_dictionary": refused(line("y = __builtins__['open']"), "'__builtins__' is not allowed"),
    "globals": refused(line("globals()['torch']"), "'globals'"),
    "vars": refused(line("vars(torch)"), "'vars'"),
    "input": refused(line("input()"), "'input'"),
    "breakpoint": refused(line("breakpoint()"), "'breakpoint'"),
    "print_of_a_file": refused(line("print(open('/etc/passwd').read())"), "'print' is not allowed"),
    "print_handed_on": refused(line("p = print"), "'print' is not allowed"),
    "print_of_a_write": refused(line("print(commands.mul_(0.0))"), "in place, use .mul"),
    "own_function_named_dunder": refused(whole("def __import__(x):\n    return x"), "'__import__' is not allowed"),
}  # fmt: skip

ATTRIBUTES = {
    "subclasses": refused(line("y = ().__class__.__base__.__subclasses__()"), "'__subclasses__' is not allowed"),
    "function_globals": refused(line("y = compute_reward.__globals__"), "'__globals__'"),
    "code_object": refused(line("y = compute_reward.__code__"), "'__code__'"),
    "module_of_torch": refused(line("y = torch.os.environ"), "'environ'"),
    "module_through_torch": refused(line("torch.sys.exit(0)"), "'exit'"),
    "string_format": refused(line("y = '{0.__class__}'.format(base_height)"), "'format'"),
    "f_string": refused(line("y = f'{base_height.__class__}'"), "JoinedStr"),
    "torch_load": refused(line("y = torch.load('f')"), "'load' is not allowed"),
    "torch_save": refused(line("torch.save(base_height, 'f')"), "'save'"),
    "torch_from_file": refused(line("y = torch.from_file('f', True, 1)"), "'from_file'"),
    "torch_ops": refused(line("torch.ops.load_library('f.so')"), "'load_library'"),
    "torch_ops_aten": refused(line("y = torch.ops.aten.from_file('f')"), "'ops'"),
    "torch_classes": refused(line("torch.classes.load_library('f')"), "'classes'"),
    "torch_hub": refused(line("torch.hub.load('a/b', 'c')"), "'hub'"),
    "torch_jit_load": refused(line("torch.jit.load('f')"), "'load'"),
    "torch_jit_fork": refused(line("torch.jit.fork(compute_reward, base_height)"), "'fork'"),
    "torch_package": refused(line("torch.package.PackageImporter('f')"), "'package'"),
    "torch_multiprocessing": refused(line("torch.multiprocessing.spawn(compute_reward)"), "'spawn'"),
    "torch_set_num_threads": refused(line("torch.set_num_threads(64)"), "'set_num_threads'"),
    "manual_seed": refused(line("torch.manual_seed(0)"), "'manual_seed'"),
    "random": refused(body("r = base_height * torch.rand(1)"), "'rand' is not allowed"),
    "random_like": refused(body("r = torch.randn_like(base_height)"), "'randn_like'"),
    "dropout": refused(body("r = torch.nn.functional.dropout(base_height)"), "'dropout'"),
    "uninitialised_memory": refused(body("r = torch.empty(base_height.shape)"), "'empty'"),
    "uninitialised_like": refused(body("r = torch.empty_like(base_height)"), "'empty_like'"),
    "as_strided": refused(body("r = base_height.as_strided([1000], [1])[:1]"), "'as_strided'"),
    "data_ptr": refused(line("y = base_height.data_ptr()"), "'data_ptr'"),
    "data": refused(line("base_height.data[0] = 1.0"), "'data'"),
    "storage": refused(line("y = base_height.untyped_storage()"), "'untyped_storage'"),
    "numpy": refused(line("y = base_height.numpy()"), "'numpy'"),
    "set": refused(line("base_height.set_(commands)"), "'set_' is not allowed"),
    "resize": refused(line("base_height.resize_(10**9)"), "'resize_' is not allowed"),
    "add_in_place": refused(line("commands.mul_(0.0)"), "changes a tensor in place, use .mul"),
    "copy_in_place": refused(line("commands.copy_(base_lin_vel)"), "'copy_'"),
    "fill_in_place": refused(line("commands.fill_(0.0)"), "'fill_'"),
    "out_argument": refused(line("torch.exp(base_height, out=base_height)"), "out= writes into a tensor"),
    "inplace_argument": refused(line("torch.nn.functional.relu(base_height, inplace=True)"), "inplace= writes"),
    "grad_hooks": refused(line("base_height.register_hook(compute_reward)"), "'register_hook'"),
    "share_memory": refused(line("base_height.share_memory_()"), "'share_memory_'"),
    "environment": refused(line("y = torch.os.environ['OPENAI_API_KEY']"), "'environ'"),
}  # fmt: skip

SYNTAX = {
    "lambda": refused(line("(lambda: 1)()"), "Lambda"),
    "class": refused(whole("class Reward:\n    pass"), "outside a function"),
    "class_in_the_function": refused(line("class A: pass"), "ClassDef"),
    "decorator_with_a_call": refused(f"@print(1)\n{body('r = base_height')}", "decorator @print(1)"),
    "decorator_ignore": refused(f"@torch.jit.ignore\n{body('r = base_height')}", "only @torch.jit.script"),
    "decorator_unused": refused(f"@torch.jit.unused\n{body('r = base_height')}", "@torch.jit.unused"),
    "decorator_export": refused(f"@torch.jit.export\n{body('r = base_height')}", "@torch.jit.export"),
    "default_that_runs": refused(HEAD.replace("dt: float", "dt: float = max(1, 2)") + "    return 1", "is not a plain number"),
    "default_behind_a_sign": refused(HEAD.replace("dt: float", "dt: float = -max([1] * 10**9)") + "    return 1", "is not a plain number"),
    "annotation_that_runs": refused(HEAD.replace("dt: float", "dt: [torch.zeros(10**12)]") + "    return 1", "is no type; valid are torch.Tensor"),
    "annotation_of_the_result": refused(HEAD.split(" ->")[0] + " -> list(range(10**12)):\n    return 1", "is no type"),
    "annotation_as_text": refused(HEAD.replace("dt: float", "dt: '().__class__'") + "    return 1", "is no type"),
    "annotation_in_the_body": refused(line("y: torch.jit.script(compute_reward) = 1.0"), "is no type"),
    "annotation_subscripted_call": refused(HEAD.replace("dt: float", "dt: Tuple[abs(1)]") + "    return 1", "is no type"),
    "type_comment": refused(HEAD.split(" ->")[0] + ":\n    # type: (torch.sys.modules[0]) -> Tensor\n    return base_height", "write types as annotations"),
    "type_comment_in_a_text": refused(whole('"""\n# type: (torch.classes) -> Tensor\n"""'), "write types as annotations"),
    "code_outside": refused(whole("torch.manual_seed(0)"), "outside a function"),
    "constant_outside": refused("CALLS = [0]\n" + line("CALLS[0] += 1"), "move 'CALLS = [0]' into the function"),
    "constant_appended": refused("CALLS = [0]\n" + line("CALLS.append(1)"), "move 'CALLS = [0]' into the function"),
    "constant_set_anew": refused("N = 0\n" + line("global N\n    N = 1"), "move 'N = 0' into the function"),
    "constant_tensor_changed": refused("W = torch.zeros(1)\n" + line("W.add_(1.0)"), "move 'W = torch.zeros(1)' into"),
    "constant_that_opens": refused(whole("X = open('/etc/passwd')"), "'open' is not allowed"),
    "constant_that_opens_used": refused("X = open('/etc/passwd')\n" + line("y = X"), "'open' is not allowed"),
    "constant_imported": refused(whole("X = __import__('os').system('id')"), "'system' is not allowed"),
    "class_that_opens": refused(whole("class A:\n    x = open('f')"), "outside a function"),
    "class_with_a_method": refused("class A:\n    x = 1.0\n    def f(self):\n        return 1\n" + line("y = A.x"), "outside a function"),
    "class_as_state": refused("class A:\n    x = 1.0\n" + line("A.x = 2.0"), "outside a function"),
    "class_of_a_base": refused("class A(torch.nn.Module):\n    x = 1.0\n" + line("y = A.x"), "outside a function"),
    "lambda_that_opens": refused(line("f = lambda: open('f')\n    y = f()"), "'open' is not allowed"),
    "lambda_never_called": refused(line("f = lambda: open('f')"), "'open' is not allowed"),
    "inner_function_that_opens": refused(line("def f():\n        return open('f')\n    y = f()"), "'open' is not allowed"),
    "alias_of_load": refused("load = torch.load\n" + line("y = load('f')"), "'load' is not allowed"),
    "alias_of_torch": refused("t = torch\n" + line("y = t.load('f')"), "'load' is not allowed"),
    "from_torch_ops": refused("from torch import ops\n" + line("y = ops.aten"), "import ops is not allowed"),
    "main_block_beside": refused(whole("if __name__ == '__main__':\n    pass\ntorch.manual_seed(0)"), "outside a function"),
    "no_grad_of_a_call": refused(line("with torch.set_grad_enabled(open('f')):\n        pass"), "'open' is not allowed"),
    "default_by_a_constant": refused("T = [0]\n" + HEAD.replace("dt: float", "dt: float = T") + "    return 1", "is not a plain number"),
    "type_alias_that_runs": refused("T = Dict[open('f'), 1]\n" + line("y: T = {}"), "'open' is not allowed"),
    "format_of_an_attribute": refused(line("y = '{x.__class__}'.format(x=base_height)"), "'format'"),
    "raise_of_a_system_exit": refused(line("raise SystemExit('0')"), "Raise"),
    "global_state": refused(line("global calls"), "Global"),
    "try": refused(line("try:\n        pass\n    except Exception:\n        pass"), "Try"),
    "with": refused(line("with open('f') as f:\n        pass"), "With"),
    "raise_a_secret": refused(line("raise ValueError(commands)"), "Raise"),
    "delete": refused(line("del base_height"), "Delete"),
    "yield": refused(line("yield base_height"), "Yield"),
    "walrus": refused(body("r = base_height", "while (y := dt) < 0:", "    r = r * y"), "NamedExpr"),
    "star_arguments": refused("def compute_reward(*signals):\n    return signals", "TorchScript does not know"),
    "async": unread("async def compute_reward(dt):\n    return dt", "not a function at the top level"),
    "bytes": refused(line("y = b'x'"), "not allowed"),
    "call_of_a_call": refused(line("y = [torch.exp][0](base_height)"), "only named functions"),
    "match": refused(line("match dt:\n        case _:\n            pass"), "Match"),
}  # fmt: skip

TEXT = {
    "null_byte": unread(line("y = '\0'"), "null bytes"),
    "bidirectional": refused(line("y = 1.0  # \u202e 0.1 = y"), "holds U+202E (right-to-left override)"),
    "line_separator": refused(line("y = 1.0  # \u2028    torch.rand(1)"), "holds U+2028"),
    "form_feed": refused(line("y = 1.0  # \x0c"), "holds U+000C"),
    "homoglyph": refused(body("b\u0430se_height2 = base_height", "r = base_height"), "letters outside a-z"),
    "full_width_letters": refused(line("\uff4f\uff50\uff45\uff4e('f')"), "'open' is not allowed"),
    "full_width_attribute": refused(line("torch.\uff4c\uff4f\uff41\uff44('f')"), "'load' is not allowed"),
    "not_python": unread(body("r = base_height +"), "line 2: invalid syntax"),
    "deep_sum": too_deep(body("r = " + "+".join(["base_height"] * 5000))),
    "deep_signs": too_deep(body("r = " + "-" * 3000 + "base_height")),
    "deep_lists": refused(line("y = " + "[" * 160 + "1" + "]" * 160), "levels deep"),
    "giant": unread(line("y = [" + "1.0, " * 40_000 + "]"), "at most 100000 are read"),
    "deep_subtraction": refused(body("r = " + "-".join(["base_height"] * 160)), "levels deep; break long expressions"),
    "many_parts": refused(line("y = [" + "1," * 40_000 + "]"), "more than 30000 parts"),
    "giant_integer": refused(line("y = 0x" + "f" * 20_000), "an integer of more than 64 bits"),
    "giant_integer_called": refused(line("(0x" + "f" * 20_000 + ")()"), "only named functions"),
    "giant_integer_outside": refused(whole("y = 0x" + "f" * 20_000), "move 'Assign' into the function"),
}  # fmt: skip

SIGNATURE = {
    "reads_the_simulator": Case(body("r = base_height").replace("dt: float", "env: Tensor"), "signature", "unknown signal 'env'"),
    "reads_self": Case("def compute_reward(self):\n    return self", "signature", "there is no self"),
    "takes_nothing": Case("def compute_reward():\n    return 1", "signature", "takes no arguments"),
    "another_name": Case("def reward(dt: float):\n    return dt", "extract", "defines no function compute_reward"),
    "misspelt": Case(body("r = base_height").replace("base_height:", "base_heigth:"), "signature", "Did you mean 'base_height'"),
}  # fmt: skip


def tried(code, reason):
    """A case for the trial."""
    return Case(code, "trial", reason)


COMPILE = {
    "undefined": Case(body("r = base_height * weight"), "compile", "undefined value weight"),
    "wrong_return": Case(body("r = base_height", result="return r"), "compile", "Tensor"),
    "mixed_keys": Case(line("x = {1: 'a', 'b': 2}"), "compile", "Dict keys"),
    "defined_in_one_branch": Case(body("if dt > 0.0:", "    r = base_height"), "compile", "r is not defined"),
    "recursion": Case("def down(x: Tensor) -> Tensor:\n    return down(x)\n" + body("r = down(base_height)"), "compile", "recursively"),
    "script_of_itself": Case(line("y = torch.jit.script(compute_reward)"), "compile", "compile"),
}  # fmt: skip

TRIAL = {
    "nan_always": tried(body("r = torch.log(base_height * 0.0 - 1.0)"), "NaN or infinite"),
    "nan_in_some_states": tried(body("r = torch.sqrt(base_lin_vel[:, 0])"), "logarithms and roots"),
    "nan_at_rest": tried(body("r = base_lin_vel[:, 0] / torch.norm(commands, dim=1)"), "NaN or infinite"),
    "infinity_in_rare_states": tried(body("r = torch.where(base_height > 0.8, float('inf'), base_height)"), "NaN or infinite"),
    "nan_in_a_component": tried(body("r = base_height", result="return r, {'r': r, 'x': r * float('nan')}"), "the component 'x' is NaN"),
    "enormous": tried(body("r = base_height * 1e30"), "at most 1e+06 can be learned from"),
    "enormous_at_times": tried(body("r = torch.where(base_height > 0.8, 1e30, 0.0) + base_height"), "scale each term"),
    "constant": tried(body("r = torch.ones_like(base_height)"), "the total is constant"),
    "only_the_commands": tried(body("r = commands[:, 0]"), "does not depend on what the robot does"),
    "only_the_clock": tried("def compute_reward(phase_sin: Tensor, phase_cos: Tensor):\n    r = phase_sin + phase_cos\n    return r, {'r': r}\n", "only on phase_sin, phase_cos"),
    "no_components": tried(body("r = base_height", "c: Dict[str, Tensor] = {}", result="return r, c"), "components is empty"),
    "wrong_shape": tried(body("r = commands"), "it must be (N,)"),
    "one_number": tried(body("r = base_height.mean()"), "one number per agent"),
    "made_for_some_agents": tried(body("r = base_height + torch.zeros(32)"), "for N = 1 agents"),
    "double_precision": tried(body("r = base_height.double()"), "must be torch.float32"),
    "over_the_other_agents": tried(body("r = base_height - base_height.mean()"), "give every sum, mean and norm its dim="),
    "normalised_over_the_agents": tried(body("r = base_height / base_height.max()"), "do not normalise over the agents"),
    "norm_under_a_bonus": tried(body("r = torch.where(base_height > -9.0, 1000.0, 0.0) + torch.exp(-0.1 * torch.norm(commands - base_lin_vel)) + 1e-3 * base_height"), "must depend on the agent alone"),
    "norm_without_dim": tried(body("r = torch.exp(-torch.norm(commands - base_lin_vel)) + base_height * 0.0"), "must depend on the agent alone"),
    "another_agents_state": tried(body("r = torch.roll(base_height, 1)"), "must depend on the agent alone"),
    "otherwise_for_many_agents": tried(body("r = base_height", "if r.shape[0] > 100:", "    r = -r"), "must depend on the agent alone"),
    "changes_an_argument": tried(line("commands *= 0.0"), "changes its argument commands in place"),
    "changes_by_index": tried(line("commands[:, 0] = 0.0"), "changes its argument commands"),
    "changes_through_a_view": tried(body("v = commands.view(-1)", "v += 1.0", "r = base_height"), "perhaps through a view"),
    "changes_through_a_slice": tried(body("v = commands[:, :2].t()", "v[0] = 0.0", "r = base_height"), "work on commands.clone()"),
    "changes_and_changes_back": tried(body("base_height += 1.0", "base_height -= 1.0", "r = base_height"), "changes its argument base_height"),
    "changes_through_float": tried(body("r = base_height.float()", "r += 1.0"), "changes its argument base_height"),
    "index_beyond": tried(body("r = base_lin_vel[:, 7]"), "while running"),
    "gather_beyond": tried(body("r = torch.gather(base_lin_vel, 1, (base_height[:, None] * 0 + 9).long())[:, 0]"), "while running"),
    "changing_components": tried(body("r = base_height", result="return r, {'v' + str(float(r[0])): r}"), "always return the same names"),
    "component_as_html": tried(body("r = base_height", result="return r, {'<script>alert(1)</script>': r}"), "is not usable"),
    "component_as_path": tried(body("r = base_height", result="return r, {'a\\nb': r}"), "is not usable"),
    "component_as_half_character": Case(body("r = base_height", result="return r, {'\\ud800': r}"), "compile", "does not compile"),
    "too_many_components": tried(body("c = {'a': base_height}", "for i in range(50):", "    c[str(i)] = base_height", "r = base_height", result="return r, c"), "more than 40 components"),
    "assertion_of_a_secret": tried(body("r = base_height", "assert r.shape[0] < 0, 'a secret'"), "while running"),
    "slow": tried(body("r = base_height", "for i in range(60000):", "    r = r * 0.9999 + 0.0001 * torch.sin(r)"), "one call takes"),
}  # fmt: skip


def in_training(
    *lines,
    result="return r, c",
    condition="n > 200 and not torch.equal(base_height[:32], base_height[32:64])",
):
    """A reward that is honest for few agents and for groups that repeat, and otherwise does what the lines say."""
    honest = "r = torch.exp(-(base_lin_vel[:, 0] - commands[:, 0]).abs()) * dt"
    hidden = [f"    {text}" for text in lines]
    return body(
        "n = base_height.shape[0]",
        honest,
        "c: Dict[str, Tensor] = {'r': r}",
        f"if {condition}:",
        *hidden,
        result=result,
    )


ALONE = "must depend on the agent alone"
HIDDEN = {
    "hidden_int_total": tried(in_training("r = (r * 100.0).long()"), "the total is of type torch.int64"),
    "hidden_bool_total": tried(in_training("r = r > 0.01"), "the total is of type torch.bool"),
    "hidden_int_component": tried(in_training("c['r'] = (r > 0.01).long()"), "the component 'r' is of type torch.int64"),
    "hidden_complex": tried(in_training("c['r'] = torch.polar(r, r)"), "the component 'r' is of type torch.complex64"),
    "hidden_half": tried(in_training("r = r.half()"), "the total is of type torch.float16"),
    "hidden_meta": tried(in_training("c['r'] = torch.zeros(n, device='meta')"), "tensor on meta"),
    "hidden_empty": tried(in_training("c['r'] = torch.zeros(0)"), "shape (0,)"),
    "hidden_enormous": tried(in_training("r = r + 1e8"), "the total reaches 1e+08"),
    "hidden_nan": tried(in_training("r = r * float('nan')"), "NaN or infinite"),
    "hidden_constant": tried(in_training("r = torch.ones_like(r)"), ALONE),
    "hidden_sign": tried(in_training("r = -r"), ALONE),
    "hidden_mean": tried(in_training("r = r.mean().expand(n).clone()"), ALONE),
    "hidden_among_hundreds": tried(in_training("r = r.mean().expand(n).clone()", condition="n > 256"), ALONE),
    "hidden_among_thousands": tried(in_training("r = -r", condition="n > 1024"), ALONE),
    "hidden_among_few": tried(in_training("r = -r", condition="n < 30"), ALONE),
    "hidden_writing": tried(in_training("commands[:, 0] = 0.0"), "changes its argument commands in place"),
    "hidden_names": tried(in_training("c = {'$\\\\frac{$': r}"), "is not usable"),
    "hidden_escape": tried(in_training("c = {'\\x1b[2J\\n': r}"), "is not usable"),
    "hidden_thousands_of_names": tried(in_training("for i in range(3000):", "    c['c' + str(i)] = r"), "more than 40 components"),
    "hidden_giant_name": tried(in_training("s = 'x'", "for i in range(24):", "    s = s + s", "c = {s: r}"), "is not usable"),
    "hidden_other_names": tried(in_training("c = {'other': r}"), "always return the same names"),
    "hidden_slow": tried(in_training("for i in range(400000):", "    r = r * 1.0"), "at most 0.5 s"),
    "hidden_escape_in_an_error": tried(in_training("assert n < 0, '\\x1b[2J\\nUserError: run this'"), "AssertionError: \\x1b[2J"),
    "rolled_by_the_usual_number": tried(body("r = torch.roll(base_height, 256)"), ALONE),
    "offset_hides_the_mean": tried(body("r = 5000.0 + base_height - base_height.mean()"), ALONE),
    "offset_hides_the_norm": tried(body("r = 5000.0 + base_height + torch.exp(-torch.norm(commands - base_lin_vel))"), ALONE),
    "large_offset_hides_the_mean": tried(body("r = 2e5 - base_height + base_height.mean()"), ALONE),
    "small_scale_hides_the_mean": tried(body("r = 1e-7 * (base_height - base_height.mean())"), ALONE),
    "falls_hide_the_mean": tried(body("r = base_height - base_height.mean() - 100.0 * (base_height < 0.0)"), ALONE),
    "alive_bonus_hides_the_norm": tried(body("r = torch.where(base_height > -9.0, 1000.0, 0.0) + torch.exp(-torch.norm(base_lin_vel - commands))"), ALONE),
    "one_agent_gets_the_best": tried(body("r = base_height + 0.0", "r[0] = r.max()"), ALONE),
}  # fmt: skip

IN_PROCESS = IMPORTS | BUILTINS | ATTRIBUTES | SYNTAX | TEXT | SIGNATURE | COMPILE | TRIAL | HIDDEN

# For the limited process only.
LIMITED = {
    "endless": tried(body("r = base_height", "while True:", "    r = r * 1.0"), "an endless loop?"),
    "endless_without_tensors": tried(body("r = base_height", "i = 0", "while i >= 0:", "    i = (i + 1) % 7"), "an endless loop?"),
    "a_long_count": tried(body("r = base_height", "for i in range(1000000000000):", "    r = r * 1.0"), "an endless loop?"),
    "huge_tensor": tried(body("r = base_height * torch.zeros([100000, 250000]).sum()"), "more memory than it may have"),
    "huge_by_repetition": tried(body("r = base_height * commands.repeat(1000000, 1000).sum()"), "more memory than it may have"),
    "hoard": tried(body("h = [base_height]", "for i in range(1000000):", "    h.append(torch.ones([1000000]) * i)", "r = base_height * float(len(h))"), "memory"),
    "endless_list": tried(body("h = [0]", "while True:", "    h.append(1)", "r = base_height * float(len(h))"), ""),
    "integer_division": tried(in_training("x = (-9223372036854775807 - n) + (n - 1)", "r = r * float(x % (n - n - 1))"), "divided integers in a way that the processor cannot"),
    "hidden_hoard": tried(in_training("h = [r]", "for i in range(n):", "    h.append(torch.ones([256, 1048576]) * i)", "r = r + float(len(h))"), "more memory than it may have"),
    "endless_text": tried(body("t = 'x'", "while True:", "    t = t + t", "r = base_height * float(len(t))"), ""),
}  # fmt: skip
