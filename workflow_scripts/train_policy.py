"""Train one candidate on its reward; in a halved round for a part of its steps, from where the part before left it.

A candidate that failed its check stays failed, and one that halving stopped keeps its files.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from video2reward.artifacts.check import Check, read_check
from video2reward.artifacts.halving import Contender, read_halving
from video2reward.artifacts.io import write_text
from video2reward.artifacts.reference import read_reference
from video2reward.jobs.script import Script, limit_threads, run_script
from video2reward.policy.supervise import CallMark, run_supervised
from video2reward.registry import SIMULATORS
from video2reward.robots.description import load_robot
from video2reward.settings.halving import part_end
from video2reward.settings.task import Task
from video2reward.sim.chosen import training_of
from video2reward.text.visible import indented

if TYPE_CHECKING:
    from video2reward.policy.train import Trained

FILES = ("policy", "training", "curves")
STATE = "checkpoint"


def main() -> None:
    script = Script(__doc__ or "").input("reward", "check", "reference", "robot", "mjcf")
    script.input("base", "best", optional=True).output(*FILES)
    script.input("halving", *(f"before-{name}" for name in (*FILES, STATE)), optional=True)
    script.input("assets", optional=True, many=True).input("server", optional=True)
    if f"--{STATE}" in sys.argv:  # all parts but the last
        script.output(STATE)
    script.option("checkpoint-s", float, 15.0).option("work", Path, Path("work")).parse()
    limit_threads(script.args.threads)
    contender = None
    if script.args.halving is not None:
        contender = read_halving(script.path("halving")).of(int(script.params["candidate"]))
        if not contender.trains:
            keep_files(script, contender)
            return
    check = read_check(script.path("check"))
    if check.ok:
        mark = CallMark()
        reason = run_supervised(mark)  # the rest runs in the child, unless the reward ended it
        trained = (
            train_candidate(script, check, mark, contender) if reason is None else failed(script, reason)
        )
    else:
        print(f"not trained because the check failed: {indented(check.message)}", flush=True)
        trained = failed(script, check.traceback or check.message)
    write(script, trained)


def train_candidate(script: Script, check: Check, mark: CallMark, contender: Contender | None) -> Trained:
    """Build the simulator with the candidate's reward and train on it up to the part's end."""
    from dataclasses import replace

    from video2reward.policy.beginning import starting_policy
    from video2reward.policy.carry import EVERY_EPOCH, go_on, read_state
    from video2reward.policy.checkpoint import Checkpoint, identity_of
    from video2reward.policy.early_stop import EarlyStop
    from video2reward.policy.failure import guarded_reward
    from video2reward.policy.train import train
    from video2reward.policy.training_record import policy_meta
    from video2reward.reward.compile import RewardError, compile_reward
    from video2reward.reward.limits import call_limits
    from video2reward.sim.locomotion import make_env

    # The seed of a training that is not halved: a candidate always gets the same noise.
    seed = 1000 * int(script.params["seed"]) + int(script.params["candidate"])
    last = not hasattr(script.args, STATE)
    often = script.args.checkpoint_s if last else EVERY_EPOCH
    training = training_of(script).model_copy(update={"checkpoint_s": often})
    steps = contender.until if contender else training.steps if last else part_end(training.steps, 1)
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
        Task(**script.params["task"]),
        read_reference(script.path("reference")),
        reward,
        training.num_envs,
        seed,
        script.args.threads,
    )
    start = starting_policy(training.init, script.args.base, script.args.best)
    provenance = script.provenance()
    if contender is not None:
        key = identity_of(training, provenance, seed, steps, start.digest, env.num_envs)
        go_on(Checkpoint(script.args.work, key), read_state(script.path(f"before-{STATE}")))
    rule = replace(EarlyStop.of(env, training), steps=max(steps, training.steps))
    part = "" if last else f", part {script.params['part']}"
    trained = train(
        env,
        training,
        seed=seed,
        start=start,
        work=script.args.work,
        steps=steps,
        label=f"seed {script.params['seed']} candidate {script.params['candidate']}{part}",
        stop=rule if training.early_stop else None,
        meta=policy_meta(robot, env),
        provenance=provenance,
    )
    env.close()
    return trained


def keep_files(script: Script, contender: Contender) -> None:
    """Write the files of the part before again; there is no state, as nobody goes on from it."""
    from video2reward.policy.halved import pass_on

    print(f"not trained any further: {contender.why}", flush=True)
    files = {script.path(f"before-{name}"): script.path(name) for name in FILES}
    pass_on(contender, files, script.path("training"), script.provenance())
    if hasattr(script.args, STATE):
        write_text(script.path(STATE), "")


def failed(script: Script, reason: str) -> Trained:
    """Return a failed training; its checkpoint, if any, is discarded with it."""
    from video2reward.policy.checkpoint import Checkpoint
    from video2reward.policy.train import Trained

    print(f"failed: {indented(reason)}", flush=True)
    return Trained("failed", traceback=reason, checkpoint=Checkpoint(script.args.work, ""))


def write(script: Script, trained: Trained) -> None:
    """Write the outputs, then delete the checkpoint, so that a rerun trains again."""
    from video2reward.policy.carry import last_state, write_state
    from video2reward.policy.training_record import write_training

    if hasattr(script.args, STATE):
        goes_on = trained.status == "ok" and not trained.stopped_early and trained.checkpoint is not None
        write_state(script.path(STATE), last_state(trained.checkpoint) if goes_on else None)
    write_training(trained, *(script.path(name) for name in FILES), script.provenance())
    trained.forget_checkpoint()


if __name__ == "__main__":
    run_script(main)
