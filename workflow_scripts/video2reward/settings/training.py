"""PPO's settings."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from video2reward.settings.base import Settings
from video2reward.settings.paths import UserPath

ON_GPU = ("mujoco_warp", "isaacgym")
"""Simulators that run on a GPU."""
ONE_MODEL = ("server", "isaacgym")
"""Simulators of another process, which has one robot model for all agents."""
ISAACGYM_PYTHON = "ISAACGYM_PYTHON"
"""Environment variable: the interpreter that Isaac Gym is installed in, where training.server_python names none."""


class Training(Settings):
    """PPO; step counts are environment steps."""

    RENAMED: ClassVar[dict[str, str]] = {
        "warm_start": "training.init: base instead of true, scratch instead of false"
    }

    simulator: str = Field(
        "mujoco", description="mujoco, mujoco_warp, isaacgym or server; docs/your-simulator.md"
    )
    server: UserPath | None = Field(
        None,
        description="simulator: server: the script that serves a simulator of your own; docs/your-simulator.md",
    )
    server_python: str | None = Field(
        None, description="simulator: server: the Python that runs it; by default the workflow's own"
    )
    steps: int = Field(400_000, ge=1, description="per candidate")
    base_steps: int = Field(1_000_000, ge=1, description="for the base policy")
    base_policy: Literal["shipped", "trained"] = Field(
        "shipped",
        description="shipped: take base.pth in the robot's folder where it was trained with the same settings and files, "
        "else train one; trained: always train one",
    )
    init: Literal["scratch", "base", "best"] = Field(
        "best",
        description="where candidates start from: scratch, the base policy, or the best policy so far (the base policy "
        "while there is none)",
    )
    early_stop: bool = Field(
        True,
        description="stop training a candidate whose agents keep falling; docs/training.md has the rule",
    )
    together: Literal["candidate", "round"] = Field(
        "candidate",
        description="candidate: each training is a job of its own; round: all of a round are one job, in one batch of worlds; "
        "docs/training.md says when to",
    )
    halving: bool = Field(
        False,
        description="judge a round's candidates at a quarter and at half of `steps`; each time the worse half stops, and those "
        "that go on get its steps (docs/training.md)",
    )
    mirror: bool = Field(
        False,
        description="candidates learn from every step's mirror image too, where the robot's sides and the clip's gait are "
        "alike",
    )
    num_envs: int = Field(256, ge=1, description="agents simulated in parallel, of each candidate")
    horizon: int = Field(24, ge=1, description="steps per agent between updates")
    minibatches: int = Field(4, ge=1, description="minibatches per rollout, one gradient step each")
    mini_epochs: int = Field(5, ge=1, description="passes over a rollout")
    learning_rate: float = Field(1e-3, gt=0, description="initial; it then adapts to the KL divergence")
    kl_threshold: float = Field(0.02, gt=0, description="target KL divergence per update")
    gamma: float = Field(0.97, gt=0, lt=1, description="discount per step; 0.97 looks about one stride ahead")
    gae_lambda: float = Field(
        0.95, gt=0, le=1, description="lambda of generalised advantage estimation (GAE)"
    )
    clip: float = Field(0.2, gt=0, description="clip range of the probability ratio")
    entropy: float = Field(0.0, ge=0, description="weight of the entropy bonus")
    critic_coef: float = Field(2.0, gt=0, description="weight of the value loss")
    bounds_loss: float = Field(
        1e-3, ge=0, description="weight of the loss on mean actions outside their bounds"
    )
    sigma0: float = Field(0.5, gt=0, description="initial standard deviation of the action noise")
    warm_sigma: float = Field(
        0.6, gt=0, description="standard deviation of the action noise after a warm start"
    )
    units: tuple[int, ...] = Field((128, 128), description="widths of the hidden layers")
    threads: int = Field(1, ge=1, description="CPU threads per training run")
    checkpoint_s: float = Field(15.0, gt=0, description="seconds between checkpoints")

    @property
    def on_gpu(self) -> bool:
        """Whether the simulator runs on a GPU."""
        return self.simulator in ON_GPU
