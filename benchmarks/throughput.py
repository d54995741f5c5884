"""Environment steps per second: raw mujoco.batch, our environment and PPO training, interleaved in one run.

All use the same compiled model, agents, substeps and threads, so that the ratios are independent of other load.
Aims: stepping with observations and reward at 0.8 of raw, training at 0.45.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.jobs.script import limit_threads  # noqa: E402
from video2reward.robots.description import load_robot  # noqa: E402
from video2reward.robots.model import build_model  # noqa: E402
from video2reward.settings.task import Task  # noqa: E402
from video2reward.settings.training import Training  # noqa: E402

AIMS = {"human reward": 0.8, "keypoint tracking": 0.8, "training": 0.45}
MINIBATCH = 1536  # samples, as the default training has it
TRACKING = """
def compute_reward(
    base_lin_vel: Tensor, base_ang_vel: Tensor, commands: Tensor, torques: Tensor, keypoints: Tensor,
    keypoint_velocities: Tensor, reference_keypoints: Tensor, reference_velocities: Tensor, dt: float
) -> Tuple[Tensor, Dict[str, Tensor]]:
    speed = torch.exp(-torch.sum(torch.square(commands[:, :2] - base_lin_vel[:, :2]), dim=1) / 0.25) * dt
    turn = 0.5 * torch.exp(-torch.square(commands[:, 2] - base_ang_vel[:, 2]) / 0.25) * dt
    error = torch.mean(torch.square(keypoints - reference_keypoints), dim=[1, 2])
    rate_error = torch.mean(torch.square(keypoint_velocities - reference_velocities), dim=[1, 2])
    track = (torch.exp(-30.0 * error) + 0.3 * torch.exp(-0.5 * rate_error)) * dt
    torque = -2.5e-5 * torch.sum(torch.square(torques), dim=1) * dt
    return speed + turn + track + torque, {"speed": speed, "turn": turn, "track": track, "torque": torque}
"""


def main() -> None:
    """Measure and print medians over the rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--robot", type=Path, default=ROOT / "resources/robots/anymal_c/robot.yaml")
    parser.add_argument("--agents", type=int, default=1024)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--substeps", type=int, default=2)
    parser.add_argument("--steps", type=int, default=48, help="control steps of each measurement")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    limit_threads(args.threads)

    import numpy as np
    import torch

    torch.set_num_threads(args.threads)
    measurements = prepare(args)
    rates: dict[str, list[float]] = {name: [] for name in measurements}
    for _ in range(args.rounds):
        for name, measure in measurements.items():
            rates[name].append(measure())
    print(
        f"{args.agents} agents, {args.substeps} substeps, {args.threads} threads, median of {args.rounds} rounds"
    )
    for name, values in rates.items():
        ratio = float(np.median(np.array(values) / np.array(rates["raw mujoco.batch"])))
        aim = f"  (aim {AIMS[name]})" if name in AIMS else ""
        print(
            f"{name:18} {np.median(values):9,.0f} environment steps/s  {ratio:5.2f} of raw{aim}", flush=True
        )


def prepare(args: argparse.Namespace) -> dict[str, Any]:
    """Return name -> function that measures environment steps/s once."""
    import torch

    from video2reward.motion.retarget import neutral_reference
    from video2reward.reward.compile import compile_reward, compile_source
    from video2reward.robots.standing import standing_keypoints
    from video2reward.sim.locomotion import make_env

    robot = load_robot(args.robot)
    mjcf = args.robot.parent / robot.mjcf
    skeleton = next(iter(robot.skeletons))
    reference = neutral_reference(robot, skeleton, *standing_keypoints(mjcf, robot, skeleton))
    task = Task(substeps=args.substeps)
    generator = torch.Generator().manual_seed(0)
    actions = [
        0.4 * torch.randn(args.agents, len(robot.joints), generator=generator) for _ in range(args.steps)
    ]

    def env(reward: Any) -> Any:
        return make_env("mujoco", robot, mjcf, task, reference, reward, args.agents, 0, args.threads)

    human = compile_reward(ROOT / "resources/rewards/human_velocity.py")
    tracking = compile_source(TRACKING, "tracking")
    return {
        "raw mujoco.batch": raw(robot, build_model(robot, mjcf, args.substeps), actions, args),
        "human reward": stepping(env(human), actions),
        "keypoint tracking": stepping(env(tracking), actions),
        "training": training(env(human), args),
    }


def raw(robot: Any, model: Any, actions: list[Any], args: argparse.Namespace) -> Any:
    """Measure the simulation alone: the same drive targets written, the same substeps."""
    import numpy as np
    from mujoco.batch import Batch

    batch = Batch(model, args.agents, nthread=args.threads)
    qpos, ctrl = batch.bind("qpos"), batch.bind("ctrl")
    default = np.array([robot.default_pose[joint] for joint in robot.joints])
    targets = [default + robot.action_scale * action.clamp(-1, 1).numpy() for action in actions]

    def measure() -> float:
        batch.reset()
        qpos[:, :7], qpos[:, 7:] = (0, 0, robot.spawn_height, 1, 0, 0, 0), default
        start = time.perf_counter()
        for target in targets:
            ctrl[:] = target
            batch.step(nstep=args.substeps)
        return len(targets) * args.agents / (time.perf_counter() - start)

    return measure


def stepping(env: Any, actions: list[Any]) -> Any:
    """Measure the environment: observation, reward, terminations, resets."""

    def measure() -> float:
        env.reset()
        start = time.perf_counter()
        for action in actions:
            env.step(action)
        return len(actions) * env.num_envs / (time.perf_counter() - start)

    return measure


def training(env: Any, args: argparse.Namespace) -> Any:
    """Measure PPO, end to end: policy, environment, updates."""
    from video2reward.policy.beginning import Beginning
    from video2reward.policy.train import train

    horizon = Training().horizon
    settings = Training(
        num_envs=args.agents,
        minibatches=max(1, args.agents * horizon // MINIBATCH),
        threads=args.threads,
        checkpoint_s=3600,
    )
    steps = args.agents * horizon * max(1, round(args.steps / horizon))

    def measure() -> float:
        with tempfile.TemporaryDirectory() as work, contextlib.redirect_stdout(io.StringIO()):
            trained = train(
                env, settings, seed=0, start=Beginning(), work=Path(work), steps=steps, label="throughput"
            )
        return trained.steps / trained.seconds

    return measure


if __name__ == "__main__":
    main()
