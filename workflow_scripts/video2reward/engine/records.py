"""Lets Snakemake judge results by the job records that lie beside them.

Snakemake's own metadata lie in `.snakemake`, apart from the results: a copy or a clean-up loses them, and
Snakemake then takes whatever it finds. Here a file without metadata, or one that is not the file its
metadata were written for, is judged by its job's record (artifacts/job_record.py); a file with neither
counts as made in an unknown way and is made again. Everything else stays Snakemake's.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from video2reward.artifacts.job_record import FOLDER, JobRecord, records

NO_RECORD = "no record of how this was made"


def use_job_records() -> None:
    """Make this process's Snakemake look for job records; calling it again changes nothing."""
    from snakemake.persistence import PersistenceBase

    own: Any = PersistenceBase.metadata
    if not hasattr(own, "without_records"):
        PersistenceBase.metadata = _with_records(own)  # type: ignore[method-assign]


def _with_records(own: Callable[[Any, Any], Any]) -> Any:
    index = RecordIndex()

    def metadata(persistence: Any, target: Any) -> Any:
        found = own(persistence, target)
        path = Path(str(target))
        if found is not None and (not path.exists() or _written_for(found, path)):
            return found
        record = index.find(path)
        if record is not None:  # also of a file that was freed: its settings may have changed since
            return _as_metadata(list_params(record), record.inputs)
        if found is not None or not path.exists():
            return found
        return _as_metadata([repr(NO_RECORD)], None)

    metadata.without_records = own  # type: ignore[attr-defined]
    return metadata


class RecordIndex:
    """The records of every folder asked for, read once."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._folders: dict[Path, dict[Path, JobRecord]] = {}

    def find(self, file: Path) -> JobRecord | None:
        """Return the record of the job that made `file`."""
        folder = file.parent / FOLDER
        if folder not in self._folders:
            self._folders[folder] = {
                Path(name): record for record in records(folder) for name in record.outputs
            }
        return self._folders[folder].get(file)


def list_params(record: JobRecord) -> list[str]:
    """Return the parameters as Snakemake keeps them: every rule has `settings` and `code` and no others."""
    return sorted((repr(record.params), repr(record.code)))


def _written_for(metadata: Any, path: Path) -> bool:
    """Tell whether Snakemake wrote these metadata when the file got its present time."""
    stamp = path / ".snakemake_timestamp"
    return bool(metadata.endtime == os.stat(stamp if stamp.exists() else path).st_mtime)


def _as_metadata(params: list[str], inputs: Any) -> Any:
    from snakemake.persistence import RECORD_FORMAT_VERSION, MetadataRecord

    return MetadataRecord(
        params=params,
        input=sorted(inputs) if inputs is not None else None,
        input_checksums={name: f"sha256:{sha}" for name, sha in (inputs or {}).items()},
        record_format_version=RECORD_FORMAT_VERSION,
        incomplete=False,
    )
