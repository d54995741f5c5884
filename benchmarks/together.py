"""A round's trainings in turn by rl-games, in turn by our PPO, and together by our PPO, on one thread.

    python benchmarks/together.py                                # processor time, both robots, two candidates
    python benchmarks/together.py --robots humanoid --candidates 4 --agents 64
    python benchmarks/together.py --part curves                  # what both learn in 500,000 steps from scratch

The first part alternates the three ways and prints microseconds of processor time per environment step, in all and of
the update alone, as medians over the repetitions, each with its ratio to rl-games; `together` has one batch of worlds.
The second trains with the published human reward, seed by seed in both ways, and prints reward and success over the
tenth of the budget before each mark: means over the seeds, and the seeds' range. Trainings from scratch differ by
their noise, so curves are alike where the ranges overlap.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from profile_training import TASKS, Setting, Stopwatch  # noqa: E402
from video2reward.jobs.script import limit_threads  # noqa: E402

MARKS = (0.25, 0.5, 0.75, 1.0)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", choices=("cost", "curves"), default="cost")
    parser.add_argument("--robots", nargs="+", default=list(TASKS), choices=TASKS)
    parser.add_argument("--candidates", type=int, default=2)
    parser.add_argument(
        "--agents", type=int, help="of each candidate; by default what the robot's training has"
    )
    parser.add_argument("--simulator", default="mujoco", help="on a GPU wall time counts")
    parser.add_argument("--epochs", type=int, default=8, help="of each training of the first part")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--steps", type=int, default=500_000, help="of each training of the second part")
    parser.add_argument("--seeds", type=int, default=3, help="of the second part")
    args = parser.parse_args()
    limit_threads(1)
    import torch

    torch.set_num_threads(1)
    print(HEADS[args.part], flush=True)
    for name in args.robots:
        trainings = Trainings(name, args.agents, args.simulator)
        (costs if args.part == "cost" else curves)(trainings, args)


HEADS = {
    "cost": "| robot | agents | way | in all, us/step | ratio | update, us/step | ratio |\n|---|---|---|---|---|---|---|",
    "curves": f"| robot | way | of the reward, at | {' | '.join(f'{mark:.0%}' for mark in MARKS)} |\n|{'---|' * 7}",
}


class Trainings:
    """Trainings of one robot with the published human reward of its task."""

    def __init__(self, name: str, agents: int | None, simulator: str) -> None:
        """Read the robot's setting."""
        self.name, self.setting = name, Setting(name, agents, simulator)
        self.training = self.setting.training
        self.per_epoch = self.training.num_envs * self.training.horizon

    def reward(self) -> Any:
        """Return a new reward."""
        from video2reward.policy.failure import GuardedReward
        from video2reward.reward.compile import compile_reward

        return GuardedReward(compile_reward(ROOT / "resources" / "rewards" / f"human_{TASKS[self.name]}.py"))

    def by_rl_games(self, seeds: list[int], steps: int) -> list[Any]:
        """Train in turn."""
        from video2reward.policy.beginning import Beginning
        from video2reward.policy.train import train

        trained = []
        for seed in seeds:
            env = self.setting.env(self.reward(), [seed])
            with quiet() as work:
                trained.append(
                    train(env, self.training, seed=seed, start=Beginning(), work=work, steps=steps, label="")
                )
            env.close()
        return trained

    def together(self, seeds: list[int], steps: int) -> list[Any]:
        """Train by our PPO, all at once."""
        from video2reward.policy.beginning import Beginning
        from video2reward.policy.together.members import Member
        from video2reward.policy.together.rewards import SlicedReward
        from video2reward.policy.together.train import train_together

        reward = SlicedReward([self.reward() for _ in seeds])
        env = self.setting.env(reward, seeds)
        with quiet() as work:
            members = [Member(seed, "", seed, Beginning(), work / str(seed)) for seed in seeds]
            trained = train_together(env, reward, self.training, members, work=work, steps=steps, label="")
        env.close()
        return trained

    def in_turn(self, seeds: list[int], steps: int) -> list[Any]:
        """Train by our PPO, one after another."""
        return [self.together([seed], steps)[0] for seed in seeds]


@contextlib.contextmanager
def quiet() -> Any:
    """Give a work folder for a while, and print nothing."""
    with tempfile.TemporaryDirectory() as work, contextlib.redirect_stdout(io.StringIO()):
        yield Path(work)


def costs(trainings: Trainings, args: argparse.Namespace) -> None:
    """Print the processor time of each way to train the candidates."""
    watch = update_watch(trainings.training.on_gpu)
    seeds, steps = list(range(args.candidates)), args.epochs * trainings.per_epoch
    ways = {
        "in turn, rl-games": trainings.by_rl_games,
        "in turn, ours": trainings.in_turn,
        "together, ours": trainings.together,
    }
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for repetition in range(args.repetitions + 1):
        for way, train in ways.items():
            spent = timed(watch, train, seeds, steps if repetition else 2 * trainings.per_epoch)
            if repetition:  # the first is for TorchScript to compile
                found[way].append(spent)
    first = found["in turn, rl-games"]
    for way, times in found.items():
        cells = []
        for part in (0, 1):
            per_step = statistics.median(one[part] for one in times) / (steps * len(seeds))
            ratio = statistics.median(
                one[part] / other[part] for one, other in zip(times, first, strict=True)
            )
            cells += [f"{1e6 * per_step:.1f}", f"{ratio:.2f}"]
        print(
            f"| {trainings.name} | {trainings.training.num_envs} | {way} | {' | '.join(cells)} |", flush=True
        )


@functools.cache
def update_watch(wall: bool) -> Stopwatch:
    """Return a watch of the processor time, or wall time, that updates take."""
    from rl_games.algos_torch.a2c_continuous import A2CAgent

    from video2reward.policy.together.learner import Learner

    watch = Stopwatch(time.perf_counter if wall else time.process_time)
    watch.wrap(A2CAgent, "train_epoch", "update")
    watch.wrap(A2CAgent, "play_steps", "rest")
    watch.wrap(Learner, "update", "update")
    return watch


def timed(
    watch: Stopwatch, train: Callable[[list[int], int], Any], seeds: list[int], steps: int
) -> tuple[float, float]:
    """Train -> seconds in all and of the updates."""
    before, updates = watch.clock(), watch.seconds["update"]
    train(seeds, steps)
    return watch.clock() - before, watch.seconds["update"] - updates


def curves(trainings: Trainings, args: argparse.Namespace) -> None:
    """Print what both ways learn, over the budget."""
    ways = {"rl-games": trainings.by_rl_games, "ours": trainings.in_turn}
    found: dict[str, list[Any]] = {way: [] for way in ways}
    for seed in range(args.seeds):
        for way, train in ways.items():
            found[way] += train([seed], args.steps)
    for column in ("reward", "success"):
        for way, trained in found.items():
            cells = [over_seeds(trained, column, mark, args.steps) for mark in MARKS]
            print(f"| {trainings.name} | {way} | {column} | {' | '.join(cells)} |", flush=True)


def over_seeds(trained: list[Any], column: str, mark: float, steps: int) -> str:
    """Return a column's mean before a mark: over the seeds, and their range."""
    means = [
        statistics.mean(
            row[column] for row in one.rows if (mark - 0.1) * steps < row["step"] <= mark * steps * 1.01
        )
        for one in trained
    ]
    return f"{statistics.mean(means):.3f} ({min(means):.3f} to {max(means):.3f})"


if __name__ == "__main__":
    main()
