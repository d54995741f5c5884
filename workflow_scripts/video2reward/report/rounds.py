"""Execute rate and cost of each round: answers, repairs, tokens, price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from video2reward.artifacts.completion import Completion
from video2reward.report.gather import CandidateView, LoopView


@dataclass(frozen=True)
class RoundCost:
    """One round, or all rounds together (iteration 0).

    unrepaired, executed: number of candidates trained and evaluated as first written, and including repaired ones
    answers, repairs: numbers of requests to language models, critiques among the answers; tokens and price: None if
    unknown; place: the round in words
    """

    iteration: int
    candidates: int
    unrepaired: int
    executed: int
    answers: int
    repairs: int
    input_tokens: int | None
    output_tokens: int | None
    price_usd: float | None
    place: str = ""


def round_costs(loop: LoopView) -> list[RoundCost]:
    """Return a loop's rounds in order and, if there are several, their total at the end."""
    numbers = sorted({candidate.iteration for candidate in loop.candidates})
    rounds = [
        replace(
            _cost(n, [c for c in loop.candidates if c.iteration == n], _critiques(loop, n)),
            place=loop.graph.label(n),
        )
        for n in numbers
    ]
    return [*rounds, _cost(0, loop.candidates, _critiques(loop))] if len(rounds) > 1 else rounds


def round_in_words(cost: RoundCost) -> str:
    """Return a round's execute rate and cost in one line."""
    name = cost.place if cost.iteration else "all rounds"
    said = f"{name}: {cost.executed} of {cost.candidates} candidates could be trained and judged"
    if cost.repairs:
        said += f" ({cost.unrepaired} without repair)"
    if not cost.answers + cost.repairs:
        return said
    tokens_in, tokens_out = (
        "unknown" if count is None else f"{count:,}" for count in (cost.input_tokens, cost.output_tokens)
    )
    price = "price unknown" if cost.price_usd is None else f"{cost.price_usd:.4f} USD"
    return f"{said}; {_counted(cost.answers, 'answer')}, {_counted(cost.repairs, 'repair')}, {tokens_in} tokens in, {tokens_out} out, {price}"


def _critiques(loop: LoopView, iteration: int | None = None) -> list[Completion]:
    """Return the critics' answers, of one round or of all."""
    critiques = [c.critique for c in loop.critiques if c.critique and iteration in (None, c.iteration)]
    return [turn.completion for critique in critiques for turn in critique.turns]


def _cost(iteration: int, candidates: Sequence[CandidateView], critiques: Sequence[Completion]) -> RoundCost:
    whole = [candidate for candidate in candidates if candidate.status == "ok"]
    first = [
        answer for answer in (*(c.completion for c in candidates), *critiques) if answer.is_language_model
    ]
    repairs = [repair.completion for c in candidates for repair in c.repairs.repairs]
    asked: list[Completion] = [*first, *repairs]
    return RoundCost(
        iteration=iteration,
        candidates=len(candidates),
        unrepaired=sum(not candidate.repairs.failures for candidate in whole),
        executed=len(whole),
        answers=len(first),
        repairs=len(repairs),
        input_tokens=_known(answer.input_tokens for answer in asked),
        output_tokens=_known(answer.output_tokens for answer in asked),
        price_usd=_known(answer.price_usd for answer in asked),
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _known(values: Iterable[Any]) -> Any:
    """Return the sum, None if it is empty or a part is unknown."""
    parts = list(values)
    return None if not parts or None in parts else sum(parts)
