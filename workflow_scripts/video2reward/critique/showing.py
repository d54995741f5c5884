"""Show a robot beside the clip: which moments, drawn how, written where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from video2reward.artifacts.frames import read_frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.critique.framing import frame_clip, frame_robot
from video2reward.critique.moments import Moments, choose_moments, show_fall
from video2reward.critique.pictures import arrange_grid, draw_pairs, write_pictures
from video2reward.errors import UserError
from video2reward.settings.critique import CritiqueSettings
from video2reward.similarity.phase import pair


@dataclass(frozen=True)
class Filmed:
    """A rollout's film: pictures (H, W, 3) uint8 BGR, `fps` a second from its first step, of one agent."""

    rollout: Rollout
    agent: int
    pictures: Sequence[np.ndarray]
    fps: float


def show_beside(
    filmed: Filmed,
    frames: Path,
    keypoints: Keypoints,
    motion: Motion,
    reference: Reference,
    wanted: CritiqueSettings,
    folder: Path,
) -> tuple[Moments, list[Path]]:
    """Write the pictures of robot and clip into `folder` and return their moments and files; frames: the clip's folder."""
    film, fps = filmed.pictures, filmed.fps
    filmed_s, fell_s = (len(film) - 1) / fps, filmed.rollout.fell_at[filmed.agent] * filmed.rollout.dt
    pairing = pair(motion, reference, filmed.rollout, filmed.agent, filmed_s)
    moments = show_fall(choose_moments(motion, pairing, wanted.count), fell_s, filmed_s)
    shown = moments.frames + motion.first_frame
    robot = [film[min(len(film) - 1, round(float(t) * fps))] for t in moments.robot]
    view = frame_clip(keypoints, motion, shown)
    framing = frame_robot(film[0], filmed.rollout, reference, motion, filmed.agent)
    pairs = draw_pairs(list(_clip_pictures(frames, shown)), robot, view, framing, _labels(moments))
    grid = wanted.pictures == "grid"
    drawn = [arrange_grid(pairs)] if grid else pairs
    return moments, write_pictures(folder, drawn, "grid" if grid else "pair")


def _labels(moments: Moments) -> list[str]:
    """Return what is written above each pair."""
    if moments.in_phase:
        return [f"phase {phase:.2f}" for phase in moments.phase]
    return [f"moment {number}" for number in range(1, len(moments.phase) + 1)]


def _clip_pictures(folder: Path, frames: Iterable[int]) -> Iterator[np.ndarray]:
    """Yield the clip's pictures of the given frames, (H, W, 3) BGR."""
    import cv2

    clip = read_frames(folder)
    for frame in frames:
        picture = cv2.imread(str(clip.picture(int(frame))))
        if picture is None:
            raise UserError(
                f"{clip.picture(int(frame))} is missing or damaged; delete {folder} and run again"
            )
        yield picture
