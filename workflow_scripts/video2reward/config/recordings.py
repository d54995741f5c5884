"""Answers of an earlier run: where they are stored, and whether all that this run needs are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from video2reward.config.plan import Plan
from video2reward.errors import UserError
from video2reward.results.layout import Results
from video2reward.results.places import EVERY_CANDIDATE

PROVIDER = "recorded"


def recorded_answer(recorded: Path, experiment: str, seed: int, iteration: int, candidate: int) -> Path:
    """Return the path of an answer in the results folder `recorded`."""
    return (
        Results(recorded).experiment(experiment).loop(seed).round(iteration).candidate(candidate).completion
    )


def check_recordings(plan: Plan) -> None:
    """Raise a `UserError` before anything runs if answers to replay are missing."""
    for experiment in plan.experiments.values():
        llm = experiment.loop.llm
        if llm.provider != PROVIDER or experiment.method.reward is not None:
            continue
        where = f"experiment {experiment.name}: llm.provider: recorded"
        if llm.recorded is None:
            raise UserError(f"{where} needs llm.recorded: the results folder of an earlier run")
        if llm.recorded.resolve() == plan.results.resolve():
            raise UserError(
                f"{where} cannot replay {llm.recorded}, which is this run's own results folder; give this run another "
                "folder (--config results=...), or copy the recorded one elsewhere"
            )
        if not llm.recorded.is_dir():
            raise UserError(f"{where}: llm.recorded = {llm.recorded} is not a folder")
        places = list(_places(llm.recorded, experiment.name, plan))
        missing = [path for path in places if not path.is_file()]
        if missing:
            raise UserError(
                f"{where}: {missing[0]} does not exist ({len(missing)} of {len(places)} answers are missing); "
                f"{_held(llm.recorded)}; set experiments, seeds, iterations and samples as in the recorded run"
            )


def _places(recorded: Path, name: str, plan: Plan) -> Iterator[Path]:
    """Yield the paths of all answers that an experiment needs."""
    loop = plan.experiments[name].loop
    for seed in loop.seeds:
        for iteration in range(1, loop.iterations + 1):
            for candidate in range(1, loop.samples + 1):
                yield recorded_answer(recorded, name, seed, iteration, candidate)


def _held(recorded: Path) -> str:
    """Describe what a recording holds."""
    found = sorted(recorded.glob(str(EVERY_CANDIDATE.completion)))
    if not found:
        return f"{recorded} holds no answers"
    loops = sorted({str(path.parents[1].relative_to(recorded)) for path in found})
    return (
        f"{recorded} holds {len(found)} answers, of {', '.join(loops[:5])}{', ...' if len(loops) > 5 else ''}"
    )
