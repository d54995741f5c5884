"""The last selection of a search with several lines: the best of its own line against those of all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from video2reward.artifacts.selection import Candidate, SeedNoise, Selection
from video2reward.policy.select import RULES
from video2reward.policy.ties import ties
from video2reward.settings.method import Method


def select_across(
    own: Selection, others: Sequence[Selection], method: Method, noise: SeedNoise | None = None
) -> Selection:
    """Return the last node's selection with the best of all lines, by the method's rule.

    own: that selection within its line; others: of nodes whose bests would be lost; noise: between seeds of one reward
    """
    bests = {(one.iteration, one.k): one for selection in (own, *others) if (one := selection.best)}
    rivals = [one for place, one in bests.items() if own.best is None or place != _place(own.best)]
    if not rivals:
        return own
    pool = [*([own.best] if own.best else []), *rivals]
    final = RULES[method.selection](pool, method)
    whole = [one for one in own.candidates if one.status == "ok" and _place(one) not in bests]
    equal, sure = ties(final.candidate, [*whole, *pool], method, noise)
    why = f"{own.why}; against the bests of the other lines, {_listed(rivals)}: {final.why}"
    return replace(own, status="ok", best=final.candidate, tied=equal, why=f"{why}; {sure}" if sure else why)


def _place(candidate: Candidate) -> tuple[int, int]:
    return candidate.iteration, candidate.k


def _listed(candidates: Sequence[Candidate]) -> str:
    return ", ".join(candidate.name for candidate in candidates)
