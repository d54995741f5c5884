"""The outputs of a training run: `policy_<k>.pth`, `training_<k>.csv` and `training_<k>.json`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from video2reward.artifacts.curves import COMPONENT
from video2reward.artifacts.io import Provenance, write_csv, write_json
from video2reward.artifacts.success import H_MTS
from video2reward.policy.network import write_failed_policy, write_policy
from video2reward.policy.train import Trained
from video2reward.settings.robot import Robot
from video2reward.sim.base import BatchedEnv

# The columns of every training run; the reward's components ("reward/<name>") come after "reward".
BEFORE = ("step", "epoch", "seconds", "reward")
AFTER = ("success", "episode_length", "terminated_fraction", "kl", "lr", "sigma")


def policy_meta(robot: Robot, env: BatchedEnv) -> dict[str, Any]:
    """Return the metadata needed to run the policy on the robot, for policy.pth and policy.onnx."""
    return {
        "robot": robot.name,
        "observation_names": list(env.observation_names),
        "joints": list(robot.joints),
        "dt": env.dt,
        **env.action_meaning,
        **({"robustness": list(env.robustness)} if env.robustness else {}),
    }


def columns(rows: list[dict[str, float]]) -> list[str]:
    """Return the table's columns: the fixed ones and one per reward component."""
    components = dict.fromkeys(name for row in rows for name in row if name.startswith(COMPONENT))
    return [*BEFORE, *components, *AFTER]


def write_training(
    trained: Trained, policy: Path, record: Path, curves: Path, provenance: Provenance
) -> None:
    """Write the three files; those of a failed run say so and give the reason."""
    names = columns(trained.rows)
    write_csv(curves, names, [[row.get(name, "") for name in names] for row in trained.rows])
    write_json(
        record,
        {
            "status": trained.status,
            "traceback": trained.traceback,
            "h_mts": trained.h_mts,
            "steps": trained.steps,
            "seconds": trained.seconds,
            "steps_per_second": trained.steps / trained.seconds if trained.seconds else None,
            "seed": trained.seed,
            "init": trained.start.init,
            "warm_start": trained.start.digest,
            "stopped_early": trained.stopped_early,
            "robustness": trained.policy.meta.get("robustness", []) if trained.policy else [],
            "definitions": {
                "h_mts": H_MTS,
                "success": "the task's own, per step, mean over agents",
                "steps": "environment steps of all agents together",
                "init": "what training started from: scratch, base or best; empty: it never started",
                "warm_start": "SHA-256 of the initial policy's file; empty: trained from scratch",
                "stopped_early": "why training stopped before the end of its budget; empty: it did not",
                "robustness": "what each training episode drew anew, uniformly from lowest to highest; empty: nothing",
            },
            "provenance": provenance,
        },
    )
    if trained.policy is None:
        write_failed_policy(policy, trained.traceback, provenance)
    else:
        write_policy(policy, trained.policy, provenance)
