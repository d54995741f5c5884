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
from video2reward.results.places import EVERY_RECORD, place_of
from video2reward.settings.halving import part_end, part_lengths
from video2reward.settings.tuning import Tuning

# `make run` as shipped, installed, two idle cores: docs/measured.md, "Speed".
DEFAULT_RUN_S = 248
_STEPS = {"train_policy": "steps", "train_round": "steps", "train_base": "base_steps", "tune_reward": "steps"}
HALVED = ("train_part", "train_rest", "train_round_part", "train_round_rest")
"""Rules of halved rounds' trainings; of a round's candidates those with the lowest numbers are expected to go on."""


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
    "make_known_states": [PastJob(5.0)],
    "choose_parent": [PastJob(0.4)],
    "write_prompt": [PastJob(1.3)],
    "sample_completion": [PastJob(0.4)],
    "extract_reward": [PastJob(2.0)],
    "train_policy": [PastJob(33.0, 405_504, 31.2)],
    "train_round": [PastJob(33.0, 405_504, 31.2)],  # not measured: as its trainings in turn, at most
    **{rule: [PastJob(33.0, 405_504, 31.2)] for rule in HALVED},  # as whole trainings
    "evaluate_policy": [PastJob(4.6)],
    "evaluate_part": [PastJob(4.6)],
    "evaluate_halved": [PastJob(4.6)],
    "halve": [PastJob(0.3)],
    "select_policy": [PastJob(0.3)],
    "tune_reward": [PastJob(33.0, 405_504, 31.2)],  # not measured: as trainings of as many steps
    "record_rollout": [PastJob(4.3)],
    "render_film": [PastJob(5.4)],
    "record_candidate": [PastJob(4.3)],
    "render_candidate": [PastJob(5.4)],
    "compare_motion": [PastJob(3.0)],
    "show_motion": [PastJob(2.0)],
    "critique_motion": [PastJob(0.5)],
    "evaluate_best": [PastJob(11.1)],
    "judge_physics": [PastJob(60.0)],
    "judge_candidate": [PastJob(60.0)],
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
    if record.rule not in (*_STEPS, *HALVED):
        return PastJob(record.seconds)
    steps, seconds = _trained(path for path in map(Path, record.outputs) if path.suffix == ".json")
    places = [(path, place_of(path)) for path in map(Path, record.inputs)]
    # Of the part before, which the record of a part's training includes.
    before = _trained(path for path, place in places if place and place.part and place.file == "training")
    return PastJob(record.seconds, steps - before[0], min(seconds - before[1], record.seconds))


def _trained(records: Iterable[Path]) -> tuple[int, float]:
    """Return the environment steps of the trainings with these records, and their time, s."""
    found = [read_json(path) for path in records if path.exists()]
    seconds = [float(one.get("seconds") or 0.0) for one in found]
    return sum(int(one.get("steps") or 0) for one in found), max(seconds, default=0.0)


def expected(job: PlannedJob, past: list[PastJob]) -> float:
    """Return a job's expected time, s: the median of earlier jobs, with trainings scaled by their steps."""
    steps, halved = steps_in(job), job.rule in HALVED
    if halved:  # the files of those that have stopped are only copied
        past = [one for one in past if bool(one.steps) == bool(steps)] or past
    return median(
        one.seconds - one.steps_seconds + one.steps_seconds * steps / one.steps
        if one.steps and (steps or halved)
        else one.seconds
        for one in past
    )


def planned_steps(job: PlannedJob) -> int:
    """Return the environment steps of each of a job's trainings, 0 for other jobs."""
    key = "steps" if job.rule in HALVED else _STEPS.get(job.rule, "")
    return int(json.loads(job.settings).get("training", {}).get(key, 0))


def steps_in(job: PlannedJob) -> int:
    """Return the environment steps that a job is expected to take, those of all its trainings; 0 for other jobs."""
    steps = planned_steps(job)
    if job.rule not in HALVED or not steps:
        return steps * trainings_in(job)
    settings = json.loads(job.settings)
    if settings.get("part") == 1:
        return part_end(steps, 1) * trainings_in(job)
    lengths = part_lengths(int(settings["samples"]), steps)
    running, length = lengths[int(settings.get("part", len(lengths))) - 1]
    if "candidate" in settings:
        running = int(settings["candidate"] <= running)
    return running * length


def trainings_in(job: PlannedJob) -> int:
    """Return how many policies a job trains, at most in tuning; 1 for other jobs."""
    if job.rule == "tune_reward":
        return int(Tuning(**json.loads(job.settings)["tuning"]).trainings)
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
            steps_in(job) and all(one.steps != steps_in(job) for one in past[job.rule]) for job in known
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
