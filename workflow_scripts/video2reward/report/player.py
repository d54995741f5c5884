"""Captions, times and footfalls for the page's video player."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from video2reward.pages.svg import words
from video2reward.report.films import Film
from video2reward.report.footage import Footage
from video2reward.similarity.phase import Pairing


@dataclass(frozen=True)
class Lane:
    """One leg's row of the footfall strip: runs (first, length) of frames in stance."""

    limb: str
    stances: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Player:
    """A video with its captions.

    shows: what it shows, by name; captions: of the clip and each robot; sentences: how they are matched
    lanes: footfalls of the clip, in the order of the limbs; times: per frame, s: clip, robot (if there is one)
    """

    film: Film
    shows: str
    captions: tuple[str, ...]
    sentences: tuple[str, ...]
    lanes: tuple[Lane, ...]
    times: dict[str, list[float]]


def make_player(film: Film, scene: Footage) -> Player:
    """Return the player of a scene's film."""
    pairing = film.pairing
    times = {} if pairing is None else {"robot": np.round(pairing.robot[: film.frames], 3).tolist()}
    robot = (f"The robot: {scene.robot}, best policy",) if pairing is not None else ()
    shows = f"{scene.video} and {scene.robot}"
    return _player(film, scene, shows, robot, _sentences(film, scene), times)


def make_comparison(film: Film, scene: Footage, captions: tuple[str, ...]) -> Player:
    """Return the player of a film with several robots; captions: of each robot."""
    of = "motion" if scene.motion.kind == "single" else "stride"
    said = [f"All are at the same phase of the {of} in every picture."]
    if not all(pairing.in_phase for pairing in film.pairings):
        said = ["A robot does not step in the video's rhythm, so its tempo is matched, not its phase."]
    return _player(film, scene, f"{scene.video} and {len(captions)} robots", captions, said, {})


def _player(
    film: Film,
    scene: Footage,
    shows: str,
    robots: tuple[str, ...],
    sentences: list[str],
    times: dict[str, list[float]],
) -> Player:
    motion = scene.motion
    seen = motion.times[: film.frames] - motion.times[0]
    return Player(
        film=film,
        shows=shows,
        captions=(f"The video: {motion.species}, with the keypoints found in it", *robots),
        sentences=tuple(sentences),
        lanes=tuple(
            Lane(words(limb), stances(film.phase, float(touchdown), float(duty)))
            for limb, touchdown, duty in zip(
                motion.limb_names, motion.touchdown, motion.duty_factor, strict=True
            )
        ),
        times={"video": np.round(seen, 3).tolist(), **times},
    )


def stances(phase: np.ndarray, touchdown: float, duty: float) -> tuple[tuple[int, int], ...]:
    """Return the runs (first, length) of frames in which a leg is in stance.

    phase: (T,) strides; touchdown: phase of the leg's touchdown, strides; duty: duty factor
    """
    down = np.concatenate([[False], np.mod(phase - touchdown, 1.0) < duty, [False]])
    edges = np.flatnonzero(np.diff(down.astype(int)))
    return tuple((int(first), int(end - first)) for first, end in zip(edges[::2], edges[1::2], strict=True))


def _sentences(film: Film, scene: Footage) -> list[str]:
    said = []
    if film.pairing is None:
        said.append(f"There is no robot to show: {film.no_robot.rstrip('.')}.")
    else:
        said.append(_together(film.pairing, scene.motion.kind))
        said.append(_tempo(film.pairing, scene.motion.kind))
        if scene.rollout.fell.all():
            said.append("All robots in the recording fell; this one stayed up longest.")
        if scene.motion.mirrored:
            said.append("In the video the subject moves to the left; the robot moves to the right.")
        if film.pairing.jumps:
            said.append("The robot's recording is shorter than the video, so it jumps back and continues.")
    if film.left_out > 0.05:
        said.append(f"The last {film.left_out:.1f} s of the video are left out.")
    return said


def _together(pairing: Pairing, kind: str) -> str:
    if pairing.in_phase:
        return f"Both halves are at the same phase of the {'motion' if kind == 'single' else 'stride'} in every picture."
    return "The robot does not step in the video's rhythm, so only the tempo is matched, not the phase."


def _tempo(pairing: Pairing, kind: str) -> str:
    faster = pairing.faster
    if abs(faster - 1) < 0.01:
        return "The robot is shown at its own speed."
    change = f"{faster:.2f} times as fast as" if faster > 1 else f"at {faster:.2f} of the speed at which"
    steps = pairing.in_phase and kind == "cyclic"
    why = "to keep step with the video" if steps else "to match the length of its legs"
    return f"The robot is shown {change} it {'walks' if kind == 'cyclic' else 'moves'}, {why}."
