"""Turn Snakemake's job graph into the page that explains it."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from video2reward.artifacts.completion import Completion, read_completion
from video2reward.artifacts.prompt import read_prompt
from video2reward.artifacts.repairs import read_repairs
from video2reward.errors import UserError
from video2reward.explain.cost import PastAnswers, costs_in_words, forecasts
from video2reward.explain.duration import STATED, estimate, history
from video2reward.explain.estimate import estimate_page
from video2reward.explain.history import Records
from video2reward.explain.jobs import PlannedJob, by_rule
from video2reward.explain.reasons import reasons
from video2reward.explain.status import status_page
from video2reward.llm.base import Question
from video2reward.llm.store import store_key
from video2reward.registry import COMPLETION_PROVIDERS
from video2reward.settings.llm import LLM
from video2reward.settings.prices import read_prices

PRICES = Path(__file__).resolve().parents[2] / "resources" / "prices.yaml"


def page(graph: Any) -> str:
    """Return the page for a `snakemake.dag.DAG` after a dry run."""
    jobs = planned_jobs(graph)
    store = Path(graph.workflow.globals["COMPLETIONS"])  # as named in the Snakefile
    records = Records()
    why = {job: reasons(job, records) for job in jobs if job.runs}
    past = history(_results(graph)) if why else {}
    found = forecasts(
        jobs, _costs, lambda job: _answered(job, store), earlier(jobs, store), read_prices(PRICES)
    )
    return status_page(jobs, why, estimate(jobs, past, _cores(graph)), costs_in_words(found, _costs))


def estimated(graph: Any) -> str:
    """Return the page about the whole configuration of a `snakemake.dag.DAG`, as if nothing had run."""
    jobs = planned_jobs(graph, whole=True)
    prices = read_prices(PRICES)
    past = {**STATED, **(here := history(_results(graph)))}
    stated = [rule for rule in by_rule(jobs) if rule in STATED and rule not in here]
    found = forecasts(
        jobs, _costs, lambda job: False, earlier(jobs, Path(graph.workflow.globals["COMPLETIONS"])), prices
    )
    costs = {one.llm.provider: _costs(one.llm.provider) for one in found}
    time = estimate(jobs, past, _cores(graph))
    return estimate_page(jobs, found, costs, past, time, stated, prices)


def _results(graph: Any) -> Path:
    return Path(graph.workflow.globals["RESULTS"])


def _cores(graph: Any) -> int:
    return graph.workflow._cores or os.cpu_count() or 1


def _costs(name: str) -> bool:
    return bool(COMPLETION_PROVIDERS.load(name).costs)


def planned_jobs(graph: Any, whole: bool = False) -> list[PlannedJob]:
    """Return the graph's jobs that make files, dependencies first; with `whole`, all of them run."""
    jobs: dict[Any, PlannedJob] = {}
    order = {rule.name: i for i, rule in enumerate(graph.workflow.rules)}
    for level in graph.toposorted():
        for job in sorted(level, key=lambda job: (order[job.rule.name], str(job.wildcards_dict))):
            if job.output:
                before = [other for other in graph.dependencies[job] if other in jobs]
                jobs[job] = _planned(graph, job, tuple(jobs[other] for other in before), whole)
    return list(jobs.values())


def _planned(graph: Any, job: Any, after: tuple[PlannedJob, ...], whole: bool) -> PlannedJob:
    reason = graph.reason(job)
    makers = {
        str(file): other.rule.name for other, files in graph.dependencies[job].items() for file in files
    }
    outputs = tuple(Path(file) for file in job.output)
    asked = graph.workflow.dag_settings
    told = bool(asked.forceall or asked.forcerun or asked.forcetargets)  # interrupted jobs are forced as well
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
        runs=whole or graph.needrun(job),
        forced=bool(reason.forced) and told,
        missing=tuple(path for path in outputs if not path.exists()),
        interrupted=bool(reason.incomplete_output) or (bool(reason.forced) and not told),
        remade={Path(file): makers[str(file)] for file in reason.updated_input_run if str(file) in makers},
        after=after,
        reason=str(reason),
    )


def _answered(job: PlannedJob, store: Path) -> bool | None:
    """Tell whether the store holds the answer for a job; None while its prompt may still change."""
    record = job.inputs[0]
    if record in job.remade or not record.exists():
        return None
    asked = json.loads(job.settings)
    which = {name: asked[name] for name in ("seed", "iteration", "candidate")}
    question = Question(read_prompt(record).messages, LLM(**asked["llm"]), **which)
    return (store / f"{store_key(question)}.json").exists()


def earlier(jobs: list[PlannedJob], store: Path) -> PastAnswers:
    """Return the earlier answers in the store and among the jobs' outputs, without damaged ones."""
    found: dict[tuple[str, str], Completion] = {}
    candidates = repaired = 0
    places = [path for job in jobs for path in job.outputs if path.exists()]
    for path in [*sorted(store.glob("*.json")), *(path for path in places if _is(path, "completion"))]:
        with suppress(UserError):
            answer = read_completion(path)
            found.setdefault((answer.model, answer.text), answer)
    for path in places:
        if _is(path, "repairs") and _asked_a_model(path):
            with suppress(UserError):
                repaired += bool(read_repairs(path).repairs)
                candidates += 1
    return PastAnswers(tuple(found.values()), repaired / candidates if candidates else None)


def _is(path: Path, kind: str) -> bool:
    return path.name.startswith(f"{kind}_") and path.suffix == ".json"


def _asked_a_model(repairs: Path) -> bool:
    """Tell whether a language model wrote the candidate behind a repairs file."""
    with suppress(UserError):
        return read_completion(
            repairs.with_name(repairs.name.replace("repairs", "completion"))
        ).is_language_model
    return False
