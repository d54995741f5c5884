"""Cost of each method: trainings, answers, tokens, price."""

from __future__ import annotations

from dataclasses import dataclass

from video2reward.artifacts.completion import Completion
from video2reward.tables.runs import ClipColumn, Run
from video2reward.tables.spent import spent_in, total
from video2reward.tables.study import Study


@dataclass(frozen=True)
class Cost:
    """Total cost of a method's loops on a clip.

    loops: their number; failed_loops: those without a policy, with the reason
    candidates, failed, stopped: numbers over all rounds; unusable ones; trainings ended early
    steps: environment steps trained, those of tuning among them; seconds: wall time of the trainings, summed
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
    spent = [
        spent_in(run.folder.round(n), run.planned.samples)
        for run in runs
        for n in range(1, run.planned.nodes + 1)
    ]
    trainings = [training for one in spent for training in one.trainings]
    answers = [answer for one in spent for answer in one.answers]
    return Cost(
        method=method,
        clip=clip,
        loops=len(runs),
        failed_loops=tuple(f"{run.name}: {run.failure}" for run in runs if run.failure),
        candidates=len(trainings),
        failed=sum(one.get("status") != "ok" for one in trainings),
        stopped=sum(bool(one.get("stopped_early")) for one in trainings),
        steps=sum(one.steps + one.tuning for one in spent),
        seconds=sum(one.seconds for one in spent),
        answers=len(answers),
        input_tokens=total(one.input_tokens for one in spent),
        output_tokens=total(one.output_tokens for one in spent),
        price_usd=total(one.price_usd for one in spent),
        writers=tuple(dict.fromkeys(_writer(answer) for one in spent for answer in one.first)),
        sources=tuple(
            run.source(path)
            for run in runs
            for every in [run.folder.round("*").candidate("*")]
            for path in (
                every.training,
                every.completion,
                every.repairs,
                *([run.folder.round("*").tuning] if any(one.tuning for one in spent) else []),
            )
        ),
    )


def _writer(completion: Completion) -> str:
    return completion.model if completion.is_language_model else f"{completion.model}: no language model"
