"""Planned jobs: names for people and workflow order."""

from __future__ import annotations

from video2reward.engine.graph import PlannedJob

_NAMES = {"seed": "seed", "n": "round", "part": "part", "k": "candidate"}


def places(chosen: list[PlannedJob], group: list[PlannedJob]) -> list[str]:
    """Name some jobs of a rule by the wildcards that differ: "round 1, candidates 1 and 2"."""
    keys = [key for key in group[0].wildcards if len({job.wildcards.get(key) for job in group}) > 1]
    found: dict[tuple[str, ...], list[str]] = {}
    for job in sorted(chosen, key=lambda job: [_number(job.wildcards[key]) for key in keys]):
        *first, last = [job.wildcards[key] for key in keys] or [""]
        found.setdefault(tuple(first), []).append(last)
    return [
        ", ".join(
            [*(_part(key, [value]) for key, value in zip(keys, first, strict=False)), _part(keys[-1], last)]
        )
        for first, last in found.items()
        if keys
    ]


def _part(key: str, values: list[str]) -> str:
    """Return a wildcard in words: seed 0, candidates 1, 2 and 3, amble."""
    name = _NAMES.get(key, "")
    shown = values[0] if len(values) == 1 else f"{', '.join(values[:-1])} and {values[-1]}"
    return f"{name}{'s' if len(values) > 1 else ''} {shown}" if name else shown


def _number(value: str) -> tuple[int, str]:
    """Return a sort key that puts 2 before 10."""
    return (int(value), "") if value.isdigit() else (0, value)


def by_rule(jobs: list[PlannedJob]) -> dict[str, list[PlannedJob]]:
    """Return rule -> jobs, with the rules in workflow order."""
    depth: dict[PlannedJob, int] = {}
    for job in jobs:
        _depth(job, depth)
    rules: dict[str, list[PlannedJob]] = {}
    for job in sorted(jobs, key=lambda job: depth[job]):
        rules.setdefault(job.rule, []).append(job)
    return rules


def _depth(job: PlannedJob, depth: dict[PlannedJob, int]) -> int:
    """Return the number of jobs before `job` on the longest chain to it."""
    waiting = [job]
    while waiting:
        last = waiting[-1]
        missing = [other for other in last.after if other not in depth]
        if missing:
            waiting += missing
        else:
            depth[waiting.pop()] = 1 + max((depth[other] for other in last.after), default=-1)
    return depth[job]
