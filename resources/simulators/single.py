"""A worked example of a simulator of one's own: MuJoCo, one robot after the other. See docs/your-simulator.md.

training: {simulator: server, server: resources/simulators/single.py}
"""

from __future__ import annotations

from typing import Any

import mujoco
import numpy as np

from video2reward.sim.physics_server import ServedPhysics, serve


class SingleMujoco(ServedPhysics):
    """N simulations in a row."""

    def __init__(self, job: dict[str, Any]) -> None:
        """Load the robot, on its ground and with its drives, as this project compiled it."""
        self.model = mujoco.MjModel.from_binary_path(job["model"])
        self.agents = [mujoco.MjData(self.model) for _ in range(job["num_envs"])]

    def write(self, rows: np.ndarray, qpos: np.ndarray, qvel: np.ndarray) -> None:
        """Start agents anew."""
        for row, positions, velocities in zip(rows, qpos, qvel, strict=True):
            mujoco.mj_resetData(self.model, self.agents[row])
            self.agents[row].qpos[:] = positions
            self.agents[row].qvel[:] = velocities

    def step(self, controls: np.ndarray, substeps: int) -> np.ndarray:
        """Advance everyone; an agent whose acceleration is not finite has failed."""
        failed = np.zeros(len(self.agents), bool)
        for row, (agent, control) in enumerate(zip(self.agents, controls, strict=True)):
            agent.ctrl[:] = control
            for _ in range(substeps):
                mujoco.mj_step(self.model, agent)
            failed[row] = not np.isfinite(agent.qacc).all()
        return failed

    def read(self, out: dict[str, np.ndarray]) -> None:
        """Show where everyone is, and what acted on them in the last step."""
        for row, agent in enumerate(self.agents):
            out["qpos"][row] = agent.qpos
            out["qvel"][row] = agent.qvel
            out["drive_forces"][row] = agent.actuator_force
            out["joint_forces"][row] = agent.qfrc_actuator + agent.qfrc_passive
            out["sensors"][row] = agent.sensordata


if __name__ == "__main__":
    serve(SingleMujoco)
