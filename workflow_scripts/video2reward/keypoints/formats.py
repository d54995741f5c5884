"""What keypoint files from elsewhere hold, whichever tool wrote them, and which reader a file needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import h5py
import numpy as np

from video2reward.artifacts.hdf5 import open_h5
from video2reward.errors import UserError
from video2reward.keypoints.numbering import Numbering
from video2reward.settings import Pose

PEAK, PERCENT = 10.0, 100.0  # peaks of SimCC networks reach some units; what lies above them is percent


@dataclass(frozen=True)
class Recording:
    """Everybody's keypoints, frame by frame.

    keypoints: (N, T, J, 3) x right, y down and confidence 0..1; an unseen joint is NaN, NaN, 0
    joints: (J,) as the file calls them; individuals: (N,)
    numbering: which of the video's frames the rows are; None if the file has times alone
    times: (T,) s, the first 0; None if the file has numbers alone
    origin_s: the first time as the file has it, None where times follow from a frame rate
    fps: frames per second that a file with numbers states, if it does
    size: (width, height) px of the pictures, if the file states it
    boxes: (T, 4) px of a single subject, if the file states them
    skeleton: the file's own word for it, if there is one
    doubled: an individual -> a frame, as the file counts, that it is in twice
    """

    keypoints: np.ndarray
    joints: tuple[str, ...]
    individuals: tuple[str, ...] = ("",)
    numbering: Numbering | None = field(default_factory=Numbering)
    times: np.ndarray | None = None
    origin_s: float | None = None
    fps: float | None = None
    size: tuple[int, int] | None = None
    boxes: np.ndarray | None = None
    skeleton: str | None = None
    weights_digest: str = ""
    doubled: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Clip:
    """What is known of the clip that a file belongs to: who moves in it, and its film's file name."""

    species: str = ""
    film: str = ""


def joined(xy: np.ndarray, confidence: np.ndarray | None = None) -> np.ndarray:
    """Return (..., J, 3) of coordinates (..., J, 2) and confidences (..., J) as tools write them.

    Tools mark an unseen joint by NaN coordinates or by a confidence of 0 or less. A confidence that is left empty, NaN,
    is not stated: people correct coordinates by hand and leave it so. It counts as sure.
    """
    sure = np.ones(xy.shape[:-1]) if confidence is None else np.asarray(confidence, float)
    sure = np.where(np.isnan(sure), 1.0, sure)
    sure = np.where(np.isfinite(xy).all(-1), np.maximum(sure, 0.0), 0.0)
    return np.concatenate([np.where(sure[..., None] > 0, xy, np.nan), sure[..., None]], axis=-1)


def shares(keypoints: np.ndarray, path: Path) -> np.ndarray:
    """Return keypoints (..., 3) with confidences 0..1: peaks of networks exceed 1 somewhat, others write percent.

    Raises:
        UserError: confidences above 100
    """
    most = float(keypoints[..., 2].max(initial=0.0))
    if most > PERCENT:
        raise UserError(
            f"{path}: confidences go up to {most:g}, expected are 0 to 1, or percent; correct that column"
        )
    scale = PERCENT if most > PEAK else 1.0
    sure = np.clip(keypoints[..., 2:] / scale, 0.0, 1.0)
    return np.concatenate([keypoints[..., :2], sure], axis=-1)


# Files that belong to these tools but hold no trajectories: how to get one that does.
_OTHERS = {
    ".slp": "a SLEAP project; export it: File > Export Analysis HDF5 (or sleap-convert --format analysis)",
    ".pickle": "a DeepLabCut pickle; give the .h5 or .csv beside it",
    ".mat": "a MATLAB file; save keypoints, joint_names and fps as .npz, or export .h5 or .csv from your tool",
    ".c3d": "a motion capture file in 3-D; project the markers onto the side view and save them as .npz",
}


def read_recording(path: Path, pose: Pose, clip: Clip | None = None) -> Recording:
    """Read keypoints made elsewhere: our own layout, DeepLabCut, SLEAP, COCO, AlphaPose, MMPose, OpenPose, told by content.

    Raises:
        UserError: missing, of no known format, damaged, or faulty
    """
    kind = kind_of(path)
    try:
        found = _readers()[kind](path, pose, clip or Clip())
    except UserError:
        raise
    except (
        Exception
    ) as error:  # whatever a damaged file makes a parser raise: it is the file's fault, and is said so
        reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
        reason = " ".join(reason.split())[:200]
        raise UserError(f"{path} is not a readable {kind} file ({reason}); write it again") from None
    return replace(found, keypoints=shares(found.keypoints, path))


def kind_of(path: Path) -> str:
    """Return the suffix, or "folder", of a file that there is a reader for; any other is a `UserError`, unread."""
    if not path.exists():
        raise UserError(f"{path} does not exist; correct pose.keypoints in the configuration")
    suffix = path.suffix.lower()
    if suffix in _OTHERS:
        raise UserError(f"{path} is {_OTHERS[suffix]}")
    if not path.is_dir() and not path.is_file():
        raise UserError(f"{path} is a pipe or a device, not a file; save the keypoints and give that file")
    kind, known = "folder" if path.is_dir() else suffix, _readers()
    if kind not in known:
        raise UserError(f"{path} cannot be imported; valid: {', '.join(known)}")
    if path.is_file() and path.stat().st_size == 0:
        raise UserError(f"{path} is empty (0 bytes); write it again")
    return kind


def _readers() -> Mapping[str, Callable[[Path, Pose, Clip], Recording]]:
    from video2reward.keypoints.formats_deeplabcut import read_csv
    from video2reward.keypoints.formats_json import read_json_file
    from video2reward.keypoints.formats_openpose import read_folder
    from video2reward.keypoints.formats_own import read_npz

    return {
        ".npz": read_npz, ".h5": _h5, ".hdf5": _h5, ".csv": read_csv, ".json": read_json_file, "folder": read_folder,
    }  # fmt: skip


def _h5(path: Path, pose: Pose, clip: Clip) -> Recording:
    """Tell by its groups and datasets which tool wrote an HDF5 file."""
    from video2reward.keypoints.formats_deeplabcut import read_pandas, table_of
    from video2reward.keypoints.formats_own import read_own_h5
    from video2reward.keypoints.formats_sleap import read_sleap

    with open_h5(path) as file:
        if "keypoints" in file or "joint_names" in file:
            return read_own_h5(file, path, pose)
        if "tracks" in file and isinstance(file["tracks"], h5py.Dataset):
            return read_sleap(file, path)
        table = table_of(file)
        if table is not None:
            return read_pandas(table, path, clip)
        if "metadata" in file and "points" in file:
            raise UserError(f"{path} is {_OTHERS['.slp']}")
        found = ", ".join(list(file)[:8]) or "nothing"
    raise UserError(
        f"{path} holds {found}; expected is a keypoints.h5 of this project (or keypoints, joint_names and fps), "
        "an .h5 of DeepLabCut, or an analysis .h5 of SLEAP"
    )
