"""Versions of imported packages, for provenance and job records."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

# Package -> its module's name.
PACKAGES = {
    "av": "av",
    "h5py": "h5py",
    "matplotlib": "matplotlib",
    "mediapipe": "mediapipe",
    "mmcv": "mmcv",
    "mmcv-lite": "mmcv",
    "mmengine": "mmengine",
    "mmpose": "mmpose",
    "mujoco": "mujoco",
    "numpy": "numpy",
    "onnx": "onnx",
    "onnxruntime": "onnxruntime",
    "openai": "openai",
    "opencv-contrib-python": "cv2",
    "opencv-python-headless": "cv2",
    "rl-games": "rl_games",
    "scipy": "scipy",
    "torch": "torch",
}


def imported_versions() -> dict[str, str]:
    """Return package -> version: Python's, this project's and those of the packages imported so far."""
    import video2reward

    found = {"video2reward": video2reward.__version__, "python": platform.python_version()}
    for name, module in PACKAGES.items():
        if module in sys.modules:
            try:
                found[name] = version(name)
            except PackageNotFoundError:  # the module came from another package
                continue
    return found
