"""A file and a folder of the results: how paths are said once, with names or wildcards in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self, overload

from video2reward.artifacts.job_record import FOLDER as LOGS


class File:
    """A file in a folder, or a subfolder with all its content ("frames/"); as an attribute of the folder, a path.

    name: with the folder's fields in braces; stage: one of `space.STAGES`
    """

    def __init__(self, name: str, stage: str) -> None:
        """Take a name and the stage that makes the file."""
        self.name, self.stage = name, stage

    @overload
    def __get__(self, folder: None, owner: type) -> Self: ...
    @overload
    def __get__(self, folder: Folder, owner: type) -> Path: ...
    def __get__(self, folder: Folder | None, owner: type) -> Self | Path:
        """Return the path in a folder."""
        return self if folder is None else folder.path / self.name.format(**vars(folder))


@dataclass(frozen=True)
class Folder:
    """Any folder of the results; it holds the logs and records of its jobs."""

    path: Path = Path()
    _ending: ClassVar[str] = ""  # suffix of job names, if a folder has several jobs of a rule

    logs = File(f"{LOGS}/", "logs")

    def log(self, job: str) -> Path:
        """Return the path of a job's log; job: its rule's name, without the suffix of this folder's jobs."""
        return self.logs / f"{job}{self._ending.format(**vars(self))}.log"

    def record(self, job: str) -> Path:
        """Return a job's record."""
        return self.log(job).with_suffix(".json")
