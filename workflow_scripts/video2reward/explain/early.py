"""Finished trainings that ended early, for `make status`."""

from __future__ import annotations

from contextlib import suppress

from video2reward.artifacts.io import read_json
from video2reward.engine.graph import PlannedJob
from video2reward.errors import UserError
from video2reward.explain.duration import trainings_in
from video2reward.explain.jobs import places

_LISTED = 3  # groups of candidates
_WHOLE = ("train_policy", "train_round", "train_rest", "train_round_rest")


def ended_early(jobs: list[PlannedJob]) -> list[str]:
    """Return lines about finished trainings that were stopped early, by their own curve or by halving; [] without any."""
    trainings = [job for job in jobs if job.rule in _WHOLE]
    kept_falling = _line(
        trainings, False, "ended early", "their agents kept falling; training_<k>.json says when"
    )
    return kept_falling + _line(trainings, True, "stopped by halving", "part<n>/halving.json says why")


def _line(trainings: list[PlannedJob], halved: bool, what: str, why: str) -> list[str]:
    early = {job: found for job in trainings if not job.runs and (found := _ended_early(job, halved))}
    if not early:
        return []
    which = places(list(early), trainings)
    named = "; ".join(which[:_LISTED]) + (
        f"; and {len(which) - _LISTED} more" if len(which) > _LISTED else ""
    )
    ended, of_all = sum(early.values()), sum(map(trainings_in, trainings))
    of = f"{ended} of {of_all} trainings {'was' if ended == 1 else 'were'} {what}"
    return [f" {of}{f' ({named})' if named else ''}: {why}"]


def _ended_early(job: PlannedJob, halved: bool) -> int:
    """Return how many of a job's trainings ended early, by halving or not."""
    ended = 0
    for path in job.outputs:
        if path.suffix == ".json":
            with suppress(UserError):
                record = read_json(path)
                ended += bool(record.get("stopped_early")) and bool(record.get("halved")) == halved
    return ended
