"""Train a robot's base policy with the published human reward: warm start and baseline of all experiments."""

from __future__ import annotations

from pathlib import Path

from video2reward.jobs.script import Script, limit_threads, run_script
from video2reward.registry import TASKS, kind_of_task
from video2reward.robots.description import load_robot
from video2reward.robots.model import unlimited_joints
from video2reward.settings.task import Task
from video2reward.sim.chosen import training_of


def main() -> None:
    script = Script(__doc__ or "").input("robot", "mjcf", "reward").output("policy", "training", "curves")
    script.input("assets", optional=True, many=True).input("server", optional=True)
    script.option("checkpoint-s", float, 15.0).option("work", Path, Path("work")).parse()
    limit_threads(script.args.threads)
    task, seed = Task(**script.params["task"]), int(script.params["seed"])
    training = training_of(script).model_copy(update={"checkpoint_s": script.args.checkpoint_s})
    robot = load_robot(script.path("robot"))

    from video2reward.motion.retarget import BRISK_WALK, neutral_reference
    from video2reward.motion.trunk_path import neutral_jump
    from video2reward.policy.beginning import Beginning
    from video2reward.policy.failure import GuardedReward
    from video2reward.policy.train import train
    from video2reward.policy.training_record import policy_meta, write_training
    from video2reward.reward.compile import compile_reward
    from video2reward.robots.standing import standing_keypoints
    from video2reward.sim.locomotion import make_env

    if loose := unlimited_joints(robot, script.path("mjcf")):
        print(
            f"note: {robot.mjcf} has no torque limit for {', '.join(loose)}: their drives are not clamped and their "
            "torque_limits are infinite; add actuatorfrcrange to the joints or forcerange to the actuators"
        )
    skeleton = next(iter(robot.skeletons))
    standing = standing_keypoints(script.path("mjcf"), robot, skeleton)
    reference = neutral_reference(
        robot, skeleton, *standing, froude=TASKS.load(task.name).froude or BRISK_WALK
    )
    if kind_of_task(task.name) == "single":
        reference = neutral_jump(reference, robot.leg_length_m)
    reward = GuardedReward(compile_reward(script.path("reward")))
    env = make_env(
        training,
        robot,
        script.path("mjcf"),
        task,
        reference,
        reward,
        training.num_envs,
        seed,
        script.args.threads,
    )
    provenance = script.provenance()
    trained = train(
        env,
        training,
        seed=seed,
        start=Beginning(),
        work=script.args.work,
        steps=training.base_steps,
        label=f"base policy of {robot.name}",
        meta=policy_meta(robot, env),
        provenance=provenance,
    )
    env.close()
    write_training(trained, script.path("policy"), script.path("training"), script.path("curves"), provenance)
    trained.forget_checkpoint()


if __name__ == "__main__":
    run_script(main)
