"""What of a bundle is done again here: its policies judged, or its whole experiment with its answers replayed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import digest
from video2reward.artifacts.job_record import read_job_record, records
from video2reward.artifacts.selection import read_selection
from video2reward.bundles.contents import finished_loops, last_round
from video2reward.bundles.manifest import Manifest
from video2reward.config.layers import merge
from video2reward.errors import UserError
from video2reward.results.layout import LOGS, Results
from video2reward.settings.evaluation import Evaluation
from video2reward.settings.task import Task
from video2reward.settings.validation import validate

_REPLAYED = (
    "reach",
    "training",
    "evaluation",
    "task",
    "motion",
    "critique",
    "iterations",
    "search",
    "samples",
    "seeds",
)
_OF_PROMPT = ("context_tokens", "max_tokens", "repairs", "seed")
_PLAIN = re.compile(r"resources/(?:robots|videos|prompts|rewards)/[^\0]{1,200}")
_NOT_TRAVELLING = ("server", "server_python")  # programs: those of this machine are given here
_OF_PHYSICS = {
    "training.simulator", "training.server", "training.server_python", "evaluation.physics", "evaluation.server",
    "evaluation.server_python",
}  # fmt: skip


@dataclass(frozen=True)
class Judging:
    """A policy of a bundle that is judged again.

    name: in words; policy, training, evaluation: its files in the bundle; here: the evaluation's place in a results folder
    params: the settings of its job then; rule: the job's name
    """

    name: str
    policy: Path
    training: Path
    evaluation: Path
    here: Path
    params: Mapping[str, Any]
    rule: str


def judgings(folder: Path, manifest: Manifest) -> list[Judging]:
    """Return the policies that an unpacked bundle holds: each round's winner, each loop's best."""
    found = []
    for loop in finished_loops(folder, manifest.experiment):
        seed = loop.path.name.removeprefix("seed")
        for number in range(1, last_round(loop) + 1):
            own = loop.round(number)
            winner = read_selection(own.selection).winner
            if winner is not None:
                files = own.candidate(winner)
                name = f"seed {seed}, round {number}, candidate {winner}"
                paths = (files.policy, files.training, files.evaluation)
                halved = files.record("evaluate_halved")
                record = halved if halved.is_file() else files.record("evaluate_policy")
                found.append((name, *paths, record, "evaluate_policy"))
        last = loop.round(last_round(loop))
        paths = (last.best_policy, last.selection, loop.evaluation)
        found.append((f"seed {seed}, best", *paths, loop.record("evaluate_best"), "evaluate_best"))
    return [
        Judging(name, policy, training, evaluation, evaluation.relative_to(folder), _params(record), rule)
        for name, policy, training, evaluation, record, rule in found
        if policy.is_file() and evaluation.is_file()
    ]


def with_settings(params: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a judging with those that were asked for; others than of physics are a `UserError`.

    physics: among them only where other physics was asked for; then judge_physics.py takes them, else evaluate_policy.py
    """
    unknown = {f"{name}.{key}" for name in asked for key in _section(asked, name) or ("",)} - _OF_PHYSICS
    if unknown:
        raise UserError(
            "judging a bundle's policies again takes evaluation's physics, training's simulator, and of both server and "
            f"server_python, not {', '.join(sorted(one.rstrip('.') for one in unknown))}; with WHOLE=1, which trains again, "
            "every setting can be set"
        )
    wanted, judging = _section(asked, "training"), validate(Evaluation, _section(asked, "evaluation"), "SET")
    python = {"server_python": judging.server_python} if judging.server_python else {}
    training = {name: value for name, value in params["training"].items() if name not in _NOT_TRAVELLING}
    chosen = {name: str(value) for name, value in wanted.items() if name != "server"}
    task = validate(Task, params["task"], "the bundle's task")
    evaluation = validate(Evaluation, params["evaluation"], "the bundle's evaluation")
    return {
        **params,
        "task": task.model_dump(mode="json"),
        "evaluation": evaluation.model_dump(mode="json", include={"agents"}),
        "training": training | chosen | python,
        **({"physics": list(judging.physics)} if judging.physics else {}),
    }


def whole_settings(folder: Path, manifest: Manifest, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the command line's settings for running a bundle's whole experiment again, its answers replayed.

    Of the bundle, only what a motion, a training and a prompt read is taken: no program, no server, no limit.
    """
    own = manifest.configuration
    taken = {"search": "greedy"} | {name: own[name] for name in _REPLAYED if name in own}
    training, llm = (_section(own, name) for name in ("training", "llm"))
    taken["training"] = {name: value for name, value in training.items() if name not in _NOT_TRAVELLING}
    if "evaluation" in taken:
        judging = _section(own, "evaluation")
        taken["evaluation"] = {name: value for name, value in judging.items() if name not in _NOT_TRAVELLING}
    replay = {"provider": "recorded", "recorded": str(folder.resolve())}
    of_prompt = {name: value for name, value in llm.items() if name in _OF_PROMPT}
    taken |= {"llm": of_prompt | replay, "vlm": replay}
    return merge(taken, asked)


def changed_here(folder: Path, root: Path) -> Iterator[str]:
    """Yield the project's files that a bundle's jobs read and that are missing or others in the checkout `root`."""
    resources = (root / "resources").resolve()
    seen: dict[str, str] = {}
    for logs in sorted(folder.rglob(LOGS)):
        for record in records(logs):
            seen |= {
                name: sha for name, sha in _section(vars(record), "inputs").items() if _PLAIN.fullmatch(name)
            }
    for name, sha in sorted(seen.items()):
        path = (root / name).resolve()
        if not path.is_relative_to(resources):
            continue
        if not path.exists():
            yield f"{name} is missing here"
        elif digest(path) != sha:
            yield f"{name} is another file here"


def compared(there: Results, here: Results, manifest: Manifest) -> list[tuple[str, Path, Path]]:
    """Return the evaluations of all candidates, in words, there and here, and those of each loop's best."""
    found = []
    for loop in finished_loops(there.path, manifest.experiment):
        seed = loop.path.name.removeprefix("seed")
        own = here.experiment(manifest.experiment).loop(seed)
        for number in range(1, last_round(loop) + 1):
            for candidate in read_selection(loop.round(number).selection).candidates:
                files = [one.round(number).candidate(candidate.k).evaluation for one in (loop, own)]
                found.append((f"seed {seed}, round {number}, candidate {candidate.k}", files[0], files[1]))
        found.append((f"seed {seed}, best", loop.evaluation, own.evaluation))
    return found


def _params(record: Path) -> dict[str, Any]:
    """Return the settings of an evaluation's job; one that holds none is a `UserError`."""
    try:
        params = dict(json.loads(read_job_record(record).params))
        numbers = all(isinstance(params[name], int | float) for name in ("seconds", "seed", "sampled"))
        sections = all(isinstance(params[name], dict) for name in ("task", "training", "evaluation"))
        known = numbers and sections and "simulator" in params["training"]
    except (KeyError, TypeError, ValueError, RecursionError):
        known = False
    if not known:
        raise UserError(f"{record} does not say how its policy was judged; the bundle is damaged")
    return params


def _section(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a section of settings, empty if it is missing or none."""
    found = settings.get(name)
    return found if isinstance(found, Mapping) else {}
