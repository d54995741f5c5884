"""Simulation and training on a GPU: environment steps per second beside the bare physics of the same model.

    make bench-gpu
    python benchmarks/gpu.py --simulator mujoco_warp_cpu --worlds 16 64 --steps 16     # without a GPU: that it works

For each robot and number of worlds: physics alone, the environment with the published reward, a PPO training end to end,
the training's share of the bare physics, and the most GPU memory taken. Medians over the rounds of one run.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

import torch  # noqa: E402

from video2reward.motion.retarget import neutral_reference  # noqa: E402
from video2reward.policy.beginning import Beginning  # noqa: E402
from video2reward.policy.train import train  # noqa: E402
from video2reward.registry import SIMULATORS  # noqa: E402
from video2reward.reward.compile import compile_reward  # noqa: E402
from video2reward.robots.description import load_robot  # noqa: E402
from video2reward.robots.model import build_model  # noqa: E402
from video2reward.robots.standing import standing_keypoints  # noqa: E402
from video2reward.settings.task import Task  # noqa: E402
from video2reward.settings.training import Training  # noqa: E402
from video2reward.sim.locomotion import LocomotionEnv, make_env  # noqa: E402
from video2reward.sim.physics import Plant  # noqa: E402

TASKS = {"anymal_c": "velocity", "humanoid": "run"}
EPOCHS = 3  # of a measured training


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--simulator", default="mujoco_warp")
    parser.add_argument("--robots", nargs="+", default=list(TASKS), choices=TASKS)
    parser.add_argument("--worlds", nargs="+", type=int, default=[1024, 4096, 16384, 65536])
    parser.add_argument("--steps", type=int, default=48, help="control steps of a measurement")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    device = SIMULATORS.load(args.simulator).usual_device()
    name = torch.cuda.get_device_name(device) if device != "cpu" else "CPU"
    print(f"{args.simulator} on {name}; environment steps/s, median of {args.rounds}")
    print("| robot | worlds | physics | environment | training | training / physics | memory, GB |")
    print("|---|---|---|---|---|---|---|")
    for robot in args.robots:
        for worlds in args.worlds:
            print(row(args, robot, worlds), flush=True)


def row(args: argparse.Namespace, name: str, worlds: int) -> str:
    """Measure one robot with one number of worlds -> a row of the table."""
    on_gpu = SIMULATORS.load(args.simulator).usual_device() != "cpu"
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
        free, _ = torch.cuda.mem_get_info()
    measures = [
        bare_physics(args, name, worlds), environment(args, name, worlds), ppo(args, name, worlds)
    ]  # fmt: skip
    taken = (free - torch.cuda.mem_get_info()[0]) / 1e9 if on_gpu else float("nan")
    rates = [median(measure() for _ in range(args.rounds)) for measure in measures]
    cells = [
        name,
        f"{worlds:,}",
        *(f"{rate:,.0f}" for rate in rates),
        f"{rates[2] / rates[0]:.2f}",
        f"{taken:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def made(args: argparse.Namespace, name: str, worlds: int) -> LocomotionEnv:
    """Make the environment of a robot's task, with the task's published reward."""
    folder = ROOT / "resources" / "robots" / name
    robot = load_robot(folder / "robot.yaml")
    skeleton = next(iter(robot.skeletons))
    reference = neutral_reference(robot, skeleton, *standing_keypoints(folder / robot.mjcf, robot, skeleton))
    reward = compile_reward(ROOT / "resources" / "rewards" / f"human_{TASKS[name]}.py")
    task = Task(name=TASKS[name])
    return make_env(args.simulator, robot, folder / robot.mjcf, task, reference, reward, worlds, 0)


def timed(steps: int, worlds: int, run: Callable[[], None]) -> Callable[[], float]:
    """Return a measure of environment steps/s; the first call, which compiles, does not count."""
    run()

    def measure() -> float:
        _wait()
        start = time.perf_counter()
        run()
        _wait()
        return steps * worlds / (time.perf_counter() - start)

    return measure


def bare_physics(args: argparse.Namespace, name: str, worlds: int) -> Callable[[], float]:
    """Measure the simulator alone, its robots held at the default pose."""
    folder = ROOT / "resources" / "robots" / name
    robot = load_robot(folder / "robot.yaml")
    substeps = Task().substeps
    plant = Plant(
        build_model(robot, folder / robot.mjcf, substeps), robot, folder / robot.mjcf, False, substeps
    )
    physics = SIMULATORS.load(args.simulator)(plant, worlds, 1)
    pose = torch.tensor([robot.default_pose[joint] for joint in robot.joints], device=physics.device)

    def run() -> None:
        for _ in range(args.steps):
            physics.step(pose.expand(worlds, -1), substeps)

    return timed(args.steps, worlds, run)


def environment(args: argparse.Namespace, name: str, worlds: int) -> Callable[[], float]:
    """Measure observation, reward, terminations and resets under random actions."""
    env = made(args, name, worlds)
    actions = 0.4 * torch.randn(args.steps, worlds, env.num_actions, device=env.device)

    def run() -> None:
        for action in actions:
            env.step(action)

    return timed(args.steps, worlds, run)


def ppo(args: argparse.Namespace, name: str, worlds: int) -> Callable[[], float]:
    """Measure a training end to end: inference, environment, updates."""
    env = made(args, name, worlds)
    training = Training(num_envs=worlds, simulator=args.simulator, init="scratch")
    steps = EPOCHS * training.horizon

    def run() -> None:
        with tempfile.TemporaryDirectory() as work, contextlib.redirect_stdout(io.StringIO()):
            train(
                env,
                training,
                seed=0,
                start=Beginning(),
                work=Path(work),
                steps=steps * worlds,
                label="",
                meta={},
            )

    return timed(steps, worlds, run)


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


if __name__ == "__main__":
    main()
