"""Merge results of several machines into one folder: missing files are copied, existing ones stay."""

from __future__ import annotations

import os
import shutil
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from video2reward.artifacts.io import atomic_path, digest
from video2reward.artifacts.job_record import FOLDER, JobRecord, read_job_record
from video2reward.errors import UserError
from video2reward.results.claims import in_use
from video2reward.results.layout import Results
from video2reward.results.places import place_of


@dataclass
class Merged:
    """What a merge did: what happened to each file, and which jobs do not match the inputs here.

    same: identical here; kept: differ here; left_out: links and anything else that is not a plain file or folder
    again: input file -> records of the copied jobs that read a different version of it
    """

    copied: int = 0
    same: int = 0
    kept: list[Path] = field(default_factory=list)
    left_out: list[Path] = field(default_factory=list)
    again: dict[str, list[Path]] = field(default_factory=dict)


def merge_results(source: Path, target: Path) -> Merged:
    """Copy the results in `source` that `target` lacks, and compare the copied jobs' inputs with the files here.

    Files are copied without the other machine's permissions; links are not followed.

    Raises:
        UserError: one of them is not a results folder or is in use, or they were made under different names
    """
    if not source.is_dir():
        raise UserError(f"{source} is not a folder of results; make merge FROM=path/to/the/other/results")
    merged, records = Merged(), []
    files = list(_files(source, source, merged.left_out))
    _check(source, target, files)
    # Records last: a record says that its files are complete.
    for path in sorted(files, key=lambda path: (path.parent.name == FOLDER, path)):
        here = target / path.relative_to(source)
        if not os.path.lexists(here):
            with atomic_path(here) as aside:
                shutil.copyfile(path, aside, follow_symlinks=False)
                times = path.stat()
                os.utime(aside, ns=(times.st_atime_ns, times.st_mtime_ns))
            merged.copied += 1
            if path.parent.name == FOLDER and path.suffix == ".json":
                records.append(here)
        elif path.parent.name != FOLDER and digest(here) != digest(path):
            merged.kept.append(here)
        else:
            merged.same += 1
    known: dict[Path, str] = {}
    for record in records:
        for name, found in _read(record).inputs.items():
            path = Path(name)
            if _is_ours(path) and known.setdefault(path, digest(path)) != found:
                merged.again.setdefault(name, []).append(record)
                break
    return merged


def _files(folder: Path, source: Path, left_out: list[Path]) -> Iterator[Path]:
    """Yield the files to copy: no claims, partial files, checkpoints or links.

    Nor the overview, which tells of all results: the next run makes it anew.
    """
    top = Results(source)
    overview = {top.report, top.log("report"), top.record("report")}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") and path.name != ".snakemake_timestamp":
            continue
        if path in overview:
            continue
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            inside = place_of(path / "any")
            if inside is None or inside.stage != "checkpoints":  # of unfinished training runs
                yield from _files(path, source, left_out)
        elif stat.S_ISREG(mode):
            yield path
        else:
            left_out.append(path)


def _is_ours(path: Path) -> bool:
    """Tell whether a path from another machine's record is a plain file or folder of this project, safe to read."""
    try:
        inside = path.resolve(strict=True).is_relative_to(Path.cwd().resolve())
    except (OSError, ValueError, RuntimeError):  # missing, a name with a zero byte, circular links
        return False
    return inside and (path.is_file() or path.is_dir())


def _check(source: Path, target: Path, files: Iterable[Path]) -> None:
    if source.resolve() == target.resolve():
        raise UserError(f"{source} is the folder to merge into; set FROM to the other one")
    for folder in (source, target):
        if folder.is_dir() and (sentence := in_use(folder)) is not None:
            raise UserError(sentence)
    records = [path for path in files if path.parent.name == FOLDER and path.suffix == ".json"]
    names = Counter(filter(None, (_made_as(path, source) for path in records)))
    if not names:
        raise UserError(
            f"{source} holds no records of finished jobs (logs/*.json): it is not a results folder, or of an older version"
        )
    name = names.most_common(1)[0][0]
    if name != target:
        raise UserError(
            f"{source} was made as {name}, and its records name its files that way; merge it into a folder of that name "
            f"(results: {name} in config.yaml; here it is {target})"
        )


def _made_as(path: Path, source: Path) -> Path | None:
    """Return the results folder's name when a job's record was written, from its outputs, which lie beside its logs."""
    here = path.parent.parent.relative_to(source).parts
    for name in _read(path).outputs:
        parts = Path(name).parent.parts
        if parts[len(parts) - len(here) :] == here:
            return Path(*parts[: len(parts) - len(here)])
    return None


def _read(path: Path) -> JobRecord:
    try:
        return read_job_record(path)
    except UserError:  # unfinished job: its files are of unknown origin
        return JobRecord("", "", "")
