"""A device that is not there: tensors on it lie in the CPU's memory, but meeting a CPU's tensor is an error.

    with elsewhere() as device:
        torch.zeros(3, device=device) + torch.ones(3)   # RuntimeError, as on a GPU

What a GPU refuses is refused: arithmetic and indexing with tensors of both devices (but for CPU scalars), `numpy()`.
TorchScript is not watched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map

DEVICE = torch.device("cuda", 7)
ALLOWED = ("copy_", "__get__", "__set__", "_has_compatible_shallow_copy_type")  # copies from place to place


class Elsewhere(torch.Tensor):
    """A tensor on the device."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return _call(func, args, kwargs or {})


class Generator(torch.Generator):
    """A random generator of either place."""

    def __new__(cls, device="cpu"):
        made = super().__new__(cls)
        made.place = torch.device(device)
        return made

    device = property(lambda self: self.place)


def _call(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    name = getattr(func, "__name__", "")
    far = [x for x in tree_leaves((args, kwargs)) if isinstance(x, Elsewhere)]
    if far and getattr(func, "__self__", None) is torch.Tensor.device:
        return DEVICE
    if far and name == "numpy":
        raise TypeError("can't convert a tensor of this device to numpy; use Tensor.cpu() first")
    if far and name in ("cpu", "tolist", "item", "__bool__", "__float__", "__int__", "__len__", "__repr__"):
        return func(*_plain(args), **_plain(kwargs))
    wanted = kwargs.get("device") if "device" in kwargs else _target(func, args)
    near = [
        x for x in tree_leaves((args, kwargs)) if isinstance(x, torch.Tensor) and not isinstance(x, Elsewhere)
    ]
    if far and any(x.dim() for x in near) and name not in ALLOWED:
        raise RuntimeError(f"{name}: expected all tensors to be on the same device, found {DEVICE} and cpu")
    to_far = torch.device(wanted) == DEVICE if wanted is not None else bool(far)
    if wanted is not None and torch.device(wanted) == DEVICE:
        args, kwargs = tree_map(lambda x: "cpu" if _is_device(x) else x, (args, kwargs))
    with torch._C.DisableTorchFunctionSubclass():
        found = func(*args, **kwargs)
    return tree_map(_there, found) if to_far else tree_map(_here, found)


def _target(func: Any, args: Any) -> Any:
    """Return the device that `Tensor.to` is asked for by place."""
    if getattr(func, "__name__", "") != "to":
        return None
    return next((x for x in args[1:] if _is_device(x) or x == "cpu"), None)


def _is_device(x: Any) -> bool:
    return isinstance(x, str | torch.device) and str(x) == str(DEVICE)


def _there(x: Any) -> Any:
    return x.as_subclass(Elsewhere) if isinstance(x, torch.Tensor) and not isinstance(x, Elsewhere) else x


def _here(x: Any) -> Any:
    return x.as_subclass(torch.Tensor) if isinstance(x, Elsewhere) else x


def _plain(values: Any) -> Any:
    return tree_map(_here, values)


class _Mode(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        return _call(func, args, kwargs or {})


@contextmanager
def elsewhere() -> Iterator[str]:
    """Let there be a device; yields its name."""
    before, torch.Generator = torch.Generator, Generator
    try:
        with _Mode():
            yield str(DEVICE)
    finally:
        torch.Generator = before
