"""`make estimate`: calls, tokens, price and training time of a whole configuration, run from scratch."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from video2reward.engine.graph import PlannedJob
from video2reward.explain.cost import FIXED, RULE, TUNED, Forecast, counted, free_in_words, longest_in_words
from video2reward.explain.duration import (
    HALVED,
    Estimate,
    PastJob,
    duration_in_words,
    expected,
    planned_steps,
    trainings_in,
)
from video2reward.explain.status import wrapped
from video2reward.settings.prices import PriceList

SELECTION = "select_policy"
_TRAININGS = {
    "train_base": "base policy", "train_policy": "training", "train_round": "training",
    "train_rest": "halved training", "train_round_rest": "halved training", "tune_reward": "short training",
}  # fmt: skip


def estimate_page(
    jobs: Sequence[PlannedJob],
    found: Sequence[Forecast],
    costs: Mapping[str, bool],
    past: Mapping[str, Sequence[PastJob]],
    time: Estimate,
    stated: Sequence[str],
    prices: PriceList,
) -> str:
    """Return the page.

    jobs: all jobs of the configuration, as if none had run; costs: provider -> whether it costs money
    past: rule -> times; stated: rules whose times are from the machine of docs/measured.md, not from here
    """
    lines = [
        f"The whole configuration, from scratch: {counted(len(jobs), 'job')}. Nothing has been started.",
        "",
    ]
    lines += [f"rounds    {text}" for text in _rounds(jobs)]
    for one in found:
        lines += _model(one, prices) if costs[one.llm.provider] else [f"price     {free_in_words(one.llm)}"]
    lines += [*_trainings(jobs, past), f"time      {_time(time)}"]
    lines += [f"rests on  {text}" for text in _basis(found, stated, jobs, time.unknown)]
    return "\n".join(line for text in dict.fromkeys(lines) for line in wrapped(text)) + "\n"


def _rounds(jobs: Sequence[PlannedJob]) -> list[str]:
    """Return the number of rounds and candidates of each experiment, in words."""
    asking: dict[str, list[PlannedJob]] = {}
    for job in jobs:
        if job.rule == RULE:
            asking.setdefault(job.wildcards["experiment"], []).append(job)
    searches = {
        job.wildcards["experiment"]: json.loads(job.settings).get("search", {})
        for job in jobs
        if job.rule == SELECTION
    }
    lines = []
    for name, all_ in asking.items():
        rounds, candidates, seeds = (len({job.wildcards[key] for job in all_}) for key in ("n", "k", "seed"))
        providers = {json.loads(job.settings)["llm"]["provider"] for job in all_}
        lines.append(
            f"{name}: {_nodes(rounds, searches.get(name, {}))} of {counted(candidates, 'candidate')}, {counted(seeds, 'seed')}"
            + ("; the reward is fixed, so nothing else is tried" if FIXED in providers else "")
            + (
                "; where a round goes before, one of them is its best reward, tuned"
                if TUNED in providers
                else ""
            )
        )
    return lines


def _nodes(count: int, search: Mapping[str, Any]) -> str:
    """Return the number of prompts in words; search: of a population or a tree its kind and islands, else {}."""
    if islands := search.get("islands"):
        return f"{counted(count // islands, 'round')} on each of {islands} islands"
    return f"a tree of {counted(count, 'node')}" if search else counted(count, "round")


def _model(found: Forecast, prices: PriceList) -> list[str]:
    """Return the lines about one model: answers, tokens, price and limits."""
    llm = found.llm
    repairs = f", about {counted(round(found.repairs), 'repair')} (at most {found.most_repairs}: llm.repairs)"
    lines = [
        f"answers   {found.answers} of {llm.model}{repairs if found.most_repairs else ', no repairs'}",
        f"tokens    about {found.tokens_in:,.0f} in and {found.tokens_out:,.0f} out",
    ]
    if found.price is None or found.usd is None or found.most_usd is None:
        return [*lines, f"price     unknown: {prices.unknown(llm)}"]
    lines.append(
        f"price     about {found.usd:.2g} USD; {longest_in_words(found)} ({found.price.input:g} and {found.price.output:g} "
        f"USD per million tokens in and out: {found.price.source})"
    )
    if llm.max_cost is not None:
        short = (
            "the run would stop before its end" if llm.max_cost < found.usd else "enough for what is expected"
        )
        lines.append(f"limit     llm.max_cost = {llm.max_cost:g} USD: {short}")
    window = prices.context(llm.model)
    if window is not None and window < llm.context_tokens:
        lines.append(
            f"window    {llm.model} reads {window:,} tokens, llm.context_tokens = {llm.context_tokens:,}: lower it to that"
        )
    return lines


def _trainings(jobs: Sequence[PlannedJob], past: Mapping[str, Sequence[PastJob]]) -> list[str]:
    """Return the number of trainings, their steps and total time, in words."""
    counts: dict[tuple[str, int], int] = {}
    seconds = 0.0
    for job in jobs:
        if job.rule in _TRAININGS:
            key = (_TRAININGS[job.rule], planned_steps(job))
            counts[key] = counts.get(key, 0) + trainings_in(job)
        if job.rule in (*_TRAININGS, *HALVED):
            seconds += expected(job, list(past[job.rule])) if past.get(job.rule) else 0.0
    parts = [
        f"{counted(count, name).replace('policys', 'policies')} of {steps:,} steps{' on average' * name.startswith('halved')}"
        for (name, steps), count in sorted(counts.items(), reverse=True)
    ]
    if not parts:
        return []
    return [
        f"training  {' and '.join(parts)}: {duration_in_words(seconds)} ({seconds / 3600:.1f} h) of one thread, one after another"
    ]


def _time(time: Estimate) -> str:
    cores = "one core" if time.cores == 1 else f"{time.cores} cores"
    return (
        f"about {duration_in_words(time.seconds)} on {cores}: longest chain {duration_in_words(time.chain)}, all work "
        f"{duration_in_words(time.work)}"
    )


def _basis(
    found: Sequence[Forecast], stated: Sequence[str], jobs: Sequence[PlannedJob], unknown: Sequence[str]
) -> list[str]:
    """Return the sources of the figures, in words."""
    lines = [f"tokens: {one.basis}" for one in found if one.basis]
    if any(one.most_repairs for one in found):
        lines.append(
            "repairs: the fraction of candidates that needed one here so far, one half before there are any"
        )
    default = "as the default configuration takes on two idle cores"
    if {job.rule for job in jobs} - {*stated, *unknown}:
        where = f"as these jobs took here before{f'; {default}: ' * bool(stated)}{', '.join(stated)}"
    else:
        where = f"{default}, as nothing has run here"
    if unknown:
        where += f"; without a time, and not counted: {', '.join(unknown)}"
    lines.append(
        f"time: {where}; trainings scaled by their steps; a model's time to answer counts once it has answered"
    )
    return lines
