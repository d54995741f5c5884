"""Find, explain and delete what a results folder can do without.

The workflow makes all of it again as soon as a stage needs it. What is expensive to replace is never deleted:
completions and their store, prompts, rewards, checks, scores, winners' and base policies.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from video2reward.artifacts.io import digest
from video2reward.artifacts.job_record import FOLDER, JobRecord, read_job_record
from video2reward.artifacts.selection import Selection, read_selection
from video2reward.errors import UserError
from video2reward.results.space import Size, folder_size

_ASIDE = re.compile(r"\.(?P<name>.+)\.[a-z0-9_]{8}")  # folders of artifacts/io.py's atomic_path


@dataclass(frozen=True)
class Prunable:
    """Files of one kind that can be deleted.

    what: the kind in words; again: how to get it back
    jobs: records of the jobs that made them; kept: files of this kind that stay, and why
    """

    what: str
    again: str
    paths: tuple[Path, ...] = ()
    jobs: tuple[Path, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def size(self) -> Size:
        """What deleting them frees."""
        return sum((folder_size(path) for path in self.paths), Size())

    @property
    def seconds(self) -> float | None:
        """Wall time of the jobs that made them, summed, s; None if not on record."""
        found = [record.seconds for record in map(_read, self.jobs) if record is not None]
        return sum(found) if found else None


def find_prunable(results: Path) -> list[Prunable]:
    """Return what can be deleted from `results`, by kind, including kinds without files."""
    return [find(results) for find in _KINDS]


def delete(paths: Iterable[Path]) -> None:
    """Delete files and folders; a folder vanishes at once, as a partial one would pass for complete."""
    for path in paths:
        if not path.is_dir():
            path.unlink(missing_ok=True)
            continue
        aside = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        os.replace(path, aside / path.name)
        shutil.rmtree(aside)


def _frames(results: Path) -> Prunable:
    paths, kept = [], []
    for summary in sorted(results.glob("**/videos/*/frames.json")):
        folder = summary.parent / "frames"
        if not folder.is_dir() or folder.is_symlink():
            continue
        reason = _why_frames_stay(folder.parent)
        if reason is None:
            paths.append(folder)
        else:
            kept.append(f"{folder}: {reason}")
    jobs = tuple(path.parent / FOLDER / "extract_frames.json" for path in paths)
    return Prunable("frames", "extracted from the video again", tuple(paths), jobs, tuple(kept))


def _why_frames_stay(video: Path) -> str | None:
    """Return why a video's frames must stay, None if they can be extracted again and no stage waits for them."""
    record = _read(video / FOLDER / "extract_frames.json")
    if record is None or not record.inputs:
        return "there is no record of the source video"
    for name, sha in record.inputs.items():
        if not Path(name).exists():
            return f"{name} no longer exists"
        if digest(Path(name)) != sha:
            return f"{name} has changed"
    waiting = [name for name in ("keypoints.h5", "motion.h5", "overlay.mp4") if not (video / name).exists()]
    return f"{waiting[0]} does not exist yet" if waiting else None


def _losers(results: Path) -> Prunable:
    paths, jobs = [], []
    for folder, selection in _rounds(results):
        best = selection.best
        stay = {selection.winner, best.k if best and best.iteration == selection.iteration else None}
        for candidate in selection.candidates:
            policy = folder / f"policy_{candidate.k}.pth"
            if candidate.k not in stay and policy.is_file():
                paths.append(policy)
                jobs.append(folder / FOLDER / f"train_policy_{candidate.k}.json")
    again = "trained again from the same reward if their round is evaluated again"
    return Prunable("policies of candidates that did not win", again, tuple(paths), tuple(jobs))


def _rollouts(results: Path) -> Prunable:
    judged: dict[Path, list[Path]] = {}
    for folder, _ in _rounds(results):
        if (folder / "feedback.json").exists():
            judged.setdefault(folder.parent, []).append(folder)
    past = [folder for loop in judged.values() for folder in sorted(loop, key=_number)[:-1]]
    films = [(folder, folder / name) for folder in past for name in ("rollout.h5", "rollout.mp4")]
    there = [(folder, file) for folder, file in films if file.is_file()]
    jobs = {folder / FOLDER / "record_rollout.json": None for folder, _ in there}
    again = "recorded again from the round's best policy"
    return Prunable("rollouts and videos of rounds before the last", again, tuple(f for _, f in there), tuple(jobs))  # fmt: skip


def _work(results: Path) -> Prunable:
    paths = []
    for folder in sorted(results.glob("**/work*")):
        name = re.fullmatch(r"work(_\d+|(?:_seed\d+)?)", folder.name)
        if name is None:
            continue
        of_candidate = name[1].removeprefix("_").isdigit()
        finished = folder.parent / f"{'training' if of_candidate else 'base'}{name[1]}.json"
        if folder.is_dir() and finished.exists():
            paths.append(folder)
    again = "not needed any more: the learning curves are kept as tables (.csv)"
    return Prunable("checkpoints and TensorBoard events of finished training runs", again, tuple(paths))


def _leftovers(results: Path) -> Prunable:
    paths = []
    for top, folders, _ in os.walk(results):
        for folder in list(folders):
            path = Path(top) / folder
            name = _ASIDE.fullmatch(folder)
            if name and not path.is_symlink() and {p.name for p in path.iterdir()} <= {name["name"]}:
                paths.append(path)
                folders.remove(folder)
    return Prunable("partial files of killed runs", "not needed any more", tuple(sorted(paths)))


_KINDS: tuple[Callable[[Path], Prunable], ...] = (_frames, _losers, _rollouts, _work, _leftovers)


def _rounds(results: Path) -> Iterator[tuple[Path, Selection]]:
    """Yield the finished rounds with their selections."""
    for path in sorted(results.glob("**/seed*/iter*/selection.json")):
        try:
            yield path.parent, read_selection(path)
        except UserError:
            continue  # damaged: the workflow reports it when it reads the file


def _number(folder: Path) -> int:
    return int(folder.name.removeprefix("iter"))


def _read(path: Path) -> JobRecord | None:
    try:
        return read_job_record(path)
    except UserError:
        return None
