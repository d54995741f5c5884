"""Captions, times and footfalls for the page's video player."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.pages.svg import words
from video2reward.report.films import Film
from video2reward.report.gather import LoopView
from video2reward.similarity.phase import Pairing


@dataclass(frozen=True)
class Lane:
    """One leg's row of the footfall strip: runs (first, length) of frames in stance."""

    limb: str
    stances: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Player:
    """A video with its captions.

    captions: of the clip's half and the robot's, "" without a robot; sentences: how the halves are matched
    lanes: footfalls of the clip, in the order of the limbs; times: per frame, s: clip, robot (if any)
    """

    film: Film
    captions: tuple[str, str]
    sentences: tuple[str, ...]
    lanes: tuple[Lane, ...]
    times: dict[str, list[float]]


def make_player(film: Film, loop: LoopView) -> Player:
    """Return the player of a loop's video."""
    motion, pairing = loop.motion, film.pairing
    seen = motion.times[: film.frames] - motion.times[0]
    times = {"video": np.round(seen, 3).tolist()}
    if pairing is not None:
        times["robot"] = np.round(pairing.robot[: film.frames], 3).tolist()
    return Player(
        film=film,
        captions=(
            f"The video: {motion.species}, with the keypoints found in it",
            f"The robot: {loop.robot}, best policy" if pairing is not None else "",
        ),
        sentences=tuple(_sentences(film, loop)),
        lanes=tuple(
            Lane(words(limb), stances(film.phase, float(touchdown), float(duty)))
            for limb, touchdown, duty in zip(
                motion.limb_names, motion.touchdown, motion.duty_factor, strict=True
            )
        ),
        times=times,
    )


def stances(phase: np.ndarray, touchdown: float, duty: float) -> tuple[tuple[int, int], ...]:
    """Return the runs (first, length) of frames in which a leg is in stance.

    phase: (T,) strides; touchdown: phase of the leg's touchdown, strides; duty: duty factor
    """
    down = np.concatenate([[False], np.mod(phase - touchdown, 1.0) < duty, [False]])
    edges = np.flatnonzero(np.diff(down.astype(int)))
    return tuple((int(first), int(end - first)) for first, end in zip(edges[::2], edges[1::2], strict=True))


def _sentences(film: Film, loop: LoopView) -> list[str]:
    said = []
    if film.pairing is None:
        said.append(f"There is no robot to show: {film.no_robot.rstrip('.')}.")
    else:
        said.append(_together(film.pairing))
        said.append(_tempo(film.pairing))
        if loop.rollout().fell.all():
            said.append("All robots in the recording fell; this one stayed up longest.")
        if loop.motion.mirrored:
            said.append("In the video the subject moves to the left; the robot moves to the right.")
        if film.pairing.jumps:
            said.append("The robot's recording is shorter than the video, so it jumps back and continues.")
    if film.left_out > 0.05:
        said.append(f"The last {film.left_out:.1f} s of the video are left out.")
    return said


def _together(pairing: Pairing) -> str:
    if pairing.in_phase:
        return "Both halves are at the same phase of the stride in every picture."
    return "The robot does not step in the video's rhythm, so only the tempo is matched, not the phase."


def _tempo(pairing: Pairing) -> str:
    faster = pairing.faster
    if abs(faster - 1) < 0.01:
        return "The robot is shown at its own speed."
    change = f"{faster:.2f} times as fast as" if faster > 1 else f"at {faster:.2f} of the speed at which"
    why = "to keep step with the video" if pairing.in_phase else "to match the length of its legs"
    return f"The robot is shown {change} it walks, {why}."
