"""Estimated duration of jobs, from earlier jobs in the same results folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from video2reward.artifacts.io import read_json
from video2reward.artifacts.job_record import JobRecord, read_job_record
from video2reward.engine.graph import PlannedJob
from video2reward.errors import UserError
from video2reward.results.places import EVERY_RECORD

# `make run` as shipped, installed, two idle cores: docs/measured.md, "Speed".
DEFAULT_RUN_S = 248
_STEPS = {"train_policy": "steps", "train_round": "steps", "train_base": "base_steps"}


@dataclass(frozen=True)
class PastJob:
    """An earlier job: wall time, s; for trainings, all their steps and their time, s."""

    seconds: float
    steps: int = 0
    steps_seconds: float = 0.0


# `make run` as shipped on two idle cores, one job each, s; from the job records (`python benchmarks/stages.py`).
STATED: Mapping[str, list[PastJob]] = {
    "extract_frames": [PastJob(1.2)],
    "estimate_keypoints": [PastJob(1.5)],
    "describe_motion": [PastJob(3.9)],
    "retarget_motion": [PastJob(0.6)],
    "take_base": [PastJob(0.4)],
    "train_base": [PastJob(78.8, 1_001_472, 72.2)],
    "evaluate_base": [PastJob(6.3)],
    "sample_states": [PastJob(2.0)],
    "write_prompt": [PastJob(1.3)],
    "sample_completion": [PastJob(0.4)],
    "extract_reward": [PastJob(2.0)],
    "train_policy": [PastJob(33.0, 405_504, 31.2)],
    "train_round": [PastJob(33.0, 405_504, 31.2)],  # not measured: as its trainings in turn, at most
    "evaluate_policy": [PastJob(4.6)],
    "select_policy": [PastJob(0.3)],
    "record_rollout": [PastJob(4.3)],
    "render_film": [PastJob(5.4)],
    "record_candidate": [PastJob(4.3)],
    "render_candidate": [PastJob(5.4)],
    "compare_motion": [PastJob(3.0)],
    "show_motion": [PastJob(2.0)],
    "critique_motion": [PastJob(0.5)],
    "evaluate_best": [PastJob(11.1)],
    "finish": [PastJob(1.8)],
    "write_loop_page": [PastJob(5.0)],
    "report": [PastJob(1.3)],
    "compare_clips": [PastJob(3.2)],
    "make_tables": [PastJob(9.0)],
}


@dataclass(frozen=True)
class Estimate:
    """seconds: expected on `cores`; work: sum over all jobs; chain: longest chain of dependent jobs, all in s.

    known: number of jobs with a known time; unknown: rules without one; scaled: some trainings were scaled by steps
    """

    seconds: float
    work: float
    chain: float
    cores: int
    known: int
    unknown: tuple[str, ...]
    scaled: bool


def history(results: Path) -> dict[str, list[PastJob]]:
    """Return rule -> earlier jobs, from the records under `results`."""
    found: dict[str, list[PastJob]] = {}
    for path in results.glob(f"**/{EVERY_RECORD}"):
        try:
            record = read_job_record(path)
        except UserError:
            continue
        found.setdefault(record.rule, []).append(_past(record))
    return found


def _past(record: JobRecord) -> PastJob:
    """Return a job's times."""
    if record.rule not in _STEPS:
        return PastJob(record.seconds)
    found = [path for path in map(Path, record.outputs) if path.suffix == ".json" and path.exists()]
    trainings = [read_json(path) for path in found]
    steps = sum(int(training.get("steps") or 0) for training in trainings)
    trained = max((float(training.get("seconds") or 0.0) for training in trainings), default=0.0)
    return PastJob(record.seconds, steps, min(trained, record.seconds))


def expected(job: PlannedJob, past: list[PastJob]) -> float:
    """Return a job's expected time, s: the median of earlier jobs, with trainings scaled by their steps."""
    steps = planned_steps(job) * trainings_in(job)
    return median(
        one.seconds - one.steps_seconds + one.steps_seconds * steps / one.steps
        if steps and one.steps
        else one.seconds
        for one in past
    )


def planned_steps(job: PlannedJob) -> int:
    """Return the environment steps of each of a job's trainings, 0 for other jobs."""
    training = json.loads(job.settings).get("training", {})
    return int(training.get(_STEPS.get(job.rule, ""), 0))


def trainings_in(job: PlannedJob) -> int:
    """Return how many policies a job trains, 1 for other jobs."""
    return sum(path.suffix == ".pth" for path in job.outputs) or 1


def estimate(jobs: Iterable[PlannedJob], past: Mapping[str, list[PastJob]], cores: int) -> Estimate:
    """Return the estimated duration of the jobs that would run.

    It is the larger of the longest chain of dependent jobs and the total work divided by the cores. This is a
    lower bound, and a close one for this workflow.
    """
    running = [job for job in jobs if job.runs]
    seconds = {job: expected(job, past[job.rule]) if job.rule in past else 0.0 for job in running}
    ends: dict[PlannedJob, float] = {}
    for job in running:
        _end(job, seconds, ends)
    work = sum(seconds[job] * min(job.threads, cores) for job in running)
    chain = max(ends.values(), default=0.0)
    known = [job for job in running if job.rule in past]
    return Estimate(
        seconds=max(chain, work / cores),
        work=sum(seconds.values()),
        chain=chain,
        cores=cores,
        known=len(known),
        unknown=tuple(dict.fromkeys(job.rule for job in running if job.rule not in past)),
        scaled=any(
            planned_steps(job)
            and all(one.steps != planned_steps(job) * trainings_in(job) for one in past[job.rule])
            for job in known
        ),
    )


def _end(job: PlannedJob, seconds: Mapping[PlannedJob, float], ends: dict[PlannedJob, float]) -> None:
    """Add the end of `job` to `ends` if every job starts as early as possible; jobs that do not run take no time."""
    waiting = [job]
    while waiting:
        last = waiting[-1]
        missing = [other for other in last.after if other not in ends]
        if missing:
            waiting += missing
        else:
            ends[waiting.pop()] = seconds.get(last, 0.0) + max(
                (ends[other] for other in last.after), default=0.0
            )


def duration_in_words(seconds: float) -> str:
    """Format a duration: 8 s, 2 min 30 s, 1 h 20 min."""
    if seconds < 0.95:
        return "under 1 s"
    if seconds < 59.5:
        return f"{round(seconds)} s"
    if seconds < 3595:
        minutes, rest = divmod(round(seconds / 10) * 10, 60)
        return f"{minutes} min" + (f" {rest} s" if rest else "")
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h" + (f" {minutes} min" if minutes else "")
