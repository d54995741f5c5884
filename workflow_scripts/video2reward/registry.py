"""Registries of interchangeable parts: one module and one line per backend, imported only when chosen."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import Any

from video2reward.errors import UserError, choices


@dataclass
class Registry:
    """Names of one kind of part, each mapped to `package.module:attribute`."""

    kind: str
    targets: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, target: str) -> None:
        """Register `target` ("package.module:attribute") under `name`; registering a name twice is an error."""
        if name in self.targets:
            raise ValueError(f"{self.kind} {name!r} is already registered as {self.targets[name]}")
        self.targets[name] = target

    def module(self, name: str) -> str:
        """Return the dotted name of `name`'s module, without importing it."""
        return self._target(name).partition(":")[0]

    def load(self, name: str) -> Any:
        """Import and return the part called `name`; an unknown name is a `UserError`."""
        module, _, attribute = self._target(name).partition(":")
        return getattr(importlib.import_module(module), attribute)

    def _target(self, name: str) -> str:
        if name not in self.targets:
            raise UserError(choices(name, self.targets, self.kind))
        return self.targets[name]


POSE_BACKENDS = Registry("pose backend")
POSE_BACKENDS.add("onnx", "video2reward.keypoints.onnx.backend:OnnxBackend")
POSE_BACKENDS.add("mmpose", "video2reward.keypoints.mmpose.backend:MmposeBackend")
POSE_BACKENDS.add("markers", "video2reward.keypoints.markers.backend:MarkerBackend")
POSE_BACKENDS.add("mediapipe", "video2reward.keypoints.mediapipe.backend:MediapipeBackend")
POSE_BACKENDS.add("import", "video2reward.keypoints.imports.backend:ImportBackend")

COMPLETION_PROVIDERS = Registry("completion provider")
COMPLETION_PROVIDERS.add("openai", "video2reward.llm.openai_provider:OpenAIProvider")
COMPLETION_PROVIDERS.add("recorded", "video2reward.llm.recorded_provider:RecordedProvider")
COMPLETION_PROVIDERS.add("manual", "video2reward.llm.manual_provider:ManualProvider")
COMPLETION_PROVIDERS.add("template", "video2reward.llm.template_provider:TemplateProvider")
COMPLETION_PROVIDERS.add("fixed", "video2reward.llm.fixed_provider:FixedProvider")
COMPLETION_PROVIDERS.add("tuned", "video2reward.llm.tuned_provider:TunedProvider")

# How a failed candidate is repaired; part of the code digest only where repairs are possible.
REPAIRERS = Registry("way of repair")
REPAIRERS.add("ask", "video2reward.llm.repair:Repairer")

FEEDBACK_SOURCES = Registry("source of feedback")
FEEDBACK_SOURCES.add("measured", "video2reward.critique.measured:Measured")
FEEDBACK_SOURCES.add("vlm", "video2reward.critique.model:VisionModel")
FEEDBACK_SOURCES.add("llm", "video2reward.critique.model:SameModel")
FEEDBACK_SOURCES.add("person", "video2reward.critique.model:Person")

SIMULATORS = Registry("simulator")
SIMULATORS.add("mujoco", "video2reward.sim.mujoco_physics:MujocoPhysics")
SIMULATORS.add("server", "video2reward.sim.process_physics:ProcessPhysics")
SIMULATORS.add("isaacgym", "video2reward.sim.isaacgym_physics:IsaacGymPhysics")
SIMULATORS.add("mujoco_warp", "video2reward.sim.warp_physics:WarpPhysics")
SIMULATORS.add("mujoco_warp_cpu", "video2reward.sim.warp_physics:WarpOnCpu")

# Physics in which a finished policy is judged beside that of its training; simulators can be named too.
OTHER_PHYSICS = Registry("physics")
OTHER_PHYSICS.add("cg", "video2reward.sim.other_physics:CG")
OTHER_PHYSICS.add("pgs", "video2reward.sim.other_physics:PGS")
OTHER_PHYSICS.add("half_step", "video2reward.sim.other_physics:HALF_STEP")
OTHER_PHYSICS.add("double_step", "video2reward.sim.other_physics:DOUBLE_STEP")
OTHER_PHYSICS.add("elliptic", "video2reward.sim.other_physics:ELLIPTIC")
OTHER_PHYSICS.add("hard_contacts", "video2reward.sim.other_physics:HARD_CONTACTS")
OTHER_PHYSICS.add("soft_contacts", "video2reward.sim.other_physics:SOFT_CONTACTS")
OTHER_PHYSICS.add("friction_0.5", "video2reward.sim.other_physics:FRICTION_05")
OTHER_PHYSICS.add("friction_1.2", "video2reward.sim.other_physics:FRICTION_12")
OTHER_PHYSICS.add("rough", "video2reward.sim.other_physics:ROUGH")
OTHER_PHYSICS.add("slopes", "video2reward.sim.other_physics:SLOPES")
OTHER_PHYSICS.add("stairs", "video2reward.sim.other_physics:STAIRS")

TASKS = Registry("task")
TASKS.add("velocity", "video2reward.sim.tasks.velocity:VelocityTask")
TASKS.add("run", "video2reward.sim.tasks.run:RunTask")
TASKS.add("single", "video2reward.sim.tasks.single:SingleTask")

# What of a user's wish can be measured on a rollout.
WISHES = Registry("measure of a wish")
WISHES.add("foot_lift", "video2reward.wishes.catalogue:FOOT_LIFT")
WISHES.add("speed", "video2reward.wishes.catalogue:SPEED")
WISHES.add("duty_factor", "video2reward.wishes.catalogue:DUTY_FACTOR")
WISHES.add("trunk_height", "video2reward.wishes.catalogue:TRUNK_HEIGHT")
WISHES.add("torque", "video2reward.wishes.catalogue:TORQUE")
WISHES.add("impact", "video2reward.wishes.catalogue:IMPACT")
WISHES.add("limp", "video2reward.wishes.catalogue:LIMP")


def simulator_of(physics: str) -> str:
    """Return the simulator that a physics is judged on: itself if it is one, else that of the catalogue's variants."""
    return "mujoco" if physics in OTHER_PHYSICS.targets else physics


# Tasks of one motion between two rests; all others are of gaits.
_OF_ONE_MOTION = {"single"}


def kind_of_task(name: str) -> str:
    """Return the kind of motion that a task is for, as in `Reference.kind`."""
    return "single" if name in _OF_ONE_MOTION else "cyclic"
