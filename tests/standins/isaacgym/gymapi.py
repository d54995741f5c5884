"""The part of gymapi that the server uses; signatures as in the package `isaacgym-stubs`."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import mujoco
import numpy as np
import torch
from scipy.spatial.transform import Rotation

from video2reward.robots.description import load_robot, torque_driven
from video2reward.robots.model import build_model

SIM_PHYSX, UP_AXIS_Z, DOF_MODE_POS, DOF_MODE_EFFORT = "physx", "z", 1, 3


class Vec3:
    def __init__(self, x=0.0, y=0.0, z=0.0):
        self.x, self.y, self.z = x, y, z


class Transform:
    """The identity."""


class PlaneParams(SimpleNamespace):
    pass


class AssetOptions(SimpleNamespace):
    pass


class SimParams(SimpleNamespace):
    def __init__(self):
        super().__init__(physx=SimpleNamespace())


class Sim:
    def __init__(self, params):
        self.params, self.agents, self.sensors = params, [], []


class Asset:
    """A robot's MJCF; its joints in another order than robot.yaml's, as Isaac Gym's own order may be."""

    def __init__(self, folder, file, options):
        self.robot = load_robot(Path(folder) / "robot.yaml")
        self.mjcf, self.options = Path(folder) / file, options
        self.names = sorted(self.robot.joints)


class Gym:
    def create_sim(self, compute_device, graphics_device, type, params):
        assert type == SIM_PHYSX and params.up_axis == UP_AXIS_Z and params.gravity.z == -9.81
        return Sim(params)

    def add_ground(self, sim, params):
        assert params.normal.z == 1.0 and params.static_friction == 1.0

    def load_asset(self, sim, rootpath, filename, options):
        sim.asset = Asset(rootpath, filename, options)
        return sim.asset

    def find_asset_rigid_body_index(self, asset, name):
        return name

    def create_asset_force_sensor(self, asset, index, pose):
        assert isinstance(pose, Transform) and index in asset.robot.torque_control.force_sensors

    def get_asset_dof_names(self, asset):
        return list(asset.names)

    def get_asset_dof_properties(self, asset):
        return np.zeros(
            len(asset.names), [(n, float) for n in ("driveMode", "stiffness", "damping", "effort")]
        )

    def create_env(self, sim, lower, upper, per_row):
        sim.agents.append(SimpleNamespace(sim=sim, place=5.0 * len(sim.agents)))
        return sim.agents[-1]

    def create_actor(self, env, asset, pose, name, group, filter, segmentation):
        return 0

    def set_actor_dof_properties(self, env, actor, properties):
        env.properties = properties.copy()

    def enable_actor_dof_force_sensors(self, env, actor):
        env.sensing = True

    def prepare_sim(self, sim):
        asset, params = sim.asset, sim.params
        torque = asset.options.default_dof_drive_mode == DOF_MODE_EFFORT
        robot = torque_driven(asset.robot) if torque else asset.robot
        sim.model = build_model(robot, asset.mjcf, params.substeps, dt=params.dt, torque=torque)
        joints = [sim.model.joint(name) for name in asset.names]
        sim.q, sim.v = (
            [int(x[0]) for x in xs] for xs in zip(*((j.qposadr, j.dofadr) for j in joints), strict=True)
        )
        sim.drives = [sim.model.actuator(name).id for name in asset.names]
        if not torque:
            gains = sim.model.actuator_gainprm[sim.drives, 0]
            np.testing.assert_allclose(sim.agents[0].properties["stiffness"], gains)
        count = len(sim.agents)
        for agent in sim.agents:
            agent.data = mujoco.MjData(sim.model)
        sim.root, sim.dofs = torch.zeros(count, 13), torch.zeros(count * len(joints), 2)
        sim.forces, sim.felt = (
            torch.zeros(count * len(joints)),
            torch.zeros(count, max(sim.model.nsensordata, 1)),
        )
        self._show(sim)
        return True

    def acquire_actor_root_state_tensor(self, sim):
        return sim.root

    def acquire_dof_state_tensor(self, sim):
        return sim.dofs

    def acquire_dof_force_tensor(self, sim):
        return sim.forces

    def acquire_force_sensor_tensor(self, sim):
        return sim.felt

    def refresh_actor_root_state_tensor(self, sim):
        self._show(sim)

    def refresh_dof_state_tensor(self, sim):
        self._show(sim)

    def refresh_dof_force_tensor(self, sim):
        self._show(sim)

    def refresh_force_sensor_tensor(self, sim):
        self._show(sim)

    def set_actor_root_state_tensor_indexed(self, sim, states, indices, count):
        assert indices.dtype == torch.int32 and len(indices) == count
        for index in indices.tolist():
            agent, state = sim.agents[index], states[index].double().numpy()
            mujoco.mj_resetData(sim.model, agent.data)
            turn = Rotation.from_quat(state[3:7])
            agent.data.qpos[:3] = state[:3] - np.array([agent.place, 0, 0])
            agent.data.qpos[3:7] = state[[6, 3, 4, 5]]
            agent.data.qvel[:3] = state[7:10]
            agent.data.qvel[3:6] = turn.inv().apply(state[10:13])

    def set_dof_state_tensor_indexed(self, sim, states, indices, count):
        states = states.view(len(sim.agents), -1, 2).double().numpy()
        for index in indices.tolist():
            sim.agents[index].data.qpos[sim.q] = states[index, :, 0]
            sim.agents[index].data.qvel[sim.v] = states[index, :, 1]

    def set_dof_position_target_tensor(self, sim, targets):
        self._control(sim, targets)

    def set_dof_actuation_force_tensor(self, sim, torques):
        self._control(sim, torques)

    def simulate(self, sim):
        for agent in sim.agents:
            for _ in range(sim.params.substeps):
                mujoco.mj_step(sim.model, agent.data)

    def fetch_results(self, sim, wait):
        assert wait

    def _control(self, sim, values):
        for agent, row in zip(sim.agents, values.double().numpy(), strict=True):
            agent.data.ctrl[sim.drives] = row

    def _show(self, sim):
        """Lay states out as Isaac Gym does: x y z w, all velocities in the world's frame."""
        dofs, forces = sim.dofs.view(len(sim.agents), -1, 2), sim.forces.view(len(sim.agents), -1)
        for i, agent in enumerate(sim.agents):
            data = agent.data
            quaternion = data.qpos[[4, 5, 6, 3]]
            spin = Rotation.from_quat(quaternion).apply(data.qvel[3:6])
            place = data.qpos[:3] + np.array([agent.place, 0, 0])
            sim.root[i] = torch.tensor(np.concatenate([place, quaternion, data.qvel[:3], spin]))
            dofs[i] = torch.tensor(np.stack([data.qpos[sim.q], data.qvel[sim.v]], axis=1))
            forces[i] = torch.tensor((data.qfrc_actuator + data.qfrc_passive)[sim.v])
            if sim.model.nsensordata:
                sim.felt[i] = torch.tensor(data.sensordata)


def acquire_gym():
    return Gym()
