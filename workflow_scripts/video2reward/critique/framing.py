"""How large subject and robot are in their pictures, so that both can be shown with legs of one length."""

from __future__ import annotations

import math

import numpy as np

from video2reward.artifacts.keypoints import Keypoints
from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.critique.pictures import ClipView, Framing

_PAPER = 245  # the background of a film drawn as a stick figure
_VIEW = math.tan(math.radians(45.0) / 2)  # MuJoCo's default field of view, upwards
_ELEVATION = math.radians(12.0)


def frame_robot(
    film: np.ndarray, rollout: Rollout, reference: Reference, motion: Motion, agent: int
) -> Framing:
    """Return how the robot stands in its film's pictures (H, W, 3), which follow it; within a tenth.

    The camera of a rendered film looks at half the robot's height, from 1.7 heights away but at least 1.9 m. A stick
    figure fills 0.9 of the height above its ground, or 2.6 m of the width.
    """
    height, width = film.shape[:2]
    leg_m = reference.time_scale**2 * motion.leg_length_m
    points = rollout.keypoints[agent, ..., 2]
    if np.abs(film[:, -4:].astype(float) - _PAPER).mean() < 20 and np.ptp(film[: height // 3, -40:]) < 30:
        ground = 0.85 * height
        return Framing(leg_m * min(width / 2.6, 0.9 * ground / float(points.max())), ground)
    tall = float(points[0].max())
    per_metre = height / (2 * max(1.9, 1.7 * tall) * _VIEW)
    return Framing(leg_m * per_metre, height / 2 + 0.5 * tall * per_metre * math.cos(_ELEVATION))


def frame_clip(keypoints: Keypoints, motion: Motion, frames: np.ndarray) -> ClipView:
    """Return how the subject stands in the clip's frames (N,), counted from the clip's first.

    The ground is at the lowest joint: with a fixed camera at the median over the clip, with a moving one frame by frame.
    """
    lowest = np.nanmax(keypoints.keypoints[..., 1], axis=1)
    ground = np.full(len(frames), np.nanmedian(lowest)) if motion.camera == "fixed" else lowest[frames]
    places = np.stack([keypoints.boxes[frames][:, [0, 2]].mean(axis=1), ground], axis=1)
    return ClipView(motion.leg_length * motion.body_length_px, places, motion.mirrored)
