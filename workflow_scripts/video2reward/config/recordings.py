"""Answers of an earlier run: where they are stored, and whether all that this run needs are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from video2reward.config.critic import critic_of, critic_section
from video2reward.config.plan import Experiment, Plan
from video2reward.errors import UserError
from video2reward.results.layout import Results
from video2reward.results.places import EVERY_CANDIDATE
from video2reward.search.planned import planned_graph, shown_later
from video2reward.settings.llm import LLM

PROVIDER = "recorded"


def recorded_answer(recorded: Path, experiment: str, seed: int, iteration: int, candidate: int) -> Path:
    """Return the path of an answer in the results folder `recorded`."""
    return (
        Results(recorded).experiment(experiment).loop(seed).round(iteration).candidate(candidate).completion
    )


def recorded_critique(recorded: Path, experiment: str, seed: int, iteration: int) -> Path:
    """Return the path of a critique in the results folder `recorded`."""
    return Results(recorded).experiment(experiment).loop(seed).round(iteration).critique


def recorded_judgement(recorded: Path, experiment: str) -> Path:
    """Return the path of a judge's test in the results folder `recorded`."""
    return Results(recorded).judge(experiment).judgement


def check_recordings(plan: Plan) -> None:
    """Raise a `UserError` before anything runs if answers to replay are missing."""
    for experiment in plan.experiments.values():
        if experiment.method.reward is None:
            _check(experiment, "llm", experiment.loop.llm, "answers", list(_places(experiment)), plan)
        if (critic := critic_of(experiment.loop, experiment.method)) is not None:
            section = critic_section(experiment.method)
            _check(experiment, section, critic, "critiques", list(_critiques(experiment, critic)), plan)


def _check(
    experiment: Experiment, section: str, settings: LLM, what: str, places: Sequence[Path], plan: Plan
) -> None:
    """Check the files that one model's answers are replayed from, if they are."""
    recorded = settings.recorded
    if settings.provider != PROVIDER:
        return
    where = f"experiment {experiment.name}: {section}.provider: recorded"
    if recorded is None:
        raise UserError(f"{where} needs {section}.recorded: the results folder of an earlier run")
    if recorded.resolve() == plan.results.resolve():
        raise UserError(
            f"{where} cannot replay {recorded}, which is this run's own results folder; give this run another "
            "folder (--config results=...), or copy the recorded one elsewhere"
        )
    if not recorded.is_dir():
        raise UserError(f"{where}: {section}.recorded = {recorded} is not a folder")
    missing = [path for path in places if not path.is_file()]
    if missing:
        raise UserError(
            f"{where}: {missing[0]} does not exist ({len(missing)} of {len(places)} {what} are missing); "
            f"{_held(recorded)}; set experiments, seeds, iterations, samples and search as in the recorded run"
        )


def _places(experiment: Experiment) -> Iterator[Path]:
    """Yield the paths of all answers that an experiment needs; none without a folder to replay."""
    loop, recorded = experiment.loop, experiment.loop.llm.recorded
    if recorded is None:
        return
    for seed in loop.seeds:
        graph = planned_graph(loop.search, loop.iterations)
        for iteration in graph.nodes:
            tuned = loop.tuning is not None and graph.first(
                iteration
            )  # the last one, for which nobody is asked
            for candidate in range(1, loop.samples + (0 if tuned else 1)):
                yield recorded_answer(recorded, experiment.name, seed, iteration, candidate)


def _critiques(experiment: Experiment, critic: LLM) -> Iterator[Path]:
    """Yield the paths of all critiques that an experiment needs, of every round that a later prompt may show."""
    if critic.recorded is None:
        return
    for seed in experiment.loop.seeds:
        for iteration in shown_later(experiment.loop.search, experiment.loop.iterations):
            yield recorded_critique(critic.recorded, experiment.name, seed, iteration)


def _held(recorded: Path) -> str:
    """Describe what a recording holds."""
    found = sorted(recorded.glob(str(EVERY_CANDIDATE.completion)))
    if not found:
        return f"{recorded} holds no answers"
    loops = sorted({str(path.parents[1].relative_to(recorded)) for path in found})
    return (
        f"{recorded} holds {len(found)} answers, of {', '.join(loops[:5])}{', ...' if len(loops) > 5 else ''}"
    )
