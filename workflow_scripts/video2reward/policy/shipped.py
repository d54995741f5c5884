"""Base policies that lie in their robot's folder, used where a training would be given the same settings and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from video2reward.artifacts.io import digest, numbered_names, read_json
from video2reward.errors import UserError
from video2reward.settings.task import Task
from video2reward.settings.training import Training


def fits(record: Path, settings: Mapping[str, Any], inputs: Mapping[str, Sequence[Path]]) -> bool:
    """Whether the policy of this training record is what these settings and files would train, but for code and chance.

    record: base.json in the robot's folder, which may be missing
    settings: what the training reads: training, task, seed; settings that are newer than the record count as their
    defaults; inputs: name -> files
    """
    if not record.exists():
        return False
    try:
        made = read_json(record)
    except UserError:
        return False
    provenance = made.get("provenance", {})
    return (
        made.get("status") == "ok"
        and _in_full(provenance.get("parameters", {})) == _in_full(settings)
        and provenance.get("inputs") == {name: digest(path) for name, path in numbered_names(inputs).items()}
    )


def _in_full(settings: Mapping[str, Any]) -> tuple[Training, Task, int] | None:
    """Return settings with all defaults; None for those that are no longer valid."""
    try:
        return Training(**settings["training"]), Task(**settings["task"]), int(settings["seed"])
    except (KeyError, TypeError, ValidationError):
        return None
