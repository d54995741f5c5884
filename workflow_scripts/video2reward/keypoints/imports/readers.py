"""Choosing the reader for an imported keypoint file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import h5py

from video2reward.artifacts.hdf5 import open_h5
from video2reward.errors import UserError
from video2reward.keypoints.imports.recording import ClipFacts, Recording, shares
from video2reward.settings.video import Pose

# Files of these tools that hold no trajectories, with the way to get some.
_OTHERS = {
    ".slp": "a SLEAP project; export it: File > Export Analysis HDF5 (or sleap-convert --format analysis)",
    ".pickle": "a DeepLabCut pickle; give the .h5 or .csv beside it",
    ".mat": "a MATLAB file; save keypoints, joint_names and fps as .npz, or export .h5 or .csv from your tool",
    ".c3d": "a motion capture file in 3-D; project the markers onto the side view and save them as .npz",
}


def read_recording(path: Path, pose: Pose, clip: ClipFacts | None = None) -> Recording:
    """Read keypoints of our own format, DeepLabCut, SLEAP, COCO, AlphaPose, MMPose or OpenPose, detected by content.

    Raises:
        UserError: missing, of unknown format, damaged, or invalid
    """
    kind = file_kind(path)
    try:
        found = _readers()[kind](path, pose, clip or ClipFacts())
    except UserError:
        raise
    except Exception as error:  # a damaged file can make a parser raise anything
        reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
        reason = " ".join(reason.split())[:200]
        raise UserError(f"{path} is not a readable {kind} file ({reason}); write it again") from None
    return replace(found, keypoints=shares(found.keypoints, path))


def file_kind(path: Path) -> str:
    """Return the suffix of a supported file, or "folder"; a `UserError` for any other, without reading it."""
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


def _readers() -> Mapping[str, Callable[[Path, Pose, ClipFacts], Recording]]:
    from video2reward.keypoints.imports.deeplabcut import read_csv
    from video2reward.keypoints.imports.json_files import read_json_file
    from video2reward.keypoints.imports.openpose import read_folder
    from video2reward.keypoints.imports.own import read_npz

    return {
        ".npz": read_npz, ".h5": _h5, ".hdf5": _h5, ".csv": read_csv, ".json": read_json_file, "folder": read_folder,
    }  # fmt: skip


def _h5(path: Path, pose: Pose, clip: ClipFacts) -> Recording:
    """Read an HDF5 file; its groups and datasets tell which tool wrote it."""
    from video2reward.keypoints.imports.deeplabcut import read_pandas, table_of
    from video2reward.keypoints.imports.own import read_own_h5
    from video2reward.keypoints.imports.sleap import read_sleap

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
        f"{path} holds {found}; expected: a keypoints.h5 of this project (or keypoints, joint_names and fps), "
        "DeepLabCut's .h5, or SLEAP's analysis .h5"
    )
