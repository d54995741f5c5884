import numpy as np
import pytest
import torch

from video2reward.reward.compile import compile_reward
from video2reward.robots.description import load_robot
from video2reward.settings.task import Task
from video2reward.sim.tasks.run import RunTask


@pytest.fixture(scope="module")
def humanoid(humanoid_folder):
    return load_robot(humanoid_folder / "robot.yaml")


@pytest.fixture
def task(humanoid):
    return RunTask(
        humanoid, Task(name="run", command_vx=(0.5, 1.0), command_vy=(0, 0), command_yaw=(0, 0)), 3.0
    )


def signals(agents=2, joints=21):
    return {
        "base_height": torch.tensor([0.79, 1.2]),
        "base_lin_vel": torch.tensor([[2.0, 0.5, -1.0]]).repeat(agents, 1),
        "base_ang_vel": torch.tensor([[0.0, 0.4, 0.8]]).repeat(agents, 1),
        "projected_gravity": torch.tensor([[0.0, 0.6, -0.8]]).repeat(agents, 1),
        "course": torch.tensor([[0.8, 0.0, 0.6]]).repeat(agents, 1),
        "commands": torch.tensor([[3.0, 0.0, 0.0]]).repeat(agents, 1),
        "joint_pos": torch.full((agents, joints), 0.5),
        "default_joint_pos": torch.full((joints,), 0.2),
        "joint_vel": torch.full((agents, joints), 5.0),
        "actions": torch.full((agents, joints), -0.7),
        "foot_contacts": torch.tensor([[1.0, 0.0]]).repeat(agents, 1),
        "phase_sin": torch.full((agents,), 0.6),
        "phase_cos": torch.full((agents,), 0.8),
        "forbidden_contact": torch.tensor([False, True]),
    }


def test_observation_is_named_and_scaled(task):
    seen = dict(zip(task.observation_names, task.observe(signals())[0].tolist(), strict=True))
    assert len(seen) == 1 + 3 + 3 + 3 + 3 + 3 * 21 + 2 + 2
    wanted = {
        "base_height.z": 0.79, "base_lin_vel.x": 2.0, "base_ang_vel.z": 0.2, "projected_gravity.y": 0.6,
        "course.x": 0.8, "joint_pos_offset.left_knee": 0.3, "joint_vel.abdomen_z": 0.5,
        "actions.right_elbow": -0.7, "foot_contacts.left_sole": 1.0, "phase.sin": 0.6, "phase.cos": 0.8,
    }  # fmt: skip
    for name, value in wanted.items():
        assert seen[name] == pytest.approx(value), name


def test_a_torso_below_the_height_has_fallen_and_speed_along_the_course_is_success(task, humanoid):
    assert task.terminated(signals()).tolist() == [True, False]
    assert task.success(signals()).tolist() == pytest.approx([2.0 * 0.8 - 1.0 * 0.6] * 2)
    low = RunTask(humanoid.model_copy(update={"fall_height": None}), Task(name="run"), 3.0)
    assert low.terminated(signals()).tolist() == [False, True]


def test_commands_go_straight_ahead(task):
    commands = task.sample_commands(1000, torch.Generator().manual_seed(0))
    assert (commands == torch.tensor([3.0, 0.0, 0.0])).all()


def test_without_the_clock_two_entries_less(humanoid):
    assert len(RunTask(humanoid, Task(name="run", observe_clock=False), 3.0).observation_names) == 78


def human_run(rewards_folder, **changed):
    """The published reward of two agents that run upright at 2 m/s, joints in the middle of their ranges."""
    limits = torch.tensor([[-1.0, -2.0], [1.0, 0.0]])
    given = {
        "base_lin_vel": torch.tensor([[2.0, 0.0, 0.0]] * 2),
        "base_height": torch.tensor([1.3, 1.3]),
        "fall_height": 0.8,
        "projected_gravity": torch.tensor([[0.0, 0.0, -1.0]] * 2),
        "course": torch.tensor([[1.0, 0.0, 0.0]] * 2),
        "joint_pos": torch.tensor([[0.0, -1.0]] * 2),
        "joint_vel": torch.zeros(2, 2),
        "joint_limits": limits,
        "torque_limits": torch.tensor([100.0, 50.0]),
        "actions": torch.zeros(2, 2),
    }
    return compile_reward(rewards_folder / "human_run.py")(given | changed)


def test_the_published_reward_term_by_term(rewards_folder):
    total, parts = human_run(rewards_folder)
    assert total.tolist() == pytest.approx([0.01 * (2.0 + 2.0 + 0.1 + 0.5)] * 2)
    busy = {"actions": torch.tensor([[1.0, -1.0]] * 2), "joint_vel": torch.tensor([[4.0, 6.0]] * 2)}
    _, parts = human_run(rewards_folder, **busy)
    assert parts["action"].tolist() == pytest.approx([-0.02] * 2)
    assert parts["energy"].tolist() == pytest.approx([-0.05 * (0.4 + 0.6 * 0.5)] * 2)
    _, parts = human_run(rewards_folder, joint_pos=torch.tensor([[0.99, -1.0], [0.0, -0.0]]))
    assert parts["joint_limit"].tolist() == pytest.approx([-0.25 * 0.5, -0.25 * 0.5], abs=1e-5)
    _, parts = human_run(rewards_folder, course=torch.tensor([[0.4, 0.9, 0.0]] * 2))
    assert parts["heading"].tolist() == pytest.approx([0.25] * 2)
    total, _ = human_run(rewards_folder, base_height=torch.tensor([0.79, 1.3]))
    assert total.tolist() == pytest.approx([-0.01, 0.046])
    total, _ = human_run(rewards_folder, base_height=torch.tensor([0.79, 0.49]), fall_height=0.5)
    assert total.tolist() == pytest.approx([0.046, -0.01])


def test_sparse_is_the_tasks_success(rewards_folder, task):
    now = signals()
    given = {name: now[name] for name in ("base_lin_vel", "course")}
    total, _ = compile_reward(rewards_folder / "sparse_run.py")(given)
    np.testing.assert_allclose(total, task.success(now))
