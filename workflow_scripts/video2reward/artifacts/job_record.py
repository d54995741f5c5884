"""`logs/<job>.json`: how the files beside it were made, which decides whether they are still valid.

Snakemake keeps such records too, but in its own folder, which is lost when results are copied or cleaned up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import digest, read_json, write_json
from video2reward.errors import UserError

FOLDER = "logs"


@dataclass(frozen=True)
class JobRecord:
    """One finished job.

    rule: the script's name; params: the settings it read, code: the digest of the code behind it, both
    exactly as the rule gave them
    modules: library module -> digest of its code; inputs, outputs: path -> SHA-256
    versions: imported package -> version
    started: UTC, ISO 8601; seconds: wall time from the script's start to the record
    processor_seconds: of the process and its finished children; peak_mb: memory of the largest of them, MiB
    threads: as given
    """

    rule: str
    params: str
    code: str
    modules: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    started: str = ""
    seconds: float = 0.0
    processor_seconds: float | None = None
    peak_mb: float | None = None
    threads: int = 1


def digests(paths: Iterable[Path]) -> dict[str, str]:
    """Return path -> SHA-256 for the paths that exist."""
    return {str(path): digest(path) for path in paths if path.exists()}


def write_job_record(path: Path, record: JobRecord) -> None:
    """Write logs/<job>.json."""
    write_json(path, asdict(record))


def read_job_record(path: Path) -> JobRecord:
    """Read logs/<job>.json; anything else is a `UserError`."""
    content: dict[str, Any] = read_json(path)
    try:
        return JobRecord(**content)
    except TypeError as error:
        raise UserError(f"{path} is not a job record: {error}") from None


def records(folder: Path) -> list[JobRecord]:
    """Return the records in a folder `logs`, oldest first, without damaged ones: those jobs count as unfinished."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(read_job_record(path))
        except UserError:
            continue
    return sorted(found, key=lambda record: record.started)


def record_of(file: Path) -> JobRecord | None:
    """Return the record of the job that made `file`, None if there is none."""
    for record in reversed(records(file.parent / FOLDER)):
        if any(Path(name) == file for name in record.outputs):
            return record
    return None
