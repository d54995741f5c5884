"""Why a job would run: its record compared with the present inputs, settings and code."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from video2reward.artifacts.job_record import JobRecord
from video2reward.engine.graph import PlannedJob
from video2reward.engine.records import NO_RECORD
from video2reward.explain.history import Records
from video2reward.jobs.code_digest import PACKAGE, SCRIPTS, code_modules, selected_modules

NOT_MADE = "not made yet"
MOVED = 3  # missing modules from which on the code counts as moved, and modules are not listed


@dataclass(frozen=True)
class Reasons:
    """own: the job's own changes; because: rules that run before it and change its inputs."""

    own: tuple[str, ...]
    because: tuple[str, ...] = ()


def reasons(job: PlannedJob, records: Records) -> Reasons:
    """Return why `job` would run."""
    record = records.at(job.record)
    own = list(_present(job, record))
    if record is not None:
        own += setting_changes(record.params, job.settings)
        own += code_changes(record, job.code)
        own += _input_changes(job, record, records)
    because = tuple(dict.fromkeys(job.remade.values()))
    if not own and not because:
        own = [job.reason or "Snakemake gives no reason"]
    return Reasons(tuple(own), because)


def _present(job: PlannedJob, record: JobRecord | None) -> Iterable[str]:
    """Yield reasons that concern the job's outputs."""
    if job.forced:
        yield "asked for with a --force option"
    if job.interrupted:
        yield "its last run was cut short"
    elif job.missing and record is None:
        whole = len(job.missing) < len(job.outputs) and any(path.exists() for path in job.outputs)
        yield f"{_names(job.missing)} missing" if whole else NOT_MADE
    elif job.missing:
        yield f"{_names(job.missing)} {'is' if len(job.missing) == 1 else 'are'} gone"
    elif record is None and job.outputs:
        yield NO_RECORD


def setting_changes(before: str, now: str) -> list[str]:
    """Return the differences between settings (JSON), such as "training.steps 4096 -> 8192"."""
    old, new = flat(json.loads(before)), flat(json.loads(now))
    changed = [
        f"{key} {as_yaml(old[key])} -> {as_yaml(new[key])}"
        for key in old
        if key in new and old[key] != new[key]
    ]
    added = [f"new setting {key} {as_yaml(new[key])}" for key in new if key not in old]
    dropped = [f"setting {key} {as_yaml(old[key])} is no longer read" for key in old if key not in new]
    return [*changed, *added, *dropped]


def code_changes(record: JobRecord, code: str) -> list[str]:
    """Return a sentence if the record's code differs from the current digest `code`, else []."""
    if record.code == code:
        return []
    if len(_gone(record)) >= MOVED:
        return ["made by an earlier version of this project with other modules"]
    changed = changed_modules(record, selected_modules(code))
    return [f"code changed: {_some(changed)}" if changed else "code changed"]


def changed_modules(record: JobRecord, selected: Iterable[str] | None = None) -> list[str]:
    """Return the source files that differ from a record's: changed, new or removed.

    selected: modules selected by the current configuration; None: those of the record
    """
    script = next((name for name in record.modules if name.split(".")[0] != PACKAGE), None)
    if script is None:
        return []
    if not (SCRIPTS / f"{script}.py").exists():
        return [f"{script}.py (gone)"]
    now = code_modules(script, selected_modules(record.code) if selected is None else selected)
    marks = {name: "" if name in record.modules else " (new)" for name in now}
    marks |= {name: " (no longer used)" for name in record.modules if name not in now}
    return [
        f"{module_file(name)}{mark}"
        for name, mark in sorted(marks.items())
        if record.modules.get(name) != now.get(name)
    ]


def _gone(record: JobRecord) -> list[str]:
    """Return a record's library modules that no longer exist."""
    ours = [name for name in record.modules if name.split(".")[0] == PACKAGE]
    return [name for name in ours if not _exists(SCRIPTS.joinpath(*name.split(".")))]


def _exists(module: Path) -> bool:
    return module.is_dir() or module.with_suffix(".py").exists()


def module_file(module: str) -> str:
    """Return a module's file relative to the package: sim/locomotion.py."""
    parts = module.split(".")
    inside = "/".join(parts[1:] if parts[0] == PACKAGE else parts)
    is_folder = SCRIPTS.joinpath(*parts).is_dir()
    return "/".join(part for part in (inside, "__init__.py") if part) if is_folder else f"{inside}.py"


def _input_changes(job: PlannedJob, record: JobRecord, records: Records) -> Iterable[str]:
    """Yield the inputs that differ from the record's, except those that will be remade first."""
    known = {os.path.abspath(name): sha for name, sha in record.inputs.items()}
    now = {os.path.abspath(path): path for path in job.inputs}
    for key, path in now.items():
        if path not in job.remade and key in known and records.digest(path) not in (known[key], None):
            state = records.state(path, known[key])
            word = {"edited since": "was edited", "made again since": "was made again"}.get(state, "changed")
            yield f"input changed: {path.name} {word}"
    new = [path for key, path in now.items() if key not in known]
    old = [Path(name) for key, name in zip(known, record.inputs, strict=True) if key not in now]
    if new and old:
        yield f"reads {_near(new)} instead of {_near(old)}"
    elif new:
        yield f"now also reads {_near(new)}"
    elif old:
        yield f"no longer reads {_near(old)}"


def flat(settings: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return nested settings as dotted key -> value; items of lists are numbered from 1."""
    found: dict[str, Any] = {}
    for key, value in settings.items():
        if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            value = {str(i): item for i, item in enumerate(value, start=1)}
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{before}{key}.")
        else:
            found[f"{before}{key}"] = value
    return found


def as_yaml(value: Any, width: int = 60) -> str:
    """Return a setting's value as in YAML, shortened to `width`."""
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= width else f"{text[: width - 3]}..."


def _names(paths: Iterable[Path]) -> str:
    return _some([path.name for path in paths])


def _near(paths: list[Path]) -> str:
    """Name files with their folder."""
    return _some([f"{path.parent.name}/{path.name}" for path in paths], 2)


def _some(names: list[str], most: int = 4) -> str:
    """Return the first names and the number of others."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
