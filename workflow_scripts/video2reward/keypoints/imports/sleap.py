"""SLEAP's analysis files (.h5): dense arrays of all tracks.

Written by SLEAP (sleap/info/write_tracking_h5.py) and sleap-io (sleap_io/io/analysis_h5.py). Datasets: tracks,
node_names, track_names, point_scores and others. SLEAP stores tracks as (track, xy, node, frame). sleap-io may use
another axis order, stated in the attribute `dims`. Frame 0 is the video's first.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from video2reward.errors import UserError
from video2reward.keypoints.imports.recording import Recording, joined

TRACKS = ("track", "xy", "node", "frame")
SCORES = ("track", "node", "frame")


def read_sleap(file: h5py.File, path: Path) -> Recording:
    """Read an open analysis file.

    Raises:
        UserError: the shapes of the arrays do not match
    """
    joints = tuple(_texts(file["node_names"]))
    xy = _array(file["tracks"], TRACKS, ("track", "frame", "node", "xy"), path)
    names = tuple(_texts(file["track_names"])) if "track_names" in file else ()
    if xy.shape[2:] != (len(joints), 2):
        raise UserError(
            f"{path}: tracks have shape {file['tracks'].shape}, expected (tracks, 2, {len(joints)} nodes, frames); "
            "export the analysis file again"
        )
    if not xy.size:
        raise UserError(f"{path} holds no tracks; run inference and tracking in SLEAP, then export again")
    scores = None
    if "point_scores" in file:
        scores = _array(file["point_scores"], SCORES, ("track", "frame", "node"), path)
        if scores.shape != xy.shape[:3]:
            raise UserError(
                f"{path}: point_scores have shape {scores.shape}, tracks {xy.shape}; export again"
            )
    fitting = names if len(names) == len(xy) else tuple(f"track_{i}" for i in range(len(xy)))
    return Recording(joined(xy, scores), joints, fitting)


def _array(dataset: h5py.Dataset, usual: tuple[str, ...], wanted: tuple[str, ...], path: Path) -> np.ndarray:
    """Return an array with its axes in the order `wanted`; `usual` is the stored order without `dims`."""
    stated = dataset.attrs.get("dims")
    dims = tuple(json.loads(stated)) if stated is not None else usual
    if sorted(dims) != sorted(wanted) or dataset.ndim != len(wanted):
        raise UserError(f"{path}: {dataset.name} has {dataset.ndim} axes, expected {', '.join(usual)}")
    return np.asarray(dataset, float).transpose([dims.index(axis) for axis in wanted])


def _texts(values: Any) -> list[str]:
    return [v.decode() if isinstance(v, bytes) else str(v) for v in np.ravel(values[()])]
