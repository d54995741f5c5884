"""Physics that differs from a training's: a catalogue of variants of MuJoCo, and the one way in which they are applied."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from video2reward.errors import UserError
from video2reward.registry import OTHER_PHYSICS, SIMULATORS, simulator_of
from video2reward.robots.terrain import TERRAINS
from video2reward.settings.robot import Robot
from video2reward.settings.task import ON_TERRAIN, Task
from video2reward.settings.training import Training
from video2reward.sim.locomotion import LocomotionEnv
from video2reward.sim.physics import MakePhysics, Physics, Plant


@dataclass(frozen=True)
class PhysicsChange:
    """What of MuJoCo's physics, or of the ground, is other than as trained; None: as it is.

    words: for tables; steps: so many times the physics steps of a control step, at the same control rate
    solver: Newton, CG or PGS; cone: of friction, pyramidal or elliptic
    friction: of feet and ground, sliding; solref: time constant, s, and damping ratio of contacts
    terrain: of robots.terrain, for whatever is judged
    """

    words: str = ""
    steps: float = 1.0
    solver: str | None = None
    cone: str | None = None
    friction: float | None = None
    solref: tuple[float, float] | None = None
    terrain: str | None = None


CG = PhysicsChange("MuJoCo, solver CG", solver="CG")
PGS = PhysicsChange("MuJoCo, solver PGS", solver="PGS")
HALF_STEP = PhysicsChange("MuJoCo, half the time step", steps=2.0)
DOUBLE_STEP = PhysicsChange("MuJoCo, twice the time step", steps=0.5)
ELLIPTIC = PhysicsChange("MuJoCo, elliptic friction cones", cone="elliptic")
# MuJoCo allows a time constant of two time steps or more, so that harder contacts take shorter steps.
HARD_CONTACTS = PhysicsChange("MuJoCo, contacts of 10 ms at half the step", steps=2.0, solref=(0.01, 1.0))
SOFT_CONTACTS = PhysicsChange("MuJoCo, contacts of 50 ms", solref=(0.05, 1.0))
FRICTION_05 = PhysicsChange("MuJoCo, friction 0.5", friction=0.5)
FRICTION_12 = PhysicsChange("MuJoCo, friction 1.2", friction=1.2)
ROUGH, SLOPES, STAIRS = (
    PhysicsChange(f"MuJoCo, terrain {name}: {terrain.words}", terrain=name)
    for name, terrain in TERRAINS.items()
)


def physics_in_words(name: str) -> str:
    """Return an entry of the catalogue, or a simulator, in words."""
    return OTHER_PHYSICS.load(name).words if name in OTHER_PHYSICS.targets else f"simulator {name}"


def make_env_in(
    name: str, training: Training, robot: Robot, mjcf: Path, task: Task, *others: Any
) -> LocomotionEnv:
    """Return `sim.locomotion.make_env` of these and its other arguments in a physics of the catalogue, or a simulator by name."""
    change: PhysicsChange = OTHER_PHYSICS.load(name) if name in OTHER_PHYSICS.targets else PhysicsChange()
    simulator = simulator_of(name)
    physics: type[Physics] = SIMULATORS.load(simulator)
    make = changed(physics.of(training.model_copy(update={"simulator": simulator})), change)
    return LocomotionEnv(make, robot, mjcf, _other_task(task, change, name), *others)


def changed(make: MakePhysics, change: PhysicsChange) -> MakePhysics:
    """Return what makes the same physics of a changed model; the time step is the task's."""

    def made(plant: Plant, num_envs: int, threads: int) -> Physics:
        return make(replace(plant, model=_other_model(plant.model, change)), num_envs, threads)

    return made


def _other_task(task: Task, change: PhysicsChange, name: str) -> Task:
    steps = task.substeps * change.steps
    if steps < 1 or steps != round(steps):
        raise UserError(
            f"physics {name!r} takes {change.steps:g} times the physics steps of a control step, which are {task.substeps}; leave "
            "it out of evaluation.physics, or set task.substeps"
        )
    own = task.terrain if simulator_of(name) in ON_TERRAIN else "flat"
    ground = {"terrain": change.terrain, "terrain_graded": False} if change.terrain else {"terrain": own}
    return task.model_copy(update={"substeps": round(steps), **ground})


def _other_model(model: Any, change: PhysicsChange) -> Any:
    import mujoco

    other = copy.copy(model)
    if change.solver is not None:
        other.opt.solver = getattr(mujoco.mjtSolver, f"mjSOL_{change.solver.upper()}")
    if change.cone is not None:
        other.opt.cone = getattr(mujoco.mjtCone, f"mjCONE_{change.cone.upper()}")
    if change.friction is not None:  # everything that collides does so by pairs: robots/model.py
        other.pair_friction[:, :2] = change.friction
    if change.solref is not None:
        other.pair_solref[:] = change.solref
    return other
