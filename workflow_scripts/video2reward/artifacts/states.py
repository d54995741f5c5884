"""`states.npz`: states of the simulated robot on which candidates are tried; `known_states.npz`: those of known motions."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from video2reward.errors import UserError

if TYPE_CHECKING:
    from video2reward.artifacts.io import Provenance

_PROVENANCE = "provenance"
_MOTIONS, _LASTING = "motions", "lasting"


@dataclass(frozen=True)
class States:
    """The catalogue's signals of N agents at S moments.

    signals: name -> (S, *shape of the signal), float32, units and frames as in the catalogue
    """

    signals: dict[str, np.ndarray]
    provenance: Provenance = field(default_factory=dict)

    def __len__(self) -> int:
        """Return S."""
        return len(next(iter(self.signals.values())))

    def __getitem__(self, moment: int) -> dict[str, np.ndarray]:
        """Return one moment: name -> array of the signal's shape, a copy."""
        return {name: np.array(values[moment]) for name, values in self.signals.items()}


@dataclass(frozen=True)
class Pair:
    """Two known motions of which an honest reward pays more for the first.

    demanded: "always"; "gait": of rewards whose writer was told of the gait; "no": reported alone
    """

    better: str
    worse: str
    demanded: Literal["always", "gait", "no"]


@dataclass(frozen=True)
class KnownStates:
    """The catalogue's signals of A agents over T steps of M known motions.

    motions: (M,) name -> what it does, in words; pairs: of known order, those of the best motion first
    signals: name -> (M, *shape of the signal), float32, as of N = A T agents: the steps of one after the other
    lasting: (M, A, T) bool: the episode has not ended before this step, by a fall
    """

    motions: dict[str, str]
    pairs: tuple[Pair, ...]
    signals: dict[str, np.ndarray]
    lasting: np.ndarray
    provenance: Provenance = field(default_factory=dict)


def write_states(path: Path, states: States) -> None:
    """Write states.npz."""
    _write(path, states.signals, states.provenance)


def read_states(path: Path) -> States:
    """Read states.npz; a missing or damaged file is a `UserError`. Needs only numpy."""
    return States(*_read(path))


def write_known_states(path: Path, states: KnownStates) -> None:
    """Write known_states.npz."""
    told = {"motions": states.motions, "pairs": [asdict(pair) for pair in states.pairs]}
    own = {_MOTIONS: np.array(json.dumps(told)), _LASTING: states.lasting}
    _write(path, states.signals, states.provenance, own)


def read_known_states(path: Path) -> KnownStates:
    """Read known_states.npz; a missing or damaged file is a `UserError`. Needs only numpy."""
    signals, provenance = _read(path)
    if not {_MOTIONS, _LASTING} <= set(signals):
        raise UserError(f"{path} holds no known motions; delete it and run again")
    told, lasting = json.loads(str(signals.pop(_MOTIONS))), signals.pop(_LASTING)
    pairs = tuple(Pair(**pair) for pair in told["pairs"])
    return KnownStates(told["motions"], pairs, signals, lasting, provenance)


def _write(
    path: Path, signals: dict[str, np.ndarray], provenance: Provenance, own: dict[str, Any] | None = None
) -> None:
    from video2reward.artifacts.io import atomic_path

    arrays: dict[str, Any] = {n: np.asarray(v, np.float32) for n, v in signals.items()} | (own or {})
    arrays[_PROVENANCE] = np.array(json.dumps(provenance))
    with atomic_path(path) as aside:
        np.savez_compressed(aside, **arrays)


def _read(path: Path) -> tuple[dict[str, np.ndarray], Provenance]:
    try:
        with np.load(path, allow_pickle=False) as file:
            signals = {name: file[name] for name in file.files if name != _PROVENANCE}
            provenance = json.loads(str(file[_PROVENANCE]))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist") from None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} is not a readable {path.name}: {error}; delete it and run again") from None
    if not signals:
        raise UserError(f"{path} holds no states; delete it and run again")
    return signals, provenance
