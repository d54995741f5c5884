"""What the language models of a run would cost, from earlier answers or, without any, as an upper bound."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from statistics import mean

from video2reward.artifacts.completion import Completion
from video2reward.explain.jobs import PlannedJob
from video2reward.settings import LLM

RULE = "sample_completion"
Answered = Callable[[PlannedJob], bool | None]


def costs_in_words(
    jobs: Iterable[PlannedJob],
    costs: Callable[[str], bool],
    answered: Answered,
    earlier: Iterable[Completion],
) -> list[str]:
    """Return what the completions of the jobs that would run cost, one sentence a model.

    costs: whether a provider of this name costs money
    answered: whether a job's question has its answer in the store; None while its prompt is not written
    earlier: answers already there
    """
    asking: dict[LLM, list[PlannedJob]] = {}
    for job in jobs:
        if job.runs and job.rule == RULE:
            llm = LLM(**json.loads(job.settings)["llm"], **json.loads(job.asking))
            asking.setdefault(llm, []).append(job)
    if not asking:
        return ["0 USD: no completion is asked for"]
    past = [answer for answer in earlier if answer.is_language_model]
    return list(
        dict.fromkeys(
            _paid(llm, [answered(job) for job in group], past) if costs(llm.provider) else _free(llm)
            for llm, group in asking.items()
        )
    )


def _free(llm: LLM) -> str:
    if llm.provider == "fixed":
        return "0 USD: the reward is given, nobody is asked"
    return f"0 USD: {llm.provider} is no language model"


def _paid(llm: LLM, answered: list[bool | None], past: list[Completion]) -> str:
    """Say how many answers are asked for, and their tokens and price."""
    stored, asked = answered.count(True), len(answered) - answered.count(True)
    kept = f"; {stored} more {_lie(stored)} in the store and cost nothing" if stored else ""
    if not asked:
        return f"0 USD: {'all ' if stored > 1 else ''}{stored} {_answers(stored)} of {llm.model} {_lie(stored)} in the store"
    unsure = answered.count(None)
    most = "at most " if unsure else ""
    why = "; a prompt that comes out as before is answered from the store" if unsure else ""
    return f"{most}{asked} {_answers(asked)} to ask of {llm.model}: {_price(llm, asked, past)}{kept}{why}"


def _price(llm: LLM, asked: int, past: list[Completion]) -> str:
    """Return price and tokens of `asked` answers: as earlier ones of the same model, else the most it can be."""
    same = [
        answer
        for answer in past
        if answer.parameters.get("model", answer.model) == llm.model
        and answer.input_tokens is not None
        and answer.output_tokens is not None
    ]
    if same:
        tokens_in = asked * mean(answer.input_tokens or 0 for answer in same)
        tokens_out = asked * mean(answer.output_tokens or 0 for answer in same)
        word, source = "about", f"as the {len(same)} {_answers(len(same))} so far"
        tokens = f"{tokens_in:,.0f} tokens in and {tokens_out:,.0f} out"
    else:
        tokens_in, tokens_out = 0.0, float(asked * llm.max_tokens)
        word, source = "at most", "llm.max_tokens: no answer so far to go by"
        tokens = f"{tokens_out:,.0f} tokens out, the prompts to be added"
    if not llm.input_price and not llm.output_price:
        return (
            f"price unknown, as llm.input_price and llm.output_price are not set; {word} {tokens} ({source})"
        )
    price = (tokens_in * llm.input_price + tokens_out * llm.output_price) / 1e6
    return f"{word} {price:.2g} USD for {tokens} ({source})"


def _answers(count: int) -> str:
    return "answer" if count == 1 else "answers"


def _lie(count: int) -> str:
    return "lies" if count == 1 else "lie"
