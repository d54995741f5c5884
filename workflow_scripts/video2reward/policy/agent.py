"""rl-games' PPO agent: making it, its state, and the conversion between its weights and a `Policy`."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import torch
from rl_games.algos_torch.a2c_continuous import A2CAgent
from torch import Tensor

from video2reward.errors import UserError
from video2reward.policy.beginning import check_start
from video2reward.policy.mirrored import MirroredAgent
from video2reward.policy.network import Policy
from video2reward.policy.parameters import agent_parameters
from video2reward.policy.vecenv import VecEnv
from video2reward.settings.training import Training

# rl-games' names for the parts of a Policy.
_NAMES = {
    "running_mean_std.running_mean": "mean",
    "running_mean_std.running_var": "variance",
    "running_mean_std.count": "count",
    "value_mean_std.running_mean": "value_mean",
    "value_mean_std.running_var": "value_variance",
    "a2c_network.sigma": "log_std",
    "a2c_network.mu.weight": "action_mean.weight",
    "a2c_network.mu.bias": "action_mean.bias",
    "a2c_network.value.weight": "value_head.weight",
    "a2c_network.value.bias": "value_head.bias",
}


def check_minibatches(training: Training, agents: int) -> None:
    """Require that the minibatches divide a rollout of so many agents; if not, a `UserError`."""
    if agents * training.horizon % training.minibatches:
        raise UserError(
            f"training: num_envs x horizon = {agents} x {training.horizon} is not divisible by "
            f"minibatches = {training.minibatches}"
        )


def make_agent(vecenv: VecEnv, training: Training, work: Path) -> A2CAgent:
    """Return an untrained agent that logs for TensorBoard under `work`/EVENTS."""
    check_minibatches(training, vecenv.env.num_envs)
    # rl-games prints its sizes, which would drown the progress lines of parallel training runs.
    with contextlib.redirect_stdout(io.StringIO()):
        mirror = vecenv.env.mirror() if training.mirror else None
        agent = (MirroredAgent if mirror else A2CAgent)("train", agent_parameters(vecenv, training, work))
        agent.init_tensors()
        if mirror is not None:
            agent.use(mirror)
    torch.set_num_threads(training.threads)
    with torch.no_grad():
        agent.model.a2c_network.sigma.fill_(float(torch.log(torch.tensor(training.sigma0))))
    return agent


# State that rl-games carries from epoch to epoch but does not put into its own checkpoints.
_CARRIED = ("dones", "current_rewards", "current_shaped_rewards", "current_lengths")


def agent_state(agent: A2CAgent) -> dict[str, Any]:
    """Return everything that later epochs depend on, except for the global random generators.

    weights: rl-games' own: network, normalisers, optimiser, counters, and the environment's complete state
    last_lr, entropy_coef: the values that the (stateless) schedule updates
    obs, carried: the last observation and the running episodes. Rollout and dataset are rebuilt each epoch.
    """
    return {
        "weights": agent.get_full_state_weights(),
        "last_lr": agent.last_lr,
        "entropy_coef": agent.entropy_coef,
        "obs": dict(agent.obs),
        "carried": {name: getattr(agent, name) for name in _CARRIED},
    }


def restore_agent(agent: A2CAgent, state: dict[str, Any]) -> None:
    """Restore an identically built agent, and its environment, to an `agent_state()`."""
    agent.set_full_state_weights(state["weights"])
    agent.last_lr, agent.entropy_coef = state["last_lr"], state["entropy_coef"]
    agent.update_lr(agent.last_lr)
    agent.obs = agent.obs_to_tensors({name: seen.to(agent.ppo_device) for name, seen in state["obs"].items()})
    for name, value in state["carried"].items():
        setattr(agent, name, value.to(agent.ppo_device))


def to_policy(agent: A2CAgent, units: tuple[int, ...], meta: dict[str, Any]) -> Policy:
    """Return the agent's current policy, with its critic and normalisers."""
    state = agent.model.state_dict()
    if agent.has_central_value:  # returns are normalised by the critic's
        state |= {
            f"value_mean_std.{name}": value for name, value in agent.value_mean_std.state_dict().items()
        }
    policy = Policy(agent.obs_shape[0], agent.actions_num, units, meta)
    own = {_own_name(name): value for name, value in state.items()}
    policy.load_state_dict({name: own[name].detach().clone().cpu() for name in policy.state_dict()})
    policy.requires_grad_(False)
    return policy.eval()


def start_from(agent: A2CAgent, policy: Policy, training: Training, observation_names: list[str]) -> None:
    """Warm-start the agent: a trained policy's weights and normalisers, and action noise `training.warm_sigma`.

    The critic's output layer is reinitialised, because another reward has other returns.
    """
    check_start(policy, training.units, observation_names)
    own: dict[str, Tensor] = policy.state_dict()
    state = agent.model.state_dict()
    for name in state:
        if name.startswith(("value_mean_std", "a2c_network.value")):
            continue
        state[name] = own[_own_name(name)].clone()
    agent.model.load_state_dict(state)
    with torch.no_grad():
        agent.model.a2c_network.sigma.fill_(float(torch.log(torch.tensor(training.warm_sigma))))
        agent.model.a2c_network.value.weight.mul_(0.0)
        agent.model.a2c_network.value.bias.mul_(0.0)


def _own_name(name: str) -> str:
    return _NAMES.get(name, name.replace("a2c_network.actor_mlp.", "trunk."))
