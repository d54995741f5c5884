"""Physics in a process of its own: another simulator, perhaps of another Python, over shared memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from multiprocessing import shared_memory
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from video2reward.errors import UserError
from video2reward.robots.description import gain
from video2reward.settings.training import Training
from video2reward.sim.physics import MakePhysics, Physics, Plant
from video2reward.sim.physics_server import VERSION, views

LIBRARY = Path(__file__).resolve().parents[2]


class ProcessPhysics(Physics):
    """A simulator behind a server script (sim/physics_server.py); its states are float32 on the CPU.

    A state saved is what the protocol shows, positions and velocities: training resumes from it, but not bit for bit.
    """

    device = "cpu"
    deterministic = False

    @classmethod
    def of(cls, training: Training) -> MakePhysics:
        """Take `training.server` and `training.server_python`."""
        if training.server is None:
            raise UserError(
                "training.simulator: server needs training.server, the script that serves a simulator; docs/your-simulator.md "
                "says how to write one"
            )
        return partial(cls, script=training.server, python=training.server_python or sys.executable)

    @classmethod
    def usual_device(cls) -> str:
        """Return "cpu"."""
        return "cpu"

    def __init__(
        self, plant: Plant, num_envs: int, threads: int = 1, *, script: Path, python: str = sys.executable
    ) -> None:
        """Start the server `script` in an interpreter and wait until its robots stand."""
        self.script, self.python = script, python
        import mujoco

        model = plant.model
        sizes = {"qpos": model.nq, "qvel": model.nv, "new_qpos": model.nq, "new_qvel": model.nv}
        sizes |= {"controls": model.nu, "drive_forces": model.nu, "joint_forces": model.nv}
        sizes |= {"sensors": model.nsensordata}
        layout: dict[str, tuple[int, str, tuple[int, ...]]] = {}
        offset = 0
        for name, width in sizes.items():
            layout[name] = (offset, "float32", (num_envs, width))
            offset += 4 * num_envs * width
        for name in ("mask", "failed"):
            layout[name] = (offset, "bool", (num_envs,))
            offset += num_envs
        self._memory = shared_memory.SharedMemory(create=True, size=offset)
        self._arrays = views(self._memory, layout)
        self._folder = tempfile.TemporaryDirectory(prefix="video2reward_physics_")
        self._log = open(Path(self._folder.name) / "log", "w+")  # noqa: SIM115  (open as long as the server)
        compiled = Path(self._folder.name) / "robot.mjb"
        mujoco.mj_saveModel(model, str(compiled), None)
        self._server = self._start()
        job = {"version": VERSION, "memory": self._memory.name, "layout": layout, "model": str(compiled)}
        try:
            self._send({**job, "num_envs": num_envs, "threads": threads, **robot_facts(plant)})
        except BaseException:
            self.close()
            raise

    @property
    def qpos(self) -> Tensor:
        """(N, nq), a live view."""
        return torch.from_numpy(self._arrays["qpos"])

    @property
    def qvel(self) -> Tensor:
        """(N, nv), a live view."""
        return torch.from_numpy(self._arrays["qvel"])

    @property
    def drive_forces(self) -> Tensor:
        """(N, nu), a copy."""
        return torch.from_numpy(self._arrays["drive_forces"].copy())

    @property
    def joint_forces(self) -> Tensor:
        """(N, nv), a copy."""
        return torch.from_numpy(self._arrays["joint_forces"].copy())

    @property
    def sensors(self) -> Tensor:
        """(N, S), a copy."""
        return torch.from_numpy(self._arrays["sensors"].copy())

    def write(self, rows: Tensor, qpos: Tensor, qvel: Tensor) -> None:
        """Start agents anew."""
        index = rows.numpy()
        self._arrays["mask"][:] = False
        self._arrays["mask"][index] = True
        self._arrays["new_qpos"][index] = qpos.numpy()
        self._arrays["new_qvel"][index] = qvel.numpy()
        self._send({"do": "write"})

    def step(self, controls: Tensor, substeps: int) -> Tensor:
        """Let the server step."""
        self._arrays["controls"][:] = controls.numpy()
        self._send({"do": "step", "substeps": substeps})
        return torch.from_numpy(self._arrays["failed"].copy())

    def state(self) -> Tensor:
        """(N, nq + nv) positions and velocities."""
        return torch.cat([self.qpos, self.qvel], dim=1)

    def restore(self, state: Tensor) -> None:
        """Start all agents from positions and velocities."""
        width = self._arrays["qpos"].shape[1]
        self.write(torch.arange(len(state)), state[:, :width].cpu(), state[:, width:].cpu())

    def close(self) -> None:
        """End the server and free the memory."""
        with suppress(BrokenPipeError):  # it is gone, and what was not sent with it
            if self._server.stdin is not None:
                self._server.stdin.close()
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        if self._server.stdout is not None:
            self._server.stdout.close()
        self._arrays = {}
        self._memory.close()
        self._memory.unlink()
        self._log.close()
        self._folder.cleanup()

    def _start(self) -> subprocess.Popen[str]:
        command = [self.python, "-u", str(self.script)]
        try:
            return subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
                env=self.environment(),
            )  # fmt: skip
        except OSError as error:
            raise UserError(
                f"the simulator's server could not be started: {self.python}: {error.strerror}"
            ) from None

    def environment(self) -> Mapping[str, str]:
        """Return the server's environment variables: the library is found there, the main environment's packages not."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return kept | {"PYTHONPATH": str(LIBRARY)}

    def _send(self, command: Mapping[str, Any]) -> None:
        """Send a command and wait for its reply; a server that fails or dies is a `UserError`."""
        assert self._server.stdin is not None and self._server.stdout is not None
        try:
            self._server.stdin.write(json.dumps(command) + "\n")
            self._server.stdin.flush()
            line = self._server.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self._log.flush()
            said = Path(self._log.name).read_text().strip().splitlines()[-3:]
            raise UserError(
                f"the simulator's server {self.script} ended (status {self._server.wait()}): {' | '.join(said) or 'it said nothing'}"
            )
        reply = json.loads(line)
        if "error" in reply:
            raise UserError(f"the simulator's server {self.script} failed: {reply['error']}")
        if reply.get("version", VERSION) != VERSION:
            raise UserError(
                f"the simulator's server {self.script} speaks version {reply['version']} of the protocol, this project "
                f"{VERSION}; use servers of the same version"
            )


def robot_facts(plant: Plant) -> dict[str, Any]:
    """Return what a server is told of the robot; see `ServedPhysics`."""
    robot, model = plant.robot, plant.model
    root, joints = model.body(robot.base).jntadr[0], [model.joint(name) for name in robot.joints]
    effort = [float(model.actuator(joint).forcerange[1]) for joint in robot.joints]
    return {
        "mjcf": str(plant.mjcf.resolve()),
        "joints": list(robot.joints),
        "base": robot.base,
        "torque": plant.torque,
        "stiffness": [gain(robot.stiffness, joint) for joint in robot.joints],
        "damping": [gain(robot.damping, joint) for joint in robot.joints],
        "effort": [limit if limit > 0 else None for limit in effort],
        "dt": float(model.opt.timestep),
        "substeps": plant.substeps,
        "base_qpos": int(model.jnt_qposadr[root]),
        "base_qvel": int(model.jnt_dofadr[root]),
        "qpos_of": [int(joint.qposadr[0]) for joint in joints],
        "qvel_of": [int(joint.dofadr[0]) for joint in joints],
        "force_sensors": list(
            robot.torque_control.force_sensors if plant.torque and robot.torque_control else ()
        ),
    }
