"""Train one candidate on its reward; a candidate that failed its check stays failed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from video2reward.artifacts.check import Check, read_check
from video2reward.artifacts.reference import read_reference
from video2reward.jobs.script import Script, limit_threads, run_script
from video2reward.policy.supervise import CallMark, run_supervised
from video2reward.registry import SIMULATORS
from video2reward.robots.description import load_robot
from video2reward.settings.task import Task
from video2reward.sim.chosen import training_of
from video2reward.text.visible import indented

if TYPE_CHECKING:
    from video2reward.policy.train import Trained


def main() -> None:
    script = Script(__doc__ or "").input("reward", "check", "reference", "robot", "mjcf")
    script.input("base", "best", optional=True).output("policy", "training", "curves")
    script.input("assets", optional=True, many=True).input("server", optional=True)
    script.option("checkpoint-s", float, 15.0).option("work", Path, Path("work")).parse()
    limit_threads(script.args.threads)
    check = read_check(script.path("check"))
    if check.ok:
        mark = CallMark()
        reason = run_supervised(mark)  # the rest runs in the child, unless the reward ended it
        trained = train_candidate(script, check, mark) if reason is None else failed(script, reason)
    else:
        print(f"not trained because the check failed: {indented(check.message)}", flush=True)
        trained = failed(script, check.traceback or check.message)
    write(script, trained)


def train_candidate(script: Script, check: Check, mark: CallMark) -> Trained:
    """Build the simulator with the candidate's reward and train on it."""
    from video2reward.policy.beginning import starting_policy
    from video2reward.policy.early_stop import EarlyStop
    from video2reward.policy.failure import guarded_reward
    from video2reward.policy.train import train
    from video2reward.policy.training_record import policy_meta
    from video2reward.reward.compile import RewardError, compile_reward
    from video2reward.reward.limits import call_limits
    from video2reward.sim.locomotion import make_env

    task = Task(**script.params["task"])
    # Candidates of one loop get different noise; a candidate always gets the same.
    seed = 1000 * int(script.params["seed"]) + int(script.params["candidate"])
    training = training_of(script).model_copy(update={"checkpoint_s": script.args.checkpoint_s})
    robot = load_robot(script.path("robot"))
    limits = call_limits(SIMULATORS.load(training.simulator).usual_device())
    try:
        reward = guarded_reward(compile_reward, script.path("reward"), check.components, mark, limits)
    except RewardError as error:  # edited by hand, or checked by another version
        return failed(script, str(error))
    env = make_env(
        training,
        robot,
        script.path("mjcf"),
        task,
        read_reference(script.path("reference")),
        reward,
        training.num_envs,
        seed,
        script.args.threads,
    )
    trained = train(
        env,
        training,
        seed=seed,
        start=starting_policy(training.init, script.args.base, script.args.best),
        work=script.args.work,
        steps=training.steps,
        label=f"seed {script.params['seed']} candidate {script.params['candidate']}",
        stop=EarlyStop.of(env, training) if training.early_stop else None,
        meta=policy_meta(robot, env),
        provenance=script.provenance(),
    )
    env.close()
    return trained


def failed(script: Script, reason: str) -> Trained:
    """Return a failed training; its checkpoint, if any, is discarded with it."""
    from video2reward.policy.checkpoint import Checkpoint
    from video2reward.policy.train import Trained

    print(f"failed: {indented(reason)}", flush=True)
    return Trained("failed", traceback=reason, checkpoint=Checkpoint(script.args.work, ""))


def write(script: Script, trained: Trained) -> None:
    """Write the outputs, then delete the checkpoint, so that a rerun trains again."""
    from video2reward.policy.training_record import write_training

    files = (script.path(name) for name in ("policy", "training", "curves"))
    write_training(trained, *files, script.provenance())
    trained.forget_checkpoint()


if __name__ == "__main__":
    run_script(main)
