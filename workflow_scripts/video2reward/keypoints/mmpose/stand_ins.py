"""Importing mmpose without the packages it needs only for models and data sets not used here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

# Package -> what it is for. The compiled operations are for deformable convolutions and transformers, the others
# for data sets, drawing and training; torchvision must match the installed torch exactly.
REPLACED = {
    "mmcv._ext": "the compiled operations of mmcv; mmcv-lite, which is installed, has none",
    "xtcocotools": "reading and scoring COCO's annotations",
    "torchvision": "pictures of SimCC rows",
    "mmdet": "detectors, and the RTMO model",
}


class _StandIns(MetaPathFinder, Loader):
    """The last of Python's module finders: it handles only what no other finder found."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if _replaced(fullname) is None:
            return None
        return ModuleSpec(fullname, self, is_package=fullname in REPLACED)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


class _StandIn(ModuleType):
    """A module with every attribute, none of them usable."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _unusable(self.__name__, name)


def _unusable(module: str, name: str) -> type:
    """Return a class that may be named and subclassed, but raises an explanation when instantiated."""

    def missing(*_: Any, **__: Any) -> NoReturn:
        root = _replaced(module)
        assert root is not None
        raise RuntimeError(
            f"{module}.{name} was called, but {root} is not installed in this environment: {REPLACED[root]}. "
            "RTMPose and HRNet do not need it; for another model install it beside mmpose, or export the model to ONNX"
        )

    return type(name, (), {"__module__": module, "__new__": missing})


def _replaced(module: str) -> str | None:
    """Return the entry of `REPLACED` that a module belongs to, or None."""
    return next((root for root in REPLACED if module == root or module.startswith(f"{root}.")), None)


def allow_imports() -> None:
    """Make `import mmpose` work in this process; installed packages are not replaced."""
    if not any(isinstance(finder, _StandIns) for finder in sys.meta_path):
        sys.meta_path.append(_StandIns())
