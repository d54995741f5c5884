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
from video2reward.artifacts.job_record import JobRecord, read_job_record
from video2reward.artifacts.selection import Selection, read_selection
from video2reward.errors import UserError
from video2reward.results.layout import BaseFiles, CandidateFiles, RoundFolder, VideoFolder
from video2reward.results.places import (
    EVERY_BASE,
    EVERY_CANDIDATE,
    EVERY_PART,
    EVERY_ROUND,
    EVERY_VIDEO,
    place_of,
)
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
    paths, kept, jobs = [], [], []
    for summary in sorted(results.glob(f"**/{EVERY_VIDEO.frames_summary}")):
        video = VideoFolder(summary.parent)
        if not video.frames.is_dir() or video.frames.is_symlink():
            continue
        reason = _why_frames_stay(video)
        if reason is None:
            paths.append(video.frames)
            jobs.append(video.record("extract_frames"))
        else:
            kept.append(f"{video.frames}: {reason}")
    return Prunable("frames", "extracted from the video again", tuple(paths), tuple(jobs), tuple(kept))


def _why_frames_stay(video: VideoFolder) -> str | None:
    """Return why a video's frames must stay, None if they can be extracted again and no stage waits for them."""
    record = _read(video.record("extract_frames"))
    if record is None or not record.inputs:
        return "there is no record of the source video"
    for name, sha in record.inputs.items():
        if not Path(name).exists():
            return f"{name} no longer exists"
        if digest(Path(name)) != sha:
            return f"{name} has changed"
    waiting = [file.name for file in (video.keypoints, video.motion, video.overlay) if not file.exists()]
    return f"{waiting[0]} does not exist yet" if waiting else None


def _losers(results: Path) -> Prunable:
    paths, jobs = [], []
    for folder, selection in _rounds(results):
        best = selection.best
        stay = {selection.winner, best.k if best and best.iteration == selection.iteration else None}
        for candidate in (folder.candidate(one.k) for one in selection.candidates if one.k not in stay):
            if candidate.policy.is_file():
                paths.append(candidate.policy)
                jobs += [candidate.record(rule) for rule in ("train_policy", "train_rest")]
                jobs += [folder.record(rule) for rule in ("train_round", "train_round_rest")]
    again = "trained again from the same reward if their round is evaluated again"
    return Prunable(
        "policies of candidates that did not win", again, tuple(paths), tuple(dict.fromkeys(jobs))
    )


def _rollouts(results: Path) -> Prunable:
    judged: dict[Path, list[tuple[RoundFolder, Selection]]] = {}
    for folder, selection in _rounds(results):
        if folder.feedback.exists():
            judged.setdefault(folder.path.parent, []).append((folder, selection))
    past = [one for loop in judged.values() for one in sorted(loop, key=lambda one: one[0].n)[:-1]]
    made = [(folder.rollout, folder.record("record_rollout")) for folder, _ in past]
    made += [(folder.film, folder.record("render_film")) for folder, _ in past]
    # Where people chose between films, every candidate has them.
    candidates = [folder.candidate(one.k) for folder, selection in past for one in selection.candidates]
    made += [(one.rollout, one.record("record_candidate")) for one in candidates]
    made += [(one.film, one.record("render_candidate")) for one in candidates]
    there = [(path, record) for path, record in made if path.is_file()]
    again = "recorded again from the round's policies"
    paths, jobs = (tuple(pair[i] for pair in there) for i in (0, 1))
    return Prunable("rollouts and videos of rounds before the last", again, paths, jobs)


def _work(results: Path) -> Prunable:
    every = (EVERY_CANDIDATE.work, EVERY_BASE.work)
    found = [path for pattern in every for path in sorted(results.glob(f"**/{pattern}")) if path.is_dir()]
    paths = tuple(path for path in found if _is_finished(path))
    for pattern in (EVERY_PART.candidate("*").checkpoint, EVERY_PART.candidate("*").policy):
        parts = sorted(results.glob(f"**/{pattern}"))
        paths += tuple(path for path in parts if RoundFolder(path.parent.parent).selection.exists())
    again = "not needed any more: the learning curves are kept as tables (.csv)"
    return Prunable("checkpoints and TensorBoard events of finished training runs", again, paths)


def _is_finished(work: Path) -> bool:
    """Tell whether the training that a folder of checkpoints belongs to is finished."""
    place = place_of(work / "any")
    if place is None:
        return False
    files = BaseFiles(work.parent, place.base) if place.base else CandidateFiles(work.parent, place.k or 0)
    return files.training.exists()


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


def _rounds(results: Path) -> Iterator[tuple[RoundFolder, Selection]]:
    """Yield the finished rounds with their selections."""
    for path in sorted(results.glob(f"**/{EVERY_ROUND.selection}")):
        try:
            yield RoundFolder(path.parent), read_selection(path)
        except UserError:
            continue  # damaged: the workflow reports it when it reads the file


def _read(path: Path) -> JobRecord | None:
    try:
        return read_job_record(path)
    except UserError:
        return None
