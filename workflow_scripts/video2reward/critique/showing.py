"""Show a robot beside the clip: which moments, drawn how, written where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from video2reward.artifacts.frames import read_frames
from video2reward.artifacts.keypoints import Keypoints, read_keypoints
from video2reward.artifacts.motion import Motion, read_motion
from video2reward.artifacts.reference import Reference, read_reference
from video2reward.artifacts.rollout import Rollout, read_rollout
from video2reward.critique.framing import frame_clip, frame_robot
from video2reward.critique.moments import Moments, choose_moments, show_fall
from video2reward.critique.pictures import (
    Half,
    WriteFilm,
    arrange_grid,
    draw_pairs,
    from_keypoints,
    from_picture,
    resized,
    write_pair_film,
    write_pictures,
)
from video2reward.critique.question import Shown
from video2reward.errors import UserError
from video2reward.settings.critique import CritiqueSettings
from video2reward.settings.llm import LLM
from video2reward.settings.picture_tokens import within_budget
from video2reward.similarity.phase import pair
from video2reward.skeletons import skeleton

FILES = ("frames", "keypoints", "motion", "reference", "rollout", "film")
"""What `read_side_by_side` reads, as the jobs that show a motion call their inputs."""


@dataclass(frozen=True)
class Studio:
    """What other stages know about films.

    read: film -> its pictures (H, W, 3) uint8 RGB; write: the way back; filmed: which agent a rollout's film shows
    fps: of that film; figure: draws joints (J, 3), x and y px and confidence, of `skeleton` onto a picture (H, W, 3) BGR
    """

    read: Callable[[Path], Iterable[np.ndarray]]
    write: WriteFilm
    filmed: Callable[[Rollout], int]
    fps: float
    figure: Callable[..., None]


@dataclass(frozen=True)
class SideBySide:
    """A clip and a robot's motion; frames: the clip's folder; film: of the rollout."""

    frames: Path
    keypoints: Keypoints
    motion: Motion
    reference: Reference
    rollout: Rollout
    film: Path


def read_side_by_side(
    frames: Path, keypoints: Path, motion: Path, reference: Path, rollout: Path, film: Path
) -> SideBySide:
    """Read the files of `FILES`."""
    return SideBySide(
        frames,
        read_keypoints(keypoints),
        read_motion(motion),
        read_reference(reference),
        read_rollout(rollout),
        film,
    )


def show_beside(
    scene: SideBySide, wanted: CritiqueSettings, seen_by: LLM, figure: bool, studio: Studio, folder: Path
) -> Shown:
    """Write the pictures of robot and clip into `folder`.

    seen_by: the model that they are for, whose `picture_budget` they keep; figure: show the clip's subject as a figure drawn
    from its keypoints alone
    """
    film, agent = [picture[:, :, ::-1] for picture in studio.read(scene.film)], studio.filmed(scene.rollout)
    filmed_s, fell_s = (len(film) - 1) / studio.fps, scene.rollout.fell_at[agent] * scene.rollout.dt
    pairing = pair(scene.motion, scene.reference, scene.rollout, agent, filmed_s)
    moments = show_fall(choose_moments(scene.motion, pairing, wanted.count), fell_s, filmed_s)
    frames = moments.frames + scene.motion.first_frame
    clip = _figures(scene.keypoints, frames, studio) if figure else _clip_pictures(scene.frames, frames)
    pairs = draw_pairs(
        clip,
        [film[min(len(film) - 1, round(float(t) * studio.fps))] for t in moments.robot],
        frame_clip(scene.keypoints, scene.motion, frames),
        frame_robot(film[0], scene.rollout, scene.reference, scene.motion, agent),
        _labels(moments),
    )
    drawn = [arrange_grid(pairs)] if wanted.pictures == "grid" else pairs
    height, width = drawn[0].shape[:2]
    size = within_budget(seen_by, width, height)
    small = [resized(picture, size) for picture in drawn]
    if wanted.pictures == "film":
        files = write_pair_film(folder, small, studio.write)
    else:
        files = write_pictures(folder, small, "grid" if wanted.pictures == "grid" else "pair")
    return Shown(moments, tuple(files), wanted.pictures, (width, height), size, figure)


def _labels(moments: Moments) -> list[str]:
    """Return what is written above each pair."""
    if moments.in_phase:
        return [f"phase {phase:.2f}" for phase in moments.phase]
    return [f"moment {number}" for number in range(1, len(moments.phase) + 1)]


def _clip_pictures(folder: Path, frames: Iterable[int]) -> Iterator[Half]:
    """Yield the clip's halves from its pictures."""
    import cv2

    clip = read_frames(folder)
    for frame in frames:
        picture = cv2.imread(str(clip.picture(int(frame))))
        if picture is None:
            raise UserError(
                f"{clip.picture(int(frame))} is missing or damaged; delete {folder} and run again"
            )
        yield from_picture(picture)


def _figures(keypoints: Keypoints, frames: Sequence[int] | np.ndarray, studio: Studio) -> list[Half]:
    """Return the clip's halves as figures; a `UserError` where no bone is seen, since a picture is no way out."""
    kind = skeleton(keypoints.skeleton)
    bones = [(kind.index(a), kind.index(b)) for a, b in kind.bones]
    seen = keypoints.keypoints[..., 2] > 0
    bare = [int(frame) for frame in frames if not any(seen[frame, a] and seen[frame, b] for a, b in bones)]
    if bare:
        raise UserError(
            f"vlm.send_people = figure: no keypoints are seen in frames {', '.join(map(str, bare))} of the clip, so no figure "
            "can be drawn there; trim the video to where they are seen, ask a model on this machine, or set vlm.send_people: true"
        )
    draw = partial(studio.figure, skeleton=kind)
    return [from_keypoints(keypoints.keypoints[int(frame)], draw) for frame in frames]
