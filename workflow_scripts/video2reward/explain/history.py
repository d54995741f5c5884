"""Job records by output file, and current digests of files; both cached."""

from __future__ import annotations

import os
from pathlib import Path

from video2reward.artifacts.io import digest
from video2reward.artifacts.job_record import FOLDER, JobRecord, read_job_record
from video2reward.errors import UserError

_ABOVE = 3  # levels above a file that are searched for a folder output, such as best/ or frames/


class Records:
    """The job records of a results folder; paths are relative to the working folder."""

    def __init__(self) -> None:
        """Start with empty caches."""
        self._folders: dict[str, dict[str, tuple[Path, JobRecord]]] = {}
        self._digests: dict[str, str | None] = {}

    def of(self, file: Path) -> JobRecord | None:
        """Return the record of the job that made `file` or its folder."""
        found = self.place(file)
        return found[1] if found else None

    def place(self, file: Path) -> tuple[Path, JobRecord, Path] | None:
        """Return the record's path, the record of the job that made `file`, and its output that contains it."""
        for path in [file, *list(Path(os.path.abspath(file)).parents)[:_ABOVE]]:
            found = self._folder(Path(os.path.abspath(path)).parent / FOLDER).get(os.path.abspath(path))
            if found:
                return *found, Path(os.path.relpath(path))
        return None

    def at(self, path: Path) -> JobRecord | None:
        """Return the record at `path`, None if it is missing or unreadable."""
        try:
            return read_job_record(path)
        except UserError:
            return None

    def digest(self, path: Path) -> str | None:
        """Return the current SHA-256 of a file or folder, None if it does not exist."""
        key = os.path.abspath(path)
        if key not in self._digests:
            self._digests[key] = digest(path) if path.exists() else None
        return self._digests[key]

    def state(self, path: Path, known: str) -> str:
        """Return the state, in words, of a file that had the SHA-256 `known`."""
        now = self.digest(path)
        if now is None:
            return "gone"
        if now == known:
            return "unchanged"
        maker = self.of(path)
        made = self._sha_in(maker, path)
        return "made again since" if made == now else "edited since" if maker else "changed since"

    def _sha_in(self, record: JobRecord | None, path: Path) -> str | None:
        outputs = record.outputs if record else {}
        wanted = os.path.abspath(path)
        return next((sha for name, sha in outputs.items() if os.path.abspath(name) == wanted), None)

    def _folder(self, folder: Path) -> dict[str, tuple[Path, JobRecord]]:
        """Return absolute output path -> (path of the record, record), for one folder `logs`."""
        key = str(folder)
        if key not in self._folders:
            found = ((path, self.at(path)) for path in sorted(folder.glob("*.json")))
            self._folders[key] = {
                os.path.abspath(name): (path, record)
                for path, record in found
                if record is not None
                for name in record.outputs
            }
        return self._folders[key]
