"""Where a training's time goes: shares of physics, signals, reward, inference, update and the rest, in the main job's settings.

    python benchmarks/profile_training.py                                # ANYmal C and the humanoid, one thread
    python benchmarks/profile_training.py --robots anymal_c --agents 1024

Each part is timed without the parts that it calls. The last columns are environment steps/s, and the share of what the
physics alone would reach: 1 is a training that costs nothing beside its simulation.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.jobs.script import limit_threads  # noqa: E402

PARTS = ("physics", "signals", "reward", "inference", "update", "resets", "rest")
TASKS = {"anymal_c": "velocity", "humanoid": "run"}


class Stopwatch:
    """Times parts without what they call in turn: the time between two changes belongs to the innermost part."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """Start with nothing timed, outside of all parts."""
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._open = ["rest"]
        self.clock = clock
        self._since = clock()

    def _turn(self) -> None:
        now = self.clock()
        self.seconds[self._open[-1]] += now - self._since
        self._since = now

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time what runs within as `name`."""
        self._turn()
        self._open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def wrap(self, owner: Any, method: str, name: str) -> None:
        """Time every call of owner.method as `name`."""
        inner: Callable[..., Any] = getattr(owner, method)

        def timed(*args: Any, **named: Any) -> Any:
            with self.part(name):
                return inner(*args, **named)

        setattr(owner, method, timed)


def main() -> None:
    """Profile and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--robots", nargs="+", default=list(TASKS), choices=TASKS)
    parser.add_argument("--agents", type=int, help="by default what the robot's training has")
    parser.add_argument("--epochs", type=int, default=12)
    args = parser.parse_args()
    limit_threads(1)
    print(f"| robot | agents | {' | '.join(PARTS)} | steps/s | of physics alone |")
    print(f"|{'---|' * (len(PARTS) + 4)}")
    for name in args.robots:
        print(row(name, args.agents, args.epochs), flush=True)


class Setting:
    """What a robot is trained with in the main job: task, training, the standing robot's reference."""

    def __init__(self, name: str, agents: int | None = None, simulator: str = "mujoco") -> None:
        """Take `agents`, by default what the robot's training has."""
        from video2reward.config.layers import merge
        from video2reward.config.plan import load_plan
        from video2reward.motion.retarget import neutral_reference
        from video2reward.robots.description import load_robot
        from video2reward.robots.standing import standing_keypoints
        from video2reward.settings.validation import read_yaml

        asked = {"experiments": ["amble" if name == "anymal_c" else "human_run"]}
        practice = load_plan(merge(read_yaml(ROOT / "config" / "config.yaml"), asked), ROOT).practices[name]
        changes = {"simulator": simulator} | ({"num_envs": agents} if agents else {})
        self.training = practice.training.model_copy(update=changes)
        self.task = practice.task
        folder = ROOT / "resources" / "robots" / name
        self.robot = load_robot(folder / "robot.yaml")
        self.mjcf = folder / self.robot.mjcf
        skeleton = next(iter(self.robot.skeletons))
        standing = standing_keypoints(self.mjcf, self.robot, skeleton)
        self.reference = neutral_reference(self.robot, skeleton, *standing)

    def env(self, reward: Any, seeds: Sequence[int]) -> Any:
        """Return an environment with a slice of agents for each seed."""
        from video2reward.sim.locomotion import make_env

        agents = self.training.num_envs * len(seeds)
        return make_env(
            self.training, self.robot, self.mjcf, self.task, self.reference, reward, agents, seeds
        )


def row(name: str, agents: int | None, epochs: int) -> str:
    """Profile one robot's training -> a row of the table."""
    import torch

    from video2reward.policy.beginning import Beginning
    from video2reward.policy.failure import GuardedReward
    from video2reward.policy.train import train
    from video2reward.reward.compile import compile_reward

    torch.set_num_threads(1)
    setting = Setting(name, agents)
    training = setting.training
    reward = GuardedReward(compile_reward(ROOT / "resources" / "rewards" / "tracking.py"))
    env = setting.env(reward, [0])
    per_epoch = training.num_envs * training.horizon

    def run(count: int) -> None:
        with tempfile.TemporaryDirectory() as work, contextlib.redirect_stdout(io.StringIO()):
            train(
                env, training, seed=0, start=Beginning(), work=Path(work), steps=count * per_epoch, label=""
            )

    run(3)  # TorchScript compiles in the first calls
    watch = Stopwatch()
    with timing(watch, env):
        run(epochs)
        watch.wrap(env, "step", "rest")  # turns the watch, so that the last part is counted
    total = sum(watch.seconds.values())
    rate = epochs * per_epoch / total
    shares = [watch.seconds[part] / total for part in PARTS]
    cells = [
        name,
        str(training.num_envs),
        *(f"{share:.0%}" for share in shares),
        f"{rate:,.0f}",
        f"{shares[0]:.2f}",
    ]
    return f"| {' | '.join(cells)} |"


@contextlib.contextmanager
def timing(watch: Stopwatch, env: Any) -> Iterator[None]:
    """Time the parts of an environment and of rl-games' agent while within."""
    from rl_games.algos_torch.a2c_continuous import A2CAgent

    kept = {method: getattr(A2CAgent, method) for method in ("get_action_values", "train_actor_critic")}
    watch.wrap(env.physics, "step", "physics")
    for method in ("observe", "success", "terminated"):
        watch.wrap(env._task, method, "signals")
    watch.wrap(env, "_rewarded", "signals")
    watch.wrap(env, "_reset_rows", "resets")
    inner = env._reward

    class Reward:
        needed = inner.needed

        def __call__(self, signals: Any) -> Any:
            with watch.part("reward"):
                return inner(signals)

    env._reward = Reward()
    watch.wrap(A2CAgent, "get_action_values", "inference")
    watch.wrap(A2CAgent, "train_actor_critic", "update")
    try:
        yield
    finally:
        for method, original in kept.items():
            setattr(A2CAgent, method, original)


if __name__ == "__main__":
    main()
