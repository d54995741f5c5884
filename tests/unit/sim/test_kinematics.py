"""Own kinematics against MuJoCo's, on the robot and on a tree that has what the robot lacks."""

import mujoco
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.robots.description import load_robot
from video2reward.robots.model import build_model
from video2reward.sim.kinematics import Kinematics

# Several hinges in a body, joints off the body's origin, turned bodies, a welded body, joints out of order, a joint
# whose zero is elsewhere, and one that nothing drives.
TREE = """
<mujoco><worldbody><body name="trunk"><freejoint/><geom size="0.1"/><site name="s0" pos="0.1 0.2 0.3"/>
  <body name="a" pos="0.1 0.2 0.3" euler="20 30 40"><geom size="0.1"/><site name="s1" pos="0.3 0 0.1"/>
    <joint name="a1" axis="1 0 0" ref="40"/><joint name="a2" axis="0 1 1" pos="0.05 0.02 -0.1"/>
    <body name="weld" pos="0 0 0.2" euler="0 90 0"><geom size="0.1"/><site name="s2" pos="0.1 0.1 0"/>
      <body name="b" pos="0.1 0 0"><joint name="b1" axis="0 0 1" pos="0 0.1 0"/><geom size="0.1"/>
        <site name="s3" pos="0.2 -0.1 0.4"/></body></body></body>
  <body name="tail" pos="0 0 1"><joint name="t" type="ball"/><geom size="0.1"/></body>
  <body name="c" pos="-0.3 0 0"><joint name="c1" axis="1 2 3"/><geom size="0.1"/><site name="s4" pos="0 0 1"/></body>
</body></worldbody></mujoco>
"""


def models(robot_folder):
    robot = load_robot(robot_folder / "robot.yaml")
    yield build_model(robot, robot_folder / robot.mjcf), "base", list(robot.joints)
    yield mujoco.MjModel.from_xml_string(TREE), "trunk", ["c1", "b1", "a2", "a1"]


def pose(model, joints, seed):
    """A random state -> qpos, qvel, and its part as torch tensors."""
    rng = np.random.default_rng(seed)
    data = mujoco.MjData(model)
    data.qpos[:] = rng.uniform(-1, 1, model.nq)
    data.qvel[:] = rng.uniform(-3, 3, model.nv)
    mujoco.mju_normalize4(data.qpos[3:7])
    q = torch.tensor([[data.joint(j).qpos[0] for j in joints]], dtype=torch.float32)
    v = torch.tensor([[data.joint(j).qvel[0] for j in joints]], dtype=torch.float32)
    return data, q, v


@pytest.mark.parametrize("which", [0, 1], ids=["robot", "tree"])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_points_and_rates_equal_mujocos(robot_folder, which, seed):
    model, base, joints = list(models(robot_folder))[which]
    data, q, v = pose(model, joints, seed)
    mujoco.mj_forward(model, data)
    kinematics = Kinematics(model, base, joints)
    points = kinematics.points(model.site_bodyid, model.site_pos)
    turn = data.body(base).xmat.reshape(3, 3)
    axes = torch.tensor(turn, dtype=torch.float32)[None]  # world axes in the base's frame, as rows
    spin = torch.tensor(data.qvel[3:6], dtype=torch.float32)
    carried = kinematics.carry(axes, q, torch.linalg.cross(axes, spin.expand_as(axes)), v)
    places = carried.coordinates(points)[..., 0].numpy() + data.qpos[:3]
    np.testing.assert_allclose(places, data.site_xpos, atol=2e-6)
    rates = carried.rates(points)[..., 0].numpy() + data.qvel[:3]
    for site in range(model.nsite):
        moving = np.zeros(6)
        mujoco.mj_objectVelocity(model, data, mujoco.mjtObj.mjOBJ_SITE, site, moving, 0)
        np.testing.assert_allclose(rates[site], moving[3:], atol=2e-5)


def test_agents_do_not_mix(robot_folder):
    model, base, joints = next(models(robot_folder))
    kinematics = Kinematics(model, base, joints)
    points = kinematics.points(model.site_bodyid, model.site_pos)
    torch.manual_seed(0)
    axes, q = torch.randn(5, 2, 3), torch.randn(5, len(joints))
    together = kinematics.carry(axes, q).coordinates(points)
    alone = [kinematics.carry(axes[i : i + 1], q[i : i + 1]).coordinates(points) for i in range(5)]
    assert together.shape == (model.nsite, 2, 5)
    torch.testing.assert_close(together, torch.cat(alone, dim=2))
