"""Snakemake's graph of jobs, as plain values: what there is to do, and why Snakemake would do it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, eq=False)
class PlannedJob:
    """One job as it would be made now, done or not.

    wildcards: such as experiment, seed, n (the round) and k (the candidate)
    settings: JSON, code: digest, both current; empty for jobs without
    asking: JSON, settings that do not cause a rerun
    record: path of the job record, which exists if the job ever ran
    runs: whether Snakemake would run it; forced: by a --force option
    missing: outputs that do not exist; interrupted: its last run was killed
    remade: input -> rule of the job that would make it again
    after: the jobs that make its inputs
    reason: Snakemake's own reason
    """

    rule: str
    wildcards: Mapping[str, str] = field(default_factory=dict)
    settings: str = "{}"
    code: str = ""
    asking: str = "{}"
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


def graph_of(job: Any) -> Any:
    """Return the graph that one of Snakemake's jobs belongs to."""
    return job.dag


def global_path(graph: Any, name: str) -> Path:
    """Return a path that the Snakefile named, such as RESULTS."""
    return Path(graph.workflow.globals[name])


def cores(graph: Any) -> int:
    """Return how many cores the call may use."""
    return graph.workflow._cores or os.cpu_count() or 1


def planned_jobs(graph: Any, whole: bool = False) -> list[PlannedJob]:
    """Return the graph's jobs that make files, those first that others wait for; with `whole` all of them run."""
    jobs: dict[Any, PlannedJob] = {}
    order = {rule.name: i for i, rule in enumerate(graph.workflow.rules)}
    for level in graph.toposorted():
        for job in sorted(level, key=lambda job: (order[job.rule.name], str(job.wildcards_dict))):
            if job.output:
                before = [other for other in graph.dependencies[job] if other in jobs]
                jobs[job] = _planned(graph, job, tuple(jobs[other] for other in before), whole)
    return list(jobs.values())


def _told(job: Any, option: str) -> str | None:
    """Return what a job's script is told by an option, None without it."""
    words = shlex.split(str(job.params.get("arguments", "")))
    return words[words.index(option) + 1] if option in words else None


def _name(job: Any) -> str:
    """Return the name of a job's rule, without the number of one that differs from others by its outputs alone."""
    return re.sub(r"_\d+$", "", job.rule.name)


def _planned(graph: Any, job: Any, after: tuple[PlannedJob, ...], whole: bool) -> PlannedJob:
    reason = graph.reason(job)
    makers = {str(file): _name(other) for other, files in graph.dependencies[job].items() for file in files}
    outputs = tuple(Path(file) for file in job.output)
    asked = graph.workflow.dag_settings
    told = bool(
        asked.forceall or asked.forcerun or asked.forcetargets
    )  # what was cut short is forced as well
    return PlannedJob(
        rule=_name(job),
        wildcards=dict(job.wildcards_dict),
        settings=str(job.params.get("settings", "{}")),
        code=str(job.params.get("code", "")),
        asking=_told(job, "--asking") or "{}",
        inputs=tuple(Path(file) for file in job.input),
        outputs=outputs,
        record=Path(str(job.log[0])).with_suffix(".json") if job.log else Path(),
        threads=job.threads,
        runs=whole or graph.needrun(job),
        forced=bool(reason.forced) and told,
        missing=tuple(path for path in outputs if not path.exists()),
        interrupted=bool(reason.incomplete_output) or (bool(reason.forced) and not told),
        remade={Path(file): makers[str(file)] for file in reason.updated_input_run if str(file) in makers},
        after=after,
        reason=str(reason),
    )
