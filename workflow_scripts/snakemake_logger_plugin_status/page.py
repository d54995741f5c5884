"""Turn Snakemake's job graph into the page that explains it."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from video2reward.artifacts.completion import Completion, read_completion
from video2reward.artifacts.prompt import read_prompt
from video2reward.artifacts.repairs import read_repairs
from video2reward.engine.graph import PlannedJob, cores, global_path, planned_jobs
from video2reward.errors import UserError
from video2reward.explain.cost import JUDGING, PastAnswers, costs_in_words, forecasts
from video2reward.explain.duration import STATED, estimate, history
from video2reward.explain.estimate import estimate_page
from video2reward.explain.history import Records
from video2reward.explain.jobs import by_rule
from video2reward.explain.reasons import reasons
from video2reward.explain.status import status_page
from video2reward.llm.base import Question
from video2reward.llm.store import store_key
from video2reward.registry import COMPLETION_PROVIDERS
from video2reward.results.layout import CandidateFiles, Results
from video2reward.results.places import place_of
from video2reward.settings.llm import LLM
from video2reward.settings.prices import read_prices

PRICES = Path(__file__).resolve().parents[2] / "resources" / "prices.yaml"


def page(graph: Any) -> str:
    """Return the page for a `snakemake.dag.DAG` after a dry run."""
    jobs = planned_jobs(graph)
    folder = Results(global_path(graph, "RESULTS"))  # as named in the Snakefile
    store = folder.completions
    records = Records()
    why = {job: reasons(job, records) for job in jobs if job.runs}
    past = history(folder.path) if why else {}
    found = forecasts(
        jobs, _costs, lambda job: _answered(job, store), earlier(jobs, store), read_prices(PRICES)
    )
    return status_page(jobs, why, estimate(jobs, past, cores(graph)), costs_in_words(found, _costs))


def estimated(graph: Any) -> str:
    """Return the page about the whole configuration of a `snakemake.dag.DAG`, as if nothing had run."""
    jobs = planned_jobs(graph, whole=True)
    prices = read_prices(PRICES)
    folder = Results(global_path(graph, "RESULTS"))
    past = {**STATED, **(here := history(folder.path))}
    stated = [rule for rule in by_rule(jobs) if rule in STATED and rule not in here]
    found = forecasts(jobs, _costs, lambda job: False, earlier(jobs, folder.completions), prices)
    costs = {one.llm.provider: _costs(one.llm.provider) for one in found}
    time = estimate(jobs, past, cores(graph))
    return estimate_page(jobs, found, costs, past, time, stated, prices)


def _costs(name: str) -> bool:
    return bool(COMPLETION_PROVIDERS.load(name).costs)


def _answered(job: PlannedJob, store: Path) -> bool | None:
    """Tell whether the store holds the answer for a job; None while its prompt may still change, or if it has several."""
    if job.rule == JUDGING:
        return None
    record = job.inputs[0]
    if record in job.remade or not record.exists():
        return None
    asked = json.loads(job.settings)
    which = {"candidate": 0} | {n: asked[n] for n in ("seed", "iteration", "candidate") if n in asked}
    question = Question(read_prompt(record).messages, LLM(**asked["llm"]), **which)
    return (store / f"{store_key(question)}.json").exists()


def earlier(jobs: list[PlannedJob], store: Path) -> PastAnswers:
    """Return the earlier answers in the store and among the jobs' outputs, without damaged ones."""
    found: dict[tuple[str, str], Completion] = {}
    candidates = repaired = 0
    outputs = [path for job in jobs for path in job.outputs if path.exists()]
    places = [(path, place) for path in outputs if (place := place_of(path)) is not None]
    answers = [path for path, place in places if place.file == "completion"]
    for path in [*sorted(store.glob("*.json")), *answers]:
        with suppress(UserError):
            answer = read_completion(path)
            found.setdefault((answer.model, answer.text), answer)
    for path, place in places:
        if place.file == "repairs" and place.k and _asked_a_model(CandidateFiles(path.parent, place.k)):
            with suppress(UserError):
                repaired += bool(read_repairs(path).repairs)
                candidates += 1
    return PastAnswers(tuple(found.values()), repaired / candidates if candidates else None)


def _asked_a_model(candidate: CandidateFiles) -> bool:
    """Tell whether a language model wrote a candidate that may have been repaired."""
    with suppress(UserError):
        return read_completion(candidate.completion).is_language_model
    return False
