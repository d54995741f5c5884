"""Atomic writing, digests and provenance, shared by every artefact."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, cast

import h5py
import numpy as np

from video2reward.artifacts.hdf5 import open_h5
from video2reward.artifacts.versions import imported_versions
from video2reward.errors import UserError
from video2reward.text.redaction import redacted

T = TypeVar("T")
Provenance = dict[str, Any]
_STAMP = ".snakemake_timestamp"  # written by Snakemake into output folders


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` that is renamed to `path` only if the block succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        aside = Path(folder) / path.name
        yield aside
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        os.replace(aside, path)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, or of a folder's file names and bytes."""
    sha = hashlib.sha256()
    files = (
        sorted(p for p in path.rglob("*") if p.is_file() and p.name != _STAMP) if path.is_dir() else [path]
    )
    for file in files:
        if path.is_dir():
            sha.update(str(file.relative_to(path)).encode())
        with file.open("rb") as content:
            while piece := content.read(1 << 20):
                sha.update(piece)
    return sha.hexdigest()


def numbered_names(inputs: Mapping[str, Sequence[Path]]) -> dict[str, Path]:
    """Return a provenance's name -> path for inputs that may have several files: the second file of a name is name1."""
    return {f"{name}{i or ''}": path for name, paths in inputs.items() for i, path in enumerate(paths)}


def provenance(inputs: Mapping[str, Path], parameters: Mapping[str, Any], code: str = "") -> Provenance:
    """Describe how an artefact is made: configuration slice, code digest, input digests, versions."""
    return {
        "parameters": dict(parameters),
        "code": code,
        "inputs": {name: digest(path) for name, path in inputs.items() if path.exists()},
        "versions": imported_versions(),
    }


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write `content` as indented JSON (NaN becomes null, API keys are removed), atomically."""
    with atomic_path(path) as aside:
        aside.write_text(json.dumps(_plain(content), indent=1) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; a missing or damaged file is a `UserError`."""
    try:
        content = json.loads(path.read_text("utf-8-sig"))  # editors may add a byte order mark
    except FileNotFoundError:
        raise UserError(f"{path} does not exist") from None
    except IsADirectoryError:
        raise UserError(f"{path} is a folder, not a JSON file") from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not JSON: {error}; delete it and run again") from None
    if not isinstance(content, dict):
        raise UserError(f"{path} holds a {type(content).__name__}, not an object")
    return content


def typed(kind: type[T], content: Mapping[str, Any], path: Path) -> T:
    """Return a JSON file's content as an artefact's dataclass; a value of the wrong type is a `UserError`."""
    from pydantic import TypeAdapter, ValidationError

    known = {field.name for field in fields(cast(Any, kind))}
    if unknown := sorted(set(content) - known):
        raise UserError(
            f"{path} is not a {kind.__name__.lower()} of this project: it holds {', '.join(unknown)[:100]}"
        )
    try:
        return TypeAdapter(kind).validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UserError(
            f"{path} is not a {kind.__name__.lower()} of this project: {where}: {first['msg']}; delete it and run again"
        ) from None


def write_text(path: Path, text: str) -> None:
    """Write `text` atomically, without API keys; lone surrogates become question marks."""
    with atomic_path(path) as aside:
        aside.write_text(redacted(text), encoding="utf-8", errors="replace")


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write a table with a header line, atomically."""
    with atomic_path(path) as aside, aside.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def write_h5(path: Path, arrays: Mapping[str, np.ndarray], attributes: Mapping[str, Any]) -> None:
    """Write arrays as compressed datasets and attributes as JSON, atomically."""
    # Written in memory first: on a full disk, h5py fails in many places and not with an OSError.
    with h5py.File(path.name, "w", driver="core", backing_store=False) as file:
        for name, array in arrays.items():
            squeeze = {"compression": "gzip", "shuffle": True} if np.ndim(array) else {}
            file.create_dataset(name, data=array, **squeeze)
        for name, value in attributes.items():
            file.attrs[name] = json.dumps(_plain(value))
        file.flush()
        content = file.id.get_file_image()
    with atomic_path(path) as aside:
        aside.write_bytes(content)


def read_h5(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read a file of `write_h5` -> (arrays, attributes); a damaged file is a `UserError`."""
    try:
        with open_h5(path) as file:
            arrays = {name: np.asarray(file[name]) for name in file}
            return arrays, {name: json.loads(value) for name, value in file.attrs.items()}
    except UserError:
        raise
    except Exception as error:  # on a damaged file h5py may raise anything
        raise UserError(f"{path} is not a readable HDF5 artefact: {error}") from None


def _plain(value: Any) -> Any:
    """Convert numpy values, paths, tuples and mappings to JSON values; non-finite numbers become null."""
    if isinstance(value, Mapping):
        return {redacted(str(k)): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(v) for v in value]
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if isinstance(value, str | Path):
        return redacted(str(value))
    return value
