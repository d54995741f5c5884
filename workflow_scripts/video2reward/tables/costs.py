"""What each method took: trainings, answers, tokens, price."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from video2reward.artifacts.completion import Completion, read_completion
from video2reward.artifacts.io import read_json
from video2reward.artifacts.repairs import read_repairs
from video2reward.tables.study import ClipColumn, Run, Study


@dataclass(frozen=True)
class Cost:
    """All loops of a method on a clip together.

    loops, failed_loops: how many there are, how many ended without a policy
    candidates, failed, stopped: of all rounds; that could not be used; whose training ended early
    steps: environment steps trained; seconds: wall time of the trainings, one after the other
    answers: of language models, repairs included; tokens and price: None where unknown
    writers: who wrote the rewards; sources: the artefacts, as patterns relative to the results
    """

    method: str
    clip: ClipColumn
    loops: int
    failed_loops: tuple[str, ...]
    candidates: int
    failed: int
    stopped: int
    steps: int
    seconds: float
    answers: int
    input_tokens: int | None
    output_tokens: int | None
    price_usd: float | None
    writers: tuple[str, ...]
    sources: tuple[str, ...]


def make_costs(study: Study) -> list[Cost]:
    """Return the cost of every method on every clip that it has loops on."""
    pairs = [(row.name, clip) for row in study.rows for clip in study.clips]
    return [_cost(method, clip, runs) for method, clip in pairs if (runs := study.of(method, clip))]


def _cost(method: str, clip: ClipColumn, runs: list[Run]) -> Cost:
    trainings, answers, writers = [], [], []
    for run in runs:
        for n in range(1, run.planned.iterations + 1):
            for k in range(1, run.planned.samples + 1):
                files = run.folder.round(n).candidate(k)
                # Not inputs of the rule: of a large plan they would not fit in a command line, and the
                # selection, which is one, was made from them.
                trainings.append(read_json(files.training))
                completion = read_completion(files.completion)
                repairs = [repair.completion for repair in read_repairs(files.repairs).repairs]
                answers += [one for one in (completion, *repairs) if one.is_language_model]
                writers.append(_writer(completion))
    return Cost(
        method=method,
        clip=clip,
        loops=len(runs),
        failed_loops=tuple(f"{run.name}: {run.failure}" for run in runs if run.failure),
        candidates=len(trainings),
        failed=sum(one.get("status") != "ok" for one in trainings),
        stopped=sum(bool(one.get("stopped_early")) for one in trainings),
        steps=sum(int(one.get("steps") or 0) for one in trainings),
        seconds=sum(float(one.get("seconds") or 0.0) for one in trainings),
        answers=len(answers),
        input_tokens=_known(answer.input_tokens for answer in answers),
        output_tokens=_known(answer.output_tokens for answer in answers),
        price_usd=_known(answer.price_usd for answer in answers),
        writers=tuple(dict.fromkeys(writers)),
        sources=tuple(
            run.source(path)
            for run in runs
            for every in [run.folder.round("*").candidate("*")]
            for path in (every.training, every.completion, every.repairs)
        ),
    )


def _writer(completion: Completion) -> str:
    return completion.model if completion.is_language_model else f"{completion.model}: no language model"


def _known(values: Iterable[Any]) -> Any:
    """Return the sum; None where one part is not known."""
    parts = list(values)
    return None if None in parts else sum(parts)
