"""Hostile and broken candidates: each is stopped by the layer that ought to, with a reason."""

import pytest
from tests.unit.reward.conftest import make_states, read_answer
from tests.unit.reward.hostile import IN_PROCESS, LIMITED

from video2reward.reward.check import check_by_trial
from video2reward.reward.trial import Trial
from video2reward.reward.trial_process import judge
from video2reward.settings.evaluation import TrialLimits
from video2reward.signals import SIGNALS


@pytest.fixture(scope="module")
def states():
    """Random ones of both signs, and one at rest."""
    states = make_states(3, agents=32, signed=True)
    return [*states, states[0] | {"commands": states[0]["commands"] * 0.0}]


def test_there_are_enough():
    codes = {case.code for case in (*IN_PROCESS.values(), *LIMITED.values())}
    assert len(codes) == len(IN_PROCESS) + len(LIMITED) >= 60


@pytest.mark.parametrize("name", IN_PROCESS)
def test_a_hostile_candidate_is_stopped_with_its_reason(name, states):
    case = IN_PROCESS[name]
    reading = read_answer(f"```python\n{case.code}\n```", SIGNALS)
    if reading.verdict is None:
        before = [{name: value.clone() for name, value in state.items()} for state in states]
        found = judge(reading.code, before)
        stage, message = found["stage"], found.get("message", "")
    else:
        stage, message = reading.verdict.stage, reading.verdict.message
    assert (stage, case.reason in message) == (case.stage, True), (stage, message)
    assert len(message) < 5000 and message.encode()


@pytest.mark.slow
@pytest.mark.parametrize("name", LIMITED)
def test_what_takes_time_or_memory_is_stopped_by_the_system(name, states_file):
    case = LIMITED[name]
    reading = read_answer(f"```python\n{case.code}\n```", SIGNALS)
    assert reading.verdict is None
    verdict = check_by_trial(reading.code, Trial(TrialLimits(seconds=3, memory_mb=512)), states_file)
    assert (verdict.status, verdict.stage) == (
        "failed",
        case.stage,
    ) and case.reason in verdict.message
    assert verdict.limits["memory_mb"] == 512
