"""Record a rollout of the best policy at the clip's speed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from video2reward.artifacts.reference import Reference, read_reference
from video2reward.artifacts.rollout import Rollout, write_rollout
from video2reward.jobs.progress import progress
from video2reward.jobs.script import Script, limit_threads, run_script
from video2reward.registry import SIMULATORS
from video2reward.robots.description import load_robot
from video2reward.settings.evaluation import Evaluation
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task
from video2reward.sim.chosen import training_of


def main() -> None:
    script = Script(__doc__ or "").input("policy", "reference", "robot", "mjcf").output("rollout")
    script.input("assets", optional=True, many=True).input("server", optional=True).parse()
    limit_threads(script.args.threads)

    robot, reference = load_robot(script.path("robot")), read_reference(script.path("reference"))
    rollout = replace(_rollout(script, robot, reference), provenance=script.provenance())
    write_rollout(script.path("rollout"), rollout)
    print(_summary(rollout))


def _rollout(script: Script, robot: Robot, reference: Reference) -> Rollout:
    """Roll out the policy at the command (v*, 0, 0); a failed candidate's file gives a rollout without agents."""
    import torch

    from video2reward.policy.network import PolicyFailed, load_policy
    from video2reward.robots.model import CONTROL_DT
    from video2reward.rollout.record import no_rollout, roll_out
    from video2reward.sim.locomotion import make_env

    training = training_of(script)
    try:
        policy = load_policy(script.path("policy"), SIMULATORS.load(training.simulator).usual_device())
    except PolicyFailed as failure:
        nq = 7 + len(robot.joints)
        return no_rollout(nq, CONTROL_DT, robot.name, reference.keypoint_names, str(failure))
    evaluation = Evaluation(**script.params["evaluation"])
    env = make_env(
        training,
        robot,
        script.path("mjcf"),
        Task(**script.params["task"]).on_flat_ground(),
        reference,
        None,
        evaluation.agents,
        int(script.params["seed"]),
        script.args.threads,
    )
    env.set_commands(torch.tensor([[reference.speed, 0.0, 0.0]]).repeat(evaluation.agents, 1))
    steps = round(evaluation.seconds / env.dt)

    def shown(loop: Iterable[int]) -> Iterable[int]:
        return progress(loop, "rollout", steps, "steps")

    record = partial(roll_out, progress=shown)
    rollout = record(env, policy, evaluation.seconds, robot.name, reference.keypoint_names)
    env.close()
    return rollout


def _summary(rollout: Rollout) -> str:
    if not len(rollout.fell_at):
        return f"no rollout: {rollout.info['reason']}"
    standing = ~rollout.fell
    speed = rollout.velocity[standing, :, 0].mean() if standing.any() else 0.0
    return (
        f"{len(standing)} agents, {rollout.qpos.shape[1] * rollout.dt:.1f} s: {rollout.fell.mean():.1%} fell, "
        f"the others moved at {speed:.2f} m/s, commanded {rollout.commands[:, 0].mean():.2f} m/s"
    )


if __name__ == "__main__":
    run_script(main)
