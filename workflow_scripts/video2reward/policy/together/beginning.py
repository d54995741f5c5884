"""The policies that a round's trainings begin with."""

from __future__ import annotations

import torch
from torch import nn

from video2reward.policy.beginning import Beginning, check_start
from video2reward.policy.network import Policy, load_policy
from video2reward.policy.seeding import drawn_from
from video2reward.settings.training import Training
from video2reward.sim.base import BatchedEnv


def first_policy(start: Beginning, training: Training, env: BatchedEnv, seed: int) -> Policy:
    """Return an untrained policy, or the one to start from with a new critic and noise of `training.warm_sigma`.

    Weights are drawn as rl-games draws them: torch's defaults, biases zero.
    """
    if start.policy is not None:
        policy = load_policy(start.policy)
        check_start(policy, training.units, env.observation_names)
        nn.init.zeros_(policy.value_head.weight)
        nn.init.zeros_(policy.value_head.bias)
        sigma = training.warm_sigma
    else:
        with drawn_from(seed):
            policy = Policy(env.num_observations, env.num_actions, training.units)
        for layer in policy.modules():
            if isinstance(layer, nn.Linear):
                nn.init.zeros_(layer.bias)
        sigma = training.sigma0
    with torch.no_grad():
        policy.log_std.fill_(float(torch.log(torch.tensor(sigma))))
    return policy
