import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.artifacts.rollout import Rollout
from video2reward.registry import TASKS
from video2reward.reward.compile import compile_reward
from video2reward.scores.expert import EXPERT_TERMS, expert_definitions, expert_sums

# isaac_tasks: ceilings of the published terms over a published episode
CEILINGS = {"velocity": {"r_lin": 50, "r_ang": 25}, "run": {"r_up": 100, "r_alive": 2000}}


def rollout(velocity=(1.0, 0.0, 0.0), command=(1.0, 0.0, 0.0), steps=100, fell_at=(100,), tilt=0.0):
    """Agents of one velocity and command, leaning forwards by `tilt` rad; each falls at its step."""
    agents = len(fell_at)
    qpos = np.zeros((agents, steps, 7))
    qpos[..., 3], qpos[..., 5] = np.cos(tilt / 2), np.sin(tilt / 2)
    return Rollout(
        qpos=qpos,
        keypoints=np.zeros((agents, steps, 1, 3)),
        heading=np.zeros((agents, steps)),
        commands=np.tile(np.asarray(command, float), (agents, 1)),
        velocity=np.tile(np.asarray(velocity, float), (agents, steps, 1)),
        fell_at=np.asarray(fell_at),
        dt=0.02,
        keypoint_names=("Neck",),
        robot="test",
    )


def test_expert_terms_are_of_registered_tasks():
    assert set(EXPERT_TERMS) <= set(TASKS.targets)
    assert all(EXPERT_TERMS.values())
    assert expert_sums("a task of one's own", rollout()) == expert_definitions("a task of one's own") == {}


@pytest.mark.parametrize("task", EXPERT_TERMS)
def test_a_perfect_agent_earns_the_published_ceiling_however_short_its_rollout(task):
    for steps in (1, 100, 3000):
        found = expert_sums(task, rollout(steps=steps, fell_at=(steps,)))
        assert found == pytest.approx(CEILINGS[task])
    for name, words in expert_definitions(task).items():
        assert f"at most {CEILINGS[task][name]}" in words


def test_velocity_errors_cost_what_was_published():
    found = expert_sums("velocity", rollout(velocity=(0.7, 0.4, -0.2), command=(1.0, 0.0, 0.3)))
    assert found["r_lin"] == pytest.approx(50 * math.exp(-1.0))  # 0.3^2 + 0.4^2 = 0.25
    assert found["r_ang"] == pytest.approx(25 * math.exp(-1.0))


@pytest.mark.parametrize(("part", "axis"), [("linear_velocity", "r_lin"), ("yaw_rate", "r_ang")])
def test_the_terms_of_the_velocity_task_are_those_of_its_published_reward(part, axis, rewards):
    made = rollout(velocity=(0.9, 0.1, 0.2), command=(1.2, -0.1, 0.5), steps=2500, fell_at=(2500,))
    velocity, commands = (torch.tensor(v, dtype=torch.float32) for v in (made.velocity[0], made.commands))
    zero = torch.zeros(2500, 1)
    _, terms = compile_reward(rewards / "human_velocity.py")(
        {
            "base_lin_vel": torch.cat((velocity[:, :2], zero), 1),
            "base_ang_vel": torch.cat((zero, zero, velocity[:, 2:]), 1),
            "commands": commands.expand(2500, 3),
            "torques": zero,
            "dt": 0.02,
        }
    )
    assert expert_sums("velocity", made)[axis] == pytest.approx(float(terms[part].sum()), rel=1e-5)


@pytest.mark.parametrize("lean", [0.0, 0.37, 0.39, 1.5])
def test_upright_is_an_up_axis_of_more_than_093(lean):
    assert expert_sums("run", rollout(tilt=lean))["r_up"] == (100 if math.cos(lean) > 0.93 else 0)


@pytest.mark.parametrize("task", EXPERT_TERMS)
def test_a_fallen_agent_earns_nothing_from_its_fall_on_and_counts_as_an_agent(task):
    # Standing still as commanded, as an agent on the ground does: still nothing.
    fell = rollout(velocity=(0, 0, 0), command=(0, 0, 0), fell_at=(0, 25, 100, 100))
    for name, value in expert_sums(task, fell).items():
        assert value == pytest.approx(CEILINGS[task][name] * (0 + 0.25 + 1 + 1) / 4)


def test_what_an_agent_is_after_its_fall_does_not_matter_even_if_it_is_no_number():
    broken = rollout(fell_at=(50,))
    broken.velocity[:, 50:] = np.nan
    broken.qpos[:, 50:] = np.nan
    for task, ceilings in CEILINGS.items():
        assert expert_sums(task, broken) == pytest.approx({k: v / 2 for k, v in ceilings.items()})


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=6),
    st.integers(0, 5),
    st.floats(-2, 2),
    st.floats(-1, 1),
)
def test_no_agent_gains_by_falling_earlier(fell_at, agent, speed, yaw):
    made = rollout((speed, 0.2, yaw), (1.0, 0.0, 0.0), steps=60, fell_at=fell_at, tilt=0.1)
    agent %= len(fell_at)
    earlier = rollout(
        (speed, 0.2, yaw),
        (1.0, 0.0, 0.0),
        steps=60,
        fell_at=[f // 2 if i == agent else f for i, f in enumerate(fell_at)],
        tilt=0.1,
    )
    for task, ceilings in CEILINGS.items():
        before, after = expert_sums(task, made), expert_sums(task, earlier)
        for name, ceiling in ceilings.items():
            assert 0 <= after[name] <= before[name] <= ceiling + 1e-9


@pytest.fixture
def rewards(robot_folder):
    return robot_folder.parents[1] / "rewards"
