"""Who goes on after a part of a round's training: the better half, with the steps of those that stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from video2reward.artifacts.halving import Contender, Halving
from video2reward.artifacts.selection import Candidate, SeedNoise
from video2reward.policy.select import RULES
from video2reward.scores.noise import sureness, tied
from video2reward.settings.halving import going_on, judged_parts, part_end
from video2reward.settings.method import Method


@dataclass(frozen=True)
class Runner:
    """A candidate and its training so far: environment steps, and why it was stopped early, "" if it was not."""

    candidate: Candidate
    steps: int
    stopped_early: str = ""


def halve(
    runners: Sequence[Runner],
    method: Method,
    part: int,
    steps: int,
    before: Halving | None = None,
    noise: SeedNoise | None = None,
) -> Halving:
    """Judge a round's candidates after a part; `runners` are all of them, with figures as of now.

    Those that failed or were stopped early are out, and of the others the worse half by the method's rule. What is left
    of len(runners) x steps goes in equal parts to those that go on, who spend it before the next part ends or, after the
    last judgement, altogether.
    before: the judgement of the part before; noise: between seeds of one reward at these steps, which only adds words
    """
    running = [one for one in runners if before is None or before.of(one.candidate.k).goes_on]
    able = [one.candidate for one in running if one.candidate.status == "ok" and not one.stopped_early]
    order = best_first(able, method)
    best = order[: going_on(len(order))]
    budget = steps * len(runners)
    left = max(0, budget - sum(_spent(one, before) for one in runners)) // max(1, len(best))
    end = part_end(steps, part + 1) if part < judged_parts(len(runners)) else budget
    contenders = []
    for one in runners:
        if one not in running and before is not None:
            contenders.append(before.of(one.candidate.k))
        elif one.candidate in best:
            until = max(one.steps, min(one.steps + left, end))
            contenders.append(_goes_on(one, order, until))
        else:
            contenders.append(_ends(one, order, _spent(one, before), part, noise))
    at, numbers = part_end(steps, part), tuple(one.k for one in order)
    return Halving(part, at, budget, numbers, tuple(contenders), _summary(contenders, at, steps, part), noise)


def best_first(candidates: Sequence[Candidate], method: Method) -> list[Candidate]:
    """Return candidates in the order in which the method's rule would choose them one after another."""
    left, order = list(candidates), list[Candidate]()
    while left:
        order.append(RULES[method.selection](left, method).candidate)
        left.remove(order[-1])
    return order


def _spent(runner: Runner, before: Halving | None) -> int:
    """Return the steps of a candidate; one whose process ended in this part has no record of those before."""
    return max(runner.steps, before.of(runner.candidate.k).steps) if before else runner.steps


def _goes_on(runner: Runner, order: Sequence[Candidate], until: int) -> Contender:
    """Return the entry of one that is trained on, until so many steps."""
    alone = len(order) == 1
    why = f"goes on to {until:,} steps: {'no other is left' if alone else _place(runner, order)}"
    place = order.index(runner.candidate) + 1
    return Contender(runner.candidate, place, runner.steps, until, True, None, why)


def _ends(
    runner: Runner, order: Sequence[Candidate], steps: int, part: int, noise: SeedNoise | None
) -> Contender:
    """Return the entry of one that is not trained any further; steps: that it has had."""
    one = runner.candidate
    if one not in order:
        why = "failed" if one.status != "ok" else "was stopped early"
        return Contender(one, None, steps, steps, False, None, why)
    doubt = _doubt(one, order[going_on(len(order)) - 1], noise)
    why = f"stopped by halving: {_place(runner, order)}{doubt}"
    return Contender(one, order.index(one) + 1, steps, steps, False, part, why)


def _place(runner: Runner, order: Sequence[Candidate]) -> str:
    place = f"place {order.index(runner.candidate) + 1} of {len(order)} after {runner.steps:,} steps"
    return f"{place}, {_figures(runner.candidate)}"


def _doubt(one: Candidate, last: Candidate, noise: SeedNoise | None) -> str:
    """Say that one that stops is no worse, beyond the noise, than the last that goes on; "" if it is."""
    mine, other = one.distance, last.distance
    if noise is None or mine is None or other is None or not tied(noise, mine, other):
        return ""
    sure = sureness(noise, mine, other)
    return f" (tied with candidate {last.k}, which goes on: the order of their distances is {sure:.0%} sure)"


def _figures(candidate: Candidate) -> str:
    """Return the figures that candidates are compared by, in words."""
    error = candidate.velocity_error_ratio if candidate.kind == "cyclic" else None
    forms = (
        (candidate.distance, "gait distance {:.3f} body lengths"),
        (candidate.falls, "{:.0%} fell"),
        (error, "velocity error {:.0%} of the clip's speed"),
        (candidate.wish, "{:.0%} of the wish fulfilled"),
    )
    return ", ".join(form.format(value) for value, form in forms if value is not None)


def _summary(contenders: Sequence[Contender], at: int, steps: int, part: int) -> str:
    """Say in one sentence who goes on and who does not."""
    gone = [one for one in contenders if one.goes_on]
    groups = {
        "stopped as the worse half": [one for one in contenders if one.stopped == part],
        "stopped before": [one for one in contenders if one.stopped not in (part, None)],
        "failed or stopped early": [one for one in contenders if not one.goes_on and one.stopped is None],
    }
    told = [f"going on to {gone[0].until:,} steps: {_listed(gone)}" if gone else "nobody goes on"]
    told += [f"{what}: {_listed(group)}" for what, group in groups.items() if group]
    return f"after {at:,} of {steps:,} steps: {'; '.join(told)}"


def _listed(contenders: Sequence[Contender]) -> str:
    numbers = [str(one.figures.k) for one in contenders]
    return f"candidate{'s' * (len(numbers) > 1)} {', '.join(numbers)}"
