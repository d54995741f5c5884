"""What keypoint files from elsewhere hold, whichever tool wrote them, and which reader a file needs."""

from __future__ import annotations

import csv
import json
import pickle
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from video2reward.errors import UserError
from video2reward.settings import Pose


@dataclass(frozen=True)
class Recording:
    """Everybody's keypoints, frame by frame.

    keypoints: (N, T, J, 3) x right, y down and confidence 0..1; an unseen joint is NaN, NaN, 0
    joints: (J,) as the file calls them; individuals: (N,)
    times: (T,) s, the first 0; None if row k is the video's frame k
    fps: frames per second that the file states, if it does
    size: (width, height) px of the pictures, if the file states it
    boxes: (T, 4) px of a single subject, if the file states them
    skeleton: the file's own word for it, if there is one
    """

    keypoints: np.ndarray
    joints: tuple[str, ...]
    individuals: tuple[str, ...] = ("",)
    times: np.ndarray | None = None
    fps: float | None = None
    size: tuple[int, int] | None = None
    boxes: np.ndarray | None = None
    skeleton: str | None = None
    weights_digest: str = ""


def joined(xy: np.ndarray, confidence: np.ndarray | None = None) -> np.ndarray:
    """Return (..., J, 3) of coordinates (..., J, 2) and confidences (..., J) as tools write them.

    Tools mark an unseen joint by NaN or by a confidence of 0 or less; some peaks exceed 1 a little.
    """
    sure = np.ones(xy.shape[:-1]) if confidence is None else np.nan_to_num(np.asarray(confidence, float))
    sure = np.where(np.isfinite(xy).all(-1), np.clip(sure, 0.0, 1.0), 0.0)
    return np.concatenate([np.where(sure[..., None] > 0, xy, np.nan), sure[..., None]], axis=-1)


# Files that belong to these tools but hold no trajectories: how to get one that does.
_OTHERS = {
    ".slp": "a SLEAP project; export it: File > Export Analysis HDF5 (or sleap-convert --format analysis)",
    ".pickle": "a DeepLabCut pickle; give the .h5 or .csv beside it",
    ".mat": "a MATLAB file; save keypoints, joint_names and fps as .npz, or export .h5 or .csv from your tool",
    ".c3d": "a motion capture file in 3-D; project the markers onto the side view and save them as .npz",
}
_FAULTS = (
    OSError, ValueError, EOFError, KeyError, IndexError, TypeError, AttributeError, RuntimeError,
    zipfile.BadZipFile, csv.Error, json.JSONDecodeError, pickle.UnpicklingError,
)  # fmt: skip


def read_recording(path: Path, pose: Pose) -> Recording:
    """Read keypoints made elsewhere: our own layout, DeepLabCut, SLEAP, COCO or MMPose, told by content.

    Raises:
        UserError: missing, of no known format, damaged, or faulty
    """
    if not path.exists():
        raise UserError(f"{path} does not exist; correct pose.keypoints in the configuration")
    suffix = path.suffix.lower()
    if suffix in _OTHERS:
        raise UserError(f"{path} is {_OTHERS[suffix]}")
    readers = _readers()
    if suffix not in readers:
        raise UserError(f"{path} cannot be imported; valid: {', '.join(readers)}")
    if path.stat().st_size == 0:
        raise UserError(f"{path} is empty (0 bytes); write it again")
    try:
        return readers[suffix](path, pose)
    except _FAULTS as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
        reason = " ".join(reason.split())[:200]
        raise UserError(f"{path} is not a readable {suffix} file ({reason}); write it again") from None


def _readers() -> Mapping[str, Callable[[Path, Pose], Recording]]:
    from video2reward.keypoints.formats_deeplabcut import read_csv
    from video2reward.keypoints.formats_json import read_json_file
    from video2reward.keypoints.formats_own import read_npz

    return {".npz": read_npz, ".h5": _h5, ".hdf5": _h5, ".csv": read_csv, ".json": read_json_file}


def _h5(path: Path, pose: Pose) -> Recording:
    """Tell by its groups and datasets which tool wrote an HDF5 file."""
    from video2reward.keypoints.formats_deeplabcut import read_pandas, table_of
    from video2reward.keypoints.formats_own import read_own_h5
    from video2reward.keypoints.formats_sleap import read_sleap

    with h5py.File(path, "r") as file:
        if "keypoints" in file or "joint_names" in file:
            return read_own_h5(path, pose)
        if "tracks" in file and isinstance(file["tracks"], h5py.Dataset):
            return read_sleap(file, path)
        table = table_of(file)
        if table is not None:
            return read_pandas(table, path)
        if "metadata" in file and "points" in file:
            raise UserError(f"{path} is {_OTHERS['.slp']}")
        found = ", ".join(list(file)[:8]) or "nothing"
    raise UserError(
        f"{path} holds {found}; expected is a keypoints.h5 of this project (or keypoints, joint_names and fps), "
        "an .h5 of DeepLabCut, or an analysis .h5 of SLEAP"
    )
