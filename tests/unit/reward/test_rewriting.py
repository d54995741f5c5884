"""Honest styles are rewritten, then accepted, and give the very numbers that Python gives for the code as it stood."""

import ast
import inspect
import time

import pytest
import torch
from tests.unit.reward.conftest import make_states, read_answer
from tests.unit.reward.good import GOOD
from tests.unit.reward.styles import STYLES

from video2reward.reward.allowlist import MAX_NODES, check_source
from video2reward.reward.compile import compile_source
from video2reward.reward.rewriting.rewrite import rewrite
from video2reward.reward.trial_process import judge
from video2reward.signals import SIGNALS


def in_python(code, state):
    """Run trusted code of these tests as Python -> its total and components."""
    scope = {"__name__": "style"}
    exec(compile(code.replace("@torch.jit.script", ""), "style", "exec"), scope)
    function = scope["compute_reward"]
    given = {
        name: state[name]
        if SIGNALS[name].shape or argument.annotation is argument.empty
        else float(state[name])
        for name, argument in inspect.signature(function).parameters.items()
        if name in SIGNALS
    }
    return function(**given)


@pytest.mark.parametrize("name", STYLES)
def test_a_style_is_accepted_and_means_the_same(name):
    states = make_states()
    reading = read_answer(f"```python\n{STYLES[name]}\n```", SIGNALS)
    assert reading.verdict is None, reading.verdict.message
    found = judge(reading.code, [dict(state) for state in states])
    assert found["status"] == "ok", (found["message"], reading.code)
    total, terms = in_python(STYLES[name], states[0])
    given, components = compile_source(reading.code)(states[0])
    torch.testing.assert_close(given, total)
    assert list(components) == list(terms)
    for term, value in terms.items():
        torch.testing.assert_close(components[term], value)
    ast.parse(reading.code)
    assert all(note.startswith("line ") for note in reading.rewritten)


def lines(*body):
    return "def compute_reward(base_height: Tensor, dt: float):\n" + "".join(f"    {line}\n" for line in body)


HARMLESS = {
    "print(base_height)": "line 2: print dropped",
    "with torch.no_grad():\n        pass": "line 2: torch.no_grad() unwrapped, no reward is differentiated",
    "(y := base_height)": "line 2: y := ... assigned before the statement",
}


@pytest.mark.parametrize("line", HARMLESS)
def test_what_does_nothing_is_taken_out_and_said(line):
    bare = lines("r = base_height * dt", "return r, {'r': r}")
    reading = read_answer(bare.replace("    r =", f"    {line}\n    r =", 1), SIGNALS)
    assert reading.verdict is None and reading.rewritten == (HARMLESS[line],)
    left = [
        node
        for node in ast.parse(reading.code).body[0].body
        if "base_height\n" not in ast.unparse(node) + "\n"
    ]
    assert [ast.unparse(node) for node in left if not isinstance(node, ast.Pass)] == [
        "r = base_height * dt",
        "return (r, {'r': r})",
    ]


@pytest.mark.parametrize(
    "name", ["eureka_style", "loop_over_a_list", "comments_and_unicode", "masks_by_index"]
)
def test_what_needs_no_rewriting_stays_letter_by_letter(name):
    found = rewrite(GOOD[name])
    assert found.source == GOOD[name] and found.notes == ()


def test_what_was_rewritten_is_said_with_the_lines_of_the_answer():
    code = "import torch\nTEMP = 0.25\n\ndef compute_reward(base_height, dt: int):\n    k = lambda e: torch.exp(-e / TEMP)\n\n    r = k(base_height)\n    return r, {f'r': r}\n"
    assert rewrite(code).notes == (
        "line 5: the lambda k written out where it is called",
        "line 2: the constant TEMP moved into compute_reward",
        "line 4: dt annotated float, as the signal is",
        "line 8: f'r' written as 'r'",
    )
    assert rewrite(rewrite(code).source).notes == ()


def doubling(count):
    """Lambdas of which each calls the one before twice."""
    yield "f0 = lambda x: x + x"
    for i in range(1, count):
        yield f"f{i} = lambda x: f{i - 1}(f{i - 1}(x))"
    yield f"r = f{count - 1}(base_height)"


BOMBS = {
    "long_text": "T = 'x' * 10**9\n" + lines("r = base_height", "return r, {T: r}"),
    "huge_power": "N = 10 ** 10 ** 10\n" + lines("r = base_height * N", "return r, {'r': r}"),
    "huge_default": lines("return base_height, {}").replace("dt: float", "dt: float = 9 ** 9 ** 9"),
    "huge_shift": "N = 1 << 10**10\n" + lines("r = base_height * N", "return r, {'r': r}"),
    "long_range": lines("r = base_height * sum([i for i in range(10**12) if i > 1])", "return r, {'r': r}"),
    "long_list": "L = [0] * 10**12\n" + lines("r = base_height * L[0]", "return r, {'r': r}"),
    "doubling_lambdas": lines(*doubling(30), "return r, {'r': r}"),
    "doubling_constants": "A0 = 1.0\n" + "".join(f"A{i} = A{i - 1} + A{i - 1}\n" for i in range(1, 60)) + lines("r = base_height * A59", "return r, {'r': r}"),
    "doubling_aliases": "T0 = Tuple[Tensor, Tensor]\n" + "".join(f"T{i} = Tuple[T{i - 1}, T{i - 1}]\n" for i in range(1, 60)) + lines("r: T59 = base_height", "return r, {'r': r}"),
    "many_functions_of_a_table": "T = [" + "1.0, " * 5000 + "]\n" + "".join(f"def f{i}(x: Tensor) -> Tensor:\n    return x * T[0]\n" for i in range(50)) + lines("r = f1(base_height)", "return r, {'r': r}"),
    "deep": lines("k = lambda e: " + "(" * 60 + "e" + " + 1.0)" * 60, "r = k(k(k(k(base_height))))", "return r, {'r': r}"),
    "recursion": lines("f = lambda x: f(x)", "r = f(base_height)", "return r, {'r': r}"),
    "mutual": lines("f = lambda x: g(x)", "g = lambda x: f(x)", "r = f(base_height)", "return r, {'r': r}"),
    "giant_integer": "N = 0x" + "f" * 20_000 + "\n" + lines("r = base_height * N", "return r, {f'{N}': r}"),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_rewriting_stays_within_bounds(name):
    """Nothing is computed that takes time or room; what it would take is the limited process's to find."""
    before = time.process_time()
    found = rewrite(BOMBS[name])
    faults = check_source(found.source)
    assert time.process_time() - before < 5.0
    assert len(found.source) < 1_000_000
    assert sum(1 for _ in ast.walk(ast.parse(found.source))) < 3 * MAX_NODES
    if name in (
        "doubling_lambdas",
        "doubling_aliases",
        "many_functions_of_a_table",
        "recursion",
        "mutual",
        "giant_integer",
        "huge_default",
    ):
        assert faults and all(fault.startswith("line ") for fault in faults)


KEPT = {
    "try:\n        r = base_height\n    except Exception:\n        r = base_height * 0": "torch.nan_to_num",
    "r = base_height\n    fs = [lambda x: x]": "give it a name and call it",
    "r = base_height\n    del r": "leave it out",
    "r = base_height if all(map(lambda x: x > 0, [1.0])) else base_height": "write a function (def) beside",
    "r = base_height\n    class A:\n        pass": "write functions and plain variables",
    "r = base_height\n    s = {1, 2}": "write a list",
    "c = {}\n    for i in range(2):\n        c[f'{dt:.2f}'] = base_height\n    r = base_height": "'foot_' + str(i)",
}


@pytest.mark.parametrize("code", KEPT)
def test_what_cannot_be_kept_is_refused_with_line_reason_and_remedy(code):
    reading = read_answer(lines(code, "return r, {'r': r}"), SIGNALS)
    assert reading.verdict and reading.verdict.stage == "allowlist"
    assert reading.verdict.message.startswith("line ") and KEPT[code] in reading.verdict.message
    assert code in reading.code and reading.rewritten == ()  # its lines are those of the message


PADDING = "T = [" + "1," * 20_000 + "]\n"
MANY = {
    "lambdas": PADDING + lines(*(f"f{i} = lambda x: x + {i}" for i in range(190)), "return base_height, {}"),
    "references": "".join(f"a{i} = torch.exp\n" for i in range(4000)) + lines("return base_height, {}"),
    "types": "".join(f"a{i} = Dict[str, Tensor]\n" for i in range(3000)) + lines("return base_height, {}"),
    "sums": lines(*(f"a{i} = 0.0" for i in range(1500)), "for i in range(2):", *(f"    a{i} += base_height" for i in range(1500))),
    "helpers": PADDING + "".join(f"def f{i}(x, y):\n    return f{i + 1}(x, T[0])\n" for i in range(190)) + lines("return base_height, {}"),
    "texts": lines(*("x = f'{dt}{dt}{dt}'" for _ in range(2500))),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", MANY)
def test_much_code_takes_seconds(name):
    before = time.process_time()
    rewrite(MANY[name])
    assert time.process_time() - before < 10.0


def test_there_are_enough():
    assert len(STYLES) >= 100 and len(set(STYLES.values())) == len(STYLES)
