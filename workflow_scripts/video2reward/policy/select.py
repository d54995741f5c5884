"""Select a round's winner and the best candidate so far."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from video2reward.artifacts.check import Check
from video2reward.artifacts.selection import Candidate, SeedNoise, Selection
from video2reward.errors import choices
from video2reward.policy.ties import low, ties, within_limits
from video2reward.settings.method import Method


@dataclass(frozen=True)
class Winner:
    """The chosen candidate and a sentence that says why."""

    candidate: Candidate
    why: str


def describe(
    iteration: int, k: int, check: Check, training: dict[str, Any], evaluation: dict[str, Any]
) -> Candidate:
    """Collect a candidate's verdict and figures from its check, training and evaluation records.

    The traceback is that of the first of the three that failed.
    """
    failed = [r for r in ({"status": check.status, "traceback": check.traceback or check.message}, training, evaluation)
              if r["status"] != "ok"]  # fmt: skip
    status = "failed" if failed else "ok"
    candidate = Candidate(iteration, k, status, h_mts=training.get("h_mts"), repairs=check.repairs)
    if check.screen is not None:
        candidate = replace(candidate, screen=check.screen.faults)
    if failed:
        return replace(candidate, traceback=failed[0]["traceback"])
    figures = evaluation["deterministic"]
    posture = figures.get("posture") or {}  # an evaluation of an earlier version has none
    kind = figures["gait"].get("kind", "cyclic")
    wish = figures.get("wish") or {}
    return replace(
        candidate,
        steps=training.get("steps"),
        kind=kind,
        success=figures["success"]["mean"],
        falls=figures["falls"],
        velocity_error=figures["velocity_error"] if kind == "cyclic" else None,
        velocity_error_ratio=figures["velocity_error_ratio"] if kind == "cyclic" else None,
        gait=figures["gait"]["distance"],
        posture=posture.get("charge"),
        judged=posture.get("distance"),
        wish=wish.get("success"),
        wished=wish.get("distance"),
    )


def by_success(candidates: Sequence[Candidate], method: Method) -> Winner:
    """Choose the candidate with the highest H_mts, like the paper and Eureka."""
    best = max(candidates, key=lambda c: _high(c.h_mts))
    return Winner(best, f"{best.name} has the highest H_mts, {_text(best.h_mts)}")


def by_gait(candidates: Sequence[Candidate], method: Method) -> Winner:
    """Choose the smallest gait distance, with posture and wish, among candidates within the limits on falls and velocity error.

    If none is within the limits, choose the highest unbiased success. Single motions have no speed to keep: the limit is
    on falls alone.
    """
    able = [c for c in candidates if within_limits(c, method)]
    limits = f"at most {method.max_falls:.0%} falls"
    if any(c.kind == "cyclic" for c in candidates):
        limits += f" and a stride-averaged velocity error of at most {method.max_velocity_error:.0%} of the clip's speed"
    if able:
        best = min(able, key=lambda c: low(c.distance))
        return Winner(
            best,
            f"{best.name} has the smallest gait distance, {_distance_text(best)}, of the "
            f"{len(able)} of {len(candidates)} with {limits}",
        )
    return _by_unbiased_success(candidates, limits)


def by_preference(candidates: Sequence[Candidate], method: Method) -> Winner:
    """Choose the candidate that people preferred most often, of equals the closest gait, among those within the limit on falls.

    If none is within it, choose the highest unbiased success.
    """
    able = [c for c in candidates if low(c.falls) <= method.max_falls]
    limit = f"at most {method.max_falls:.0%} falls"
    if not able:
        return _by_unbiased_success(candidates, limit)
    best = max(able, key=lambda c: (_high(c.preference), -low(c.distance)))
    equal = sum(c.preference == best.preference for c in able) > 1
    won = "has nobody to be compared with"
    if best.preference is not None:
        won = f"was preferred in {best.preference:.0%} of its comparisons"
    closest = f", with the smallest gait distance, {_distance_text(best)}, of equals" if equal else ""
    return Winner(best, f"{best.name} {won}{closest}, of the {len(able)} of {len(candidates)} with {limit}")


def _by_unbiased_success(candidates: Sequence[Candidate], limits: str) -> Winner:
    """Choose the highest unbiased success, as no candidate is within the limits."""
    best = max(candidates, key=lambda c: _high(c.success))
    return Winner(best, f"none has {limits}; {best.name} has the highest success, {_text(best.success)}")


RULES: dict[str, Callable[[Sequence[Candidate], Method], Winner]] = {
    "success": by_success,
    "gait": by_gait,
    "preference": by_preference,
}


def select(
    candidates: Sequence[Candidate],
    method: Method,
    iteration: int,
    previous: Candidate | None,
    noise: SeedNoise | None = None,
) -> Selection:
    """Apply the method's rule to the round, then to its winner and the best of earlier rounds.

    noise: between seeds of one reward; candidates nearer than it are tied, and the first by the rule goes on
    """
    if method.selection not in RULES:
        raise ValueError(choices(method.selection, RULES, "selection rule"))
    rule = RULES[method.selection]
    whole = [c for c in candidates if c.status == "ok"]
    outcome = Selection(
        status="ok",
        round_status="ok" if whole else "failed",
        rule=method.selection,
        why="",
        iteration=iteration,
        winner=None,
        best=previous,
        candidates=tuple(candidates),
        execute_rate=len(whole) / len(candidates),
        execute_rate_unrepaired=sum(c.repairs == 0 for c in whole) / len(candidates),
        noise=noise,
    )
    if not whole and previous is None:
        return replace(
            outcome,
            status="failed",
            why=f"all {len(candidates)} candidates failed and there is no earlier best",
        )
    if not whole:
        assert previous is not None
        return replace(
            outcome, why=f"all {len(candidates)} candidates failed; {previous.name} is still the best"
        )
    winner = rule(whole, method)
    best, why = winner.candidate, winner.why
    if previous is not None:
        final = rule([previous, best], method)
        best, why = final.candidate, f"{why}; against the best before, {previous.name}: {final.why}"
    equal, sure = ties(best, [*whole, *([previous] if previous else [])], method, noise)
    if sure:
        why = f"{why}; {sure}"
    if method.selection != "gait" and best.wish is not None:
        why = f"{why}; this rule does not weigh the wish, fulfilled to {best.wish:.0%}"
    return replace(outcome, winner=winner.candidate.k, best=best, why=why, tied=equal)


def executed_in_words(candidates: Sequence[Candidate]) -> str:
    """Say how many candidates could be trained and evaluated, as first written and after repairs."""
    whole = [c for c in candidates if c.status == "ok"]
    asked = sum(c.repairs for c in candidates)
    of = f"of {len(candidates)} candidates"
    if not asked:
        return f"execute rate: {len(whole)} {of} could be trained and judged"
    first = sum(c.repairs == 0 for c in whole)
    return (
        f"execute rate: {first} {of} could be trained and judged as first written, {len(whole)} after "
        f"{asked} repair{'s' * (asked != 1)}"
    )


def _distance_text(candidate: Candidate) -> str:
    if candidate.wish is not None:
        return (
            f"{_text(candidate.wished)} body lengths with {1 - candidate.wish:.0%} of the wish missing "
            f"({_text(candidate.gait)} without{' and without posture' if candidate.posture else ''})"
        )
    if not candidate.posture:
        return f"{_text(candidate.gait)} body lengths"
    return f"{_text(candidate.judged)} body lengths with its posture ({_text(candidate.gait)} without)"


def _high(value: float | None) -> float:
    return value if value is not None and math.isfinite(value) else -math.inf


def _text(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"
