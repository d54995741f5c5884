"""What halving leaves of a candidate that does not go on, and how a round's selection tells of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from video2reward.artifacts.halving import Contender
from video2reward.artifacts.io import Provenance, atomic_path, read_json, write_json
from video2reward.artifacts.selection import Candidate


def pass_on(contender: Contender, files: Mapping[Path, Path], record: Path, provenance: Provenance) -> None:
    """Write the files of a candidate that is not trained in a part: those of the part before, its record with the reason.

    files: file of the part before -> file to write; record: which of the latter is the training record
    """
    for before, path in files.items():
        if path == record:
            write_json(path, _record(read_json(before), contender) | {"provenance": provenance})
            continue
        with atomic_path(path) as aside:
            aside.write_bytes(before.read_bytes())


def _record(record: dict[str, Any], contender: Contender) -> dict[str, Any]:
    if contender.stopped is None:
        return record
    meaning = "the part after which halving stopped it, from 1; not there: it was not stopped by halving"
    definitions = record["definitions"] | {"halved": meaning}
    return record | {"stopped_early": contender.why, "halved": contender.stopped, "definitions": definitions}


def halving_in_words(candidates: Sequence[Candidate], trainings: Sequence[Mapping[str, Any]]) -> str:
    """Say of a round how long its candidates were trained, and at what distance halving stopped which.

    trainings: the candidates' records
    """
    stopped, whole = [], []
    for one, record in zip(candidates, trainings, strict=True):
        if record.get("halved"):
            distance = one.distance
            at = "" if distance is None else f" at gait distance {distance:.3f}"
            stopped.append(f"candidate {one.k} after {record['steps']:,} steps{at}")
        elif one.status == "ok":
            whole.append(f"candidate {one.k} was trained for {record['steps']:,} steps")
    told = [f"the round was halved: {', '.join(whole) or 'nobody was trained to the end'}"]
    return ", ".join([*told, *(["stopped were " + ", ".join(stopped)] if stopped else [])])
