import pytest

from video2reward.artifacts.check import Check
from video2reward.report.failures import find_failure, sentence


def test_a_loop_with_its_best_and_winners(results):
    loop = results.loop([["ok", "ok"], ["check", "ok"]])
    assert [c.name for c in loop.candidates if c.chosen] == ["round 2, candidate 2"]
    assert [(c.iteration, c.k) for c in loop.candidates if c.winner] == [(1, 2), (2, 2)]
    assert loop.chosen is loop.candidate(2, 2)
    assert loop.best.name == "candidate 2 of iteration 2"
    assert len(loop.rewards) == 2
    assert loop.reward == loop.rewards[-1]


def test_failures_say_where_and_why(results):
    loop = results.loop([["check", "training", "evaluation", "ok"]])
    stages = [(f.k, f.stage, f.reason) for f in loop.failures]
    assert stages == [
        (1, "check: what the code may do", "line 3: import os is not allowed"),
        (2, "training", "the training diverged: actor loss NaN after step 512"),
        (3, "evaluation", "ValueError: no agents"),
    ]
    assert all("\n" in f.traceback for f in loop.failures)
    assert [c.reason for c in loop.candidates][-1] == ""


def test_a_loop_whose_candidates_all_failed(results):
    loop = results.loop([["check", "training"], ["training", "check"]])
    assert loop.best is None
    assert loop.chosen is None
    assert len(loop.failures) == 4
    assert not len(loop.rollout().fell_at)


def test_the_check_comes_before_what_it_stopped():
    check = Check("failed", "compile", "reward does not compile as TorchScript:\nExpected a value\n  ~~~~")
    failed = {"status": "failed", "traceback": "Traceback ...\nValueError: not trained"}
    failure = find_failure(1, 1, check, failed, failed)
    assert failure.stage == "check: compiling"
    assert failure.reason == "reward does not compile as TorchScript: Expected a value"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no reason was recorded"),
        ("a.b.CandidateFailedError: the reward raised Error: x\nTraceback of TorchScript:\nRuntimeError: size 3", "RuntimeError: size 3"),
        ("plain words", "plain words"),
        ("ValueError: " + "x" * 500, "ValueError: " + "x" * 288 + "..."),
    ],
)  # fmt: skip
def test_the_cause_in_a_sentence(text, said):
    assert sentence(text) == said


def test_no_traceback_is_shown_twice():
    assert find_failure(1, 1, Check("failed", "extract", "no code"), {}, {}).traceback == ""
