import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from tests.unit.policy.pointmass import PointMassEnv

from video2reward.artifacts.rollout import Rollout
from video2reward.policy import evaluate as evaluation
from video2reward.policy.evaluate import moving_average, success, walking_figures
from video2reward.policy.network import Policy
from video2reward.scores.expert import expert_sums
from video2reward.sim.tasks.run import RunTask
from video2reward.sim.tasks.velocity import VelocityTask

DT, STEPS = 0.02, 400


def rollout(velocity, command, fell_at=None):
    """Agents with given velocities (A, T, 3); what is not judged here is empty."""
    agents, steps = velocity.shape[:2]
    return Rollout(
        qpos=np.zeros((agents, steps, 7)),
        keypoints=np.zeros((agents, steps, 1, 3)),
        heading=np.zeros((agents, steps)),
        commands=np.tile(np.asarray(command, float), (agents, 1)),
        velocity=velocity,
        fell_at=np.full(agents, steps) if fell_at is None else np.asarray(fell_at),
        dt=DT,
        keypoint_names=("Neck",),
        robot="test",
    )


def judged(r):
    return success(VelocityTask.rollout_success(r))


def steady(speed, agents=4, yaw=0.0):
    return np.tile([speed, 0.0, yaw], (agents, STEPS, 1)).astype(float)


@pytest.mark.slow
def test_sway_within_a_stride_is_no_velocity_error_but_costs_success():
    period = 0.5
    time = np.arange(STEPS) * DT
    velocity = steady(1.0)
    velocity[..., 0] += 0.4 * np.sin(2 * np.pi * time / period)
    r = rollout(velocity, (1.0, 0, 0))
    figures = walking_figures(r, period)
    assert figures["velocity_error"] < 0.01
    assert figures["speed_ratio"] == pytest.approx(1.0, abs=0.02)
    assert judged(r)["mean"] == pytest.approx(-0.08, abs=0.002)  # 0.4^2 / 2


def test_a_wrong_speed_is_a_velocity_error():
    figures = walking_figures(rollout(steady(1.2), (2.0, 0, 0)), 0.5)
    assert figures["velocity_error"] == pytest.approx(0.8)
    assert figures["velocity_error_ratio"] == pytest.approx(0.4)


def test_a_fallen_agent_counts_as_standing_still():
    r = rollout(steady(1.0, agents=2, yaw=0.1), (1.0, 0, 0.1), fell_at=[STEPS, 0])
    figures = walking_figures(r, 0.5)
    assert figures["falls"] == 0.5
    assert figures["speed"] == pytest.approx(0.5)
    assert figures["velocity_error"] == pytest.approx(0.5)
    assert judged(r)["mean"] == pytest.approx(-(1.0 + 0.01) / 2)


def test_a_runners_success_is_the_way_it_got_by_the_whole_time():
    r = rollout(steady(2.0, agents=2), (2.0, 0, 0), fell_at=[STEPS, STEPS // 4])
    r.qpos[:, :, 0] = 2.0 * DT * np.arange(1, STEPS + 1)
    assert success(RunTask.rollout_success(r))["mean"] == pytest.approx((2.0 + 0.5) / 2, rel=0.01)


def test_the_interval_shrinks_with_agents():
    velocity = steady(1.0, agents=100)
    velocity[::2, :, 0] += 0.2
    few = judged(rollout(velocity[:4], (1.0, 0, 0)))["interval"]
    many = judged(rollout(velocity, (1.0, 0, 0)))["interval"]
    assert few[1] - few[0] > 4 * (many[1] - many[0]) > 0


@given(st.integers(1, 60), st.floats(-3, 3))
def test_the_moving_average_keeps_constants(width, value):
    values = np.full((2, 50, 3), value)
    assert np.allclose(moving_average(values, width), value)


def test_both_kinds_of_action_are_judged_on_equal_terms(monkeypatch):
    """A noiseless policy must score the same deterministic and sampled: same starts, same commands."""
    monkeypatch.setattr(evaluation, "gait_similarity", lambda *a: _Empty())
    monkeypatch.setattr(evaluation, "paper_similarity", lambda *a: _Empty())
    monkeypatch.setattr(evaluation, "posture_similarity", lambda *a: _Empty())
    monkeypatch.setattr(evaluation, "foot_smoothness", lambda *a: _Empty())
    made = []

    def make_env(seed, flat):
        made.append((seed, flat))
        env = PointMassEnv(8, seed)
        env.set_commands = lambda commands: None
        return env

    def roll_out(env, act, seconds):
        observation, velocity = env.reset(), []
        for _ in range(round(seconds / env.dt)):
            observation = env.step(act(observation)).observation
            velocity.append(torch.cat((env.signals()["velocity"], torch.zeros(8, 1)), -1).numpy())
        return rollout(np.stack(velocity, 1), (1.0, 0, 0))

    torch.manual_seed(0)
    policy = Policy(4, 2, (8,))
    policy.requires_grad_(False).log_std.fill_(-30.0)
    velocity, expert = VelocityTask.rollout_success, partial(expert_sums, "velocity")
    reference = type("R", (), {"speed": 1.0, "period_s": 0.5, "kind": "cyclic"})()

    def judge(sampled=True):
        return evaluation.evaluate(
            policy,
            make_env,
            reference,
            None,
            roll_out,
            velocity,
            expert,
            seconds=3.0,
            seed=11,
            sampled=sampled,
        )

    figures = judge()
    assert figures["deterministic"] == figures["sampled"]
    # The gait is judged on flat ground, the training's commands on the training's.
    assert made == [(11, True), (12, False), (11, True), (12, False)]
    policy.log_std.fill_(0.0)
    noisy = judge()
    assert noisy["deterministic"] == figures["deterministic"] != noisy["sampled"]
    assert judge(sampled=False) == {"deterministic": figures["deterministic"]}


class _Empty:
    def as_dict(self):
        return {}
