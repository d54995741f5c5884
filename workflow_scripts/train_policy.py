"""Train one candidate on its reward; a candidate that failed its check is passed on as failed."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from video2reward.artifacts.check import read_check
from video2reward.artifacts.reference import read_reference
from video2reward.registry import SIMULATORS
from video2reward.robots import load_robot
from video2reward.script import Script, limit_threads, run_script
from video2reward.settings import Task, Training
from video2reward.visible import indented


def main() -> None:
    script = Script(__doc__ or "").input("reward", "check", "reference", "robot", "mjcf")
    script.input("base", "best", optional=True).output("policy", "training", "curves")
    script.option("threads", int, 1).option("checkpoint-s", float, 15.0).parse()
    limit_threads(script.args.threads)

    from video2reward.policy.records import write_training
    from video2reward.policy.train import Trained

    check = read_check(script.path("check"))
    if check.ok:
        trained = train_candidate(script)
    else:
        trained = Trained("failed", traceback=check.traceback or check.message)
        print(f"not trained, the check failed: {indented(check.message)}")
    write_training(
        trained,
        script.path("policy"),
        script.path("training"),
        script.path("curves"),
        script.provenance(),
    )
    trained.forget_checkpoint()


def train_candidate(script: Script):  # noqa: ANN201  (its type needs torch)
    """Build the simulator with the candidate's reward and train on it."""
    from video2reward.policy.early_stop import EarlyStop
    from video2reward.policy.failure import GuardedReward, Watchdog
    from video2reward.policy.records import policy_meta
    from video2reward.policy.train import train
    from video2reward.reward.compile import compile_reward
    from video2reward.reward.limits import limit_growth

    task = Task(**script.params["task"])
    # Candidates of one loop differ in their noise; the same candidate always gets the same.
    seed = 1000 * int(script.params["seed"]) + int(script.params["candidate"])
    training = Training(**script.params["training"]).model_copy(
        update={"threads": script.args.threads, "checkpoint_s": script.args.checkpoint_s}
    )
    robot = load_robot(script.path("robot"))
    reward = GuardedReward(compile_reward(script.path("reward")), Watchdog(partial(give_up, script)))
    env = SIMULATORS.load(training.simulator)(
        robot,
        script.path("mjcf"),
        task,
        read_reference(script.path("reference")),
        reward,
        training.num_envs,
        seed,
        script.args.threads,
    )
    if env.device == "cpu":  # GPUs are mapped into the address space, far beyond their memory
        limit_growth()
    init, start = starting_policy(script, training.init)
    trained = train(
        env,
        training,
        seed=seed,
        warm_start=start,
        work=script.path("policy").parent / f"work_{script.params['candidate']}",
        steps=training.steps,
        label=f"seed {script.params['seed']} candidate {script.params['candidate']}",
        stop=EarlyStop.of(env, training) if training.early_stop else None,
        meta=policy_meta(robot, env),
        provenance=script.provenance(),
    )
    env.close()
    trained.init = init
    return trained


def starting_policy(script: Script, init: str) -> tuple[str, Path | None]:
    """Return what the candidate begins as and that policy's file; the base where there is no best yet."""
    from video2reward.policy.network import read_policy_file

    if init == "scratch":
        return init, None
    best: Path | None = script.args.best
    if init == "best" and best is not None and read_policy_file(best)["status"] == "ok":
        return init, best
    return "base", script.path("base")


def give_up(script: Script, reason: str) -> None:
    """Leave a failed training and end the process: its reward never returns."""
    from video2reward.policy.records import write_training
    from video2reward.policy.train import Trained

    print(f"failed: {indented(reason)}", flush=True)
    files = (script.path(name) for name in ("policy", "training", "curves"))
    write_training(Trained("failed", traceback=reason), *files, script.provenance())
    script.write_record()
    os._exit(0)


if __name__ == "__main__":
    run_script(main)
