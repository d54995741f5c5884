"""From Snakemake's graph of jobs to the page that explains it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from video2reward.artifacts.completion import Completion, read_completion
from video2reward.artifacts.prompt import read_prompt
from video2reward.errors import UserError
from video2reward.explain.cost import RULE, costs_in_words
from video2reward.explain.duration import estimate, history
from video2reward.explain.jobs import PlannedJob
from video2reward.explain.reasons import reasons
from video2reward.explain.records import Records
from video2reward.explain.status import status_page
from video2reward.llm.base import Question
from video2reward.llm.store import store_key
from video2reward.registry import COMPLETION_PROVIDERS
from video2reward.settings import LLM


def page(graph: Any) -> str:
    """Return the page for a `snakemake.dag.DAG` after a dry run."""
    jobs = planned_jobs(graph)
    files = graph.workflow.globals  # what the Snakefile named
    results, store = Path(files["RESULTS"]), Path(files["COMPLETIONS"])
    records = Records()
    why = {job: reasons(job, records) for job in jobs if job.runs}
    past = history(results) if why else {}
    cores = graph.workflow._cores or os.cpu_count() or 1
    costs = costs_in_words(
        jobs,
        lambda name: COMPLETION_PROVIDERS.load(name).costs,
        lambda job: _answered(job, store),
        earlier_completions(jobs, store),
    )
    return status_page(jobs, why, estimate(jobs, past, cores), costs)


def planned_jobs(graph: Any) -> list[PlannedJob]:
    """Return the graph's jobs that make files, those first that others wait for."""
    jobs: dict[Any, PlannedJob] = {}
    order = {rule.name: i for i, rule in enumerate(graph.workflow.rules)}
    for level in graph.toposorted():
        for job in sorted(level, key=lambda job: (order[job.rule.name], str(job.wildcards_dict))):
            if job.output:
                before = [other for other in graph.dependencies[job] if other in jobs]
                jobs[job] = _planned(graph, job, tuple(jobs[other] for other in before))
    return list(jobs.values())


def _planned(graph: Any, job: Any, after: tuple[PlannedJob, ...]) -> PlannedJob:
    reason = graph.reason(job)
    makers = {
        str(file): other.rule.name for other, files in graph.dependencies[job].items() for file in files
    }
    outputs = tuple(Path(file) for file in job.output)
    asked = graph.workflow.dag_settings
    told = bool(
        asked.forceall or asked.forcerun or asked.forcetargets
    )  # what was cut short is forced as well
    return PlannedJob(
        rule=job.rule.name,
        wildcards=dict(job.wildcards_dict),
        settings=str(job.params.get("settings", "{}")),
        code=str(job.params.get("code", "")),
        asking=str(job.params.get("asking", "{}")),
        inputs=tuple(Path(file) for file in job.input),
        outputs=outputs,
        record=Path(str(job.log[0])).with_suffix(".json") if job.log else Path(),
        threads=job.threads,
        runs=graph.needrun(job),
        forced=bool(reason.forced) and told,
        missing=tuple(path for path in outputs if not path.exists()),
        interrupted=bool(reason.incomplete_output) or (bool(reason.forced) and not told),
        remade={Path(file): makers[str(file)] for file in reason.updated_input_run if str(file) in makers},
        after=after,
        reason=str(reason),
    )


def _answered(job: PlannedJob, store: Path) -> bool | None:
    """Tell whether the store has the answer to a job's question; None while its prompt may still change."""
    record = job.inputs[0]
    if record in job.remade or not record.exists():
        return None
    asked = json.loads(job.settings)
    which = {name: asked[name] for name in ("seed", "iteration", "candidate")}
    question = Question(read_prompt(record).messages, LLM(**asked["llm"]), **which)
    return (store / f"{store_key(question)}.json").exists()


def earlier_completions(jobs: list[PlannedJob], store: Path) -> list[Completion]:
    """Return the answers that lie in the store or at the jobs' places; damaged ones are left out."""
    places = [job.outputs[0] for job in jobs if job.rule == RULE]
    found: dict[tuple[str, str], Completion] = {}
    for path in [*sorted(store.glob("*.json")), *(path for path in places if path.exists())]:
        try:
            answer = read_completion(path)
        except UserError:
            continue
        found.setdefault((answer.model, answer.text), answer)
    return list(found.values())
