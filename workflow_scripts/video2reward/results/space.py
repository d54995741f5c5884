"""What a results folder holds: files and bytes of every stage."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from video2reward.results.places import place_of

STAGES = (
    "frames", "keypoints", "motion", "prompt", "completion", "reward", "policy", "evaluation", "rollout", "feedback",
    "report", "tables", "best", "checkpoints", "logs", "leftovers", "other",
)  # fmt: skip
"""As sizes are listed."""


@dataclass(frozen=True)
class Size:
    """How many files, and their bytes in all."""

    files: int = 0
    bytes: int = 0

    def __add__(self, other: Size) -> Size:
        """Return both together."""
        return Size(self.files + other.files, self.bytes + other.bytes)

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.files} file{'' if self.files == 1 else 's'}, {human_bytes(self.bytes)}"


def stage_sizes(results: Path) -> dict[str, Size]:
    """Return stage -> size of its files under `results`, in the order of flow; stages without files are left out.

    checkpoints: of trainings, with TensorBoard's events; logs: with job records, times and running workflows' claims
    leftovers: what killed runs had begun to write; other: files that the workflow does not make
    """
    sizes = dict.fromkeys(STAGES, Size())
    for path, size in _files(results):
        stage = stage_of(path.relative_to(results))
        sizes[stage] += Size(1, size)
    return {stage: size for stage, size in sizes.items() if size.files}


def environment_sizes(environments: Path) -> dict[str, Size]:
    """Return environment -> size, of the rules' own Python environments (`.environments`)."""
    folders = sorted(path for path in environments.glob("*") if (path / "pyvenv.cfg").exists())
    return {folder.name: folder_size(folder) for folder in folders}


def folder_size(path: Path) -> Size:
    """Return the size of all files in a folder, or of one file; links count for themselves alone."""
    return sum((Size(1, size) for _, size in _files(path)), Size())


def stage_of(path: Path) -> str:
    """Return the stage that a file belongs to, by its path in the results folder."""
    place = place_of(path)
    return place.stage if place else "other"


def human_bytes(count: float) -> str:
    """Return a size in words: 512 B, 1.2 kB, 35 MB (powers of 1000, as disks are sold)."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5:
            return f"{count:.1f} {unit}" if unit != "B" and count < 9.95 else f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def _files(path: Path) -> Iterator[tuple[Path, int]]:
    """Yield files and their bytes; what vanishes meanwhile, as beside a running workflow, is left out."""
    found = [path] if path.is_file() else (Path(top) / n for top, _, names in os.walk(path) for n in names)
    for file in found:
        try:
            yield file, file.lstat().st_size
        except FileNotFoundError:
            continue
