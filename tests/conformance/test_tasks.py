"""What every task must satisfy to be trained on and judged, whoever added it."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from video2reward.policy.evaluate import evaluate
from video2reward.policy.network import Policy
from video2reward.registry import TASKS
from video2reward.robots.description import load_robot
from video2reward.rollout.record import roll_out
from video2reward.scores.expert import EXPERT_TERMS, expert_sums
from video2reward.settings.task import Task
from video2reward.sim.locomotion import make_env


@pytest.mark.parametrize("name", TASKS.targets)
def test_an_untrained_policy_has_every_figure(name, robot_folder, made_reference, made_motion):
    robot = load_robot(robot_folder / "robot.yaml")
    mjcf = robot_folder / robot.mjcf
    make = partial(make_env, "mujoco", robot, mjcf, Task(name=name), made_reference, None, 4)
    env = make(0)
    torch.manual_seed(0)
    policy = Policy(env.num_observations, env.num_actions, (8,))
    env.close()
    with torch.inference_mode():
        judged = evaluate(
            policy,
            make,
            made_reference,
            replace(made_motion, camera="moving"),  # it has no picture
            lambda env, act, seconds: roll_out(env, act, seconds, robot.name, made_reference.keypoint_names),
            TASKS.load(name).rollout_success,
            partial(expert_sums, name),
            seconds=2.5,
            seed=0,
        )
    for figures in judged.values():
        assert np.isfinite(figures["success"]["mean"])
        smoothness = figures["smoothness"]
        for value in (*smoothness["feet"].values(), *smoothness["clip_feet"].values()):
            assert smoothness["least"] <= value < 0
        for key in ("expert", "expert_at_clip_speed"):
            assert set(figures[key]) == set(EXPERT_TERMS[name])
            for term, value in figures[key].items():
                assert 0 <= value <= EXPERT_TERMS[name][term].ceiling
