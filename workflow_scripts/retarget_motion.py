"""Retarget motion.h5 to one robot -> reference.h5."""

from __future__ import annotations

from dataclasses import replace

from video2reward.artifacts.motion import Motion, read_motion
from video2reward.artifacts.reference import Reference, write_reference
from video2reward.errors import UserError
from video2reward.jobs.script import Script, run_script
from video2reward.registry import TASKS, kind_of_task
from video2reward.robots.description import load_robot
from video2reward.similarity.jumps import wanted_jump


def main() -> None:
    script = Script(__doc__ or "").input("motion", "robot", "mjcf")
    script.input("assets", optional=True, many=True).output("reference").parse()

    from video2reward.motion.retarget import retarget
    from video2reward.motion.wished import CHANGED, wished
    from video2reward.robots.hinged_leg import hinged_legs
    from video2reward.robots.standing import standing_keypoints
    from video2reward.wishes.fulfilment import figures_in_reach

    motion, robot = read_motion(script.path("motion")), load_robot(script.path("robot"))
    check_task(motion, str(script.params["task"]))
    names, standing, body_length_m = standing_keypoints(script.path("mjcf"), robot, motion.skeleton)
    reach = robot.reach.model_copy(update=script.params["reach"])
    hinged = hinged_legs(script.path("mjcf"), robot, robot.skeletons[motion.skeleton])
    reference = retarget(motion, robot, names, standing, body_length_m, reach, hinged)
    times = script.params.get("times", {})
    if set(times) & set(CHANGED):
        reference = wished(reference, times, figures_in_reach(CHANGED, reference))
    write_reference(script.path("reference"), replace(reference, provenance=script.provenance()))
    if reference.kind == "single":
        print(single_figures(reference))
        return
    print(
        f"{robot.name}: stride period {reference.period_s:.3f} s, speed {reference.speed:.2f} m/s, "
        f"time scale {reference.time_scale:.3f}"
    )
    unseen = [
        limb.name for limb in robot.skeletons[motion.skeleton].limbs if limb.name not in reference.limb_names
    ]
    if unseen:
        print(
            f"warning: the clip does not show {', '.join(unseen)}: no motion is compared there, and a fixed reward of the "
            "reference leaves them to themselves; a language model is told to choose one"
        )


def check_task(motion: Motion, task: str) -> None:
    """Require that the task is for the clip's kind of motion."""
    wanted = kind_of_task(task)
    if motion.kind == wanted:
        return
    ones = ", ".join(name for name in TASKS.targets if kind_of_task(name) == motion.kind)
    if motion.kind == "single":
        raise UserError(
            f"the clip shows one {motion.gait} between two rests, the task {task} is for gaits; set task: {{name: {ones}}}, or, "
            "if it is a gait, trim the clip to steady strides or set motion.kind: cyclic"
        )
    raise UserError(
        f"the clip shows a gait, the task {task} is for one motion between two rests; choose another task ({ones}), or, if it is "
        "a jump, leave its rests in the clip or set motion.kind: single"
    )


def single_figures(reference: Reference) -> str:
    """Return what a single motion asks of the robot in one line."""
    wanted, metres = wanted_jump(reference), reference.body_length_m
    return (
        f"{reference.robot}: one motion every {reference.period_s:.2f} s, {wanted['rise'] * metres:.2f} m up, "
        f"{wanted['distance'] * metres:.2f} m forward, {wanted['flight']:.2f} s in flight; time scale {reference.time_scale:.3f}"
    )


if __name__ == "__main__":
    run_script(main)
