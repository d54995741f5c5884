"""Identify a path: which artefact, of which experiment, seed, round and candidate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from video2reward.results.files import File, Folder
from video2reward.results.layout import RESERVED, BestFolder, Results
from video2reward.settings.bases import BASE_NAME

EVERY_VIDEO = Results().video("*")
EVERY_BASE = Results().robot("*").base("*")
EVERY_ROUND = Results().experiment("*").loop("*").round("*")
EVERY_CANDIDATE = EVERY_ROUND.candidate("*")
EVERY_PART = EVERY_ROUND.part("*")
EVERY_JUDGE = Results().judge("*")
EVERY_LOG, EVERY_RECORD = Folder().log("*"), Folder().record("*")
"""Results with "*" for all names: its paths are patterns for `Path.glob` below the results folder."""

_OTHERS = "|".join(RESERVED)
_NUMBERS = ("seed", "n", "k", "part")
_WORDS = {**dict.fromkeys(_NUMBERS, r"\d+"), "base": BASE_NAME} | dict.fromkeys(
    ("experiment", "group"), rf"(?!(?:{_OTHERS})/)[^/]+"
)
_LEFTOVER = re.compile(r"(?:^|/)\.[^/]+\.[^/.]{8}(?:/|$)")  # folders of artifacts/io.py's atomic_path


@dataclass(frozen=True)
class Place:
    """What a path of the results stands for; fields that do not apply are "" or None.

    file: its name in layout.py, such as "reward"; "logs" for a job's log, times or record, whose name is `job`
    stage: one of `space.STAGES`; n: the round; k: the candidate; part: of a halved training; motion: a known one, in a judge's test
    """

    file: str
    stage: str
    video: str = ""
    robot: str = ""
    base: str = ""
    group: str = ""
    experiment: str = ""
    motion: str = ""
    seed: int | None = None
    n: int | None = None
    k: int | None = None
    part: int | None = None
    job: str = ""

    @property
    def rule(self) -> str:
        """The rule of a job's log, times or record."""
        return f"{self.job}_base" if self.base else self.job


def place_of(path: Path) -> Place | None:
    """Identify a path below a results folder; None for files that the workflow does not make.

    The path is relative to the results, or may start above them, as results may lie deeper in a folder; a log of the
    results folder itself is then taken for an experiment's.
    """
    text = path.as_posix()
    if _LEFTOVER.search(text):
        return Place("leftover", "leftovers")
    for pattern, file, stage in _patterns():
        if found := pattern.fullmatch(text):
            names: dict[str, Any] = found.groupdict()
            return Place(
                file, stage, **names | {name: int(names[name]) for name in _NUMBERS if name in names}
            )
    return None


def files_of(folder: Folder) -> Iterator[tuple[str, File]]:
    """Yield a folder's files with their names in layout.py."""
    yield from ((name, file) for name, file in vars(type(folder)).items() if isinstance(file, File))


def folders() -> Iterator[Folder]:
    """Yield one folder of every kind, with wildcards for names: those with many files first, deeper ones first."""
    results = Results()
    experiment, robot = results.experiment("{experiment}"), results.robot("{robot}")
    loop, base = experiment.loop("{seed}"), "{base}"
    judge = results.judge("{experiment}")
    yield from (judge.motion("{motion}"), judge)
    yield from (results.video("{video}"), robot.base(base), robot, results.tables("{group}"))
    part = loop.round("{n}").part("{part}")
    yield from (part.candidate("{k}"), part)
    yield from (loop.round("{n}").candidate("{k}"), loop.round("{n}"), BestFolder(loop.best), loop)
    yield from (experiment.base(base), experiment, results)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str, str]]:
    """Return the path patterns, each with a file's name and stage."""
    found = [
        (f"{getattr(folder, name)}{'/' if file.name.endswith('/') else ''}", name, file.stage)
        for folder in folders()
        for name, file in files_of(folder)
    ]
    logs = [f"{folder.log('{job}').with_suffix('')}." for folder in folders()]
    found += [(path, "logs", Folder.logs.stage) for path in [*logs, f"{Folder().logs}/"]]
    return [(_pattern(path), name, stage) for path, name, stage in found]


def _pattern(path: str) -> re.Pattern[str]:
    """Return the pattern of a path with wildcards, with any prefix; "a/" matches everything in a."""
    parts = re.split(r"\{(\w+)\}", path)
    text, seen = re.escape(parts[0]), set[str]()
    for name, after in zip(parts[1::2], parts[2::2], strict=True):
        text += f"(?P={name})" if name in seen else f"(?P<{name}>{_WORDS.get(name, '[^/]+')})"
        text += re.escape(after)
        seen.add(name)
    ending = {"/": ".*", ".": "[^/]+"}.get(path[-1], "")
    return re.compile(f"(?:.*/)?{text}{ending}")
