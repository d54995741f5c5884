"""Show the best policy's motion beside the video's: pictures at equal phases, and the question to a critic about them."""

from __future__ import annotations

from dataclasses import replace

from video2reward.artifacts.io import read_json
from video2reward.artifacts.prompt import Prompt, write_prompt
from video2reward.artifacts.rollout import read_rollout
from video2reward.jobs.script import Script, run_script
from video2reward.registry import TASKS
from video2reward.settings.critique import CritiqueSettings
from video2reward.settings.llm import LLM
from video2reward.settings.method import Method
from video2reward.settings.robot import Robot
from video2reward.settings.validation import read_yaml, validate


def main() -> None:
    script = Script(__doc__ or "").input(
        "frames", "summary", "keypoints", "motion", "reference", "rollout", "film"
    )
    script.input("feedback", "robot", "template", "parts").output("prompt", "record", "pictures")
    script.option("section", str, "vlm").parse()
    if len(read_rollout(script.path("rollout")).fell_at):
        prompt = shown(script)
    else:
        from video2reward.critique.pictures import write_pictures

        write_pictures(script.path("pictures"), [], "none")
        prompt = Prompt((), {})
    record = replace(prompt, provenance=script.provenance())
    write_prompt(script.path("prompt"), script.path("record"), record)
    made = sorted(script.path("pictures").iterdir())
    print(f"{script.path('pictures')}: {len(made)} files, {sum(p.stat().st_size for p in made) / 1e3:.0f} kB")


def shown(script: Script) -> Prompt:
    """Draw the pictures and return the question about them."""
    from video2reward.critique.question import critique_question, measured_figures
    from video2reward.critique.showing import FILES, Studio, read_side_by_side, show_beside
    from video2reward.llm.ask import settings_of
    from video2reward.rollout.film import FPS, typical_agent
    from video2reward.video.decode import film_pictures
    from video2reward.video.draw import draw_skeleton
    from video2reward.video.film import write_film

    scene = read_side_by_side(*map(script.path, FILES))
    wanted, seen_by = CritiqueSettings(**script.params["critique"]), LLM(**script.params["seen_by"])
    studio = Studio(film_pictures, write_film, typical_agent, FPS, draw_skeleton)
    with settings_of(script.args.section):
        beside = show_beside(scene, wanted, seen_by, script.params["figure"], studio, script.path("pictures"))
    feedback = read_json(script.path("feedback"))
    return critique_question(
        script.path("template"),
        task_in_words(script),
        scene.motion,
        beside,
        measured_figures(feedback, scene.reference, Method(**script.params["method"]).max_falls),
        list(feedback.get("shares") or {}),
        script.path("record").parent,
    )


def task_in_words(script: Script) -> str:
    """Return the task as the prompt describes it."""
    robot = validate(Robot, read_yaml(script.path("robot")), script.path("robot"))
    described = getattr(TASKS.load(script.params["task"]), "description", "")
    return str(Method(**script.params["method"]).task_description or described or robot.task_description)


if __name__ == "__main__":
    run_script(main)
