"""What one loop of a search reached, by how much it differs from another, and what it took."""

from __future__ import annotations

from collections.abc import Callable

from video2reward.tables import quantities as q
from video2reward.tables.numbers import Quantity, Value, dig
from video2reward.tables.spent import Spent, total
from video2reward.tables.trails import Trail

DISTANCE = Quantity("distance", "distance", "gait distance with posture and wish, body lengths", "less")
DIFFERENCE = Quantity("difference", "distance − the first row's", "of the same seed, body lengths", "less")
LATER = Quantity("later_rounds", "later rounds − the first", "best of each, body lengths", "less")
STEPS = Quantity("steps", "environment steps", "million a loop, tuning too", "")
PROCESSOR = Quantity("processor_time", "processor time", "hours a loop, all jobs of its rounds", "less")
JUDGED = (q.GAIT, q.SPEED, q.FALLS, q.SUCCESS)
# Quantity -> what a round took of it, in units of so much.
_TOOK: dict[Quantity, tuple[Callable[[Spent], float | None], float]] = {
    STEPS: (lambda one: one.steps + one.tuning, 1e6),
    PROCESSOR: (lambda one: one.processor_s, 3600.0),
    Quantity("answers", "answers", "of a model, a loop, repairs too", "less"): (
        lambda one: len(one.answers),
        1.0,
    ),
    Quantity("repairs", "repairs", "a loop", "less"): (lambda one: one.repairs, 1.0),
    Quantity("input_tokens", "tokens in", "a loop", "less"): (lambda one: one.input_tokens, 1.0),
    Quantity("output_tokens", "tokens out", "a loop", "less"): (lambda one: one.output_tokens, 1.0),
    Quantity("price_usd", "price", "USD a loop", "less"): (lambda one: one.price_usd, 1.0),
}
COLUMNS = (DISTANCE, DIFFERENCE, LATER, *JUDGED, *_TOOK)
_FIGURES = (("wish", "distance"), ("posture", "distance"), ("gait", "distance"))


def value_of(trail: Trail, quantity: Quantity) -> Value:
    """Return one of a loop's own quantities: all columns but `DIFFERENCE`."""
    if quantity is LATER:
        return _later(trail)
    return _took(trail, quantity) if quantity in _TOOK else _reached(trail, quantity)


def difference(trail: Trail, first: Trail | None) -> Value:
    """Return a loop's distance less that of the first row's loop with the same seed, None if there is no such loop."""
    if first is None:
        return Value(trail.name, trail.seed, None, (), f"the first row has no loop with seed {trail.seed}")
    own, other = _reached(trail, DISTANCE), _reached(first, DISTANCE)
    sources = (*own.sources, *other.sources)
    if own.value is None or other.value is None:
        missing = own.missing or f"{other.loop}: {other.missing}"
        return Value(trail.name, trail.seed, None, sources, missing)
    return Value(trail.name, trail.seed, own.value - other.value, sources)


def _reached(trail: Trail, quantity: Quantity) -> Value:
    """Return a figure of the long evaluation of a loop's best policy."""
    figures = trail.evaluation.get("deterministic")
    keys = quantity.keys
    if quantity is DISTANCE:
        known = (part for part in _FIGURES if dig(figures, part) is not None)
        keys = ("deterministic", *next(known, _FIGURES[-1]))
    sources = (f"{trail.source(trail.folder.evaluation)}: {'.'.join(keys)}",)
    if trail.missing:
        return Value(trail.name, trail.seed, None, sources, trail.missing)
    value = dig(trail.evaluation, keys)
    return Value(trail.name, trail.seed, value, sources, "" if value is not None else "not in the evaluation")


def _later(trail: Trail) -> Value:
    """Return the distance of the best winner of later rounds less that of the first round's."""
    first = trail.planned.first
    sources = tuple(f"{trail.source(folder.selection)}: winner, candidates" for folder in trail.rounds)
    if trail.planned.nodes <= first:
        return Value(trail.name, trail.seed, None, sources, "it has one round")
    if trail.unfinished:
        return Value(trail.name, trail.seed, None, sources, trail.unfinished)
    winners = trail.winners
    before, after = ([one for one in part if one is not None] for part in (winners[:first], winners[first:]))
    if not before or not after:
        where = "later rounds" if before else "the first round"
        return Value(trail.name, trail.seed, None, sources, f"all candidates of {where} failed")
    return Value(trail.name, trail.seed, min(after) - min(before), sources)


def _took(trail: Trail, quantity: Quantity) -> Value:
    """Return what all rounds of a loop took."""
    sources = _behind(trail, quantity)
    if trail.unfinished:
        return Value(trail.name, trail.seed, None, sources, trail.unfinished)
    of_round, unit = _TOOK[quantity]
    whole = total(of_round(one) for one in trail.spent)
    if whole is None:
        return Value(trail.name, trail.seed, None, sources, "not known of every answer")
    return Value(trail.name, trail.seed, whole / unit, sources)


def _behind(trail: Trail, quantity: Quantity) -> tuple[str, ...]:
    """Return what was read for a sum over rounds: records of trainings or jobs, or answers, relative to the results."""
    if quantity is PROCESSOR:
        return tuple(trail.source(folder.logs) for folder in trail.rounds)
    name = "training" if quantity is STEPS else "completion"
    candidates = [folder.candidate(k) for folder in trail.rounds for k in range(1, trail.planned.samples + 1)]
    tuned = [folder.tuning for folder in trail.rounds if quantity is STEPS and folder.tuning.exists()]
    return tuple(trail.source(path) for path in [*(getattr(one, name) for one in candidates), *tuned])
