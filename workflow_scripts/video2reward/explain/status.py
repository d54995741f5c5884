"""The page of `make status`: what is done, what would run, why, how long and what it costs."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from video2reward.explain.duration import DEFAULT_RUN_S, Estimate, in_words
from video2reward.explain.jobs import PlannedJob, by_rule, place
from video2reward.explain.reasons import Reasons

WIDTH = 110
_PLACES = 3


def status_page(
    jobs: list[PlannedJob], why: Mapping[PlannedJob, Reasons], time: Estimate, costs: list[str]
) -> str:
    """Return the page; `why` holds the reasons of the jobs that would run."""
    running = [job for job in jobs if job.runs]
    done = len(jobs) - len(running)
    if not running:
        gone = sum(len(job.missing) for job in jobs)
        extra = f" {gone} of their files are gone, but nothing needs them." if gone else ""
        return f"Nothing would run: all {done} jobs are done.{extra}\n"
    head = f"{len(running)} of {len(jobs)} jobs would run, {done} are done. Nothing has been started.\n"
    rules = by_rule(jobs)
    width = max(len(rule) for rule in rules)
    lines = [line for rule, group in rules.items() for line in _rule_lines(rule, group, why, width)]
    tail = [*_entry("time", time_in_words(time)), *(line for cost in costs for line in _entry("cost", cost))]
    return "\n".join([head, *lines, "", *tail]) + "\n"


def _rule_lines(
    rule: str, group: list[PlannedJob], why: Mapping[PlannedJob, Reasons], width: int
) -> list[str]:
    """Return a rule's lines: how many of its jobs are done or would run, which, and why."""
    running = [job for job in group if job.runs]
    if not running:
        return [f"  {rule:{width}}  {'done' if len(group) == 1 else f'all {len(group)} done'}"]
    which = "" if len(running) == len(group) else f" ({_places(running, group)})"
    told = _told([why[job] for job in running])
    amount = "would run" if len(group) == 1 else f"{len(running)} of {len(group)} would run{which}"
    first = f"  {rule:{width}}  {amount}: {told[0]}"
    rest = [f"  {'':{width}}  also {text}" for text in told[1:]]
    return [line for text in (first, *rest) for line in _wrapped(text, width + 4)]


def _told(reasons: list[Reasons]) -> list[str]:
    """Return each reason once, own changes first; how many jobs it holds for where that differs."""
    counts: dict[str, int] = {}
    for one in reasons:
        texts = one.own or (f"because {_listed(one.because)} {_run(one.because)} again",)
        for text in texts:
            counts[text] = counts.get(text, 0) + 1
    return [text if count == len(reasons) else f"{text} ({count})" for text, count in counts.items()]


def _places(running: list[PlannedJob], group: list[PlannedJob]) -> str:
    """Name the jobs that would run by what tells them from the others of their rule."""
    keys = list(group[0].wildcards)
    common = frozenset(key for key in keys if len({job.wildcards.get(key) for job in group}) == 1)
    names = [place(job.wildcards, common) for job in running]
    more = f"; and {len(names) - _PLACES} more" if len(names) > _PLACES else ""
    return "; ".join(names[:_PLACES]) + more


def time_in_words(time: Estimate) -> str:
    """Say how long it takes and how that is known."""
    if not time.known:
        return (
            "unknown until a first run: nothing has run here yet. The default configuration takes about "
            f"{in_words(DEFAULT_RUN_S)} on two idle cores"
        )
    cores = "one core" if time.cores == 1 else f"{time.cores} cores"
    basis = f"longest chain {in_words(time.chain)}, all work {in_words(time.work)}, as these jobs took here before"
    scaled = ", trainings scaled by their steps" if time.scaled else ""
    unknown = f". Not counted, as they never ran here: {', '.join(time.unknown)}" if time.unknown else ""
    least = "at least" if time.unknown else "about"
    return f"{least} {in_words(time.seconds)} on {cores} ({basis}{scaled}){unknown}"


def _entry(name: str, text: str) -> list[str]:
    return textwrap.wrap(f"{name}  {text}", WIDTH, subsequent_indent="      ", break_long_words=False)


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, subsequent_indent=" " * indent, break_long_words=False, drop_whitespace=False
    )


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _run(names: tuple[str, ...]) -> str:
    return "runs" if len(names) == 1 else "run"
