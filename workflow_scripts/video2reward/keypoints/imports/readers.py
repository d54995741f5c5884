"""Which reader a keypoint file from elsewhere needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import h5py

from video2reward.artifacts.hdf5 import open_h5
from video2reward.errors import UserError
from video2reward.keypoints.imports.recording import ClipFacts, Recording, shares
from video2reward.settings.video import Pose

# Files that belong to these tools but hold no trajectories: how to get one that does.
_OTHERS = {
    ".slp": "a SLEAP project; export it: File > Export Analysis HDF5 (or sleap-convert --format analysis)",
    ".pickle": "a DeepLabCut pickle; give the .h5 or .csv beside it",
    ".mat": "a MATLAB file; save keypoints, joint_names and fps as .npz, or export .h5 or .csv from your tool",
    ".c3d": "a motion capture file in 3-D; project the markers onto the side view and save them as .npz",
}


def read_recording(path: Path, pose: Pose, clip: ClipFacts | None = None) -> Recording:
    """Read keypoints made elsewhere: our own layout, DeepLabCut, SLEAP, COCO, AlphaPose, MMPose, OpenPose, told by content.

    Raises:
        UserError: missing, of no known format, damaged, or faulty
    """
    kind = file_kind(path)
    try:
        found = _readers()[kind](path, pose, clip or ClipFacts())
    except UserError:
        raise
    except (
        Exception
    ) as error:  # whatever a damaged file makes a parser raise: it is the file's fault, and is said so
        reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
        reason = " ".join(reason.split())[:200]
        raise UserError(f"{path} is not a readable {kind} file ({reason}); write it again") from None
    return replace(found, keypoints=shares(found.keypoints, path))


def file_kind(path: Path) -> str:
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


def _readers() -> Mapping[str, Callable[[Path, Pose, ClipFacts], Recording]]:
    from video2reward.keypoints.imports.deeplabcut import read_csv
    from video2reward.keypoints.imports.json_files import read_json_file
    from video2reward.keypoints.imports.openpose import read_folder
    from video2reward.keypoints.imports.own import read_npz

    return {
        ".npz": read_npz, ".h5": _h5, ".hdf5": _h5, ".csv": read_csv, ".json": read_json_file, "folder": read_folder,
    }  # fmt: skip


def _h5(path: Path, pose: Pose, clip: ClipFacts) -> Recording:
    """Tell by its groups and datasets which tool wrote an HDF5 file."""
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
        f"{path} holds {found}; expected is a keypoints.h5 of this project (or keypoints, joint_names and fps), "
        "an .h5 of DeepLabCut, or an analysis .h5 of SLEAP"
    )
