"""Isaac Gym (Preview 4) behind sim/physics_server.py; run by the Python 3.6 to 3.8 that it is installed in.

One control step is one `simulate` with as many PhysX substeps as the task has physics steps, as IsaacGymEnvs has it
(1.5.1: Anymal.yaml, Humanoid.yaml); contact figures are theirs. Robots come from their MJCF.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import torch
from isaacgym import gymapi, gymtorch  # before torch: it demands so

from video2reward.sim.physics_server import ServedPhysics, serve

SPACING = 2.0  # m, half the side of an agent's place; agents of different places never meet
POSITION_ITERATIONS, VELOCITY_ITERATIONS = 4, 1
CONTACT_OFFSET, BOUNCE_SPEED, DEPENETRATION_SPEED = 0.02, 0.2, 100.0  # m, m/s, m/s
FRICTION = 1.0


class IsaacGym(ServedPhysics):
    """N actors, one to a place, on one device."""

    def __init__(self, job: dict[str, Any]) -> None:
        """Make the simulation, load the robot and put one actor into each place."""
        self.job, self.gym = job, gymapi.acquire_gym()
        self.gpu = torch.cuda.is_available()
        self.device = "cuda:0" if self.gpu else "cpu"
        self.sim = self.gym.create_sim(0, -1, gymapi.SIM_PHYSX, self._parameters())
        if self.sim is None:
            raise RuntimeError("Isaac Gym made no simulation; its log above says why")
        plane = gymapi.PlaneParams()
        plane.normal = gymapi.Vec3(0.0, 0.0, 1.0)
        plane.static_friction = plane.dynamic_friction = FRICTION
        plane.restitution = 0.0
        self.gym.add_ground(self.sim, plane)
        asset = self._asset()
        self._place_actors(asset)
        self.gym.prepare_sim(self.sim)
        self._take_tensors(asset)

    def _parameters(self) -> Any:
        params = gymapi.SimParams()
        params.dt = self.job["dt"] * self.job["substeps"]
        params.substeps = self.job["substeps"]
        params.up_axis = gymapi.UP_AXIS_Z
        params.gravity = gymapi.Vec3(0.0, 0.0, -9.81)
        params.use_gpu_pipeline = self.gpu
        params.physx.use_gpu = self.gpu
        params.physx.num_threads = max(1, int(self.job.get("threads", 1)))
        params.physx.solver_type = 1
        params.physx.num_position_iterations = POSITION_ITERATIONS
        params.physx.num_velocity_iterations = VELOCITY_ITERATIONS
        params.physx.contact_offset = CONTACT_OFFSET
        params.physx.rest_offset = 0.0
        params.physx.bounce_threshold_velocity = BOUNCE_SPEED
        params.physx.max_depenetration_velocity = DEPENETRATION_SPEED
        return params

    def _asset(self) -> Any:
        options = gymapi.AssetOptions()
        options.fix_base_link = False
        options.collapse_fixed_joints = False
        options.replace_cylinder_with_capsule = True
        options.angular_damping = options.linear_damping = 0.0
        drive = gymapi.DOF_MODE_EFFORT if self.job["torque"] else gymapi.DOF_MODE_POS
        options.default_dof_drive_mode = int(drive)
        folder, file = os.path.split(self.job["mjcf"])
        asset = self.gym.load_asset(self.sim, folder, file, options)
        if asset is None:
            raise RuntimeError("Isaac Gym cannot load %s; its log above says why" % self.job["mjcf"])  # noqa: UP031
        for body in self.job["force_sensors"]:
            index = self.gym.find_asset_rigid_body_index(asset, body)
            self.gym.create_asset_force_sensor(asset, index, gymapi.Transform())
        return asset

    def _place_actors(self, asset: Any) -> None:
        """Make one actor to a place, self-collisions off, its drives as robot.yaml has them."""
        names: list[str] = self.gym.get_asset_dof_names(asset)
        missing = [joint for joint in self.job["joints"] if joint not in names]
        if missing or len(names) != len(self.job["joints"]):
            raise ValueError(
                "the joints that Isaac Gym finds (%s) are not robot.yaml's (%s)"  # noqa: UP031
                % (", ".join(names), ", ".join(self.job["joints"]))
            )
        self.order = [names.index(joint) for joint in self.job["joints"]]
        drives = self.gym.get_asset_dof_properties(asset)
        for column, joint in enumerate(self.order):
            if not self.job["torque"]:
                drives["driveMode"][joint] = gymapi.DOF_MODE_POS
                drives["stiffness"][joint] = self.job["stiffness"][column]
                drives["damping"][joint] = self.job["damping"][column]
            if self.job["effort"][column] is not None:
                drives["effort"][joint] = self.job["effort"][column]
        low, high = gymapi.Vec3(-SPACING, -SPACING, 0.0), gymapi.Vec3(SPACING, SPACING, SPACING)
        agents = self.job["num_envs"]
        for agent in range(agents):
            env = self.gym.create_env(self.sim, low, high, int(np.sqrt(agents)))
            actor = self.gym.create_actor(env, asset, gymapi.Transform(), "robot", agent, 1, 0)
            self.gym.set_actor_dof_properties(env, actor, drives)
            self.gym.enable_actor_dof_force_sensors(env, actor)

    def _take_tensors(self, asset: Any) -> None:
        agents, joints = self.job["num_envs"], len(self.order)
        wrap = gymtorch.wrap_tensor
        self.root = wrap(self.gym.acquire_actor_root_state_tensor(self.sim))
        self.dofs = wrap(self.gym.acquire_dof_state_tensor(self.sim)).view(agents, joints, 2)
        self.forces = wrap(self.gym.acquire_dof_force_tensor(self.sim)).view(agents, joints)
        self.felt = None
        if self.job["force_sensors"]:
            self.felt = wrap(self.gym.acquire_force_sensor_tensor(self.sim)).view(agents, -1)
        self.controls = torch.zeros(agents, joints, device=self.device)
        self._refresh()
        self.origin = self.root[:, :2].clone()  # where each agent's place is

    def _refresh(self) -> None:
        self.gym.refresh_actor_root_state_tensor(self.sim)
        self.gym.refresh_dof_state_tensor(self.sim)
        self.gym.refresh_dof_force_tensor(self.sim)
        if self.felt is not None:
            self.gym.refresh_force_sensor_tensor(self.sim)

    def write(self, rows: np.ndarray, qpos: np.ndarray, qvel: np.ndarray) -> None:
        """Start agents anew: root states and joints, by their indices."""
        base, speed = self.job["base_qpos"], self.job["base_qvel"]
        index = torch.as_tensor(rows, dtype=torch.long, device=self.device)
        new, rates = (torch.as_tensor(x, dtype=torch.float32, device=self.device) for x in (qpos, qvel))
        quaternion = new[:, base + 3 : base + 7]
        self.root[index, :2] = self.origin[index] + new[:, base : base + 2]
        self.root[index, 2] = new[:, base + 2]
        self.root[index, 3:7] = quaternion[:, [1, 2, 3, 0]]
        self.root[index, 7:10] = rates[:, speed : speed + 3]
        self.root[index, 10:13] = turned(quaternion, rates[:, speed + 3 : speed + 6])
        for column, joint in enumerate(self.order):
            self.dofs[index, joint, 0] = new[:, self.job["qpos_of"][column]]
            self.dofs[index, joint, 1] = rates[:, self.job["qvel_of"][column]]
        actors = gymtorch.unwrap_tensor(index.to(torch.int32))
        self.gym.set_actor_root_state_tensor_indexed(
            self.sim, gymtorch.unwrap_tensor(self.root), actors, len(rows)
        )
        self.gym.set_dof_state_tensor_indexed(self.sim, gymtorch.unwrap_tensor(self.dofs), actors, len(rows))

    def step(self, controls: np.ndarray, substeps: int) -> np.ndarray:
        """Set targets or torques and simulate one control step."""
        if substeps != self.job["substeps"]:
            raise ValueError("made for %s substeps, asked for %s" % (self.job["substeps"], substeps))  # noqa: UP031
        given = torch.as_tensor(controls, dtype=torch.float32, device=self.device)
        self.controls[:, self.order] = given
        tensor = gymtorch.unwrap_tensor(self.controls)
        if self.job["torque"]:
            self.gym.set_dof_actuation_force_tensor(self.sim, tensor)
        else:
            self.gym.set_dof_position_target_tensor(self.sim, tensor)
        self.gym.simulate(self.sim)
        self.gym.fetch_results(self.sim, True)
        self._refresh()
        return ~torch.isfinite(self.root).all(1).cpu().numpy()

    def read(self, out: dict[str, np.ndarray]) -> None:
        """Show states as MuJoCo lays them out: w before x y z, the base's spin in its own frame."""
        base, speed = self.job["base_qpos"], self.job["base_qvel"]
        quaternion = self.root[:, [6, 3, 4, 5]]
        flipped = quaternion * torch.tensor([1.0, -1.0, -1.0, -1.0], device=self.device)
        out["qpos"][:, base : base + 2] = (self.root[:, :2] - self.origin).cpu().numpy()
        out["qpos"][:, base + 2] = self.root[:, 2].cpu().numpy()
        out["qpos"][:, base + 3 : base + 7] = quaternion.cpu().numpy()
        out["qvel"][:, speed : speed + 3] = self.root[:, 7:10].cpu().numpy()
        out["qvel"][:, speed + 3 : speed + 6] = turned(flipped, self.root[:, 10:13]).cpu().numpy()
        dofs, forces = self.dofs[:, self.order].cpu().numpy(), self.forces[:, self.order].cpu().numpy()
        out["qpos"][:, self.job["qpos_of"]] = dofs[:, :, 0]
        out["qvel"][:, self.job["qvel_of"]] = dofs[:, :, 1]
        out["drive_forces"][:] = forces
        out["joint_forces"][:, self.job["qvel_of"]] = forces
        if self.felt is not None:
            out["sensors"][:] = self.felt.cpu().numpy()


def turned(quaternion: torch.Tensor, vector: torch.Tensor) -> torch.Tensor:
    """Return vectors (K, 3) turned by quaternions (K, 4), w x y z."""
    w, axis = quaternion[:, :1], quaternion[:, 1:]
    across = torch.cross(axis, vector, dim=1)
    return vector + 2 * (w * across + torch.cross(axis, across, dim=1))


if __name__ == "__main__":
    serve(IsaacGym)
