"""Reading the weights, and nothing else, from OpenMMLab checkpoints."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from video2reward.errors import UserError

# The classes that tensors need.
NEEDED = {
    ("collections", "OrderedDict"),
    ("torch", "Size"),
    ("torch", "device"),
    ("torch._utils", "_rebuild_tensor"),
    ("torch._utils", "_rebuild_tensor_v2"),
    ("torch._utils", "_rebuild_parameter"),
}


class _Inert:
    """Replaces an object of any class: accepts everything, does and stores nothing."""

    def __new__(cls, *_: Any, **__: Any) -> _Inert:
        return super().__new__(cls)

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __call__(self, *_: Any, **__: Any) -> _Inert:
        return self

    def __setstate__(self, _: Any) -> None:
        pass

    def __setitem__(self, _: Any, __: Any) -> None:
        pass

    def append(self, _: Any) -> None:
        pass

    def extend(self, _: Any) -> None:
        pass

    def add(self, _: Any) -> None:
        pass


class _WeightsUnpickler(pickle.Unpickler):
    """Reads tensors and plain values; any other object becomes inert, so that no code in the file runs."""

    def find_class(self, module: str, name: str) -> Any:
        known = (module, name) in NEEDED or (
            module in ("torch", "torch.storage") and name.endswith("Storage")
        )
        return super().find_class(module, name) if known else _Inert


def read_weights(path: Path) -> dict[str, Any]:
    """Return a checkpoint's tensors by name.

    Besides the weights, checkpoints hold objects from training: counters, data set metadata, configurations.
    torch's `weights_only=True` refuses such files, and `weights_only=False` alone would run code from the file.
    Here these objects become inert.

    Raises:
        UserError: not a checkpoint, or one without weights
    """
    import torch

    def load(file: Any, **settings: Any) -> Any:
        return _WeightsUnpickler(file, **settings).load()

    if _is_program(path):
        raise UserError(
            f"{path} cannot be read as a checkpoint: it is a TorchScript program; give the checkpoint with the weights"
        )
    reader: Any = SimpleNamespace(__name__=__name__, Unpickler=_WeightsUnpickler, load=load)
    try:
        content = torch.load(path, map_location="cpu", pickle_module=reader, weights_only=False)
    except Exception as error:  # zipfile's, pickle's and torch's own, one for each kind of damage
        raise UserError(
            f"{path} cannot be read as a checkpoint: {' '.join(str(error).split())[:200] or type(error).__name__}; "
            "it is damaged or another kind of file: download it again"
        ) from None
    weights = content.get("state_dict", content) if isinstance(content, dict) else None
    if not isinstance(weights, dict) or not any(isinstance(w, torch.Tensor) for w in weights.values()):
        raise UserError(
            f"{path} holds no weights: a checkpoint is a dictionary of tensors, or has a state_dict"
        )
    return {name: w for name, w in weights.items() if isinstance(w, torch.Tensor)}


def _is_program(path: Path) -> bool:
    """Tell whether this is a TorchScript archive, which torch.load would load as a program."""
    try:
        with zipfile.ZipFile(path) as file:
            return any(name.endswith("/constants.pkl") for name in file.namelist())
    except (OSError, zipfile.BadZipFile):
        return False
