"""Show the best policy's motion beside the video's: pictures at equal phases, and the question to a critic about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from video2reward.artifacts.frames import read_frames
from video2reward.artifacts.io import read_json
from video2reward.artifacts.keypoints import read_keypoints
from video2reward.artifacts.motion import read_motion
from video2reward.artifacts.prompt import Prompt, write_prompt
from video2reward.artifacts.reference import read_reference
from video2reward.artifacts.rollout import read_rollout
from video2reward.errors import UserError
from video2reward.jobs.script import Script, run_script
from video2reward.registry import TASKS
from video2reward.settings.critique import CritiqueSettings
from video2reward.settings.method import Method
from video2reward.settings.robot import Robot
from video2reward.settings.validation import read_yaml, validate

if TYPE_CHECKING:
    from video2reward.critique.moments import Moments


def main() -> None:
    script = Script(__doc__ or "").input(
        "frames", "summary", "keypoints", "motion", "reference", "rollout", "film"
    )
    script.input("feedback", "robot", "template").output("prompt", "record", "pictures").parse()
    rollout = read_rollout(script.path("rollout"))
    if len(rollout.fell_at):
        prompt = shown(script)
    else:
        from video2reward.critique.pictures import write_pictures

        write_pictures(script.path("pictures"), [], "none")
        prompt = Prompt((), {})
    record = replace(prompt, provenance=script.provenance())
    write_prompt(script.path("prompt"), script.path("record"), record)
    made = sorted(script.path("pictures").glob("*.jpg"))
    print(
        f"{script.path('pictures')}: {len(made)} pictures, {sum(p.stat().st_size for p in made) / 1e3:.0f} kB"
    )


def shown(script: Script) -> Prompt:
    """Draw the pictures and return the question about them."""
    from video2reward.critique.framing import frame_clip, frame_robot
    from video2reward.critique.moments import choose_moments
    from video2reward.critique.pictures import arrange_grid, draw_pairs, write_pictures
    from video2reward.critique.question import critique_question, measured_figures
    from video2reward.rollout.film import FPS, typical_agent
    from video2reward.similarity.phase import pair
    from video2reward.video.decode import film_pictures

    wanted = CritiqueSettings(**script.params["critique"])
    rollout, reference = read_rollout(script.path("rollout")), read_reference(script.path("reference"))
    motion, feedback = read_motion(script.path("motion")), read_json(script.path("feedback"))
    agent = typical_agent(rollout)
    film = [picture[:, :, ::-1] for picture in film_pictures(script.path("film"))]
    pairing = pair(motion, reference, rollout, agent, (len(film) - 1) / FPS)
    moments = choose_moments(motion, pairing, wanted.count)
    frames = moments.frames + motion.first_frame
    robot = [film[min(len(film) - 1, round(float(t) * FPS))] for t in moments.robot]
    view = frame_clip(read_keypoints(script.path("keypoints")), motion, frames)
    framing = frame_robot(film[0], rollout, reference, motion, agent)
    pairs = draw_pairs(
        list(clip_pictures(script.path("frames"), frames)), robot, view, framing, labels(moments)
    )
    grid = wanted.pictures == "grid"
    drawn = [arrange_grid(pairs)] if grid else pairs
    files = write_pictures(script.path("pictures"), drawn, "grid" if grid else "pair")
    return critique_question(
        script.path("template"),
        task_in_words(script),
        motion,
        moments,
        measured_figures(feedback, reference, Method(**script.params["method"]).max_falls),
        list(feedback.get("shares") or {}),
        script.path("record").parent,
        files,
    )


def task_in_words(script: Script) -> str:
    """Return the task as the prompt describes it."""
    robot = validate(Robot, read_yaml(script.path("robot")), script.path("robot"))
    described = getattr(TASKS.load(script.params["task"]), "description", "")
    return str(Method(**script.params["method"]).task_description or described or robot.task_description)


def labels(moments: Moments) -> list[str]:
    """Return what is written above each pair."""
    if moments.in_phase:
        return [f"phase {phase:.2f}" for phase in moments.phase]
    return [f"moment {number}" for number in range(1, len(moments.phase) + 1)]


def clip_pictures(folder: Path, frames: Iterable[int]) -> Iterator[np.ndarray]:
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


if __name__ == "__main__":
    run_script(main)
