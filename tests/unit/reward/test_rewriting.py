"""Honest styles are rewritten, then accepted, and give the very numbers that Python gives for the code as it stood."""

import ast
import inspect

import pytest
import torch
from tests.unit.reward.conftest import make_states
from tests.unit.reward.good import GOOD
from tests.unit.reward.styles import STYLES

from video2reward.reward.allowlist import MAX_NODES, check_source
from video2reward.reward.check import read_answer
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
        name: state[name] if SIGNALS[name].shape or argument.annotation is argument.empty else float(state[name])
        for name, argument in inspect.signature(function).parameters.items()
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
