"""Rewards that a language model really wrote all pass: needs V2R_LOCAL_DATA with answers/."""

import os
from pathlib import Path

import pytest
from tests.unit.reward.conftest import read_answer

from video2reward.reward.trial_process import judge
from video2reward.signals import SIGNALS

ANSWERS = Path(os.environ.get("V2R_LOCAL_DATA", "nowhere")) / "answers"
HONEST = Path(os.environ.get("V2R_LOCAL_DATA", "nowhere")) / "cases" / "honest_rewards"


@pytest.mark.skipif(not ANSWERS.exists(), reason="V2R_LOCAL_DATA has no answers")
def test_every_live_answer_passes(real_states):
    found = sorted(ANSWERS.glob("**/reward_*.py"))
    bad = {}
    for path in found:
        reading = read_answer(f"```python\n{path.read_text()}\n```", SIGNALS)
        message = (
            reading.verdict.message
            if reading.verdict
            else judge(reading.code, [dict(state) for state in real_states]).get("message", "")
        )
        if message:
            bad[str(path.relative_to(ANSWERS))] = message
    assert not bad and len(found) >= 30


@pytest.mark.skipif(not HONEST.exists(), reason="V2R_LOCAL_DATA has no honest rewards")
def test_every_honest_style_that_was_met_passes(real_states):
    """g26 is the commonest fault under a bonus; the w_ files that are not here annotate a tensor as a dictionary, a list or a text."""
    wrong = {"g26_alive_bonus_1000", "w_dict", "w_dt_list", "w_dt_str", "w_height_list"}
    for path in sorted(HONEST.glob("*.py")):
        reading = read_answer(f"```python\n{path.read_text()}\n```", SIGNALS)
        message = (
            reading.verdict.message
            if reading.verdict
            else judge(reading.code, [dict(s) for s in real_states]).get("message", "")
        )
        assert bool(message) == (path.stem in wrong), (path.name, message)
