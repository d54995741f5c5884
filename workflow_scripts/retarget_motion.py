"""Retarget motion.h5 to one robot -> reference.h5."""

from __future__ import annotations

from dataclasses import replace

from video2reward.artifacts.motion import read_motion
from video2reward.artifacts.reference import write_reference
from video2reward.jobs.script import Script, run_script
from video2reward.robots.description import load_robot


def main() -> None:
    script = Script(__doc__ or "").input("motion", "robot", "mjcf")
    script.input("assets", optional=True, many=True).output("reference").parse()

    from video2reward.motion.retarget import retarget
    from video2reward.robots.standing import standing_keypoints

    motion, robot = read_motion(script.path("motion")), load_robot(script.path("robot"))
    names, standing, body_length_m = standing_keypoints(script.path("mjcf"), robot, motion.skeleton)
    reach = robot.reach.model_copy(update=script.params["reach"])
    reference = retarget(motion, robot, names, standing, body_length_m, reach)
    write_reference(script.path("reference"), replace(reference, provenance=script.provenance()))
    print(
        f"{robot.name}: stride period {reference.period_s:.3f} s, speed {reference.speed:.2f} m/s, "
        f"time scale {reference.time_scale:.3f}"
    )


if __name__ == "__main__":
    run_script(main)
