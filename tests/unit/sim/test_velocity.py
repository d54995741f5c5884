import pytest
import torch

from video2reward.settings.task import Task
from video2reward.sim.tasks.velocity import VelocityTask


@pytest.fixture
def task(robot):
    return VelocityTask(robot, Task(), 1.2)


def signals(agents=2, joints=12):
    return {
        "base_lin_vel": torch.tensor([[0.4, 0.1, -0.2]]).repeat(agents, 1),
        "base_ang_vel": torch.tensor([[0.0, 0.4, 0.8]]).repeat(agents, 1),
        "projected_gravity": torch.tensor([[0.0, 0.6, -0.8]]).repeat(agents, 1),
        "commands": torch.tensor([[1.0, -0.1, 0.4]]).repeat(agents, 1),
        "joint_pos": torch.full((agents, joints), 0.5),
        "default_joint_pos": torch.full((joints,), 0.2),
        "joint_vel": torch.full((agents, joints), 300.0),
        "actions": torch.full((agents, joints), -0.7),
        "phase_sin": torch.full((agents,), 0.6),
        "phase_cos": torch.full((agents,), 0.8),
        "forbidden_contact": torch.tensor([True, False]),
    }


def test_observation_has_the_published_scales(task):
    seen = dict(zip(task.observation_names, task.observe(signals())[0].tolist(), strict=True))
    assert len(seen) == 50
    wanted = {
        "base_lin_vel.x": 0.8, "base_lin_vel.z": -0.4, "base_ang_vel.y": 0.1, "base_ang_vel.z": 0.2,
        "projected_gravity.z": -0.8, "commands.vx": 2.0, "commands.vy": -0.2, "commands.yaw_rate": 0.1,
        "joint_pos_offset.LF_HAA": 0.3, "joint_vel.RH_KFE": 5.0, "actions.LH_HFE": -0.7,
        "phase.sin": 0.6, "phase.cos": 0.8,
    }  # fmt: skip
    for name, value in wanted.items():
        assert seen[name] == pytest.approx(value), name


def test_termination_and_success(task):
    now = signals()
    assert task.terminated(now).tolist() == [True, False]
    wanted = -((0.4 - 1.0) ** 2 + (0.1 + 0.1) ** 2 + (0.8 - 0.4) ** 2)
    assert task.success(now).tolist() == pytest.approx([wanted] * 2)


def test_a_motionless_robot_scores_the_mean_square_of_the_commands(robot):
    """Isaac Gym's ranges give -2 for standing still, the published anchor of the score."""
    settings = Task(command_vx=(-2.0, 2.0), command_vy=(-1.0, 1.0), command_yaw=(-1.0, 1.0))
    task = VelocityTask(robot, settings, 1.0)
    commands = task.sample_commands(200_000, torch.Generator().manual_seed(0))
    still = {"commands": commands, "base_lin_vel": torch.zeros(1, 3), "base_ang_vel": torch.zeros(1, 3)}
    assert float(task.success(still).mean()) == pytest.approx(-2.0, abs=0.02)
