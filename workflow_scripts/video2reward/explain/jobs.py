"""The jobs of the workflow as they would be made now, apart from Snakemake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, eq=False)
class PlannedJob:
    """One job, done or not.

    wildcards: such as experiment, seed, n (the round) and k (the candidate)
    settings: JSON, code: digest, both as the rule gives them now; empty for jobs without
    record: where the record of how its outputs were made lies, if it ever ran
    runs: whether Snakemake would run it; forced: because it was told to
    missing: outputs that are not there; interrupted: a run of it was killed
    remade: input -> rule of the job that would make it again
    after: the jobs that make its inputs
    reason: Snakemake's own words
    """

    rule: str
    wildcards: Mapping[str, str] = field(default_factory=dict)
    settings: str = "{}"
    code: str = ""
    inputs: tuple[Path, ...] = ()
    outputs: tuple[Path, ...] = ()
    record: Path = Path()
    threads: int = 1
    runs: bool = False
    forced: bool = False
    missing: tuple[Path, ...] = ()
    interrupted: bool = False
    remade: Mapping[Path, str] = field(default_factory=dict)
    after: tuple[PlannedJob, ...] = ()
    reason: str = ""


_NAMES = {"n": "round", "k": "candidate", "seed": "seed"}


def place(wildcards: Mapping[str, str], left_out: frozenset[str] = frozenset()) -> str:
    """Return wildcards in words, "amble, seed 0, round 2, candidate 1", without the keys `left_out`."""
    parts = [
        f"{_NAMES[key]} {value}" if key in _NAMES else value
        for key, value in wildcards.items()
        if key not in left_out
    ]
    return ", ".join(parts)


def by_rule(jobs: list[PlannedJob]) -> dict[str, list[PlannedJob]]:
    """Return rule -> its jobs, rules in the order in which data reach them."""
    depth: dict[PlannedJob, int] = {}
    for job in jobs:
        _depth(job, depth)
    rules: dict[str, list[PlannedJob]] = {}
    for job in sorted(jobs, key=lambda job: depth[job]):
        rules.setdefault(job.rule, []).append(job)
    return rules


def _depth(job: PlannedJob, depth: dict[PlannedJob, int]) -> int:
    """Return how many jobs lie before `job` on the longest way to it."""
    waiting = [job]
    while waiting:
        last = waiting[-1]
        missing = [other for other in last.after if other not in depth]
        if missing:
            waiting += missing
        else:
            depth[waiting.pop()] = 1 + max((depth[other] for other in last.after), default=-1)
    return depth[job]
