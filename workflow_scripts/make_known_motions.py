"""Make rollouts of known quality on a robot, without a policy: the clip's stride played well, badly and into a fall."""

from __future__ import annotations

from dataclasses import replace

from video2reward.artifacts.reference import read_reference
from video2reward.artifacts.rollout import write_rollout
from video2reward.errors import UserError
from video2reward.jobs.script import Script, limit_threads, run_script
from video2reward.robots.description import load_robot
from video2reward.settings.task import Task

AGENTS, SECONDS = 4, 5.0


def main() -> None:
    script = Script(__doc__ or "").input("reference", "robot", "mjcf").output("rollouts", many=True)
    script.input("assets", optional=True, many=True).parse()
    limit_threads(script.args.threads)

    from video2reward.sim.known_motions import KNOWN
    from video2reward.sim.playback import Playback

    robot, reference = load_robot(script.path("robot")), read_reference(script.path("reference"))
    if reference.kind == "single":
        raise UserError(
            "known motions are strides, so a judge can be tested on gaits alone; choose an experiment with a gait"
        )
    playback = Playback(robot, script.path("mjcf"), Task(**script.params["task"]), reference)
    for motion, path in zip(KNOWN, script.paths("rollouts"), strict=True):
        rollout = playback.record(motion, AGENTS, max(SECONDS, 6 * reference.period_s))
        write_rollout(path, replace(rollout, provenance=script.provenance()))
        print(
            f"{motion.name}: {motion.words}; {rollout.fell.mean():.0%} fell, {rollout.velocity[..., 0].mean():.2f} m/s"
        )


if __name__ == "__main__":
    run_script(main)
