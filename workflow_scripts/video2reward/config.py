"""From config/*.yaml and the command line to a checked plan of experiments, before any rule exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from video2reward.bases import BaseSeeds, check_base_seeds
from video2reward.clips import clip_stem, load_video, named_file
from video2reward.errors import UserError, choices
from video2reward.experiments import Choice, choices_of, own_choice
from video2reward.language_model import LLM, key_fault
from video2reward.methods import Method
from video2reward.paths import UserPath
from video2reward.registry import COMPLETION_PROVIDERS, POSE_BACKENDS, SIMULATORS, TASKS, Registry
from video2reward.robots import load_robot
from video2reward.settings import (
    Check,
    Evaluation,
    MotionSettings,
    Pose,
    Reach,
    Robot,
    Settings,
    Task,
    Training,
    Video,
)
from video2reward.validation import read_yaml, validate


class Cluster(Settings):
    """What one training asks of a batch system, beside its threads; no result depends on it."""

    gpus: int = Field(0, ge=0, description="MuJoCo uses none")
    memory_mb: int = Field(4000, ge=500, description="of the first attempt; doubled for every further one")
    minutes: int = Field(240, ge=1, description="of the first attempt; doubled for every further one")


class Loop(Settings):
    """What an experiment may set for itself; everything else is shared."""

    iterations: int = Field(2, ge=1, description="rounds of reward writing")
    samples: int = Field(2, ge=1, description="candidates per round")
    seeds: tuple[int, ...] = Field((0,), min_length=1, description="independent loops")
    reach: Reach = Reach()
    training: Training = Training()
    evaluation: Evaluation = Evaluation()
    llm: LLM = LLM()
    check: Check = Check()
    cluster: Cluster = Cluster()


class Config(Loop):
    """config/config.yaml."""

    results: UserPath = Path("results")
    fidelity: Literal["cpu", "paper"] = Field("cpu", description="presets under config/fidelity")
    motion: MotionSettings = MotionSettings()
    task: Task = Task()
    base_seeds: BaseSeeds = Field(
        (0,),
        description="seeds with a base policy of their own, a list or how many from 0 on: loops of these seeds use it, all "
        "others that of seed 0",
    )
    experiments: tuple[str, ...] = Field((), description="names of files under config/experiments")
    video: str | None = Field(None, description="with robot and method: one experiment of one's own")
    robot: str = "anymal_c"
    method: str = "video2reward"


class RobotPreset(Settings):
    """resources/robots/<name>/<fidelity>.yaml: what a robot needs otherwise than config/fidelity has it."""

    task: dict[str, Any] = Field({}, description="keys of config.yaml's task")
    training: dict[str, Any] = Field({}, description="keys of config.yaml's training")
    cluster: dict[str, Any] = Field({}, description="keys of config.yaml's cluster")


@dataclass(frozen=True)
class Experiment:
    """One robot learning one video by one method, everything resolved; group: its file's name."""

    name: str
    group: str
    robot: str
    video: str
    method_name: str
    method: Method
    loop: Loop


@dataclass(frozen=True)
class Practice:
    """What a robot does in all its experiments, and how its base policy learns it."""

    task: Task
    training: Training
    cluster: Cluster


@dataclass(frozen=True)
class Plan:
    """All that the rules need to know; `practices` by robot, `training` as without a robot's preset.

    called: a video's folder -> its own name
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
    """Check the whole configuration -> the plan; the first fault found is a `UserError`.

    content: config.yaml with the command line's values merged over it
    root: the folder that holds config/ and resources/
    asked: the command line's values alone, which win over an experiment's overrides too
    """
    first = validate(Config, dict(content), "configuration")
    preset = read_yaml(root / "config" / "fidelity" / f"{first.fidelity}.yaml")
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
                "if it is one film for robots of different kinds, say in its YAML what subject.species it shows"
            )
        merged = merge(preset, load_preset(choice.robot, config.fidelity, root), content)
        whole = validate(Config, merged, f"configuration for the robot {choice.robot}")
        practices[choice.robot] = practice = Practice(whole.task, whole.training, whole.cluster)
        _check_names(name, robot, video, practice)
        layers = [_of_loop(merged), choice.overrides, _of_loop(asked or {})]
        wanted = validate(Loop, merge(*layers), f"experiment {name}, overrides")
        _check_loop(name, wanted, practice)
        method = of_video(load_method(choice.method, root, practice.task.name), video)
        loop = of_method(wanted, method)
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


def _of_loop(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key in Loop.model_fields}


def load_preset(robot: str, fidelity: str, root: Path) -> dict[str, Any]:
    """Read what resources/robots/<robot>/<fidelity>.yaml sets; nothing where there is no such file."""
    path = root / "resources" / "robots" / robot / f"{fidelity}.yaml"
    if not path.exists():
        return {}
    return validate(RobotPreset, read_yaml(path), path).model_dump(exclude_unset=True)


def _choices(config: Config, root: Path) -> list[Choice]:
    """Return the experiments: the one of the command line, or those that config.yaml lists."""
    if config.video is not None:
        return [own_choice(config.robot, config.video, config.method)]
    if not config.experiments:
        raise UserError("configuration: no experiment to run; set experiments: [...] or video: clip.mp4")
    return choices_of(config.experiments, root / "config" / "experiments")


def load_method(name: str, root: Path, task: str = Task().name) -> Method:
    """Read config/methods/<name>.yaml as it is for a task: its name for {task}, its own description."""
    path = named_file(root / "config" / "methods", name, ".yaml", "method")
    method = validate(Method, read_yaml(path), path)
    described = method.task_description
    method = method.model_copy(
        update={
            "reward": method.reward and method.reward.replace("{task}", task),
            "task_description": described if isinstance(described, str) else described.get(task, ""),
        }
    )
    if method.reward is not None:
        named_file(root / "resources" / "rewards", method.reward, ".py", "fixed reward")
    if method.provider is not None:
        COMPLETION_PROVIDERS.module(method.provider)
    return method


def of_video(method: Method, video: Video) -> Method:
    """Return the method with its task description saying what the video shows."""
    said = str(method.task_description).replace("{behaviour}", video.behaviour)
    return method.model_copy(update={"task_description": said.replace("{species}", video.subject.species)})


def of_method(loop: Loop, method: Method) -> Loop:
    """Return the loop as a method runs it.

    Where the reward is fixed nobody is asked and candidates would be equal: one each round. Rounds would be equal too,
    and there is one, unless later ones go on from the best policy so far.
    """
    if method.from_scratch:
        loop = loop.model_copy(update={"training": from_scratch(loop.training)})
    if method.reward is not None:
        fixed = loop.llm.model_copy(update={"provider": "fixed"})
        rounds = loop.iterations if loop.training.init == "best" else 1
        return loop.model_copy(update={"llm": fixed, "iterations": rounds, "samples": 1})
    if method.provider is not None:
        return loop.model_copy(update={"llm": loop.llm.model_copy(update={"provider": method.provider})})
    return loop


def from_scratch(training: Training) -> Training:
    """Return the training of a yardstick: as many steps as a candidate and what it started from together, all of them."""
    before = 0 if training.init == "scratch" else training.base_steps
    update = {"init": "scratch", "steps": before + training.steps, "early_stop": False}
    return training.model_copy(update=update)


def load_robot_file(name: str, root: Path) -> Robot:
    """Read resources/robots/<name>/robot.yaml."""
    folder = root / "resources" / "robots"
    names = [path.parent.name for path in folder.glob("*/robot.yaml")]
    if name not in names:
        raise UserError(choices(name, names, "robot"))
    return load_robot(folder / name / "robot.yaml")


def _check_loop(name: str, loop: Loop, practice: Practice) -> None:
    """Check what an experiment's own settings may not be."""
    COMPLETION_PROVIDERS.module(loop.llm.provider)
    if fault := key_fault(loop.llm):
        raise UserError(f"experiment {name}: {fault}")
    if loop.training.units != practice.training.units:
        raise UserError(
            f"experiment {name}: training.units is shared with the base policy; set it in config.yaml"
        )


def _check_names(name: str, robot: Robot, video: Video, practice: Practice) -> None:
    """Check that every named part exists and that the robot knows the video's skeleton."""
    chosen: tuple[tuple[Registry, str], ...] = (
        (POSE_BACKENDS, video.pose.backend),
        (SIMULATORS, practice.training.simulator),
        (TASKS, practice.task.name),
    )
    for registry, part in chosen:
        registry.module(part)
    _check_import(name, video.pose)
    if video.pose.skeleton not in robot.skeletons:
        raise UserError(
            f"experiment {name}: robot {robot.name!r} has no keypoint table for skeleton "
            f"{video.pose.skeleton!r} (it has {', '.join(robot.skeletons)}); choose another robot or video, "
            "or add the table to its robot.yaml"
        )


def _check_import(name: str, pose: Pose) -> None:
    if (pose.backend == "import") != (pose.keypoints is not None):
        raise UserError(
            f"experiment {name}: pose.backend: import and pose.keypoints: FILE belong together, "
            f"found backend {pose.backend!r} and keypoints {pose.keypoints}"
        )
