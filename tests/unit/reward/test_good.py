"""Honest rewards in many styles pass every layer, on states of the real robot."""

import pytest
from tests.unit.reward.conftest import read_answer
from tests.unit.reward.good import GOOD

from video2reward.reward.trial_process import judge
from video2reward.signals import SIGNALS


def test_there_are_enough():
    assert len(GOOD) >= 40 and len(set(GOOD.values())) == len(GOOD)


@pytest.mark.parametrize("name", GOOD)
def test_an_honest_reward_is_accepted(name, real_states):
    reading = read_answer(f"```python\n{GOOD[name]}```\n", SIGNALS)
    assert reading.verdict is None, reading.verdict.message
    found = judge(reading.code, real_states)
    assert found["status"] == "ok", found["message"]
    assert found["components"] and found["seconds_per_call"] < 0.1
