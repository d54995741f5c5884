"""Accuracy of keypoints against ground truth."""

from __future__ import annotations

import numpy as np

from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError
from video2reward.skeletons import skeleton


def hits(found: Keypoints, truth: Keypoints, threshold: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Return (T, J) bool: joint found within `threshold` torso lengths of the truth; (T, J) bool: judged.

    A joint is judged where the truth sees it (confidence above 0); one that was not found is a miss.
    The torso length is the truth's own in that frame, from the middle of the skeleton's `front` joints to
    the middle of its `back` joints (COCO: shoulders to hips; AP-10K: neck to root of the tail), and the
    clip's median where it is foreshortened or unseen. After PCK of Yang & Ramanan 2013, with the torso's
    length as the yardstick.

    Raises:
        UserError: the two differ in skeleton or number of frames
    """
    if found.skeleton != truth.skeleton or found.keypoints.shape != truth.keypoints.shape:
        raise UserError(
            f"cannot compare {found.skeleton} keypoints of shape {found.keypoints.shape} "
            f"with a ground truth of {truth.skeleton}, {truth.keypoints.shape}"
        )
    judged = truth.keypoints[..., 2] > 0
    error = np.linalg.norm(found.keypoints[..., :2] - truth.keypoints[..., :2], axis=-1)
    near = np.nan_to_num(error, nan=np.inf) <= threshold * torso_lengths(truth)[:, None]
    return near & (found.keypoints[..., 2] > 0) & judged, judged


def torso_lengths(k: Keypoints) -> np.ndarray:
    """Return (T,) px: trunk length in every frame, at least the clip's median."""
    bones = skeleton(k.skeleton)
    front = k.keypoints[:, [bones.index(j) for j in bones.front], :2].mean(1)
    back = k.keypoints[:, [bones.index(j) for j in bones.back], :2].mean(1)
    lengths = np.linalg.norm(front - back, axis=-1)
    if not np.isfinite(lengths).any():
        raise UserError(f"the trunk ({', '.join(bones.front + bones.back)}) is never seen")
    return np.fmax(lengths, np.nanmedian(lengths))


def pck(found: Keypoints, truth: Keypoints, threshold: float = 0.1) -> float:
    """Return the part (0..1) of truth-visible joints found within `threshold` torso lengths; see `hits`."""
    near, judged = hits(found, truth, threshold)
    if not judged.any():
        raise UserError("the ground truth has no visible joint in any frame")
    return float(near[judged].mean())
