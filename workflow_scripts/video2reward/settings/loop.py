"""The keys of config.yaml, and those that an experiment may override."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from video2reward.settings.base import Settings
from video2reward.settings.bases import BaseSeeds
from video2reward.settings.critique import CritiqueSettings
from video2reward.settings.evaluation import Evaluation, TrialLimits
from video2reward.settings.judge import JudgeSettings
from video2reward.settings.llm import LLM, VLM
from video2reward.settings.motion import MotionSettings, Reach
from video2reward.settings.paths import UserPath
from video2reward.settings.task import Task
from video2reward.settings.training import Training


class Cluster(Settings):
    """What one training run requests from a batch system, besides its threads; results do not depend on it."""

    gpus: int | None = Field(
        None,
        ge=0,
        description="GPUs of a job that simulates; by default what its simulator uses, one or none",
    )
    memory_mb: int = Field(4000, ge=500, description="for the first attempt; doubled at every retry")
    minutes: int = Field(240, ge=1, description="for the first attempt; doubled at every retry")


class Loop(Settings):
    """What an experiment may override; everything else is shared."""

    iterations: int = Field(2, ge=1, description="rounds of reward writing")
    samples: int = Field(2, ge=1, description="candidates per round")
    seeds: tuple[int, ...] = Field((0,), min_length=1, description="independent loops")
    reach: Reach = Reach()
    training: Training = Training()
    evaluation: Evaluation = Evaluation()
    llm: LLM = LLM()
    vlm: VLM = VLM()
    critique: CritiqueSettings = CritiqueSettings()
    judge: JudgeSettings = JudgeSettings()
    check: TrialLimits = TrialLimits()
    cluster: Cluster = Cluster()


class Config(Loop):
    """config/config.yaml."""

    results: UserPath = Path("results")
    fidelity: Literal["cpu", "paper"] = Field("cpu", description="presets under config/fidelity")
    motion: MotionSettings = MotionSettings()
    task: Task = Task()
    base_seeds: BaseSeeds = Field(
        (0,),
        description="seeds that get their own base policy, a list or a count from 0 on; all other loops use that of "
        "seed 0",
    )
    experiments: tuple[str, ...] = Field((), description="names of files under config/experiments")
    video: str | None = Field(
        None, description="with robot and method: run this one experiment instead of the list"
    )
    robot: str = "anymal_c"
    method: str = "video2reward"


class RobotPreset(Settings):
    """resources/robots/<name>/<fidelity>.yaml: where a robot departs from config/fidelity."""

    task: dict[str, Any] = Field({}, description="keys of config.yaml's task")
    training: dict[str, Any] = Field({}, description="keys of config.yaml's training")
    cluster: dict[str, Any] = Field({}, description="keys of config.yaml's cluster")
