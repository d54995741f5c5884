"""Time, cost, settings and versions of the finished jobs in a results folder."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from video2reward.artifacts.completion import Completion, read_completion
from video2reward.artifacts.job_record import JobRecord, read_job_record
from video2reward.artifacts.repairs import read_repairs
from video2reward.errors import UserError
from video2reward.results.files import Folder
from video2reward.results.layout import Results
from video2reward.results.places import EVERY_CANDIDATE, place_of
from video2reward.results.space import Size, stage_sizes

# Rule -> stage, in workflow order; space.py defines a stage's files.
STAGE_OF_RULE = {
    "create_environment": "environments",
    "fetch_video": "frames",
    "extract_frames": "frames",
    "estimate_keypoints": "keypoints",
    "describe_motion": "motion",
    "retarget_motion": "motion",
    "choose_parent": "prompt",
    "write_prompt": "prompt",
    "sample_completion": "completion",
    "sample_states": "reward",
    "make_known_states": "reward",
    "extract_reward": "reward",
    "take_base": "policy",
    "train_base": "policy",
    "train_policy": "policy",
    "train_round": "policy",
    "train_part": "policy",
    "train_round_part": "policy",
    "halve": "policy",
    "train_rest": "policy",
    "train_round_rest": "policy",
    "select_policy": "policy",
    "tune_reward": "policy",
    "evaluate_base": "evaluation",
    "evaluate_part": "evaluation",
    "evaluate_policy": "evaluation",
    "evaluate_halved": "evaluation",
    "evaluate_best": "evaluation",
    "judge_physics": "evaluation",
    "judge_candidate": "evaluation",
    "record_rollout": "rollout",
    "render_film": "rollout",
    "record_candidate": "rollout",
    "render_candidate": "rollout",
    "compare_motion": "feedback",
    "show_motion": "feedback",
    "critique_motion": "feedback",
    "finish": "best",
    "write_loop_page": "report",
    "report": "report",
    "compare_clips": "tables",
    "make_tables": "tables",
}
_RULES = list(STAGE_OF_RULE)


@dataclass(frozen=True)
class Job:
    """One finished job; None where nothing was recorded.

    folder: of its files, relative to the results folder; name: of its log, e.g. train_policy_2
    seconds: wall time; processor_seconds: CPU time of all its processes; peak_mb: peak memory, MB
    """

    folder: Path
    name: str
    rule: str
    seconds: float | None
    processor_seconds: float | None
    peak_mb: float | None
    record: JobRecord | None

    @property
    def stage(self) -> str:
        """Its stage; an unknown rule is its own stage."""
        return STAGE_OF_RULE.get(self.rule, self.rule)


@dataclass(frozen=True)
class StageCost:
    """Cost of one stage; None where unknown.

    seconds: wall time summed over jobs, which may have run in parallel; processor_seconds: CPU time, summed
    input_tokens, output_tokens: of language models' answers; size: on disk
    """

    stage: str
    jobs: int
    seconds: float | None
    processor_seconds: float | None
    peak_mb: float | None
    size: Size
    input_tokens: int | None = None
    output_tokens: int | None = None
    price_usd: float | None = None


@dataclass(frozen=True)
class Costs:
    """Costs of a results folder by stage, in workflow order."""

    stages: tuple[StageCost, ...]

    @cached_property
    def total(self) -> StageCost:
        """All stages together."""
        parts = self.stages
        return StageCost(
            stage="total",
            jobs=sum(part.jobs for part in parts),
            seconds=_sum(part.seconds for part in parts),
            processor_seconds=_sum(part.processor_seconds for part in parts),
            peak_mb=_most(part.peak_mb for part in parts),
            size=sum((part.size for part in parts), Size()),
            input_tokens=_sum(part.input_tokens for part in parts),
            output_tokens=_sum(part.output_tokens for part in parts),
            price_usd=_sum(part.price_usd for part in parts),
        )


def read_jobs(results: Path, within: Iterable[Folder] = (Folder(Path("**")),)) -> list[Job]:
    """Return the finished jobs of a results folder in workflow order, from their records.

    within: patterns of folders, relative to `results`; default all
    """
    found: dict[tuple[Path, str], None] = {}
    for folder in within:
        every = results.glob(str(folder.record("*")))
        found |= {(path.parent.parent, path.stem): None for path in every}
    jobs = [_job(results, Folder(folder), name) for folder, name in sorted(found)]
    return sorted(jobs, key=lambda job: _rank(job.rule))


def folders_of_loop(experiment: str, seed: int, robot: str, video: str) -> list[Folder]:
    """Return patterns of the folders whose jobs a loop uses, for `read_jobs`; robot: that of its base policy's folder."""
    top, own = Results(), Results().experiment(glob.escape(experiment))
    loop = own.loop(seed)
    return [top.video(glob.escape(video)), top.robot(glob.escape(robot)), own, loop, loop.round("*")]


def stage_costs(results: Path, jobs: Sequence[Job]) -> Costs:
    """Return time, price and size of every stage that has jobs or files.

    The report's own jobs are left out, as they belong to an earlier report.
    """
    jobs = [job for job in jobs if job.rule != "report"]
    sizes = stage_sizes(results)
    answers = paid_answers(results)
    order = [*dict.fromkeys([*STAGE_OF_RULE.values(), *(job.stage for job in jobs), *sizes])]
    return Costs(
        tuple(
            _stage(stage, [job for job in jobs if job.stage == stage], sizes.get(stage, Size()), answers)
            for stage in order
            if stage in sizes or any(job.stage == stage for job in jobs)
        )
    )


def paid_answers(results: Path) -> list[Completion]:
    """Return the language models' answers in a results folder, each once, even if used several times.

    The store (completions/) has all of them, including those of deleted rounds; without it, the rounds' copies count.
    """
    answers: list[Completion] = []
    for path in sorted(Results(results).completions.glob("*.json")):
        with suppress(UserError):
            answers.append(read_completion(path))
    if not answers:
        for path in sorted(results.glob(str(EVERY_CANDIDATE.completion))):
            with suppress(UserError):
                answers.append(read_completion(path))
        for path in sorted(results.glob(str(EVERY_CANDIDATE.repairs))):
            with suppress(UserError):
                answers += [repair.completion for repair in read_repairs(path).repairs]
    return [answer for answer in answers if answer.is_language_model]


def versions(jobs: Iterable[Job], own: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return package -> version over all jobs; if jobs differ, each version with its rules.

    own: versions in this process, for packages without a record
    """
    seen: dict[str, dict[str, list[str]]] = {}
    for job in jobs:
        for package, version in (job.record.versions if job.record else {}).items():
            rules = seen.setdefault(package, {}).setdefault(version, [])
            if job.rule not in rules:
                rules.append(job.rule)
    for package, version in (own or {}).items():
        seen.setdefault(package, {version: []})
    first = [name for name in ("video2reward", "python") if name in seen]
    return {package: _one_version(seen[package]) for package in [*first, *sorted(set(seen) - set(first))]}


def _one_version(found: Mapping[str, Sequence[str]]) -> str:
    if len(found) == 1:
        return next(iter(found))
    return "; ".join(f"{version} ({', '.join(rules)})" for version, rules in sorted(found.items()))


def _job(results: Path, folder: Folder, name: str) -> Job:
    try:
        record = read_job_record(folder.record(name))
    except UserError:
        record = None
    place = place_of(folder.record(name))
    return Job(
        folder=folder.path.relative_to(results),
        name=name,
        rule=record.rule if record and record.rule else place.rule if place else name,
        seconds=record.seconds if record else None,
        processor_seconds=record.processor_seconds if record else None,
        peak_mb=record.peak_mb if record else None,
        record=record,
    )


def _stage(stage: str, jobs: Sequence[Job], size: Size, answers: Sequence[Completion]) -> StageCost:
    asked = answers if stage == "completion" else ()
    return StageCost(
        stage=stage,
        jobs=len(jobs),
        seconds=_sum(job.seconds for job in jobs),
        processor_seconds=_sum(job.processor_seconds for job in jobs),
        peak_mb=_most(job.peak_mb for job in jobs),
        size=size,
        input_tokens=_sum(answer.input_tokens for answer in asked),
        output_tokens=_sum(answer.output_tokens for answer in asked),
        price_usd=_known(answer.price_usd for answer in asked),
    )


def _sum(values: Iterable[Any]) -> Any:
    """Return the sum of the known values, None if there are none."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _known(values: Iterable[float | None]) -> float | None:
    """Return the sum, None if it is empty or a part is unknown."""
    parts = list(values)
    return _sum(parts) if None not in parts else None


def _most(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _rank(rule: str) -> int:
    return _RULES.index(rule) if rule in STAGE_OF_RULE else len(_RULES)
