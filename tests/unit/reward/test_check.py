"""From an answer to a verdict: the last version that passes every check, or what is wrong with the likeliest."""

import os
from pathlib import Path

import pytest

from video2reward.reward import check as checks
from video2reward.reward.check import check_answer, check_by_trial
from video2reward.reward.error_words import NO_FILE, error_words
from video2reward.reward.trial import Trial
from video2reward.settings.evaluation import TrialLimits
from video2reward.signals import SIGNALS

CODE = """from typing import Dict, Tuple
import torch

def compute_reward(base_lin_vel: torch.Tensor, commands: torch.Tensor, projected_gravity: torch.Tensor) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
    speed = torch.exp(-torch.square(commands[:, 0] - base_lin_vel[:, 0]) / 0.25)
    up = torch.exp(-torch.sum(projected_gravity[:, :2] ** 2, dim=-1) / 0.1)
    total = speed + 0.5 * up
    return total, {"speed": speed, "up": up}
"""
STUB = "def compute_reward(base_lin_vel, commands, projected_gravity):\n    ..."
UNDEFINED = "def compute_reward(base_lin_vel):\n    # as above\n    return total, components"
ALL_AGENTS = CODE.replace(
    "torch.exp(-torch.square(commands[:, 0] - base_lin_vel[:, 0]) / 0.25)",
    "base_lin_vel[:, 0] - base_lin_vel.mean()",
)
UNKNOWN = CODE.replace("base_lin_vel", "base_speed")


def fence(code):
    return f"```python\n{code}\n```\n"


@pytest.fixture
def checked(states_file):
    """The whole check -> (code, verdict, how many versions were tried)."""

    def check(text):
        tries = []

        def tried(code):
            tries.append(code)
            return check_by_trial(code, Trial(TrialLimits(seconds=20)), states_file)

        return (*check_answer(text, SIGNALS, tried), len(tries))

    return check


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "tries"),
    [
        (f"{fence(CODE)}\nIts interface, for reference:\n\n{fence(STUB)}", 1),
        (f"{fence(CODE)}\nInterface:\n\n{fence(UNDEFINED)}", 2),
        (f"{fence(CODE)}\nBetter?\n{fence(UNKNOWN)}", 1),
        (f"{fence(CODE)}\nBetter?\n{fence(ALL_AGENTS)}", 2),
        (f"{fence(ALL_AGENTS)}\nBetter:\n{fence(CODE)}", 1),
        (f"{fence(CODE)}\nBetter:\n{fence(CODE.replace(chr(34) + 'speed' + chr(34), '“speed”'))}", 1),
    ],
    ids=["stub", "undefined", "unknown signal", "all agents", "mended", "syntax"],
)  # fmt: skip
def test_the_last_version_that_passes_is_taken(text, tries, checked):
    code, verdict, tried = checked(text)
    assert verdict.ok and verdict.components == ("speed", "up") and tried == tries
    assert "torch.square(commands" in code and "..." not in code


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "stage", "message"),
    [
        (f"{fence(UNKNOWN)}{fence(ALL_AGENTS)}{fence(STUB)}", "trial", "changes with the other agents"),
        (f"{fence(ALL_AGENTS)}{fence(UNKNOWN)}", "signature", "unknown signal 'base_speed'"),
        (fence(CODE.replace('{"speed"', "{“speed”")), "extract", "does not parse: line 8: invalid character '“' (U+201C)"),
        (fence(CODE.replace("** 2, dim", "** 2， dim")), "extract", "line 6: invalid character '，' (U+FF0C)"),
        (fence(CODE.replace("    up =", "\tup =")), "extract", "line 6: inconsistent use of tabs"),
        (f"{fence(UNKNOWN)}{fence(CODE.replace(chr(123), '{“'))}", "extract", "does not parse: line 8"),
        (fence(CODE.replace('"up": up', '"up": up, "weight": 0.5')), "compile", "Dict[str, Union[Tensor, float]]"),
    ],
)  # fmt: skip
def test_else_the_likeliest_is_told_what_is_wrong(text, stage, message, checked):
    code, verdict, _ = checked(text)
    assert (verdict.status, verdict.stage) == ("failed", stage) and message in verdict.message
    assert code.startswith("# No reward function") is (stage == "extract")


@pytest.mark.slow
def test_the_trials_of_an_answer_are_bounded(checked, monkeypatch):
    monkeypatch.setattr(checks, "MOST_TRIED", 2)
    versions = [ALL_AGENTS.replace("0.1", f"0.{i}") for i in range(2, 8)]
    _, verdict, tried = checked("".join(map(fence, [CODE, *versions])))
    assert tried == 2 and verdict.stage == "trial"


RAISED = """RuntimeError while running: The following operation failed in the TorchScript interpreter.
  File "<reward>", line 2, in compute_reward
    r = x[:, 7]
        ~~~~~~ <--- HERE
RuntimeError: index 7 is out of range"""
TRACED = RAISED.replace(" while running", "")


def test_an_error_goes_back_once_and_without_folders():
    frame = 'Traceback (most recent call last):\n  File "/home/me/a b/compile.py", line 51, in __call__\n    run()\n    ^^^^^\n'
    assert error_words(RAISED, f"{frame}{TRACED}\n") == (RAISED, "")
    message, traceback = error_words(
        "it crashed", f"{frame}MemoryError: in /opt/x/torch/nn/functional.py at 0x7f00aa"
    )
    assert message == "it crashed" and traceback.endswith("MemoryError: in functional.py")
    assert "home" not in traceback and "/opt" not in traceback


@pytest.mark.parametrize(
    "message",
    [
        "PermissionError while running: [Errno 13] Permission denied: '/home/me/torch/_lazy.py'",
        "reward does not compile: Can't get source for <function get_enum at 0x7f293fa4f600>.",
        "OSError while running: [Errno 24] Too many open files: '/usr/lib/x.py'",
        "ModuleNotFoundError while running: No module named 'opt_einsum'",
    ],
)
def test_what_the_trial_forbids_is_not_the_models_fault(message):
    assert error_words(message, message) == (NO_FILE, "")


def test_code_in_an_error_stays_as_it_is():
    text = "r = a/b/c + x / y  # see http://host/a/b and 1/2/3\n'a/b'"
    assert error_words(text)[0] == text


@pytest.mark.skipif("V2R_LOCAL_DATA" not in os.environ, reason="needs answers of a live model")
def test_all_answers_of_a_live_model_are_extracted_and_pass(checked):
    answers = sorted(Path(os.environ["V2R_LOCAL_DATA"]).glob("answers/**/answer_*.txt"))
    assert len(answers) >= 24
    failed = {path: verdict.message for path in answers if not (verdict := checked(path.read_text())[1]).ok}
    assert not failed
