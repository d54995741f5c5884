"""Train all candidates of a round in one process; those that failed their check stay failed."""

from __future__ import annotations

import json
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
    from video2reward.policy.failure import GuardedReward
    from video2reward.policy.train import Trained


def main() -> None:
    script = Script(__doc__ or "").input("rewards", "checks", many=True).input("reference", "robot", "mjcf")
    script.input("base", "best", optional=True).output("policies", "trainings", "curves", many=True)
    script.input("assets", optional=True, many=True).input("server", optional=True)
    script.option("checkpoint-s", float, 15.0).option("works", folders, []).parse()
    limit_threads(script.args.threads)
    checks = {k: read_check(path) for k, path in enumerate(script.paths("checks"), 1)}
    failed = {k: check.traceback or check.message for k, check in checks.items() if not check.ok}
    for k in failed:
        print(
            f"candidate {k}: not trained because the check failed: {indented(checks[k].message)}", flush=True
        )
    trained: dict[int, Trained] = {}
    mark = CallMark()
    while len(failed) < len(checks):
        reason = run_supervised(mark)
        if (
            reason is None
        ):  # the child, which goes on from the checkpoint, without those that ended one before
            trained = train_candidates(script, checks, failed, mark)
            break
        print(f"candidate {mark.caller}: failed: {indented(reason)}", flush=True)
        failed[mark.caller] = reason
    write(script, trained, failed)


def train_candidates(
    script: Script, checks: dict[int, Check], failed: dict[int, str], mark: CallMark
) -> dict[int, Trained]:
    """Build the simulator with a slice for each candidate that passed its check, and train on it."""
    from video2reward.policy.beginning import starting_policy
    from video2reward.policy.early_stop import EarlyStop
    from video2reward.policy.together.members import Member
    from video2reward.policy.together.rewards import SlicedReward
    from video2reward.policy.together.train import train_together
    from video2reward.policy.training_record import policy_meta
    from video2reward.sim.locomotion import make_env

    seed = int(script.params["seed"])
    training = training_of(script).model_copy(update={"checkpoint_s": script.args.checkpoint_s})
    start = starting_policy(training.init, script.args.base, script.args.best)
    robot = load_robot(script.path("robot"))
    rewards = candidate_rewards(script, training.simulator, checks, failed, mark)
    reward = SlicedReward(list(rewards.values()))
    # The seeds of trainings on their own: a candidate always gets the same noise.
    members = [
        Member(k, f"seed {seed} candidate {k}", 1000 * seed + k, start, script.args.works[k - 1])
        for k in rewards
    ]
    env = make_env(
        training,
        robot,
        script.path("mjcf"),
        Task(**script.params["task"]),
        read_reference(script.path("reference")),
        reward,
        training.num_envs * len(members),
        [member.seed for member in members],
        script.args.threads,
    )
    trained = train_together(
        env,
        reward,
        training,
        members,
        work=script.args.works[0],
        steps=training.steps,
        label=f"seed {seed}",
        stop=EarlyStop.of(env, training) if training.early_stop else None,
        failed=failed,
        meta=policy_meta(robot, env),
        provenance=script.provenance(),
    )
    env.close()
    return dict(zip(rewards, trained, strict=True))


def candidate_rewards(
    script: Script, simulator: str, checks: dict[int, Check], failed: dict[int, str], mark: CallMark
) -> dict[int, GuardedReward | None]:
    """Compile the rewards of those that passed their check; None for one that has failed since, which is noted."""
    from video2reward.policy.failure import guarded_reward
    from video2reward.reward.compile import RewardError, compile_reward
    from video2reward.reward.limits import call_limits

    limits = call_limits(SIMULATORS.load(simulator).usual_device())
    rewards: dict[int, GuardedReward | None] = {k: None for k, check in checks.items() if check.ok}
    for k in rewards:
        path = script.paths("rewards")[k - 1]
        try:
            if k not in failed:
                rewards[k] = guarded_reward(compile_reward, path, checks[k].components, mark.of(k), limits)
        except RewardError as error:  # edited by hand, or checked by another version
            failed[k] = str(error)
    return rewards


def write(script: Script, trained: dict[int, Trained], failed: dict[int, str]) -> None:
    """Write the outputs of all candidates, then delete the checkpoint, so that a rerun trains again."""
    from video2reward.policy.checkpoint import Checkpoint
    from video2reward.policy.train import Trained
    from video2reward.policy.training_record import write_training

    files = zip(*(script.paths(name) for name in ("policies", "trainings", "curves")), strict=True)
    for k, own in enumerate(files, 1):
        result = trained[k] if k in trained else Trained("failed", traceback=failed[k])
        write_training(result, *own, script.provenance())
    Checkpoint(script.args.works[0], "").remove()


def folders(text: str) -> list[Path]:
    """Read the option `works`: a JSON list of the candidates' work folders."""
    return [Path(path) for path in json.loads(text)]


if __name__ == "__main__":
    run_script(main)
