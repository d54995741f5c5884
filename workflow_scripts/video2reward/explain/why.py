"""`make why`: which job made a file, when and from what, and whether anything changed since."""

from __future__ import annotations

import difflib
import json
import os
import textwrap
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from video2reward.artifacts.job_record import FOLDER, JobRecord, records
from video2reward.errors import UserError
from video2reward.explain.duration import duration_in_words
from video2reward.explain.history import Records
from video2reward.explain.origin import tree_lines, used_by
from video2reward.explain.reasons import as_yaml, changed_modules, flat
from video2reward.jobs.code_digest import PACKAGE
from video2reward.results.space import stage_of

WIDTH = 110
_INDENT = 10
# Files in a results folder that are not outputs of a job.
_KEPT = {
    "completion": "is not a job's output: an answer in the store, kept so that no prompt is paid for twice",
    "checkpoints": "is not a job's output: a training's checkpoint or progress, kept to resume from",
    "leftovers": "is not a job's output: left over from a run that was killed",
}


def why_page(file: Path, results: Path) -> str:
    """Return how `file` was made; a `UserError` with similar files if no job made it.

    results: folder in which similar files are searched
    """
    known = Records()
    found = known.place(Path(os.path.relpath(file)))
    if found is None:
        raise UserError(_unknown(file, results))
    _, record, output = found
    sections = {
        "made by": _maker(record),
        "settings": _settings(json.loads(record.params)),
        "code": _code(record),
        "versions": [", ".join(f"{name} {version}" for name, version in record.versions.items())],
        "also made": [", ".join(name for name in record.outputs if Path(name) != output)],
        "from": tree_lines(used_by(record, known)),
    }
    head = f"{os.path.relpath(file)}: {_present(file, output, record, known)}\n"
    return (
        "\n".join([head, *(line for name, lines in sections.items() for line in _section(name, lines))])
        + "\n"
    )


def _present(file: Path, output: Path, record: JobRecord, known: Records) -> str:
    """Return whether the file is unchanged since its job, in words."""
    sha = next(
        sha for name, sha in record.outputs.items() if os.path.abspath(name) == os.path.abspath(output)
    )
    inside = "" if os.path.abspath(file) == os.path.abspath(output) else f"part of {output}, which is "
    match known.state(output, sha):
        case "gone":
            return f"{inside}gone; this is how it was made"
        case "unchanged":
            missing = "" if file.exists() else "not there, though "
            return f"{missing}{inside}as its job wrote it"
    return f"{inside}NOT as its job wrote it: edited since"


def _maker(record: JobRecord) -> list[str]:
    script = next((f" ({name}.py)" for name in record.modules if name.split(".")[0] != PACKAGE), "")
    threads = "one thread" if record.threads == 1 else f"{record.threads} threads"
    return [
        f"{record.rule}{script}, {_moment(record.started)}, in {duration_in_words(record.seconds)} on {threads}"
    ]


def _moment(iso: str) -> str:
    """Return an ISO time as 2026-11-21 10:12 UTC."""
    return f"{datetime.fromisoformat(iso):%Y-%m-%d %H:%M} UTC" if iso else "at an unknown time"


def _settings(params: Mapping[str, Any]) -> list[str]:
    """Return a line for each section of the settings."""
    lines = []
    for key, value in params.items():
        inner = {name.removeprefix(f"{key}."): item for name, item in flat({key: value}).items()}
        lines.append(
            f"{key}: {', '.join(f'{name} {as_yaml(item)}' for name, item in inner.items())}"
            if list(inner) != [key]
            else f"{key} {as_yaml(value)}"
        )
    return lines or ["none"]


def _code(record: JobRecord) -> list[str]:
    changed = changed_modules(record)
    own = sum(name.split(".")[0] == PACKAGE for name in record.modules)
    state = f"CHANGED since: {', '.join(changed)}" if changed else "unchanged since"
    return [f"its script and {own} modules of {PACKAGE}: {state}"]


def _section(name: str, lines: list[str]) -> list[str]:
    """Return a section's lines after its name; [] for an empty section."""
    wrapped = []
    for line in lines:
        step = " " * (_INDENT + len(line) - len(line.lstrip()))
        wrapped += textwrap.wrap(
            line.strip(), WIDTH, initial_indent=step, subsequent_indent=f"{step}    ",
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
    return [f"{name:{_INDENT}}{wrapped[0][_INDENT:]}", *wrapped[1:]] if wrapped else []


def _unknown(file: Path, results: Path) -> str:
    """Return why a file's provenance is unknown, in words."""
    name = os.path.relpath(file)
    made = sorted(
        {output for folder in results.glob(f"**/{FOLDER}") for r in records(folder) for output in r.outputs}
    )
    if not made:
        return f"{name}: nothing has been made in {results} yet; start with make run"
    near = _near(name, made)
    if not file.exists():
        return f"{name} does not exist; {near}"
    inside = os.path.relpath(file, results)
    if inside.split(os.sep)[0] == os.pardir:
        return f"{name} was not made here: it is outside {results}; {near}"
    stage = stage_of(Path(inside))
    if stage == "logs":
        return _log(file, name, near)
    if stage in _KEPT and not file.is_dir():
        return f"{name} {_KEPT[stage]}"
    return f"{name} {'is a folder of several jobs' if file.is_dir() else 'has no record of how it was made'}; {near}"


def _log(file: Path, name: str, near: str) -> str:
    """Return which job a log or record belongs to, in words."""
    record = Records().at(file.with_suffix(".json"))
    if record is None:
        return f"{name} is a log; {near}"
    return f"{name} is the log, time or record of a job; ask for what that made: {', '.join(record.outputs)}"


def _near(name: str, made: list[str]) -> str:
    """Return a suggestion of files similar to `name`: same base name, or similar spelling."""
    same = [output for output in made if os.path.basename(output) == os.path.basename(name)]
    alike = difflib.get_close_matches(name, same, 3, 0.0) or difflib.get_close_matches(name, made, 3, 0.6)
    chosen = alike or [made[0], made[-1]]
    return f"{'did you mean' if alike else 'there are, for example,'} {' or '.join(chosen)}{'?' if alike else ''}"
