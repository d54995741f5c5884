"""Isaac Gym in the Python that it is installed in; the server is sim/isaacgym_server.py."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from video2reward.errors import UserError
from video2reward.settings.training import ISAACGYM_PYTHON, Training
from video2reward.sim.physics import MakePhysics
from video2reward.sim.process_physics import ProcessPhysics

SERVER = Path(__file__).with_name("isaacgym_server.py")
STEPS = (
    "download Isaac Gym Preview 4 from NVIDIA, install it into an environment of Python 3.8 (pip install -e "
    f"isaacgym/python), and give that environment's python as training.server_python or in {ISAACGYM_PYTHON}"
)


class IsaacGymPhysics(ProcessPhysics):
    """PhysX on the first GPU, or on the CPU where there is none."""

    @classmethod
    def of(cls, training: Training) -> MakePhysics:
        """Take the interpreter that the settings or the environment name."""
        python = training.server_python or os.environ.get(ISAACGYM_PYTHON)
        if python is None:
            raise UserError(f"training.simulator: isaacgym is not set up here: {STEPS}")
        if not os.access(python, os.X_OK):
            raise UserError(f"training.simulator: isaacgym: {python} is no Python that can be run: {STEPS}")
        return partial(cls, script=SERVER, python=python)
