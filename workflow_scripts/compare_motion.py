"""Compare the best policy's rollout with the clip -> feedback.json and a picture."""

from __future__ import annotations

from video2reward.artifacts.io import read_json, write_json
from video2reward.artifacts.motion import read_motion
from video2reward.artifacts.reference import read_reference
from video2reward.artifacts.rollout import read_rollout
from video2reward.artifacts.selection import read_selection
from video2reward.jobs.script import Script, run_script
from video2reward.robots.description import load_robot
from video2reward.settings.method import Method
from video2reward.settings.wish import Wish


def main() -> None:
    script = Script(__doc__ or "").input(
        "rollout", "reference", "motion", "selection", "curves", "robot", "mjcf"
    )
    script.input("previous", optional=True)
    script.input("assets", optional=True, many=True).output("feedback", "picture").parse()

    from video2reward.artifacts.curves import read_curves
    from video2reward.feedback.compare import compare, feedback
    from video2reward.feedback.falls import find_falls
    from video2reward.feedback.picture import draw_similarity

    rollout, reference = read_rollout(script.path("rollout")), read_reference(script.path("reference"))
    training = read_curves(script.path("curves"))
    falls = find_falls(rollout, load_robot(script.path("robot")), script.path("mjcf"))
    wish = Wish(**script.params["wish"]) if "wish" in script.params else None
    comparison = compare(rollout, read_motion(script.path("motion")), reference, training, falls, wish)
    content = feedback(
        comparison,
        read_selection(script.path("selection")),
        Method(**script.params["method"]),
        read_json(script.path("previous")) if script.args.previous is not None else None,
        wish,
    )
    draw_similarity(rollout, reference, comparison.gait, script.path("picture"))
    write_json(script.path("feedback"), content | {"provenance": script.provenance()})
    print(content["text"])


if __name__ == "__main__":
    run_script(main)
