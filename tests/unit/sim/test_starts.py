import numpy as np
import pytest
import torch

from video2reward.motion.retarget import neutral_reference
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.task import Task


@pytest.fixture
def made(make_env):
    """Make an environment as a training has it."""

    def make(**task):
        env = make_env(num_envs=64, **task)
        env.training_starts = True
        env.reset()
        return env

    return make


@pytest.fixture
def neutral(robot, robot_folder):
    """The same without a clip."""
    from video2reward.sim.locomotion import make_env

    name, mjcf = next(iter(robot.skeletons)), robot_folder / robot.mjcf
    reference = neutral_reference(robot, name, *standing_keypoints(mjcf, robot, name))

    def make(**task):
        env = make_env("mujoco", robot, mjcf, Task(**task), reference, None, num_envs=64, seed=0)
        env.training_starts = True
        env.reset()
        return env

    return make


def test_judging_starts_at_rest_whatever_the_task_has_for_training(make_env):
    env = make_env(start_speed=1.0, reference_starts=1.0)
    at_rest = make_env()
    assert torch.equal(env.qpos(), at_rest.qpos())
    assert float(env.signals()["base_lin_vel"].norm(dim=1).max()) < 1e-6


def test_without_a_clip_starts_are_pushed_and_take_no_pose(neutral):
    env = neutral(start_speed=0.5, reference_starts=1.0)
    now = env.signals()
    speed, target = now["base_lin_vel"][:, 0], now["target_speed"]
    assert float(speed.min()) > 0
    assert 0.45 * target < float(speed.max()) <= 0.5 * target
    assert np.allclose(env.qpos()[:, 2], env.robot.spawn_height)


def test_starts_on_the_reference_have_its_pose_speed_and_feet_on_the_ground(made):
    env = made(reference_starts=1.0, command_vx=(1.0, 1.0))
    now = env.signals()
    torch.testing.assert_close(now["base_lin_vel"][:, 0], torch.full((64,), now["target_speed"]))
    off = (now["keypoints"] - now["reference_keypoints"]).norm(dim=2).mean()
    resting = now["reference_keypoints"] - env._constants.cycle_mean
    assert float(off) < 0.6 * float(resting.norm(dim=2).mean())
    assert float(now["foot_heights"].min(dim=1).values.abs().max()) < 0.02
    lower, upper = now["joint_limits"]
    assert ((now["joint_pos"] >= lower - 1e-5) & (now["joint_pos"] <= upper + 1e-5)).all()


def test_a_part_of_the_starts_is_at_rest(made):
    speed = made(reference_starts=0.5).signals()["base_lin_vel"][:, 0]
    assert 0.2 < float((speed.abs() < 1e-6).float().mean()) < 0.8


def test_starts_go_on_from_a_saved_state_as_they_would_have(made):
    first, second = made(reference_starts=0.5, start_speed=1.0), made(reference_starts=0.5, start_speed=1.0)
    first.reset()
    second.restore(first.state())
    for env in (first, second):
        env.reset()
    assert torch.equal(first.qpos(), second.qpos())
