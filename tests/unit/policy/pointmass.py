"""Point masses that must reach a goal: a real task that PPO solves in seconds, for the trainer's tests.

Run as a script (`pointmass.py WORK STEPS CHECKPOINT_S OUT`) it trains in a process that a test can kill.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from video2reward.policy.beginning import Beginning
from video2reward.policy.train import Trained, train
from video2reward.policy.training_record import write_training
from video2reward.settings.training import Training
from video2reward.sim.base import BatchedEnv, RewardFunction, StepResult, check_state
from video2reward.sim.slices import Slices

TRAINING = Training(num_envs=64, horizon=16, minibatches=2, units=(32, 32), sigma0=0.5)
KEPT = ("position", "velocity", "actions", "step")


def goal_reward(signals: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
    """Reward being near the goal and acting little."""
    near = torch.exp(-4 * signals["offset"].square().sum(-1))
    effort = -0.01 * signals["actions"].square().sum(-1)
    return near + effort, {"near": near, "effort": effort}


class PointMassEnv(BatchedEnv):
    """N unit masses in the plane, force-driven with friction; success is minus the squared distance."""

    def __init__(
        self, num_envs: int = 64, seed: int | Sequence[int] = 0, reward: RewardFunction = goal_reward
    ) -> None:
        """Several seeds: one for each of as many equal slices of the masses."""
        self.num_envs, self.num_observations, self.num_actions = num_envs, 4, 2
        self.device, self.dt, self.episode_steps = "cpu", 0.1, 40
        self.observation_names = ["offset.x", "offset.y", "velocity.x", "velocity.y"]
        self._reward = reward
        self._slices = Slices(seed, num_envs, "cpu")
        self._position = torch.zeros(num_envs, 2)
        self._velocity = torch.zeros(num_envs, 2)
        self._actions = torch.zeros(num_envs, 2)
        self._step = torch.zeros(num_envs, dtype=torch.long)

    def reset(self) -> Tensor:
        self._restart(torch.ones(self.num_envs, dtype=torch.bool))
        return self._observe()

    def step(self, actions: Tensor) -> StepResult:
        self._actions = actions.clamp(-1, 1)
        self._velocity = 0.8 * self._velocity + self.dt * 4 * self._actions
        self._position = self._position + self.dt * self._velocity
        self._step += 1
        reward, components = self._reward(self.signals())
        success = -self._position.square().sum(-1)
        terminated = self._position.norm(dim=-1) > 3
        truncated = self._step >= self.episode_steps
        self._restart(terminated | truncated)
        return StepResult(self._observe(), reward, terminated, truncated, success, components)

    def signals(self) -> dict[str, Tensor]:
        return {"offset": self._position, "velocity": self._velocity, "actions": self._actions}

    def set_commands(self, commands: Tensor) -> None:
        raise NotImplementedError("point masses have no commands")

    def keypoints_world(self) -> Tensor:
        return torch.cat((self._position, torch.zeros(self.num_envs, 1)), -1)[:, None]

    def qpos(self) -> Tensor:
        return self._position

    def state(self) -> dict[str, Tensor]:
        kept = {name: getattr(self, f"_{name}").clone() for name in KEPT}
        return {**kept, "generator": self._slices.state()}

    def restore(self, state: dict[str, Tensor]) -> None:
        check_state(state, self.state())
        for name in KEPT:
            setattr(self, f"_{name}", state[name].clone())
        self._slices.restore(state["generator"])

    def close(self) -> None:
        return None

    def _observe(self) -> Tensor:
        return torch.cat((self._position, self._velocity), -1)

    def _restart(self, which: Tensor) -> None:
        start = 4 * self._slices.draw(lambda count, own: torch.rand(count, 2, generator=own)) - 2
        self._position = torch.where(which[:, None], start, self._position)
        self._velocity = torch.where(which[:, None], torch.zeros(()), self._velocity)
        self._step[which] = 0


def train_points(work: Path, steps: int, seed: int = 1, **options: object) -> Trained:
    """Train point masses; `options` go to the environment, the settings or `train`."""
    reward = options.pop("reward", goal_reward)
    training = TRAINING.model_copy(update=options.pop("settings", {}))
    env = PointMassEnv(training.num_envs, seed, reward)
    arguments = {"start": Beginning(), "label": "points", **options}
    return train(env, training, seed=seed, work=work, steps=steps, **arguments)


if __name__ == "__main__":
    work, steps, checkpoint_s, out = sys.argv[1:]
    trained = train_points(Path(work), int(steps), settings={"checkpoint_s": float(checkpoint_s)})
    folder = Path(out)
    write_training(trained, folder / "policy.pth", folder / "training.json", folder / "training.csv", {})
    print(json.dumps({"status": trained.status}))
