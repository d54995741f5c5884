"""The keys of config.yaml, and those that an experiment may override."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from video2reward.settings.base import Settings
from video2reward.settings.bases import BaseSeeds
from video2reward.settings.critique import CritiqueSettings
from video2reward.settings.evaluation import Evaluation, TrialLimits
from video2reward.settings.judge import JudgeSettings
from video2reward.settings.llm import LLM, VLM
from video2reward.settings.motion import MotionSettings, Reach
from video2reward.settings.paths import UserPath
from video2reward.settings.search import Search
from video2reward.settings.task import Task
from video2reward.settings.training import Training
from video2reward.settings.tuning import Tuning
from video2reward.settings.wish import Wish


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
    search: Search = Field(
        Search(),
        description="whose reward the next prompt shows: greedy, population or tree, or {kind, islands, crossover, exploration}",
    )
    samples: int = Field(2, ge=1, description="candidates per round")
    seeds: tuple[int, ...] = Field((0,), min_length=1, description="independent loops")
    wish: Wish | None = Field(
        None,
        description="what is asked for beside the video: a text, or {text, measured, weight} (docs/wishes.md)",
    )
    reach: Reach = Reach()
    training: Training = Training()
    evaluation: Evaluation = Evaluation()
    llm: LLM = LLM()
    vlm: VLM = VLM()
    critique: CritiqueSettings = CritiqueSettings()
    judge: JudgeSettings = JudgeSettings()
    check: TrialLimits = TrialLimits()
    screen: Literal["off", "tell", "repair"] = Field(
        "repair",
        description="whether rewards are tried on motions of known quality before training: tell reports what they pay "
        "for the wrong one, repair also has their model mend it, within llm.repairs (docs/screen.md)",
    )
    tuning: Tuning | None = Field(
        None,
        description="whether the numbers of a round's best reward are tuned before the next, whose last candidate the tuned "
        "reward then is: true, false or {steps, variants, generations, factor} (docs/tuning.md)",
    )
    cluster: Cluster = Cluster()

    @field_validator("tuning", mode="before")
    @classmethod
    def _on_or_off(cls, value: Any) -> Any:
        said = str(value).lower()  # the command line gives text
        return {"true": {}, "false": None}[said] if said in ("true", "false") else value

    @field_validator("screen", mode="before")
    @classmethod
    def _off(cls, value: Any) -> Any:
        return "off" if value is False else value  # YAML reads off as a boolean


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
    """resources/robots/<name>/<fidelity>.yaml: where a robot departs from config/fidelity; a task has the same keys."""

    task: dict[str, Any] = Field({}, description="keys of config.yaml's task")
    training: dict[str, Any] = Field({}, description="keys of config.yaml's training")
    cluster: dict[str, Any] = Field({}, description="keys of config.yaml's cluster")
