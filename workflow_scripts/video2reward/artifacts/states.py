"""`states.npz`: states of the simulated robot on which candidates are tried before training."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from video2reward.errors import UserError

if TYPE_CHECKING:
    from video2reward.artifacts.io import Provenance

_PROVENANCE = "provenance"


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


def write_states(path: Path, states: States) -> None:
    """Write states.npz."""
    from video2reward.artifacts.io import atomic_path

    arrays: dict[str, Any] = {n: np.asarray(v, np.float32) for n, v in states.signals.items()}
    arrays[_PROVENANCE] = np.array(json.dumps(states.provenance))
    with atomic_path(path) as aside:
        np.savez_compressed(aside, **arrays)


def read_states(path: Path) -> States:
    """Read states.npz; a missing or damaged file is a `UserError`. Needs only numpy."""
    try:
        with np.load(path, allow_pickle=False) as file:
            signals = {name: file[name] for name in file.files if name != _PROVENANCE}
            provenance = json.loads(str(file[_PROVENANCE]))
    except FileNotFoundError:
        raise UserError(f"{path} does not exist") from None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} is not a readable states.npz: {error}; delete it and run again") from None
    if not signals:
        raise UserError(f"{path} holds no states; delete it and run again")
    return States(signals, provenance)
