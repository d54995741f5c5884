from dataclasses import replace

import pytest

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.repairs import Repair, Repairs
from video2reward.report.rounds import round_costs, round_in_words

ANSWER = Completion("again", "m", "openai", True, {}, 1200, 60, 0.03)


def sent_back(status, completion=ANSWER):
    return Repair(
        1, "line 3: import os is not allowed", (), completion, status, "done" if status == "ok" else "trial"
    )


def test_execute_rate_and_cost_round_by_round(results):
    results.repairs = {(1, 1): Repairs((sent_back("ok"),)), (2, 1): Repairs((sent_back("failed"),))}
    loop = results.loop([["ok", "ok"], ["check", "training"]])
    first, second, both = round_costs(loop)
    assert (first.candidates, first.unrepaired, first.executed, first.answers, first.repairs) == (
        2,
        1,
        2,
        2,
        1,
    )
    assert (second.unrepaired, second.executed, second.repairs) == (0, 0, 1)
    assert first.input_tokens == 2 * 1000 + 1200 and first.price_usd == pytest.approx(2 * 0.02 + 0.03)
    assert both.iteration == 0 and both.price_usd == pytest.approx(2 * first.price_usd)
    assert round_in_words(first) == (
        "round 1: 2 of 2 candidates could be trained and judged (1 without repair); 2 answers, 1 repair, 3,200 tokens in, "
        "160 out, 0.0700 USD"
    )
    assert round_in_words(both).startswith("all rounds: 2 of 4 candidates")
    assert [c.name for c in loop.repaired] == ["round 1, candidate 1", "round 2, candidate 1"]


def test_a_price_with_an_unknown_part_is_unknown(results):
    results.repairs = {(1, 1): Repairs((sent_back("ok", replace(ANSWER, price_usd=None)),))}
    (only,) = round_costs(results.loop([["ok"]]))
    assert only.price_usd is None and only.output_tokens == 110
    assert round_in_words(only).endswith("110 out, price unknown")
