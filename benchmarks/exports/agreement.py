"""How many accepted rewards export, and whether their values are TorchScript's."""

from __future__ import annotations

from collections import Counter, defaultdict

import torch

from exports.backend import NotExportedError, export_source
from exports.corpora import Candidate, State
from video2reward.reward.judgement import crowd

SIZES = (1, 33, 256, 4096)


def agreement(candidate: Candidate, strict: bool) -> tuple[str, str]:
    """Export a reward and compare its values -> equal, close, other, or the stage that fails; details."""
    reward = candidate.compiled
    try:
        exported = export_source(candidate.code, reward.needed, reward.scalars, candidate.states[1], strict)
    except NotExportedError as error:
        return error.stage, str(error)
    worst = "equal"
    for state in [*candidate.states, *sizes(candidate.states)]:
        expected, terms = reward(_copied(state))
        try:
            total, components = exported(_copied(state))
        except Exception as error:  # its guards raise many kinds
            return "other", f"N = {len(expected)}: {type(error).__name__}: {error}"
        if list(components) != list(terms):
            return "other", f"components {list(components)}"
        for name, value in terms.items() | {("total", expected)}:
            other = total if name == "total" and name not in terms else components.get(name, total)
            if not torch.equal(other, value):
                worst = "close"
                if not torch.allclose(other, value, rtol=1e-5, atol=1e-6):
                    return "other", f"{name} differs by {(other - value).abs().max():.3g} at N = {len(value)}"
    return worst, ""


def sizes(states: list[State]) -> list[State]:
    """Return mixtures of the states of other numbers of agents."""
    generator = torch.Generator().manual_seed(0)
    return [crowd(states, size, generator) for size in SIZES]


def _copied(state: State) -> State:
    return {name: value.clone() for name, value in state.items()}


def print_agreement(candidates: list[Candidate]) -> None:
    """Print a row per corpus and mode, and why the others fail."""
    print(
        f"\n{'corpus':<30}{'mode':<12}{'rewards':>8}{'equal':>7}{'close':>7}{'not exported':>14}{'operators':>11}{'other':>7}"
    )
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for strict in (False, True):
        mode = "strict" if strict else "non-strict"
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for candidate in candidates:
            found, why = agreement(candidate, strict)
            counts[candidate.corpus][found] += 1
            if why:
                reasons[f"{mode}, {found}: {' '.join(why.split())[:150]}"].append(candidate.name)
        for corpus, c in counts.items():
            failed = c["export"] + c["define"]
            print(
                f"{corpus:<30}{mode:<12}{c.total():>8}{c['equal']:>7}{c['close']:>7}{failed:>14}{c['targets']:>11}{c['other']:>7}"
            )
    for why, names in reasons.items():
        print(f"  {len(names):>3} {why}\n      {', '.join(names[:4])}")
