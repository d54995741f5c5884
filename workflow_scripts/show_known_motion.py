"""Show a known motion beside the video's, as show_motion does with a policy's, and write the question for its score."""

from __future__ import annotations

from dataclasses import replace

from video2reward.artifacts.prompt import write_prompt
from video2reward.jobs.script import Script, run_script
from video2reward.settings.critique import CritiqueSettings
from video2reward.settings.llm import LLM


def main() -> None:
    script = Script(__doc__ or "").input(
        "frames", "summary", "keypoints", "motion", "reference", "rollout", "film"
    )
    script.input("template", "parts").output("prompt", "record", "pictures")
    script.option("section", str, "vlm").parse()

    from video2reward.critique.judge.figures import measure_motion
    from video2reward.critique.question import judge_question
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
    figures = measure_motion(scene.rollout, scene.reference, float(script.params["max_falls"])).figures
    told = figures if script.params["told"] else None
    folder = script.path("record").parent
    prompt = judge_question(script.path("template"), scene.motion, beside, told, folder)
    write_prompt(
        script.path("prompt"), script.path("record"), replace(prompt, provenance=script.provenance())
    )
    print(f"{script.path('pictures')}: {len(beside.files)} files")


if __name__ == "__main__":
    run_script(main)
