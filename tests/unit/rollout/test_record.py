import numpy as np
import pytest
import torch

from video2reward.artifacts.rollout import read_rollout, write_rollout
from video2reward.robots.description import load_robot
from video2reward.rollout.record import no_rollout, roll_out
from video2reward.settings.task import Task
from video2reward.sim.locomotion import make_env


@pytest.fixture
def env(robot_folder, made_reference):
    robot = load_robot(robot_folder / "robot.yaml")
    env = make_env(
        "mujoco", robot, robot_folder / robot.mjcf, Task(episode_s=0.4), made_reference, None, 6, seed=0
    )
    yield env
    env.close()


def still(observation):
    return torch.zeros(len(observation), 12)


def test_records_what_happens_past_the_end_of_an_episode(env, made_reference):
    wanted = torch.tensor([1.0, 0.0, 0.0]).repeat(6, 1)
    env.set_commands(wanted)
    rollout = roll_out(env, still, 1.0, "anymal_c", made_reference.keypoint_names)
    assert rollout.qpos.shape == (6, 50, 19)
    assert rollout.keypoints.shape == (6, 50, 14, 3)
    assert rollout.velocity.shape == (6, 50, 3) and rollout.heading.shape == (6, 50)
    assert not rollout.fell.any() and (rollout.fell_at == 50).all()
    np.testing.assert_array_equal(rollout.commands, wanted)
    # Nobody was reset on the way: the drop from the spawn height happens once, positions are continuous.
    assert (rollout.qpos[:, 25:, 2] < 0.55).all()
    assert np.abs(np.diff(rollout.qpos[..., :3], axis=1)).max() < 0.1
    assert env.auto_reset


def test_velocity_is_that_of_the_recorded_positions(env, made_reference):
    generator = torch.Generator().manual_seed(0)

    def tremble(observation):
        return 0.5 * torch.randn(len(observation), 12, generator=generator)

    rollout = roll_out(env, tremble, 0.6, "anymal_c", made_reference.keypoint_names)
    step = np.diff(rollout.qpos[:, :, :2], axis=1) / rollout.dt
    c, s = np.cos(rollout.heading[:, 1:]), np.sin(rollout.heading[:, 1:])
    forward = c * step[..., 0] + s * step[..., 1]
    assert np.corrcoef(forward.ravel(), rollout.velocity[:, 1:, 0].ravel())[0, 1] > 0.95


def test_the_clock_of_the_first_step_is_kept(env, made_reference, tmp_path):
    rollout = roll_out(env, still, 0.5, "anymal_c", made_reference.keypoint_names)
    now = env.signals(("phase_sin", "phase_cos"))
    clock = 2 * np.pi * (rollout.phase + 24 * rollout.dt / made_reference.period_s)
    np.testing.assert_allclose(np.sin(clock), now["phase_sin"], atol=1e-4)
    np.testing.assert_allclose(np.cos(clock), now["phase_cos"], atol=1e-4)
    write_rollout(tmp_path / "rollout.h5", rollout)
    np.testing.assert_allclose(read_rollout(tmp_path / "rollout.h5").phase, rollout.phase, atol=1e-6)


def test_the_fallen_stay_down(env, made_reference):
    def pushed(observation):
        env.physics.qvel.numpy()[0, 3] = 8.0  # rolls the first agent over, on and on
        return still(observation)

    rollout = roll_out(env, pushed, 1.2, "anymal_c", made_reference.keypoint_names)
    assert rollout.fell.tolist() == [True] + [False] * 5
    assert 0 < rollout.fell_at[0] < 59
    assert not np.isclose(rollout.qpos[0, rollout.fell_at[0] :, 2], 0.62).any()


def test_progress_wraps_the_steps(env, made_reference):
    seen = []
    roll_out(
        env,
        still,
        0.1,
        "anymal_c",
        made_reference.keypoint_names,
        lambda loop: (seen.append(i) or i for i in loop),
    )
    assert seen == [0, 1, 2, 3, 4]


def test_a_round_without_a_policy_survives_the_file(tmp_path):
    write_rollout(
        tmp_path / "r.h5", no_rollout(19, 0.02, "anymal_c", ["Neck", "L_F_Paw"], "all candidates failed")
    )
    read = read_rollout(tmp_path / "r.h5")
    assert len(read.fell_at) == 0 and read.info["reason"] == "all candidates failed"
    assert read.keypoints.shape == (0, 0, 2, 3)
