"""`make status`: what is done, what would run and why, with duration and cost."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from video2reward.engine.graph import PlannedJob
from video2reward.explain.duration import DEFAULT_RUN_S, Estimate, duration_in_words
from video2reward.explain.early import ended_early
from video2reward.explain.jobs import by_rule, places
from video2reward.explain.reasons import Reasons

WIDTH = 110
_PLACES = 3  # groups of jobs named in a line
_LISTED = 4  # rules or files named in a line


def status_page(
    jobs: list[PlannedJob], why: Mapping[PlannedJob, Reasons], time: Estimate, costs: list[str]
) -> str:
    """Return the page; `why`: reasons of the jobs that would run."""
    if why:
        lines = [_head(jobs), "", *_table(jobs, why), "", *_about_files(jobs)]
        lines += [f"time  {time_in_words(time)}", *(f"cost  {cost}" for cost in costs)]
    else:
        lines = [f"Nothing would run: all {len(jobs)} jobs are done.", *_about_files(jobs)]
    return "\n".join(line for text in lines for line in wrapped(text)) + "\n"


def _head(jobs: list[PlannedJob]) -> str:
    running = sum(job.runs for job in jobs)
    if all(job.runs and len(job.missing) == len(job.outputs) for job in jobs):
        return f"Nothing is made yet: all {running} jobs would run. Nothing has been started."
    return f"{running} of {len(jobs)} jobs would run, {len(jobs) - running} done. Nothing has been started."


def _table(jobs: list[PlannedJob], why: Mapping[PlannedJob, Reasons]) -> list[str]:
    rules = by_rule(jobs)
    width = max(len(rule) for rule in rules)
    return [
        line for rule, group in rules.items() for line in _rule_lines(rule, group, why, width, list(rules))
    ]


def _about_files(jobs: list[PlannedJob]) -> list[str]:
    """Return lines about trainings that ended early, and about missing files that no job needs (`make prune`)."""
    lines = [f"early {line}" for line in ended_early(jobs)]
    gone = [str(path) for job in jobs if not job.runs for path in job.missing]
    if gone:
        lines.append(f"gone  {_listed(gone)}: no job needs this; pass it to snakemake to make it again")
    return lines


def _rule_lines(
    rule: str, group: list[PlannedJob], why: Mapping[PlannedJob, Reasons], width: int, order: list[str]
) -> list[str]:
    """Return a rule's lines: the numbers of jobs done and to run, which ones, and why."""
    running = [job for job in group if job.runs]
    start = f"  {rule:{width}}  "
    if not running:
        return [f"{start}{'done' if len(group) == 1 else f'all {len(group)} done'}"]
    told = _told([why[job] for job in running], order)
    amount = "would run" if len(group) == 1 else f"{len(running)} of {len(group)} would run"
    which = places(running, group) if len(running) < len(group) else []
    if which:
        amount += (
            f" ({'; '.join(which[:_PLACES])}{f'; and {len(which) - _PLACES} more' * (len(which) > _PLACES)})"
        )
    return [f"{start}{amount}: {told[0]}", *(f"{'':{len(start)}}{text}" for text in told[1:])]


def _told(reasons: list[Reasons], order: list[str]) -> list[str]:
    """Return each reason once, with its number of jobs if it is not all; then the rules that run before."""
    counts: dict[str, int] = {}
    for one in reasons:
        for text in one.own:
            counts[text] = counts.get(text, 0) + 1
    told = [
        f"{text}{'' if count == len(reasons) else f' ({count} of them)'}" for text, count in counts.items()
    ]
    moved = {rule for one in reasons if not one.own for rule in one.because}
    if moved:
        before = sorted(moved, key=order.index)
        told.append(f"because {_listed(before)} {'runs' if len(before) == 1 else 'run'} again")
    return told


def time_in_words(time: Estimate) -> str:
    """Return the expected duration and its basis, in words."""
    if not time.known:
        return (
            "unknown until a first run: nothing has run here yet. The default configuration takes about "
            f"{duration_in_words(DEFAULT_RUN_S)} on two idle cores"
        )
    cores = "one core" if time.cores == 1 else f"{time.cores} cores"
    basis = f"longest chain {duration_in_words(time.chain)}, all work {duration_in_words(time.work)}, as these jobs took here before"
    scaled = ", trainings scaled by their steps" if time.scaled else ""
    unknown = f". Without a time so far, and not counted: {', '.join(time.unknown)}" if time.unknown else ""
    least = "at least" if time.unknown else "about"
    return f"{least} {duration_in_words(time.seconds)} on {cores} ({basis}{scaled}){unknown}"


def wrapped(text: str) -> list[str]:
    """Wrap a line at the page's width, with a hanging indent after its label."""
    indent = len(text) - len(text[2:].split("  ", 1)[-1].lstrip()) if "  " in text else 0
    return textwrap.wrap(text, WIDTH, subsequent_indent=" " * indent, break_long_words=False) or [""]


def _listed(names: list[str]) -> str:
    more = len(names) - _LISTED
    if more > 0:
        return f"{', '.join(names[:_LISTED])} and {more} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
