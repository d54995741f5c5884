"""The environment on a device: no tensor of the CPU's meets one of the device's, on any task and control."""

from pathlib import Path

import pytest
import torch
from tests.elsewhere import DEVICE, Elsewhere, elsewhere

from video2reward.policy.network import Policy
from video2reward.rollout.record import roll_out
from video2reward.settings.task import Task
from video2reward.signals import SIGNALS
from video2reward.sim.locomotion import LocomotionEnv
from video2reward.sim.mujoco_physics import MujocoPhysics

TASKS = {
    "velocity": {"start_speed": 1.0},
    "starts in the stride": {"reference_starts": 0.5},
    "published": {"observation": "published"},
    "run": {"name": "run"},
    "one motion": {"name": "single"},
    "robust": {"robustness": "full", "observation": "deployable"},
}


class FarPhysics(MujocoPhysics):
    """MuJoCo as if its states lay on the device."""

    device = str(DEVICE)
    qpos = property(lambda self: super().qpos.to(DEVICE))
    qvel = property(lambda self: super().qvel.to(DEVICE))
    drive_forces = property(lambda self: super().drive_forces.to(DEVICE))
    joint_forces = property(lambda self: super().joint_forces.to(DEVICE))
    sensors = property(lambda self: super().sensors.to(DEVICE))

    def write(self, rows, qpos, qvel):
        assert all(isinstance(x, Elsewhere) for x in (rows, qpos, qvel))
        super().write(rows.cpu(), qpos.cpu(), qvel.cpu())

    def vary(self, rows, values):
        assert all(isinstance(x, Elsewhere) for x in (rows, *values.values()))
        super().vary(rows.cpu(), {name: value.cpu() for name, value in values.items()})

    def step(self, controls, substeps):
        assert isinstance(controls, Elsewhere)
        return super().step(controls.cpu(), substeps).to(DEVICE)


def reward(signals):
    height = (
        signals["base_height"]
        - signals["foot_heights"].mean(1)
        + 0.1 * torch.ones_like(signals["base_height"])
    )
    return height, {"height": height}


def test_a_tensor_of_each_device_is_an_error():
    with elsewhere() as device:
        there, here = torch.zeros(2, device=device), torch.ones(2)
        assert there.device == DEVICE and (there + 1.0).device == DEVICE and there.cpu().device.type == "cpu"
        for wrong in (
            lambda: there + here,
            lambda: there[torch.tensor([0])],
            lambda: torch.where(there > 0, here, there),
            lambda: torch.cat([there, here]),
        ):
            with pytest.raises(RuntimeError, match="same device"):
                wrong()
        with pytest.raises(TypeError, match="numpy"):
            there.numpy()


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.slow
def test_nothing_is_made_on_the_cpu(task, robot, robot_folder, made_reference, jump_reference):
    settings = Task(**TASKS[task], episode_s=0.1)
    reference = jump_reference if settings.name == "single" else made_reference
    make = (robot, Path(robot_folder / robot.mjcf), settings, reference, reward, 6, 3)
    near = LocomotionEnv(MujocoPhysics, *make)
    with elsewhere():
        far = LocomotionEnv(FarPhysics, *make)
        for env in (near, far):
            env.training_starts = True
            env.reset()
            env.spread_episodes()
        for step in range(8):  # past the end of an episode: agents are reset
            actions = torch.sin(torch.arange(6.0 * near.num_actions) + step).view(6, -1)
            one, other = near.step(actions), far.step(actions.to(DEVICE))
            for name in ("observation", "reward", "terminated", "truncated", "success"):
                there = getattr(other, name)
                assert isinstance(there, Elsewhere), name
                torch.testing.assert_close(getattr(one, name), there.cpu(), rtol=0, atol=0)
        assert all(
            not isinstance(v, torch.Tensor) or isinstance(v, Elsewhere) for v in far.signals(SIGNALS).values()
        )
        assert not near.num_privileged or isinstance(far.privileged(), Elsewhere)
        far.restore(far.state())
        far.set_commands(torch.tensor([[1.0, 0.0, 0.0]]))
        assert isinstance(far.keypoints_world(), Elsewhere)


def test_pushes_are_drawn_on_the_device(robot, robot_folder, made_reference):
    make = (robot, robot_folder / robot.mjcf, Task(), made_reference, None, 4, 0)
    near = LocomotionEnv(MujocoPhysics, *make)
    with elsewhere():
        far = LocomotionEnv(FarPhysics, *make)
        for env in (near, far):
            env.disturb({"push": (0.5, 1.0), "push_interval": (env.dt, env.dt)})
            env.reset()
        still = torch.zeros(4, near.num_actions)
        for _ in range(3):
            one, other = near.step(still), far.step(still.to(DEVICE))
            torch.testing.assert_close(one.observation, other.observation.cpu(), rtol=0, atol=0)
        velocity = near.signals(["base_lin_vel"])["base_lin_vel"]
        assert velocity[:, :2].norm(dim=1).min() > 0.2


def test_a_policy_of_a_file_is_recorded_on_the_device(robot, robot_folder, made_reference):
    with elsewhere():
        far = LocomotionEnv(FarPhysics, robot, robot_folder / robot.mjcf, Task(), made_reference, None, 3, 0)
        with torch.device(DEVICE):
            policy = Policy(far.num_observations, far.num_actions, (8,))
        rollout = roll_out(far, policy, 0.1, robot.name, made_reference.keypoint_names)
    assert rollout.qpos.shape[:2] == (3, 5)
