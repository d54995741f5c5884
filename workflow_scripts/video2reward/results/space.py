"""Disk use of a results folder: files and bytes per stage."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from video2reward.results.places import place_of

STAGES = (
    "frames", "keypoints", "motion", "prompt", "completion", "reward", "policy", "evaluation", "rollout", "feedback",
    "judges", "report", "tables", "best", "checkpoints", "logs", "leftovers", "other",
)  # fmt: skip
"""In the order of listings."""


@dataclass(frozen=True)
class Size:
    """Number of files and their total bytes."""

    files: int = 0
    bytes: int = 0

    def __add__(self, other: Size) -> Size:
        """Return the sum of both."""
        return Size(self.files + other.files, self.bytes + other.bytes)

    def __str__(self) -> str:
        """Return the size in words."""
        return f"{self.files} file{'' if self.files == 1 else 's'}, {human_bytes(self.bytes)}"


def stage_sizes(results: Path) -> dict[str, Size]:
    """Return stage -> size of its files under `results`, in workflow order, without stages that have no files.

    checkpoints: of training runs, with TensorBoard events; logs: with job records, times and claims of running workflows
    leftovers: partial files of killed runs; other: files that the workflow does not make
    """
    sizes = dict.fromkeys(STAGES, Size())
    for path, size in _files(results):
        stage = stage_of(path.relative_to(results))
        sizes[stage] += Size(1, size)
    return {stage: size for stage, size in sizes.items() if size.files}


def environment_sizes(environments: Path) -> dict[str, Size]:
    """Return environment -> size for the rules' own Python environments (`.environments`)."""
    folders = sorted(path for path in environments.glob("*") if (path / "pyvenv.cfg").exists())
    return {folder.name: folder_size(folder) for folder in folders}


def folder_size(path: Path) -> Size:
    """Return the size of a file, or of all files in a folder; a link counts itself, not its target."""
    return sum((Size(1, size) for _, size in _files(path)), Size())


def stage_of(path: Path) -> str:
    """Return the stage of a file from its path in the results folder."""
    place = place_of(path)
    return place.stage if place else "other"


def human_bytes(count: float) -> str:
    """Return a size in words: 512 B, 1.2 kB, 35 MB (powers of 1000)."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5:
            return f"{count:.1f} {unit}" if unit != "B" and count < 9.95 else f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def _files(path: Path) -> Iterator[tuple[Path, int]]:
    """Yield files and their bytes; skip files that vanish meanwhile, as beside a running workflow."""
    found = [path] if path.is_file() else (Path(top) / n for top, _, names in os.walk(path) for n in names)
    for file in found:
        try:
            yield file, file.lstat().st_size
        except FileNotFoundError:
            continue
