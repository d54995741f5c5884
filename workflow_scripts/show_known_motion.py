"""Show a known motion beside the video's, as show_motion does with a policy's, and write the question for its score."""

from __future__ import annotations

from dataclasses import replace

from video2reward.artifacts.keypoints import read_keypoints
from video2reward.artifacts.motion import read_motion
from video2reward.artifacts.prompt import write_prompt
from video2reward.artifacts.reference import read_reference
from video2reward.artifacts.rollout import read_rollout
from video2reward.jobs.script import Script, run_script
from video2reward.settings.critique import CritiqueSettings


def main() -> None:
    script = Script(__doc__ or "").input(
        "frames", "summary", "keypoints", "motion", "reference", "rollout", "film"
    )
    script.input("template", "parts").output("prompt", "record", "pictures").parse()

    from video2reward.critique.judge.figures import measure_motion
    from video2reward.critique.question import judge_question
    from video2reward.critique.showing import Filmed, show_beside
    from video2reward.rollout.film import FPS, typical_agent
    from video2reward.video.decode import film_pictures

    rollout, reference = read_rollout(script.path("rollout")), read_reference(script.path("reference"))
    motion = read_motion(script.path("motion"))
    film = [picture[:, :, ::-1] for picture in film_pictures(script.path("film"))]
    moments, files = show_beside(
        Filmed(rollout, typical_agent(rollout), film, FPS),
        script.path("frames"),
        read_keypoints(script.path("keypoints")),
        motion,
        reference,
        CritiqueSettings(**script.params["critique"]),
        script.path("pictures"),
    )
    figures = measure_motion(rollout, reference, float(script.params["max_falls"])).figures
    prompt = judge_question(
        script.path("template"),
        motion,
        moments,
        figures if script.params["told"] else None,
        script.path("record").parent,
        files,
    )
    write_prompt(
        script.path("prompt"), script.path("record"), replace(prompt, provenance=script.provenance())
    )
    print(f"{script.path('pictures')}: {len(files)} pictures")


if __name__ == "__main__":
    run_script(main)
