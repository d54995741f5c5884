import json

import pytest

from video2reward.artifacts.completion import Completion
from video2reward.explain.cost import costs_in_words
from video2reward.explain.jobs import PlannedJob

PRICES = {"input_price": 2.0, "output_price": 10.0}


def asking(runs=True, provider="openai", prices=PRICES, **llm):
    settings = {"llm": {"provider": provider, "model": "m", "max_tokens": 1000, **llm}}
    return PlannedJob(
        "sample_completion", settings=json.dumps(settings), asking=json.dumps(prices), runs=runs
    )


def told(jobs, answered=False, earlier=()):
    given = answered if callable(answered) else lambda job: answered
    return costs_in_words(jobs, lambda name: name == "openai", given, earlier)


def answer(tokens_in, tokens_out, model="m", is_language_model=True):
    return Completion("", "m-2026", "openai", is_language_model, {"model": model}, tokens_in, tokens_out)


def test_nobody_is_asked():
    assert told([asking(runs=False), PlannedJob("report", runs=True)]) == [
        "0 USD: no completion is asked for"
    ]


@pytest.mark.parametrize(
    ("provider", "words"),
    [("template", "0 USD: template is no language model"), ("fixed", "0 USD: the reward is given, nobody is asked")],
)  # fmt: skip
def test_what_costs_nothing(provider, words):
    assert told([asking(provider=provider), asking(provider=provider)]) == [words]


def test_without_earlier_answers_the_longest_allowed_one_counts():
    (text,) = told([asking(), asking()])
    assert text.startswith("2 answers to ask of m: at most 0.02 USD for 2,000 tokens out")
    assert "llm.max_tokens" in text


def test_earlier_answers_of_the_same_model_give_the_price():
    earlier = [
        answer(3000, 500),
        answer(5000, 700),
        answer(9, 9, "other"),
        answer(9, 9, is_language_model=False),
    ]
    (text,) = told([asking(), asking()], earlier=earlier)
    assert text == (
        "2 answers to ask of m: about 0.028 USD for 8,000 tokens in and 1,200 out (as the 2 answers so far)"
    )


def test_stored_answers_cost_nothing():
    stored, new = asking(), asking()
    (text,) = told([stored, new], lambda job: job is stored)
    assert text.startswith("1 answer to ask of m") and "1 more lies in the store" in text
    assert told([stored], True) == ["0 USD: 1 answer of m lies in the store"]


def test_prompts_that_are_not_written_yet():
    (text,) = told([asking(), asking()], None)
    assert text.startswith("at most 2 answers to ask of m") and "answered from the store" in text


def test_unknown_prices_are_said_to_be():
    (text,) = told([asking(prices={})])
    assert "price unknown" in text and "llm.input_price" in text and "1,000 tokens out" in text


def test_each_model_has_its_sentence():
    assert len(told([asking(), asking(model="n"), asking(provider="template")])) == 3
