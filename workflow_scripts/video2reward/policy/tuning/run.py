"""The whole search: generation by generation, a killed one from what is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from video2reward.artifacts.tuning import TunedVariant
from video2reward.policy.tuning.choice import cost
from video2reward.policy.tuning.kept import Kept
from video2reward.policy.tuning.search import Allowed, DrawnVariant, NumberSearch

TryOut = Callable[[int, Sequence[DrawnVariant]], list[TunedVariant]]
"""(generation, what was drawn) -> the unchanged reward and the variants, trained and judged."""


def search_numbers(
    search: NumberSearch, generations: int, allowed: Allowed, try_out: TryOut, kept: Kept, rule: str
) -> list[TunedVariant]:
    """Run all generations and return all variants, of each generation the unchanged reward first.

    rule: of selection, by which variants are compared. A generation that is kept is not tried out again; the search is only
    told of it, and so goes on as it would have.
    """
    variants = kept.read()
    for generation in range(1, generations + 1):
        drawn = search.ask(allowed)
        now = [one for one in variants if one.generation == generation]
        if not now:
            now = try_out(generation, drawn)
            variants += now
            kept.write(variants)
        search.tell(drawn, [cost(one, rule) for one in now if one.number])
    return variants
