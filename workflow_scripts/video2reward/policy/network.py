"""The policy as a plain torch module, and `policy.pth`, its file."""

from __future__ import annotations

import io
import itertools
import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from video2reward.artifacts.io import Provenance, atomic_path
from video2reward.errors import UserError

FORMAT = "video2reward-policy-1"

# Both as in rl-games' RunningMeanStd, so that a trained network gives the same actions here.
EPSILON = 1e-5
CLIP = 5.0


class PolicyFailed(UserError):  # noqa: N818  (a state of the file, not a fault)
    """The file holds no policy, because its training or its reward failed; `traceback` says how."""

    def __init__(self, message: str, traceback: str) -> None:
        """Keep the failed stage's traceback beside the message for the user."""
        super().__init__(message)
        self.traceback = traceback


class Policy(nn.Module):
    """A Gaussian policy: normalised observation, ELU trunk shared with the critic, mean and log-std.

    observations (N, O) unnormalised -> actions (N, D) in -1..1; meta["action"] says whether they are joint targets or
    torques.
    """

    mean: Tensor
    variance: Tensor
    count: Tensor
    value_mean: Tensor
    value_variance: Tensor

    def __init__(
        self, observations: int, actions: int, units: tuple[int, ...], meta: dict[str, Any] | None = None
    ) -> None:
        """Build an untrained policy with hidden layers of the widths `units`."""
        super().__init__()
        self.units = tuple(units)
        self.meta: dict[str, Any] = dict(meta or {})
        widths = (observations, *self.units)
        layers: list[nn.Module] = []
        for before, after in itertools.pairwise(widths):
            layers += [nn.Linear(before, after), nn.ELU()]
        self.trunk = nn.Sequential(*layers)
        self.action_mean = nn.Linear(widths[-1], actions)
        self.value_head = nn.Linear(widths[-1], 1)
        self.log_std = nn.Parameter(torch.zeros(actions))
        self.register_buffer("mean", torch.zeros(observations, dtype=torch.float64))
        self.register_buffer("variance", torch.ones(observations, dtype=torch.float64))
        self.register_buffer("count", torch.ones((), dtype=torch.float64))
        self.register_buffer("value_mean", torch.zeros(1, dtype=torch.float64))
        self.register_buffer("value_variance", torch.ones(1, dtype=torch.float64))

    @property
    def num_observations(self) -> int:
        """O, the observation's size."""
        return int(self.mean.shape[0])

    @property
    def num_actions(self) -> int:
        """D, the number of actions."""
        return int(self.log_std.shape[0])

    def features(self, observations: Tensor) -> Tensor:
        """Return the input of the heads: the trunk's output for normalised observations."""
        scale = torch.sqrt(self.variance.float() + EPSILON)
        normalised = (observations - self.mean.float()) / scale
        return self.trunk(torch.clamp(normalised, -CLIP, CLIP))

    def forward(self, observations: Tensor) -> Tensor:
        """Return the mean action, clipped to -1..1."""
        return torch.clamp(self.action_mean(self.features(observations)), -1.0, 1.0)

    def sample(self, observations: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Return an action sampled as in training: mean plus noise, clipped to -1..1."""
        mean = self.action_mean(self.features(observations))
        noise = torch.randn(mean.shape, generator=generator, dtype=mean.dtype, device=mean.device)
        return torch.clamp(mean + torch.exp(self.log_std) * noise, -1.0, 1.0)

    def value(self, observations: Tensor) -> Tensor:
        """Return the critic's estimate of the discounted return (N,), in units of the training reward."""
        normalised = self.value_head(self.features(observations)).squeeze(-1)
        spread = torch.sqrt(self.value_variance.float() + EPSILON)
        return torch.clamp(normalised, -CLIP, CLIP) * spread + self.value_mean.float()

    @property
    def sigma(self) -> float:
        """Geometric mean over the actions of the noise's standard deviation."""
        return math.exp(float(self.log_std.detach().mean()))


def write_policy(path: Path, policy: Policy, provenance: Provenance) -> None:
    """Write policy.pth: a plain dictionary of tensors and values, loadable with weights_only=True."""
    size = {
        "observations": policy.num_observations,
        "actions": policy.num_actions,
        "units": list(policy.units),
    }
    content = {"state": dict(policy.state_dict()), "size": size, "meta": policy.meta}
    _save(path, "ok", "", content, provenance)


def write_failed_policy(path: Path, traceback: str, provenance: Provenance) -> None:
    """Write a failed candidate's policy.pth: the reason instead of weights."""
    _save(path, "failed", traceback, {"state": {}, "size": {}, "meta": {}}, provenance)


def read_policy_file(path: Path) -> dict[str, Any]:
    """Return policy.pth's dictionary: format, status, traceback, state, size, meta, provenance."""
    if not path.exists():
        raise UserError(f"{path} does not exist")
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged pickle can raise anything
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path} is not a readable policy file: {reason}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise UserError(f"{path} is not a policy file of this project (expected format {FORMAT!r})")
    return content


def load_policy(path: Path, device: str = "cpu") -> Policy:
    """Return the policy in evaluation mode on a device; raises `PolicyFailed` if the file is a failed candidate's."""
    content = read_policy_file(path)
    if content["status"] != "ok":
        last = (content["traceback"].strip().splitlines() or ["no reason given"])[-1]
        raise PolicyFailed(
            f"{path} holds no policy because its candidate failed: {last}", content["traceback"]
        )
    size = content["size"]
    policy = Policy(size["observations"], size["actions"], tuple(size["units"]), content["meta"])
    policy.load_state_dict(content["state"])
    policy.requires_grad_(False)
    return policy.to(device).eval()


def _save(path: Path, status: str, traceback: str, content: dict[str, Any], provenance: Provenance) -> None:
    buffer = io.BytesIO()  # torch hides a full disk behind another error
    torch.save(
        {"format": FORMAT, "status": status, "traceback": traceback, "provenance": provenance, **content},
        buffer,
    )
    with atomic_path(path) as aside:
        aside.write_bytes(buffer.getbuffer())
