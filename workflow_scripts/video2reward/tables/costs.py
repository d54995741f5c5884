"""Cost of each method: trainings, answers, tokens, price."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from video2reward.artifacts.completion import Completion, read_completion
from video2reward.artifacts.critique import read_critique
from video2reward.artifacts.io import read_json
from video2reward.artifacts.repairs import read_repairs
from video2reward.tables.study import ClipColumn, Run, Study


@dataclass(frozen=True)
class Cost:
    """Total cost of a method's loops on a clip.

    loops: their number; failed_loops: those without a policy, with the reason
    candidates, failed, stopped: numbers over all rounds; unusable ones; trainings ended early
    steps: environment steps trained; seconds: wall time of the trainings, summed
    answers: of language models, including repairs and critiques; tokens and price: None if unknown
    writers: who wrote the rewards; sources: artefacts, as patterns relative to the results
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
    """Return the cost of every method on every clip for which it has loops."""
    pairs = [(row.name, clip) for row in study.rows for clip in study.clips]
    return [_cost(method, clip, runs) for method, clip in pairs if (runs := study.of(method, clip))]


def _cost(method: str, clip: ClipColumn, runs: list[Run]) -> Cost:
    trainings, answers, writers = [], [], []
    for run in runs:
        for n in range(1, run.planned.iterations + 1):
            critique = run.folder.round(n).critique
            turns = read_critique(critique).turns if critique.exists() else ()
            answers += [turn.completion for turn in turns if turn.completion.is_language_model]
            for k in range(1, run.planned.samples + 1):
                # Not declared as inputs of the rule: a large plan would exceed the command line's length, and
                # the selection, which is an input, depends on them.
                files = run.folder.round(n).candidate(k)
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
    """Return the sum, None if a part is unknown."""
    parts = list(values)
    return None if None in parts else sum(parts)
