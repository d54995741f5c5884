"""Finished trainings that ended early, for `make status`."""

from __future__ import annotations

from contextlib import suppress

from video2reward.artifacts.io import read_json
from video2reward.engine.graph import PlannedJob
from video2reward.errors import UserError
from video2reward.explain.jobs import places

_LISTED = 3  # groups of candidates


def ended_early(jobs: list[PlannedJob]) -> list[str]:
    """Return a line about finished trainings that were stopped early; [] without any."""
    trainings = [job for job in jobs if job.rule == "train_policy"]
    ended = [job for job in trainings if not job.runs and _ended_early(job)]
    if not ended:
        return []
    which = places(ended, trainings)
    named = "; ".join(which[:_LISTED]) + (
        f"; and {len(which) - _LISTED} more" if len(which) > _LISTED else ""
    )
    of = f"{len(ended)} of {len(trainings)} trainings {'was' if len(ended) == 1 else 'were'} ended early"
    return [f" {of}{f' ({named})' if named else ''}: their agents kept falling; training_<k>.json says when"]


def _ended_early(job: PlannedJob) -> bool:
    for path in job.outputs:
        if path.suffix == ".json":
            with suppress(UserError):
                return bool(read_json(path).get("stopped_early"))
    return False
