"""Whether two runs of the workflow made the same: every artefact compared by what it holds.

    python tests/workflow/same.py FOLDER_A FOLDER_B

prints the differences and ends with status 1 if there are any.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

# Where and when a thing was made, not what it is.
PROVENANCE = "provenance"
# Times that a run measures of itself.
TIMING = frozenset({"seconds", "steps_per_second", "seconds_per_call", "latency_s"})
# Digests of other artefacts' bytes, which hold provenance; those artefacts are compared themselves.
DIGESTS = {"best.json": "digest", "frames.json": "digest", "training_*.json": "warm_start"}
# Folders of a run's own affairs: logs with job records, checkpoints and TensorBoard events, who runs here.
ASIDE = ("logs", "work", "work_*", ".*", "tmp")
# report.html quotes times and provenance of all of them.
ASIDE_FILES = ("report.html", ".*", "*.lock")
_SHOWN = 5  # differences of one file that are listed


def differences(folder_a: Path, folder_b: Path) -> list[str]:
    """Return what differs between two results folders, one line each, "path: what"; none if they hold the same.

    Aside are ASIDE, ASIDE_FILES, provenance, DIGESTS and the TIMING entries of JSON, CSV and policy files.
    Floats must be equal to the last bit, NaN equals NaN; films and pictures to the last pixel.
    """
    in_a, in_b = (set(_artefacts(Path(folder))) for folder in (folder_a, folder_b))
    found = [f"{path}: only in {folder_a}" for path in sorted(in_a - in_b)]
    found += [f"{path}: only in {folder_b}" for path in sorted(in_b - in_a)]
    for path in sorted(in_a & in_b):
        lines = list(_compare(Path(folder_a) / path, Path(folder_b) / path))
        found += [f"{path}: {line}" for line in lines[:_SHOWN]]
        if len(lines) > _SHOWN:
            found.append(f"{path}: and {len(lines) - _SHOWN} more")
    return found


def _artefacts(folder: Path) -> Iterator[Path]:
    """Yield the artefacts' paths, relative to `folder`."""
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        aside = any(Path(part).match(pattern) for part in relative.parts[:-1] for pattern in ASIDE)
        if path.is_file() and not aside and not any(path.match(pattern) for pattern in ASIDE_FILES):
            yield relative


def _compare(a: Path, b: Path) -> Iterator[str]:
    """Yield what differs between two files of one name."""
    try:
        if a.suffix in _FRAMES:
            yield from _compare_frames(a, b)
        elif a.suffix in _READERS:
            read = _READERS[a.suffix]
            yield from _compare_values(read(a), read(b))
        elif a.read_bytes() != b.read_bytes():
            yield f"other bytes: {_first_line(a, b)}"
    except Exception as error:  # a damaged file can raise anything; it is what is looked for
        yield f"not readable: {type(error).__name__}: {_short(str(error))}"


# --- values: dictionaries, lists, arrays and scalars, however deep


def _compare_values(a: Any, b: Any, place: str = "") -> Iterator[str]:
    where = place or "content"
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys(), key=str):
            if key in (PROVENANCE, *TIMING):
                continue
            name = f"{place}.{key}" if place else str(key)
            if key not in a or key not in b:
                yield f"{name} only in the {'second' if key not in a else 'first'}"
            else:
                yield from _compare_values(a[key], b[key], name)
        if list(a) != list(b) and a.keys() == b.keys():
            yield f"{where}: keys in another order"
    elif isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        yield from _compare_arrays(a, b, where)
    elif isinstance(a, list | tuple) and isinstance(b, list | tuple):
        if len(a) != len(b):
            yield f"{where}: {len(a)} entries, {len(b)}"
        for i, (one, other) in enumerate(zip(a, b, strict=False)):
            yield from _compare_values(one, other, f"{place}[{i}]")
    elif type(a) is not type(b):
        yield f"{where}: {_short(a)} ({type(a).__name__}), {_short(b)} ({type(b).__name__})"
    elif a != b and not (isinstance(a, float) and math.isnan(a) and math.isnan(b)):
        yield f"{where}: {_short(a)}, {_short(b)}"


def _compare_arrays(a: np.ndarray, b: np.ndarray, where: str) -> Iterator[str]:
    if a.shape != b.shape or a.dtype != b.dtype:
        yield f"{where}: {a.dtype} {a.shape}, {b.dtype} {b.shape}"
        return
    inexact = np.issubdtype(a.dtype, np.inexact)
    different = (a != b) & ~(np.isnan(a) & np.isnan(b)) if inexact else np.asarray(a != b)
    if different.any():
        first = tuple(int(i) for i in np.argwhere(different)[0])
        yield f"{where}: {int(different.sum())} of {a.size} entries, first at {first}: {a[first]}, {b[first]}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _first_line(a: Path, b: Path) -> str:
    """Return where two texts part, or their sizes."""
    lines_a, lines_b = (path.read_bytes().decode(errors="replace").splitlines() for path in (a, b))
    for i, (one, other) in enumerate(zip(lines_a, lines_b, strict=False), start=1):
        if one != other:
            return f"line {i}: {_short(one)}, {_short(other)}"
    return f"{a.stat().st_size} bytes, {b.stat().st_size}"


# --- pictures and films: frame by frame, so that two frames are in memory


def _compare_frames(a: Path, b: Path) -> Iterator[str]:
    frames = zip_longest(_FRAMES[a.suffix](a), _FRAMES[b.suffix](b))
    for number, (one, other) in enumerate(frames):
        if one is None or other is None:
            yield f"the {'first' if other is None else 'second'} goes on after frame {number - 1}"
            return
        yield from _compare_values(one, other, f"frame {number}")


def _picture(path: Path) -> Iterator[np.ndarray]:
    import cv2

    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise ValueError("not a picture")
    yield picture


def _film(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the frames' times and their pixels as they are stored."""
    import av

    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            yield {"time": frame.time, "pixels": frame.to_ndarray()}


# --- what a file holds, as values


def _json(path: Path) -> Any:
    content = json.loads(path.read_text())
    for pattern, key in DIGESTS.items():
        if path.match(pattern):
            content.pop(key, None)
    return content


def _csv(path: Path) -> dict[str, list[str]]:
    with path.open(newline="") as file:
        header, *rows = list(csv.reader(file))
    return {name: [row[i] for row in rows] for i, name in enumerate(header)}


def _h5(path: Path) -> dict[str, Any]:
    """Return datasets and, as "@name", attributes; those that hold JSON as what they say."""
    import h5py

    content: dict[str, Any] = {}

    def take(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            content[name] = np.asarray(item)
        for key, value in item.attrs.items():
            if key != PROVENANCE:
                content[f"{name}@{key}"] = _attribute(value)

    with h5py.File(path, "r") as file:
        take("", file)
        file.visititems(take)
    return content


def _attribute(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def _pth(path: Path) -> Any:
    import torch

    return _without_tensors(torch.load(path, map_location="cpu", weights_only=True))


def _pt(path: Path) -> Any:
    """Return the state that a training goes on from; which job's it is does not matter."""
    return {k: v for k, v in _pth(path).items() if k != "identity"} if path.stat().st_size else {}


def _without_tensors(value: Any) -> Any:
    import torch

    if isinstance(value, torch.Tensor):
        return value.numpy()
    if isinstance(value, dict):
        return {key: _without_tensors(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_without_tensors(entry) for entry in value]
    return value


def _onnx(path: Path) -> dict[str, Any]:
    """Return the graph in words, the weights as arrays and the metadata."""
    import onnx

    model = onnx.load(str(path))
    weights = {weight.name: onnx.numpy_helper.to_array(weight) for weight in model.graph.initializer}
    metadata = {entry.key: _attribute(entry.value) for entry in model.metadata_props}
    del model.graph.initializer[:], model.metadata_props[:]
    return {"weights": weights, "metadata": metadata, "graph": str(model).splitlines()}


def _npz(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


_READERS: dict[str, Callable[[Path], Any]] = {
    ".json": _json,
    ".csv": _csv,
    ".h5": _h5,
    ".npz": _npz,
    ".pt": _pt,
    ".pth": _pth,
    ".onnx": _onnx,
}
_FRAMES: dict[str, Callable[[Path], Iterator[np.ndarray]]] = {
    ".mp4": _film,
    ".png": _picture,
    ".jpg": _picture,
}


if __name__ == "__main__":
    unlike = differences(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join(unlike) or "the same")
    raise SystemExit(bool(unlike))
