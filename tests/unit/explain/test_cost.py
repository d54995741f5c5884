import json
from dataclasses import replace
from pathlib import Path

import pytest

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.prompt import Prompt, write_prompt
from video2reward.engine.graph import PlannedJob
from video2reward.explain.cost import (
    ANSWER,
    ERROR,
    FIRST_PROMPT,
    LATER_PROMPT,
    PICTURE,
    PICTURES,
    QUESTION,
    PastAnswers,
    costs_in_words,
    forecasts,
)
from video2reward.settings.prices import read_prices

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = read_prices(ROOT / "resources" / "prices.yaml")
PRICES = {"input_price": 2.0, "output_price": 10.0}


def paid(name):
    return name == "openai"


def asking(runs=True, provider="openai", prices=PRICES, n=1, rule="sample_completion", inputs=(), **llm):
    settings = {"llm": {"provider": provider, "model": "m", "max_tokens": 2000, **llm}}
    return PlannedJob(
        rule, {"n": str(n)}, json.dumps(settings), asking=json.dumps(prices), runs=runs, inputs=tuple(inputs)
    )


def checking(repairs=1, **more):
    return asking(rule="extract_reward", repairs=repairs, **more)


def forecast(jobs, answered=False, past=None):
    given = answered if callable(answered) else lambda job: answered
    return forecasts(jobs, paid, given, past or PastAnswers(), SHIPPED)


def told(jobs, answered=False, past=None):
    return costs_in_words(forecast(jobs, answered, past), paid)


def answer(tokens_in, tokens_out, model="m", is_language_model=True):
    return Completion("", "m-2026", "openai", is_language_model, {"model": model}, tokens_in, tokens_out)


EARLIER = PastAnswers(
    (answer(3000, 500), answer(5000, 700), answer(9, 9, "other"), answer(9, 9, is_language_model=False))
)


def test_nobody_is_asked():
    jobs = [asking(runs=False), PlannedJob("report", runs=True), PlannedJob("extract_reward", runs=True)]
    assert told(jobs) == ["0 USD: no completion is asked for"]


@pytest.mark.parametrize(
    ("provider", "words"),
    [("template", "0 USD: template is no language model"), ("fixed", "0 USD: the reward is given, nobody is asked")],
)  # fmt: skip
def test_what_costs_nothing(provider, words):
    assert told([asking(provider=provider), asking(provider=provider)]) == [words]


def test_without_earlier_answers_typical_prompts_count_round_by_round():
    (found,) = forecast([asking(n=1), asking(n=2)])
    assert (found.tokens_in, found.tokens_out) == (FIRST_PROMPT + LATER_PROMPT, 2 * ANSWER)
    assert found.most_out == 4000 and found.most_usd == pytest.approx((found.most_in * 2 + 4000 * 10) / 1e6)
    assert "no answer so far to go by" in told([asking()])[0]


def test_prompts_that_are_written_are_read(tmp_path):
    record = tmp_path / "prompt.json"
    write_prompt(tmp_path / "prompt.txt", record, Prompt(({"role": "user", "content": "x" * 2800},), {}))
    (found,) = forecast([asking(inputs=[record])])
    assert found.tokens_in == pytest.approx(1000) and "the prompts that are written at 2.8" in found.basis
    (mixed,) = forecast([asking(inputs=[record]), asking(n=2, inputs=[tmp_path / "none" / "prompt.json"])])
    assert mixed.tokens_in == pytest.approx(1000 + LATER_PROMPT) and "later ones" in mixed.basis


def test_earlier_answers_of_the_same_model_give_the_price():
    assert told([asking(), asking()], past=EARLIER) == [
        "2 answers to ask of m: about 0.028 USD for 8,000 tokens in and 1,200 out (as the 2 answers so far), "
        "0.056 USD with every answer llm.max_tokens long"
    ]


def test_repairs_are_expected_as_often_as_so_far():
    jobs = [asking(), asking(), checking(), checking()]
    (half,) = forecast(jobs, past=EARLIER)
    assert (half.repairs, half.most_repairs) == (1, 2)
    assert half.tokens_in == pytest.approx(2 * 4000 + (4000 + 600 + ERROR)) and half.tokens_out == 3 * 600
    assert half.most_out == 4 * 2000
    (seldom,) = forecast(jobs, past=PastAnswers(EARLIER.answers, repaired=0.1))
    assert seldom.repairs == pytest.approx(0.2)
    (text,) = told(jobs, past=EARLIER)
    assert text.startswith("2 answers to ask of m and about 1 repair (at most 2): about ")
    assert text.endswith("llm.max_tokens long and every repair asked for")
    assert forecast([asking(), checking(repairs=3), checking(repairs=3, model="other")])[0].most_repairs == 3


def test_the_limit_and_what_is_spent_of_it_are_said():
    (text,) = told(
        [asking(max_cost=5)], past=PastAnswers(tuple(replace(one, price_usd=0.3) for one in EARLIER.answers))
    )
    assert text.endswith("; of llm.max_cost, 5 USD, 1.2 are spent")


def test_stored_answers_cost_nothing():
    stored, new = asking(), asking()
    (text,) = told([stored, new], lambda job: job is stored)
    assert text.startswith("1 answer to ask of m") and "1 more lies in the store" in text
    assert told([stored], True) == ["0 USD: 1 answer of m lies in the store"]


def test_prompts_that_are_not_written_yet():
    (text,) = told([asking(), asking()], None)
    assert text.startswith("at most 2 answers to ask of m") and "answered from the store" in text


def test_the_price_table_knows_what_the_settings_do_not_say():
    (text,) = told([asking(prices={}, model="gpt-4o")], past=PastAnswers((answer(1000, 100, "gpt-4o"),)))
    assert "about 0.0035 USD for 1,000 tokens in and 100 out" in text
    (unknown,) = told([asking(prices={})])
    assert "price unknown" in unknown and "llm.input_price" in unknown and f"{ANSWER:,} out" in unknown


def test_each_model_has_its_sentence():
    assert len(told([asking(), asking(model="n"), asking(provider="template")])) == 3


def test_critiques_are_counted_with_their_pictures(tmp_path):
    record = tmp_path / "critique_prompt.json"
    shown = [{"file": f"{n}.jpg", "sha256": ""} for n in range(3)]
    message = {"role": "user", "content": "x" * 280, "pictures": shown}
    (unwritten,) = forecast([asking(rule="critique_motion")])
    assert unwritten.tokens_in == QUESTION + PICTURES * PICTURE
    write_prompt(tmp_path / "critique_prompt.txt", record, Prompt((message,), {}))
    (written,) = forecast([asking(rule="critique_motion", inputs=[record])])
    assert written.tokens_in == pytest.approx(100 + 3 * PICTURE)
    (both,) = forecast([asking(), asking(rule="critique_motion")])
    assert both.answers == 2  # one model


def test_pictures_are_counted_as_the_model_does_and_within_their_budget(tmp_path):
    def tokens(inputs=(), **llm):
        (found,) = forecast([asking(rule="critique_motion", inputs=inputs, **llm)])
        return found.tokens_in

    assert tokens(model="gpt-4o") == QUESTION + PICTURES * 595
    assert tokens(model="gpt-4o", picture_budget=425) == QUESTION + PICTURES * 425
    assert tokens(picture_rule=300) == QUESTION + PICTURES * 300
    # A film of four frames that was shrunk
    record = tmp_path / "critique_prompt.json"
    film = [{"file": "film_01.mp4", "sha256": "", "frames": 4}]
    message = {"role": "user", "content": "x" * 280, "pictures": film}
    facts = {"pictures": {"size": [448, 336]}}
    write_prompt(tmp_path / "critique_prompt.txt", record, Prompt((message,), facts))
    assert tokens([record], picture_rule="qwen2-vl") == pytest.approx(100 + 4 * 194)


def test_a_judges_test_asks_about_every_motion(tmp_path):
    records = [tmp_path / name / "critique_prompt.json" for name in ("honest", "falling")]

    def judging(**llm):
        settings = {"llm": {"provider": "openai", "model": "m", **llm}, "repetitions": 3}
        return PlannedJob(
            "judge_motions", {}, json.dumps(settings), asking="{}", runs=True, inputs=tuple(records)
        )

    (drawn,) = forecast([judging()])
    assert drawn.answers == 6 and drawn.tokens_in == 6 * (QUESTION + PICTURES * PICTURE)
    (certain,) = forecast([judging(temperature=0)])
    assert certain.answers == 2
