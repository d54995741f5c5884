"""The provenance of a file: the job that made it and all jobs before, as a tree."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from video2reward.artifacts.job_record import JobRecord
from video2reward.explain.duration import duration_in_words
from video2reward.explain.history import Records
from video2reward.explain.reasons import changed_modules

UNCHANGED = "unchanged"
_SHOWN = 3  # names in a line


@dataclass
class Used:
    """Input files of a job that are in one folder and come from the same rule.

    paths: as recorded; states: see `Records.state`; jobs: that made the files
    changed_code: source files that changed since these jobs
    used: inputs of those jobs; above: described elsewhere in the tree
    """

    paths: list[Path]
    states: list[str]
    jobs: list[JobRecord] = field(default_factory=list)
    changed_code: tuple[str, ...] = ()
    used: list[Used] = field(default_factory=list)
    above: bool = False

    @property
    def rule(self) -> str:
        """The rule that made the files; "" if no job did."""
        return self.jobs[0].rule if self.jobs else ""

    @property
    def seconds(self) -> float:
        """The total time of those jobs, s."""
        return sum(job.seconds for job in self.jobs)


def used_by(record: JobRecord, records: Records) -> list[Used]:
    """Return a job's inputs and, recursively, those of the jobs that made them.

    Each job and each given file appears once, as close to `record` as possible; elsewhere only files that have
    changed appear.
    """
    root = Used([], [], [record])
    told: set[str] = set()
    waiting = [root]
    while waiting:
        part = waiting.pop(0)
        part.used = _read_by(part.jobs, records, told)
        waiting += [used for used in part.used if not used.above]
    return root.used


def _read_by(made: list[JobRecord], records: Records, told: set[str]) -> list[Used]:
    """Return the inputs of jobs by rule and folder, given files last; adds them to `told`."""
    inputs = {Path(name): sha for record in made for name, sha in record.inputs.items()}
    makers = {path: records.of(path) for path in inputs}
    names = {path: _name(path, makers[path]) for path in inputs}
    found: dict[tuple[str, str], Used] = {}
    for path in sorted(inputs, key=lambda path: makers[path] is None):
        state, maker = records.state(path, inputs[path]), makers[path]
        if names[path] in told and state == UNCHANGED:
            continue
        used = found.setdefault(
            (maker.rule if maker else "", os.path.dirname(path)), Used([], [], above=True)
        )
        used.paths.append(path)
        used.states.append(state)
        used.above &= names[path] in told
        if maker is not None and all(job is not maker for job in used.jobs):
            used.jobs.append(maker)
    told.update(names.values())
    for used in found.values():
        used.changed_code = tuple(dict.fromkeys(name for job in used.jobs for name in changed_modules(job)))
    return list(found.values())


def _name(path: Path, maker: JobRecord | None) -> str:
    """Return the key of an entry: a job's first output, or the given file itself."""
    return os.path.abspath(next(iter(maker.outputs)) if maker else path)


def tree_lines(used: Iterable[Used], indent: str = "") -> list[str]:
    """Return the tree as lines, indented by two spaces per level."""
    lines = []
    for part in used:
        lines.append(indent + _line(part))
        lines += tree_lines(part.used, indent + "  ")
    return lines


def _line(part: Used) -> str:
    """Return one line: files, their states, and the jobs that made them."""
    more = f" and {len(part.paths) - _SHOWN} more" if len(part.paths) > _SHOWN else ""
    names = [str(part.paths[0]), *(path.name for path in part.paths[1:_SHOWN])]
    text = f"{', '.join(names)}{more}: {_states(part)}"
    if part.above:
        return f"{text}; {part.rule or 'given'}, told elsewhere"
    if part.rule:
        text += f"; {part.rule}, {duration_in_words(part.seconds)}"
    if part.changed_code:
        more = f" and {len(part.changed_code) - _SHOWN} more" if len(part.changed_code) > _SHOWN else ""
        text += f"; its code CHANGED since: {', '.join(part.changed_code[:_SHOWN])}{more}"
    return text


def _states(part: Used) -> str:
    """Return the states of the files; changes are in capitals."""
    other = [
        (path.name, state) for path, state in zip(part.paths, part.states, strict=True) if state != UNCHANGED
    ]
    if not other:
        return UNCHANGED
    if len(other) > _SHOWN:
        return f"{len(other)} of {len(part.paths)} CHANGED since"
    return ", ".join(
        f"{name} {state.upper()}" if len(part.paths) > 1 else state.upper() for name, state in other
    )
