"""Finished trainings that ended early, for `make status`."""

from __future__ import annotations

from contextlib import suppress

from video2reward.artifacts.io import read_json
from video2reward.engine.graph import PlannedJob
from video2reward.errors import UserError
from video2reward.explain.duration import trainings_in
from video2reward.explain.jobs import places

_LISTED = 3  # groups of candidates


def ended_early(jobs: list[PlannedJob]) -> list[str]:
    """Return a line about finished trainings that were stopped early; [] without any."""
    trainings = [job for job in jobs if job.rule in ("train_policy", "train_round")]
    early = {job: found for job in trainings if not job.runs and (found := _ended_early(job))}
    if not early:
        return []
    which = places(list(early), trainings)
    named = "; ".join(which[:_LISTED]) + (
        f"; and {len(which) - _LISTED} more" if len(which) > _LISTED else ""
    )
    ended, of_all = sum(early.values()), sum(map(trainings_in, trainings))
    of = f"{ended} of {of_all} trainings {'was' if ended == 1 else 'were'} ended early"
    return [f" {of}{f' ({named})' if named else ''}: their agents kept falling; training_<k>.json says when"]


def _ended_early(job: PlannedJob) -> int:
    """Return how many of a job's trainings ended early."""
    ended = 0
    for path in job.outputs:
        if path.suffix == ".json":
            with suppress(UserError):
                ended += bool(read_json(path).get("stopped_early"))
    return ended
