"""rl-games' parameters of a training: the PPO, its network, and the critic of its own where it sees more than the policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rl_games.common.algo_observer import AlgoObserver
from rl_games.common.tr_helpers import DefaultRewardsShaper

from video2reward.policy.vecenv import VecEnv
from video2reward.settings.training import Training

EVENTS = "tensorboard"
"""Folder of the TensorBoard events, inside the work folder."""

GRADIENT_NORM = 1.0
"""Norm that gradients are clipped at."""


def agent_parameters(vecenv: VecEnv, training: Training, work: Path) -> dict[str, Any]:
    """Return rl-games' parameters.

    Everything outside `Training` follows IsaacGymEnvs' AnymalPPO.yaml: gradients clipped at norm 1, clipped value
    loss, normalised observations, values and advantages.
    """
    env = vecenv.env
    config = {
        "name": "policy",
        "full_experiment_name": EVENTS,
        "train_dir": str(work),
        "features": {"observer": AlgoObserver()},
        "env_name": "given",
        "env_info": vecenv.get_env_info(),
        "vec_env": vecenv,
        "num_actors": env.num_envs,
        "device": env.device,
        "ppo": True,
        "reward_shaper": DefaultRewardsShaper(scale_value=1.0),
        "normalize_input": True,
        "normalize_value": True,
        "normalize_advantage": True,
        "value_bootstrap": True,
        "gamma": training.gamma,
        "tau": training.gae_lambda,
        "learning_rate": training.learning_rate,
        "lr_schedule": "adaptive",
        "schedule_type": "standard",
        "kl_threshold": training.kl_threshold,
        "e_clip": training.clip,
        "clip_value": True,
        "entropy_coef": training.entropy,
        "critic_coef": training.critic_coef,
        "bounds_loss_coef": training.bounds_loss,
        "truncate_grads": True,
        "grad_norm": GRADIENT_NORM,
        "horizon_length": training.horizon,
        "seq_length": 1,
        "minibatch_size": env.num_envs * training.horizon // training.minibatches,
        "mini_epochs": training.mini_epochs,
        "print_stats": False,
    }
    if env.num_privileged:
        config["central_value_config"] = _critic(config, training)
    network = {
        "name": "actor_critic",
        "separate": False,
        "space": {
            "continuous": {
                "mu_activation": "None",
                "sigma_activation": "None",
                "mu_init": {"name": "default"},
                "sigma_init": {"name": "const_initializer", "val": 0.0},
                "fixed_sigma": True,
            }
        },
        "mlp": _layers(training),
    }
    return {
        "algo": {"name": "a2c_continuous"},
        "model": {"name": "continuous_a2c_logstd"},
        "network": network,
        "config": config,
    }


def _critic(config: dict[str, Any], training: Training) -> dict[str, Any]:
    """Return the parameters of a critic with a network of its own, for what it alone sees.

    Its learning rate stays at the initial one, as no KL divergence tells it. The policy's own value head still learns.
    """
    shared = (
        "minibatch_size",
        "mini_epochs",
        "learning_rate",
        "clip_value",
        "normalize_input",
        "truncate_grads",
        "grad_norm",
    )
    network = {"name": "actor_critic", "central_value": True, "mlp": _layers(training)}
    return {name: config[name] for name in shared} | {"e_clip": training.clip, "network": network}


def _layers(training: Training) -> dict[str, Any]:
    return {
        "units": list(training.units),
        "activation": "elu",
        "d2rl": False,
        "initializer": {"name": "default"},
    }
