"""Whose judgement of known motions is tested: an experiment's critic, or the section vlm."""

from __future__ import annotations

from pathlib import Path

from video2reward.config.critic import check_eyes, critic_of, critic_section
from video2reward.config.plan import Experiment
from video2reward.config.recordings import recorded_judgement
from video2reward.errors import UserError
from video2reward.settings.llm import LLM
from video2reward.settings.method import Method
from video2reward.settings.video import Video


def judge_section(method: Method) -> str:
    """Return the section of the settings with the judge's model: the critic's; vlm for a method without a critique."""
    return critic_section(method) or "vlm"


def judge_of(experiment: Experiment, video: Video, results: Path) -> LLM:
    """Return the settings of an experiment's judge; a `UserError` if it cannot judge, or must not see this video."""
    where, section = f"experiment {experiment.name}: judge_test", judge_section(experiment.method)
    settings = critic_of(experiment.loop, experiment.method) or experiment.loop.vlm
    if video.file is None:
        raise UserError(f"{where} looks at the video, and there is none: set file: in the video's YAML")
    check_eyes(where, section, settings, experiment.loop, video)
    if settings.provider == "recorded":
        _check_recording(where, section, settings.recorded, experiment.name, results)
    return settings


def _check_recording(where: str, section: str, recorded: Path | None, name: str, results: Path) -> None:
    if recorded is None:
        raise UserError(f"{where} needs {section}.recorded: the results folder of an earlier run")
    path = recorded_judgement(recorded, name)
    if recorded.resolve() == results.resolve():
        raise UserError(
            f"{where} cannot replay {path}, which is this run's own; set {section}.recorded to another folder"
        )
    if not path.is_file():
        raise UserError(
            f"{where}: {path} does not exist; run judge_test there, or ask another {section}.provider"
        )
