"""Evaluate a policy: falls, speed, success and similarity to the clip, deterministic and, if asked for, sampled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from video2reward.artifacts.io import digest, read_json, write_json
from video2reward.artifacts.motion import read_motion
from video2reward.artifacts.reference import Reference, read_reference
from video2reward.jobs.script import Script, limit_threads, run_script
from video2reward.registry import SIMULATORS, TASKS, kind_of_task
from video2reward.robots.description import load_robot
from video2reward.settings.evaluation import Evaluation
from video2reward.settings.task import Task
from video2reward.settings.wish import MeasuredWish
from video2reward.sim.chosen import training_of

if TYPE_CHECKING:
    import numpy as np

    from video2reward.artifacts.rollout import Rollout


def main() -> None:
    script = Script(__doc__ or "").input("policy", "training", "reference", "motion", "robot", "mjcf")
    script.input("assets", optional=True, many=True).input("server", "known", optional=True)
    script.output("evaluation").parse()
    limit_threads(script.args.threads)
    known = read_json(script.path("known")) if script.args.known is not None else {}
    if known and known["provenance"]["inputs"]["policy"] == digest(script.path("policy")):
        print("evaluated before: the policy is that of the part before")
        write_json(script.path("evaluation"), known | {"provenance": script.provenance()})
        return

    from video2reward.policy.evaluate import DEFINITIONS
    from video2reward.policy.network import PolicyFailed, load_policy
    from video2reward.scores.expert import expert_definitions

    name = Task(**script.params["task"]).name
    result: dict[str, Any] = {"status": "ok", "traceback": ""}
    try:
        simulator = training_of(script).simulator
        policy = load_policy(script.path("policy"), SIMULATORS.load(simulator).usual_device())
    except PolicyFailed as failure:
        result = {"status": "failed", "traceback": failure.traceback}
        print(str(failure))
    else:
        judged = judge(script, policy)
        for kind, figures in judged.items():
            print(summary(kind, figures))
        result |= judged
    write_json(
        script.path("evaluation"),
        {
            **result,
            "h_mts": task_score(script),
            "success_words": asdict(TASKS.load(name).success_words),
            "definitions": DEFINITIONS
            | {"success": TASKS.load(name).success_definition}
            | expert_definitions(name),
            "provenance": script.provenance(),
        },
    )


def judge(script: Script, policy: Any, make: Callable[..., Any] | None = None) -> dict[str, Any]:
    """Return the policy's evaluation; make: an environment, from the arguments of `sim.locomotion.make_env`, the default."""
    import torch

    from video2reward.policy.evaluate import evaluate
    from video2reward.rollout.record import roll_out
    from video2reward.scores.expert import expert_sums
    from video2reward.sim.locomotion import make_env

    robot = load_robot(script.path("robot"))
    reference = read_reference(script.path("reference"))
    task, evaluation = Task(**script.params["task"]), Evaluation(**script.params["evaluation"])
    training, wish = training_of(script), script.params.get("wish")
    make = make or make_env

    with torch.no_grad():  # not inference mode: residual actions and starts fit poses by gradients
        return evaluate(
            policy,
            lambda seed, flat: make(
                training,
                robot,
                script.path("mjcf"),
                task.on_flat_ground() if flat else task,
                reference,
                None,
                evaluation.agents,
                seed,
                script.args.threads,
            ),
            reference,
            read_motion(script.path("motion")),
            lambda env, act, seconds: roll_out(env, act, seconds, robot.name, reference.keypoint_names),
            success_of(task.name, reference),
            partial(expert_sums, task.name),
            seconds=float(script.params["seconds"]),
            seed=int(script.params["seed"]),
            sampled=bool(script.params["sampled"]),
            wish=MeasuredWish(**wish) if wish else None,
        )


def success_of(task: str, reference: Reference) -> Callable[[Rollout], np.ndarray]:
    """Return the task's success of a rollout; that of single motions needs the reference."""
    judged: Callable[..., np.ndarray] = TASKS.load(task).rollout_success
    return partial(judged, reference=reference) if kind_of_task(task) == "single" else judged


def task_score(script: Script) -> float | None:
    """Return H_mts from a training record or from a selection's best."""
    record = read_json(script.path("training"))
    score = (record.get("best") or {}).get("h_mts") if "best" in record else record.get("h_mts")
    return None if score is None else float(score)


def summary(kind: str, figures: dict[str, Any]) -> str:
    """Return the main figures in one line."""
    if jump := figures.get("jump"):
        reached = ", ".join(
            f"{part} {jump[part]:.2f} of {asked:.2f}" for part, asked in jump["wanted"].items()
        )
        return (
            f"{kind}: {figures['falls']:.1%} fall, {reached} (body lengths, s), distance from the motion "
            f"{figures['gait']['distance']:.3f}, with posture {figures['posture']['distance']:.3f}, success "
            f"{figures['success']['mean']:.3f}"
        )
    wish = f", wish {figures['wish']['success']:.2f}" if "wish" in figures else ""
    return (
        f"{kind}: {figures['falls']:.1%} fall, speed {figures['speed']:.2f} m/s "
        f"({figures['speed_ratio']:.2f} of the clip's), velocity error {figures['velocity_error']:.2f} m/s, "
        f"gait distance {figures['gait']['distance']:.3f}, with posture {figures['posture']['distance']:.3f}, "
        f"success {figures['success']['mean']:.3f}{wish}"
    )


if __name__ == "__main__":
    run_script(main)
