"""`keypoints.h5`: the pose backend's detections, at full frame rate, in pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from video2reward.artifacts.io import Provenance, read_h5, write_h5
from video2reward.errors import UserError
from video2reward.skeletons import skeleton


@dataclass(frozen=True)
class Keypoints:
    """Keypoint trajectories of one subject.

    keypoints: (T, J, 3) x right, y down in px, and confidence 0..1; an unseen joint is NaN, NaN, 0
    times: (T,) s, from 0
    start_s: time of the first frame in the untrimmed video, s
    joint_names: (J,) in the skeleton's order
    size: (width, height) of the pictures, px
    boxes: (T, 4) subject box x0, y0, x1, y1, px
    choice: which of several subjects this is, and why, in words
    figures: how plausible the skeleton is, see `keypoints.plausible`
    """

    keypoints: np.ndarray
    times: np.ndarray
    joint_names: tuple[str, ...]
    skeleton: str
    size: tuple[int, int]
    boxes: np.ndarray
    backend: str
    weights_digest: str = ""
    choice: str = ""
    figures: dict[str, float] = field(default_factory=dict)
    provenance: Provenance = field(default_factory=dict)
    start_s: float = 0.0

    @property
    def fps(self) -> float:
        """Mean frame rate, 1/s."""
        return float((len(self.times) - 1) / (self.times[-1] - self.times[0]))


def check_keypoints(k: Keypoints, source: str) -> Keypoints:
    """Return `k` if it is valid, else raise a `UserError` that names `source` and the fault."""
    joints = skeleton(k.skeleton).joints
    shape = (len(k.times), len(joints), 3)
    if k.joint_names != joints:
        missing = [j for j in joints if j not in k.joint_names]
        extra = [j for j in k.joint_names if j not in joints]
        raise UserError(
            f"{source}: joint names are not those of {k.skeleton}: missing {missing}, unknown {extra}, "
            f"expected in this order: {', '.join(joints)}"
        )
    if k.keypoints.shape != shape:
        raise UserError(
            f"{source}: keypoints have shape {k.keypoints.shape}, expected (frames, joints, 3) = {shape}"
        )
    if len(k.times) < 2 or not np.all(np.diff(k.times) > 0):
        raise UserError(f"{source}: needs at least two frames with increasing times")
    seen = k.keypoints[..., 2] > 0
    if not np.isfinite(k.keypoints[..., :2][seen]).all() or not np.isfinite(k.keypoints[..., 2]).all():
        raise UserError(
            f"{source}: NaN or infinite coordinates with a confidence above 0; "
            "set the confidence of unseen joints to 0"
        )
    return k


def write_keypoints(path: Path, k: Keypoints) -> None:
    """Write keypoints.h5."""
    write_h5(
        path,
        {"keypoints": k.keypoints.astype(np.float32), "times": k.times, "boxes": k.boxes},
        {
            "joint_names": k.joint_names,
            "skeleton": k.skeleton,
            "fps": k.fps,
            "size": k.size,
            "backend": k.backend,
            "weights_digest": k.weights_digest,
            "choice": k.choice,
            "figures": k.figures,
            "start_s": k.start_s,
            "provenance": k.provenance,
        },
    )


def read_keypoints(path: Path) -> Keypoints:
    """Read and check keypoints.h5."""
    arrays, attributes = read_h5(path)
    try:
        k = Keypoints(
            keypoints=arrays["keypoints"].astype(float),
            times=arrays["times"],
            joint_names=tuple(attributes["joint_names"]),
            skeleton=attributes["skeleton"],
            size=(int(attributes["size"][0]), int(attributes["size"][1])),
            boxes=arrays["boxes"],
            backend=attributes["backend"],
            weights_digest=attributes["weights_digest"],
            choice=attributes.get("choice", ""),
            figures=attributes.get("figures", {}),
            provenance=attributes["provenance"],
            start_s=float(attributes.get("start_s", 0.0)),
        )
    except KeyError as error:
        raise UserError(f"{path} lacks {error}; it is not a keypoints.h5 of this project") from None
    return check_keypoints(k, str(path))
