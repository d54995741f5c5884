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

TASKS = Registry("task")
TASKS.add("velocity", "video2reward.sim.tasks.velocity:VelocityTask")
TASKS.add("run", "video2reward.sim.tasks.run:RunTask")
