"""The side of a simulator that runs in a process of its own, perhaps of another Python: `serve(MySimulator)`.

Valid from Python 3.8 on, with numpy alone. States pass through shared memory, commands as lines of JSON through the
standard streams; what the simulator prints goes to standard error. docs/your-simulator.md has a worked example.
"""

from __future__ import annotations

import json
import os
import sys
from multiprocessing import resource_tracker, shared_memory
from typing import Any, Dict, Type  # noqa: UP035  (Python 3.8)

import numpy as np

VERSION = 1
"""Of the protocol; both sides must have the same."""


class ServedPhysics:
    """What a simulator brings: it is made once from a `job`, then written to, stepped and read.

    job: num_envs, mjcf (path), model (path of the compiled robot on its ground, .mjb), joints (names, in the order of
        drives), torque (bool: drives give torques; else targets in rad), stiffness, damping (N m/rad, N m s/rad),
        effort (N m, None: no limit), base (body name), dt (s, of a physics step), substeps (physics steps of a control
        step), base_qpos, base_qvel (first columns of the base), qpos_of, qvel_of (columns of the joints), force_sensors
        (names of the bodies whose force and torque are felt), threads
    """

    def __init__(self, job: Dict[str, Any]) -> None:  # noqa: UP006
        """Make `job["num_envs"]` robots."""
        raise NotImplementedError

    def write(self, rows: np.ndarray, qpos: np.ndarray, qvel: np.ndarray) -> None:
        """Start agents `rows` (K,) anew from qpos (K, nq), qvel (K, nv), laid out as in MuJoCo."""
        raise NotImplementedError

    def step(self, controls: np.ndarray, substeps: int) -> np.ndarray:
        """Advance by `substeps` physics steps under controls (N, nu) -> (N,) bool, failed."""
        raise NotImplementedError

    def read(self, out: Dict[str, np.ndarray]) -> None:  # noqa: UP006
        """Fill qpos (N, nq), qvel (N, nv), drive_forces (N, nu), joint_forces (N, nv) and sensors (N, S)."""
        raise NotImplementedError


def serve(simulator: Type[ServedPhysics]) -> None:  # noqa: UP006
    """Answer the environment's commands until it closes the pipe."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # a simulator's own prints must not end up among the replies
    memory = None
    try:
        job = json.loads(sys.stdin.readline())
        if job["version"] != VERSION:
            raise ValueError(f"the environment speaks version {job['version']}, this server {VERSION}")
        memory = attach(job["memory"])
        arrays = views(memory, job["layout"])
        physics = simulator(job)
        physics.read(arrays)
        _reply(replies, {"ready": True, "version": VERSION})
        for line in sys.stdin:
            _answer(physics, arrays, json.loads(line))
            _reply(replies, {"ok": True})
    except BaseException as error:
        _reply(replies, {"error": f"{type(error).__name__}: {error}"})
        raise
    finally:
        if memory is not None:
            arrays = {}
            memory.close()


def attach(name: str) -> shared_memory.SharedMemory:
    """Open the environment's memory; whoever made it removes it."""
    memory = shared_memory.SharedMemory(name=name)
    resource_tracker.unregister(memory._name, "shared_memory")  # type: ignore[attr-defined]
    return memory


def views(memory: shared_memory.SharedMemory, layout: Dict[str, Any]) -> Dict[str, np.ndarray]:  # noqa: UP006
    """Return the arrays that lie in the memory: name -> (offset, dtype, shape)."""
    return {
        name: np.ndarray(tuple(shape), dtype=dtype, buffer=memory.buf, offset=offset)
        for name, (offset, dtype, shape) in layout.items()
    }


def _answer(physics: ServedPhysics, arrays: Dict[str, np.ndarray], command: Dict[str, Any]) -> None:  # noqa: UP006
    if command["do"] == "step":
        arrays["failed"][:] = physics.step(arrays["controls"], int(command["substeps"]))
    elif command["do"] == "write":
        rows = np.flatnonzero(arrays["mask"])
        physics.write(rows, arrays["new_qpos"][rows], arrays["new_qvel"][rows])
    else:
        raise ValueError(f"unknown command {command['do']!r}")
    physics.read(arrays)


def _reply(replies: Any, content: Dict[str, Any]) -> None:  # noqa: UP006
    replies.write(json.dumps(content) + "\n")
    replies.flush()
