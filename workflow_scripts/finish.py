"""Collect the best policy: reward, weights, ONNX, video, evaluation, and a folder for a robot; if there is none, fail."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import atomic_path, digest, read_json, write_json
from video2reward.artifacts.json_yaml import write_json_yaml
from video2reward.artifacts.reference import Reference, read_reference
from video2reward.artifacts.selection import read_selection
from video2reward.errors import UserError
from video2reward.jobs.script import Script, run_script
from video2reward.results.layout import BestFolder
from video2reward.robots.description import load_robot
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task

MODEL, ABOUT = "robot.xml", "deploy.yaml"


def main() -> None:
    script = Script(__doc__ or "")
    script.input("policy", "reward", "selection", "rollout", "film", "evaluation")
    script.input("base", "reference", "robot", "mjcf", "player").input("feedback", optional=True)
    script.input("assets", "papers", optional=True, many=True).output("best", "summary").parse()
    selection = read_selection(script.path("selection"))
    if selection.best is None:
        raise UserError(f"{script.path('best')} stays empty: {selection.why}; see {script.path('reward')}")

    from video2reward.policy.export import export_onnx
    from video2reward.policy.network import load_policy

    policy = load_policy(script.path("policy"))
    with atomic_path(script.path("best")) as folder:
        folder.mkdir()
        best = BestFolder(folder)
        copies = {
            "reward": best.reward,
            "policy": best.policy,
            "film": best.film,
            "evaluation": best.evaluation,
        }
        for source, copy in copies.items():
            shutil.copyfile(script.path(source), copy)
        difference = export_onnx(policy, best.onnx)
        try_deploy(script, policy.meta, best)
    print(
        f"{script.path('best')}: {selection.best.name}; ONNX differs from torch by at most {difference:.1e}"
    )
    judged, base = figures(script.path("evaluation")), figures(script.path("base"))
    write_json(
        script.path("summary"),
        {
            "candidate": selection.best.name,
            "best": judged,
            "base": base,
            "digest": digest(script.path("best")),
            "provenance": script.provenance(),
        },
    )
    print(
        f"gait distance {show(judged['gait_distance'])} body lengths, the base policy's "
        f"{show(base['gait_distance'])}; falls {show(judged['falls'])}; speed {show(judged['speed'])} m/s, "
        f"{show(judged['speed_ratio'])} of the clip's"
    )


def try_deploy(script: Script, meta: Mapping[str, Any], best: BestFolder) -> None:
    """Write the folder for a robot; a robot that cannot leave must not cost the results, so that a warning says why."""
    robot, mjcf, task = load_robot(script.path("robot")), script.path("mjcf"), Task(**script.params["task"])
    copies = [script.path("player"), *script.paths("papers")]
    try:
        write_deploy(best, copies, robot, mjcf, task, read_reference(script.path("reference")), meta)
    except UserError as fault:
        shutil.rmtree(best.deploy)
        print(f"warning: no {best.deploy.name} folder: {fault}")


def write_deploy(
    best: BestFolder,
    copies: Sequence[Path],
    robot: Robot,
    mjcf: Path,
    task: Task,
    reference: Reference,
    meta: Mapping[str, Any],
) -> None:
    """Write what a robot needs: the policy, all about it in words and figures, the robot's model, and `copies`."""
    from video2reward.robots.model import build_model, build_spec
    from video2reward.robots.standalone import write_standalone
    from video2reward.sim.deployment import deployment

    torque = task.actions == "torque"
    best.deploy.mkdir()
    for file in (best.onnx, *copies):
        shutil.copyfile(file, best.deploy / file.name)
    spec = build_spec(robot, mjcf, task.substeps, visual=True, dt=task.control_dt, torque=torque)
    write_standalone(spec, mjcf, best.deploy, MODEL)
    model = build_model(robot, mjcf, task.substeps, dt=task.control_dt, torque=torque)
    write_json_yaml(best.deploy / ABOUT, deployment(robot, model, MODEL, task, reference, meta))


def figures(evaluation: Path) -> dict[str, float | None]:
    """Return the main figures of a deterministic evaluation; None where it failed."""
    judged = read_json(evaluation).get("deterministic") or {}
    plain = {name: judged.get(name) for name in ("falls", "speed", "speed_ratio", "velocity_error")}
    gait, posture = ((judged.get(part) or {}).get("distance") for part in ("gait", "posture"))
    return {"gait_distance": gait, "posture_distance": posture, **plain}


def show(figure: float | None) -> str:
    """Return a figure with three decimals, or a dash for None."""
    return "-" if figure is None else f"{figure:.3f}"


if __name__ == "__main__":
    run_script(main)
