"""Turn config/*.yaml and the command line into a checked plan of experiments, before any rule is defined."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from video2reward.config.clips import clip_stem, load_video
from video2reward.config.critic import check_critic
from video2reward.config.experiments import Request, choices_of, own_choice
from video2reward.config.layers import merge
from video2reward.config.method import load_method, loop_for_method, method_for_video
from video2reward.config.robot import load_preset, load_robot_file, load_task_preset
from video2reward.config.search import check_search, check_tuning
from video2reward.config.task import check_task
from video2reward.errors import UserError
from video2reward.registry import (
    COMPLETION_PROVIDERS,
    POSE_BACKENDS,
    SIMULATORS,
    TASKS,
    WISHES,
    Registry,
    kind_of_task,
)
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
    """One robot learning one video by one method, all settings resolved.

    group: name of its file; practice: the key of `Plan.practices`; variant: its name in the file, "" without
    """

    name: str
    group: str
    robot: str
    practice: str
    video: str
    method_name: str
    method: Method
    loop: Loop
    variant: str = ""

    @property
    def way(self) -> str:
        """Its method and variant in one word: a row of the tables."""
        return f"{self.method_name}-{self.variant}" if self.variant else self.method_name


@dataclass(frozen=True)
class Practice:
    """A robot's task, the same in all its experiments that do not name one, and the training of its base policy."""

    robot: str
    task: Task
    training: Training
    cluster: Cluster


@dataclass(frozen=True)
class Plan:
    """Everything the rules need; `training` without any robot's preset.

    practices: by robot, and by ROBOT-TASK for experiments that name a task
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
    for choice in _choices(config, root, asked or {}):
        name = choice.name
        robots[choice.robot] = robot = load_robot_file(choice.robot, root)
        video_name, video = load_video(choice.video, root, tuple(robot.skeletons))
        title = called.setdefault(video_name, clip_stem(choice.video))
        if videos.setdefault(video_name, video) != video or title != clip_stem(choice.video):
            raise UserError(
                f"experiment {name}: two different videos are both called {video_name!r} in the results; rename one, or, "
                "if it is one video for robots of different kinds, set subject.species in its YAML"
            )
        merged = _merged(choice, preset, config.fidelity, content, asked or {}, root)
        whole = validate(Config, merged, f"configuration for the robot {choice.robot}")
        practice = Practice(choice.robot, whole.task, whole.training, whole.cluster)
        place = f"{choice.robot}-{practice.task.name}" if _own_task(choice) else choice.robot
        if practices.setdefault(place, practice) != practice:
            raise UserError(
                f"experiment {name}: another one gives {choice.robot} the task {practice.task.name} with other settings; "
                "give both the same `task` among their overrides, as they share its base policy"
            )
        _check_names(name, robot, video, practice, root)
        layers = [_of_loop(merged), _of_loop(choice.overrides, strict=True), _of_loop(asked or {})]
        wanted = validate(Loop, merge(*layers), f"experiment {name}, overrides")
        _check_loop(name, wanted, practice)
        method = method_for_video(load_method(choice.method, root, practice.task.name), video)
        loop = loop_for_method(wanted, method)
        check_task(name, robot, practice.task, loop)
        check_tuning(name, loop)
        check_critic(name, choice.method, method, loop, video)
        check_search(name, choice.method, method, loop)
        experiments[name] = Experiment(
            name, choice.group, choice.robot, place, video_name, choice.method, method, loop, choice.variant
        )
    _check_variants(experiments.values())
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


def _merged(
    choice: Request,
    preset: Mapping[str, Any],
    fidelity: str,
    content: Mapping[str, Any],
    asked: Mapping[str, Any],
    root: Path,
) -> dict[str, Any]:
    """Return the configuration of an experiment without its own overrides, but with the task that it names.

    From the weakest layer to the strongest: fidelity, task, robot, config.yaml, the experiment's task, the command line.
    """
    own, last = _own_task(choice), {"task": asked.get("task") or {}}
    robot = load_preset(choice.robot, fidelity, root)
    named = merge(preset, robot, content, own, last).get("task", {}).get("name", Task().name)
    return merge(preset, load_task_preset(named, fidelity, root), robot, content, own, last)


def _own_task(choice: Request) -> dict[str, Any]:
    """Return the task among an experiment's overrides; {} if it names none."""
    return {"task": choice.overrides["task"]} if "task" in choice.overrides else {}


def _of_loop(content: Mapping[str, Any], strict: bool = False) -> dict[str, Any]:
    """Return the keys that an experiment may override; strict: all but the task, for unknown ones to be refused."""
    return {
        key: value for key, value in content.items() if key in Loop.model_fields or (strict and key != "task")
    }


def _choices(config: Config, root: Path, asked: Mapping[str, Any]) -> list[Request]:
    """Return the experiments: the one given by `video`, or those that config.yaml lists.

    Of files named on the command line, with `video` there too, the video and `robot` take the place of their own.
    """
    folder = root / "config" / "experiments"
    if config.video is not None and asked.get("video") and asked.get("experiments"):
        return choices_of(config.experiments, folder, config.video, asked.get("robot") or "")
    if config.video is not None:
        return [own_choice(config.robot, config.video, config.method)]
    if not config.experiments:
        raise UserError("configuration: no experiment to run; set experiments: [...] or video: clip.mp4")
    return choices_of(config.experiments, folder)


def _check_variants(experiments: Iterable[Experiment]) -> None:
    """Raise a `UserError` if two variants do the same, which the command line can cause, as it wins over both."""
    found: list[tuple[str, str, str, str, Loop]] = []
    names: list[str] = []
    for one in experiments:
        own = (one.group, one.practice, one.video, one.method_name, one.loop)
        if one.variant and own in found:
            raise UserError(
                f"experiments {names[found.index(own)]} and {one.name} have the same settings; let their variants differ, and give "
                "nothing on the command line that they differ in"
            )
        found.append(own)
        names.append(one.name)


def _check_loop(name: str, loop: Loop, practice: Practice) -> None:
    """Raise a `UserError` for settings that an experiment must not override."""
    COMPLETION_PROVIDERS.module(loop.llm.provider)
    if loop.llm.provider == "tuned":
        raise UserError(
            f"experiment {name}: llm.provider: tuned stands for the tuned candidate alone; set tuning: true, and llm.provider to "
            "who writes the other rewards"
        )
    if fault := key_fault(loop.llm):
        raise UserError(f"experiment {name}: {fault}")
    measured = loop.wish.measured if loop.wish else {}
    if measured and kind_of_task(practice.task.name) == "single":
        raise UserError(
            f"experiment {name}: wish.measured is for gaits, and the task {practice.task.name} is for one motion; leave the wish a text"
        )
    for measure, target in measured.items():
        if fault := WISHES.load(measure).fault(target.times):
            raise UserError(f"experiment {name}: wish.measured.{measure}: {fault}")
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
