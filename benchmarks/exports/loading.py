"""Whether a forged file runs code when torch reads it: `torch.export.load` against nothing but JSON."""

from __future__ import annotations

import contextlib
import io
import pickle
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import torch


class _Marks:
    """An object whose unpickling makes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return Path.touch, (self.marker,)  # type: ignore[return-value]


class _Square(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * x


def print_loading() -> None:
    """Forge an exported program in two ways, load it, and print whether its code ran."""
    print(f"\n{'a forged .pt2':<44}when torch.export.load reads it")
    with tempfile.TemporaryDirectory() as folder:
        for name, forge in (
            ("its example inputs are a pickle of its own", _by_pickle),
            ("its number of agents is an expression", _by_expression),
        ):
            marker = Path(folder) / name.replace(" ", "_")
            path = Path(folder) / "forged.pt2"
            path.write_bytes(forge(_saved(), marker))
            failed = "and is loaded"
            with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
                warnings.simplefilter("ignore")
                try:
                    torch.export.load(path)
                except Exception as error:  # whatever it raises, the code may have run before
                    failed = f"then {type(error).__name__}"
            print(f"{name:<44}{'its code runs' if marker.exists() else 'nothing runs'}, {failed}")


def _saved() -> bytes:
    size = torch.export.Dim("n")
    program = torch.export.export(_Square(), (torch.ones(3),), dynamic_shapes=({0: size},))
    buffer = io.BytesIO()
    torch.export.save(program, buffer)
    return buffer.getvalue()


def _by_pickle(saved: bytes, marker: Path) -> bytes:
    return _replaced(saved, "sample_inputs", lambda _: pickle.dumps(_Marks(marker)))


def _by_expression(saved: bytes, marker: Path) -> bytes:
    """Replace the symbol of the number of agents."""
    code = f"Symbol(open('{marker}', 'w').close() or '"
    return _replaced(saved, "models/", lambda text: text.replace(b"Symbol('", code.encode(), 1))


def _replaced(saved: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Rewrite the records of an archive whose name holds `part`."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            record = old.read(name)
            new.writestr(name, change(record) if part in name else record)
    return made.getvalue()
