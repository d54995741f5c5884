"""`frames/`: every frame of the trimmed clip as a picture, with its time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.artifacts.io import Provenance, read_json

INDEX = "index.json"


@dataclass(frozen=True)
class Frames:
    """The index of a frame folder.

    times: (T,) presentation time of each frame, s, from 0
    fps: mean frame rate, 1/s
    size: (width, height) of the upright pictures, px
    rotation: degrees clockwise by which the pictures were rotated to be upright
    source, source_digest: the video's file name and SHA-256
    start_s: time of the first frame in the untrimmed source, s after the source's first frame
    start_frame: its number there, from 0
    film_frames: number of frames in the source, None if the clip ends earlier
    names: (T,) file names in a folder of images, empty for a video file
    """

    folder: Path
    times: np.ndarray
    fps: float
    size: tuple[int, int]
    rotation: int
    source: str
    source_digest: str
    provenance: Provenance
    start_s: float = 0.0
    start_frame: int = 0
    film_frames: int | None = None
    names: tuple[str, ...] = ()

    def picture(self, index: int) -> Path:
        """Return the path of frame `index`."""
        return self.folder / f"{index:06d}.jpg"

    def index(self) -> dict[str, Any]:
        """Return what `index.json` holds."""
        return {
            "times": self.times,
            "fps": self.fps,
            "size": self.size,
            "rotation": self.rotation,
            "source": self.source,
            "source_digest": self.source_digest,
            "provenance": self.provenance,
            "start_s": self.start_s,
            "start_frame": self.start_frame,
            "film_frames": self.film_frames,
            "names": self.names,
        }


def read_frames(folder: Path) -> Frames:
    """Read a frame folder's index; pictures are read by whoever needs them."""
    index = read_json(folder / INDEX)
    return Frames(
        folder=folder,
        times=np.asarray(index["times"], float),
        fps=float(index["fps"]),
        size=(int(index["size"][0]), int(index["size"][1])),
        rotation=int(index["rotation"]),
        source=index["source"],
        source_digest=index["source_digest"],
        provenance=index["provenance"],
        start_s=float(index.get("start_s", 0.0)),
        start_frame=int(index.get("start_frame", 0)),
        film_frames=index.get("film_frames"),
        names=tuple(index.get("names", ())),
    )
