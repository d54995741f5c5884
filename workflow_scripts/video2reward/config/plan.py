"""Turn config/*.yaml and the command line into a checked plan of experiments, before any rule is defined."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from video2reward.config.clips import clip_stem, load_video
from video2reward.config.critic import check_critic
from video2reward.config.experiments import Request, choices_of, own_choice
from video2reward.config.method import load_method, loop_for_method, method_for_video
from video2reward.config.robot import load_preset, load_robot_file
from video2reward.errors import UserError
from video2reward.registry import COMPLETION_PROVIDERS, POSE_BACKENDS, SIMULATORS, TASKS, Registry
from video2reward.settings.bases import check_base_seeds
from video2reward.settings.llm import key_fault
from video2reward.settings.loop import Cluster, Config, Loop
from video2reward.settings.method import Method
from video2reward.settings.motion import MotionSettings
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task
from video2reward.settings.training import ISAACGYM_PYTHON, Training
from video2reward.settings.validation import read_yaml, validate
from video2reward.settings.video import Pose, Video


@dataclass(frozen=True)
class Experiment:
    """One robot learning one video by one method, all settings resolved; group: name of its file."""

    name: str
    group: str
    robot: str
    video: str
    method_name: str
    method: Method
    loop: Loop


@dataclass(frozen=True)
class Practice:
    """A robot's task, the same in all its experiments, and the training of its base policy."""

    task: Task
    training: Training
    cluster: Cluster


@dataclass(frozen=True)
class Plan:
    """Everything the rules need; `practices` by robot, `training` without any robot's preset.

    called: a video's folder -> the video's name
    """

    results: Path
    motion: MotionSettings
    training: Training
    practices: dict[str, Practice]
    experiments: dict[str, Experiment]
    videos: dict[str, Video]
    robots: dict[str, Robot]
    called: dict[str, str]
    base_seeds: tuple[int, ...] = (0,)


def merge(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Merge mappings deeply; later ones win."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            old = merged.get(key)
            merged[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, Mapping) else value
    return merged


def load_plan(content: Mapping[str, Any], root: Path, asked: Mapping[str, Any] | None = None) -> Plan:
    """Check the whole configuration and return the plan; the first fault is raised as a `UserError`.

    content: config.yaml with the command line's values merged over it
    root: the folder that holds config/ and resources/
    asked: the command line's values alone, which also win over an experiment's overrides
    """
    first = validate(Config, dict(content), "configuration")
    preset = merge(
        read_yaml(root / "config" / "fidelity" / f"{first.fidelity}.yaml"), _published_simulator(first)
    )
    config = validate(Config, merge(preset, content), "configuration")
    practices: dict[str, Practice] = {}
    experiments: dict[str, Experiment] = {}
    videos: dict[str, Video] = {}
    robots: dict[str, Robot] = {}
    called: dict[str, str] = {}
    for choice in _choices(config, root):
        name = choice.name
        robots[choice.robot] = robot = load_robot_file(choice.robot, root)
        video_name, video = load_video(choice.video, root, tuple(robot.skeletons))
        title = called.setdefault(video_name, clip_stem(choice.video))
        if videos.setdefault(video_name, video) != video or title != clip_stem(choice.video):
            raise UserError(
                f"experiment {name}: two different videos are both called {video_name!r} in the results; rename one, or, "
                "if it is one video for robots of different kinds, set subject.species in its YAML"
            )
        merged = merge(preset, load_preset(choice.robot, config.fidelity, root), content)
        whole = validate(Config, merged, f"configuration for the robot {choice.robot}")
        practices[choice.robot] = practice = Practice(whole.task, whole.training, whole.cluster)
        _check_names(name, robot, video, practice, root)
        layers = [_of_loop(merged), choice.overrides, _of_loop(asked or {})]
        wanted = validate(Loop, merge(*layers), f"experiment {name}, overrides")
        _check_loop(name, wanted, practice)
        method = method_for_video(load_method(choice.method, root, practice.task.name), video)
        loop = loop_for_method(wanted, method)
        check_critic(name, choice.method, method, loop, video)
        experiments[name] = Experiment(
            name, choice.group, choice.robot, video_name, choice.method, method, loop
        )
    check_base_seeds(config.base_seeds, {s for e in experiments.values() for s in e.loop.seeds})
    return Plan(
        config.results,
        config.motion,
        config.training,
        practices,
        experiments,
        videos,
        robots,
        called,
        config.base_seeds,
    )


def _published_simulator(config: Config) -> dict[str, Any]:
    """Return the simulator of the papers for `fidelity: paper`, if it is installed; any layer after it wins."""
    installed = config.fidelity == "paper" and os.environ.get(ISAACGYM_PYTHON)
    return {"training": {"simulator": "isaacgym"}} if installed else {}


def _of_loop(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key in Loop.model_fields}


def _choices(config: Config, root: Path) -> list[Request]:
    """Return the experiments: the one given by `video`, or those that config.yaml lists."""
    if config.video is not None:
        return [own_choice(config.robot, config.video, config.method)]
    if not config.experiments:
        raise UserError("configuration: no experiment to run; set experiments: [...] or video: clip.mp4")
    return choices_of(config.experiments, root / "config" / "experiments")


def _check_loop(name: str, loop: Loop, practice: Practice) -> None:
    """Raise a `UserError` for settings that an experiment must not override."""
    COMPLETION_PROVIDERS.module(loop.llm.provider)
    if fault := key_fault(loop.llm):
        raise UserError(f"experiment {name}: {fault}")
    if loop.training.units != practice.training.units:
        raise UserError(
            f"experiment {name}: training.units is shared with the base policy; set it in config.yaml"
        )


def _check_names(name: str, robot: Robot, video: Video, practice: Practice, root: Path) -> None:
    """Check that every named part exists and that the robot supports the video's skeleton."""
    chosen: tuple[tuple[Registry, str], ...] = (
        (POSE_BACKENDS, video.pose.backend),
        (SIMULATORS, practice.training.simulator),
        (TASKS, practice.task.name),
    )
    for registry, part in chosen:
        registry.module(part)
    _check_simulator(practice.training)
    _check_base_reward(practice.task.name, root)
    _check_import(name, video.pose)
    if video.pose.skeleton not in robot.skeletons:
        raise UserError(
            f"experiment {name}: robot {robot.name!r} has no keypoint table for skeleton "
            f"{video.pose.skeleton!r} (it has {', '.join(robot.skeletons)}); choose another robot or video, "
            "or add the table to its robot.yaml"
        )


def _check_simulator(training: Training) -> None:
    """Check that a simulator of one's own has its script."""
    if (training.simulator == "server") != (training.server is not None):
        raise UserError(
            "training.simulator: server and training.server: SCRIPT belong together, found simulator "
            f"{training.simulator!r} and server {training.server}; docs/your-simulator.md says how to write one"
        )
    if training.server is not None and not training.server.is_file():
        raise UserError(f"training.server {training.server} does not exist")


def _check_base_reward(task: str, root: Path) -> None:
    folder = root / "resources" / "rewards"
    if not (folder / f"human_{task}.py").exists():
        known = ", ".join(sorted(path.stem.removeprefix("human_") for path in folder.glob("human_*.py")))
        raise UserError(
            f"task {task!r} has no hand-written reward, which the base policy is trained with (there is one for "
            f"{known}); write {folder / f'human_{task}.py'}"
        )


def _check_import(name: str, pose: Pose) -> None:
    if (pose.backend == "import") != (pose.keypoints is not None):
        raise UserError(
            f"experiment {name}: pose.backend: import and pose.keypoints: FILE belong together, "
            f"found backend {pose.backend!r} and keypoints {pose.keypoints}"
        )
