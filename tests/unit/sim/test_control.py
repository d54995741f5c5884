"""Robots driven by torques: what actions mean, what is sensed, that states are complete."""

import pytest
import torch

from video2reward.errors import UserError
from video2reward.motion.retarget import neutral_reference
from video2reward.robots.description import load_robot
from video2reward.robots.model import build_model
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.task import Task
from video2reward.sim.control import CONTROLS
from video2reward.sim.locomotion import make_env
from video2reward.sim.snapshot import Constants

TASK = Task(name="run", actions="torque", observation="published", observe_clock=False, episode_s=1.0)


@pytest.fixture
def make(humanoid_folder):
    robot, made = load_robot(humanoid_folder / "robot.yaml"), []
    mjcf = humanoid_folder / robot.mjcf
    reference = neutral_reference(robot, "coco17", *standing_keypoints(mjcf, robot, "coco17"))

    def make(task=TASK, seed=0):
        made.append(make_env("mujoco", robot, mjcf, task, reference, None, 6, seed))
        return made[-1]

    yield make
    for env in made:
        env.close()


def test_actions_are_told_to_who_runs_the_policy(make):
    torque, position = make().action_meaning, make(Task(name="run")).action_meaning
    assert torque["action_scale"][3:7] == [45, 45, 135, 90] and "default_pose" not in torque
    assert torque["action"].startswith("joint torque, N m") and torque["units"]["action_scale"] == "N m"
    assert position["action_scale"] == 1.0 and position["default_pose"][6] == -0.4
    assert position["action"].startswith("joint target, rad")


def test_a_new_episode_has_sensed_nothing(make):
    env = make()
    for _ in range(10):
        seen = env.step(torch.full((6, 21), 0.5)).observation
    assert (seen[:, 54:87].abs().amax(0) > 0).all()
    assert not env.reset()[:, 54:87].any()


def test_a_restored_state_goes_on_bit_for_bit(make):
    """Over falls, resets and time-outs."""
    env, other, generator = make(), make(seed=9), torch.Generator().manual_seed(0)
    actions = 2 * torch.rand(140, 6, 21, generator=generator) - 1
    for action in actions[:20]:
        env.step(action)
    other.restore(env.state())
    ended = 0
    for action in actions[20:]:
        first, second = env.step(action), other.step(action)
        assert torch.equal(first.observation, second.observation)
        ended += int((first.terminated | first.truncated).sum())
    assert ended > 6


def test_own_observation_does_without_forces(make):
    env = make(TASK.model_copy(update={"observation": "own"}))
    assert env.num_observations == 78
    assert not env.signals(["default_joint_pos"])["default_joint_pos"].any()


def test_torques_need_limits(humanoid_folder, tmp_path):
    robot = load_robot(humanoid_folder / "robot.yaml")
    mjcf = (humanoid_folder / robot.mjcf).read_text()
    free = tmp_path / robot.mjcf
    free.write_text(mjcf.replace('actuatorfrcrange="-90 90"', ""))
    with pytest.raises(UserError, match=r"'right_knee' has none in humanoid\.xml"):
        build_model(robot, free, torque=True)
    build_model(robot, free)


def test_residual_actions_are_about_the_clips_motion(made_reference, robot, robot_folder):
    """No action at the clip's speed is the clip's pose; at no speed its mean; a full action one scale beside it."""
    mjcf = robot_folder / robot.mjcf
    constants = Constants(robot, build_model(robot, mjcf), made_reference, 0.02)
    control = CONTROLS["residual"](robot, constants, constants.joint_limits)
    meaning = control.meaning
    motion, mean = torch.tensor(meaning["reference_motion"]), torch.tensor(meaning["reference_pose"])
    phase = torch.tensor([0.0, 0.25, 0.5, 0.25])
    commands = torch.zeros(4, 3)
    commands[:3, 0] = meaning["target_speed"]
    actions = torch.zeros(4, 12)
    actions[2] = 1
    targets = control.command(actions, phase, commands).float()
    rows = (phase * len(motion)).long()
    assert motion.std() > 0.01
    assert torch.allclose(targets[:2], (mean + motion)[rows[:2]], atol=1e-5)
    assert torch.allclose(targets[2], (mean + motion)[rows[2]] + robot.action_scale, atol=1e-5)
    assert torch.allclose(targets[3], mean, atol=1e-5)


def test_residual_actions_stand_without_a_clip(make):
    meaning = make(Task(name="run", actions="residual")).action_meaning
    assert torch.tensor(meaning["reference_motion"]).abs().max() < 0.01
