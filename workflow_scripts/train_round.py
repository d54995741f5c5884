"""Train all candidates of a round in one process; in a halved round for a part of its steps.

Those that failed their check stay failed, and those that halving stopped keep their files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from video2reward.artifacts.check import Check, read_check
from video2reward.artifacts.halving import Halving, read_halving
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
    from video2reward.policy.failure import GuardedReward
    from video2reward.policy.train import Trained

FILES = ("policies", "trainings", "curves")
STATES = "checkpoints"


def main() -> None:
    script = Script(__doc__ or "").input("rewards", "checks", many=True).input("reference", "robot", "mjcf")
    script.input("base", "best", "halving", optional=True).output(*FILES, many=True)
    script.input(*(f"before-{name}" for name in (*FILES, STATES)), optional=True, many=True)
    script.input("assets", optional=True, many=True).input("server", optional=True)
    if f"--{STATES}" in sys.argv:  # all parts but the last
        script.output(STATES, many=True)
    script.option("checkpoint-s", float, 15.0).option("works", folders, []).parse()
    limit_threads(script.args.threads)
    halving = read_halving(script.path("halving")) if script.args.halving is not None else None
    checks = {k: read_check(path) for k, path in enumerate(script.paths("checks"), 1)}
    if halving is not None:
        keep_files(script, halving)
        checks = {k: check for k, check in checks.items() if halving.of(k).trains}
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
            trained = train_candidates(script, checks, failed, mark, halving)
            break
        print(f"candidate {mark.caller}: failed: {indented(reason)}", flush=True)
        failed[mark.caller] = reason
    write(script, checks, trained, failed)


def train_candidates(
    script: Script, checks: dict[int, Check], failed: dict[int, str], mark: CallMark, halving: Halving | None
) -> dict[int, Trained]:
    """Build the simulator with a slice for each candidate that is trained, and train on it up to the part's end."""
    from dataclasses import replace

    from video2reward.policy.beginning import starting_policy
    from video2reward.policy.carry import EVERY_EPOCH
    from video2reward.policy.early_stop import EarlyStop
    from video2reward.policy.together.members import Member
    from video2reward.policy.together.rewards import SlicedReward
    from video2reward.policy.together.train import train_together
    from video2reward.policy.training_record import policy_meta
    from video2reward.sim.locomotion import make_env

    seed = int(script.params["seed"])
    often = EVERY_EPOCH if hasattr(script.args, STATES) else script.args.checkpoint_s
    training = training_of(script).model_copy(update={"checkpoint_s": often})
    start = starting_policy(training.init, script.args.base, script.args.best)
    robot = load_robot(script.path("robot"))
    rewards = candidate_rewards(script, training.simulator, checks, failed, mark)
    reward = SlicedReward(list(rewards.values()))
    # The seeds of trainings that are not halved: a candidate always gets the same noise.
    members = [
        Member(k, f"seed {seed} candidate {k}", 1000 * seed + k, start, script.args.works[k - 1])
        for k in rewards
    ]
    last = not hasattr(script.args, STATES)
    steps = training.steps if last else part_end(training.steps, 1)
    steps = max(halving.of(k).until for k in rewards) if halving else steps
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
    provenance = script.provenance()
    if halving is not None:
        own = [[member.seed, start.digest] for member in members]
        key = [training, provenance, own, steps, training.num_envs]
        join_states(script, list(rewards), key, env.device != "cpu")
    rule = replace(EarlyStop.of(env, training), steps=max(steps, training.steps))
    part = f", part {script.params['part']}" if hasattr(script.args, STATES) else ""
    trained = train_together(
        env,
        reward,
        training,
        members,
        work=script.args.works[0],
        steps=steps,
        label=f"seed {seed}{part}",
        stop=rule if training.early_stop else None,
        failed=failed,
        meta=policy_meta(robot, env),
        provenance=provenance,
    )
    env.close()
    return dict(zip(rewards, trained, strict=True))


def join_states(script: Script, numbers: list[int], key: list[Any], batched: bool) -> None:
    """Let the training resume from the states in which the part before left these candidates, if it left any."""
    from video2reward.policy.carry import go_on, read_state
    from video2reward.policy.checkpoint import Checkpoint, identity_of
    from video2reward.policy.together.parting import joined_states

    paths = script.paths(f"before-{STATES}")
    states = [state for k in numbers if (state := read_state(paths[k - 1])) is not None]
    if len(states) == len(numbers):
        go_on(Checkpoint(script.args.works[0], identity_of(*key)), joined_states(states, batched))


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


def keep_files(script: Script, halving: Halving) -> None:
    """Write the files of those that are not trained any further; there is no state, as nobody goes on from it."""
    from video2reward.policy.halved import pass_on

    for contender in halving.contenders:
        if contender.trains:
            continue
        k = contender.figures.k
        print(f"candidate {k}: not trained any further: {contender.why}", flush=True)
        files = {script.paths(f"before-{name}")[k - 1]: script.paths(name)[k - 1] for name in FILES}
        pass_on(contender, files, script.paths("trainings")[k - 1], script.provenance())
        if hasattr(script.args, STATES):
            write_text(script.paths(STATES)[k - 1], "")


def write(
    script: Script, checks: dict[int, Check], trained: dict[int, Trained], failed: dict[int, str]
) -> None:
    """Write the outputs of the candidates that were to be trained, then delete the checkpoint, so that a rerun trains again."""
    from video2reward.policy.carry import last_state, write_state
    from video2reward.policy.checkpoint import Checkpoint
    from video2reward.policy.together.parting import state_of_one
    from video2reward.policy.train import Trained
    from video2reward.policy.training_record import write_training

    checkpoint = next((one.checkpoint for one in trained.values() if one.checkpoint), None)
    state = last_state(checkpoint) if checkpoint and hasattr(script.args, STATES) else None
    for k in checks:
        result = trained[k] if k in trained else Trained("failed", traceback=failed[k])
        if hasattr(script.args, STATES):
            goes_on = state is not None and result.status == "ok" and not result.stopped_early
            own = state_of_one(state, list(trained).index(k)) if state is not None and goes_on else None
            write_state(script.paths(STATES)[k - 1], own)
        write_training(result, *(script.paths(name)[k - 1] for name in FILES), script.provenance())
    Checkpoint(script.args.works[0], "").remove()


def folders(text: str) -> list[Path]:
    """Read the option `works`: a JSON list of the candidates' work folders."""
    return [Path(path) for path in json.loads(text)]


if __name__ == "__main__":
    run_script(main)
