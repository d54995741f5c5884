"""From config/*.yaml and the command line to a checked plan of experiments, before any rule exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from video2reward.clips import clip_stem, load_video, named_file, slug
from video2reward.errors import UserError, choices
from video2reward.registry import COMPLETION_PROVIDERS, POSE_BACKENDS, SIMULATORS, TASKS, Registry
from video2reward.robots import load_robot
from video2reward.settings import (
    LLM,
    Check,
    Evaluation,
    Method,
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

RESERVED = ("videos", "robots", "completions")


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

    results: Path = Path("results")
    fidelity: Literal["cpu", "paper"] = Field("cpu", description="presets under config/fidelity")
    motion: MotionSettings = MotionSettings()
    task: Task = Task()
    experiments: tuple[str, ...] = Field((), description="names of files under config/experiments")
    video: str | None = Field(None, description="with robot and method: one experiment of one's own")
    robot: str = "anymal_c"
    method: str = "video2reward"


class RobotPreset(Settings):
    """resources/robots/<name>/<fidelity>.yaml: what a robot needs otherwise than config/fidelity has it."""

    task: dict[str, Any] = Field({}, description="keys of config.yaml's task")
    training: dict[str, Any] = Field({}, description="keys of config.yaml's training")
    cluster: dict[str, Any] = Field({}, description="keys of config.yaml's cluster")


class ExperimentFile(Settings):
    """config/experiments/<name>.yaml: robot x video x method, and what differs from config.yaml."""

    robot: str
    video: str
    method: str
    overrides: dict[str, Any] = Field({}, description="keys of config.yaml for this experiment alone")


@dataclass(frozen=True)
class Experiment:
    """One robot learning one video by one method, everything resolved."""

    name: str
    robot: str
    video: str
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
    """All that the rules need to know; `practices` by robot, `training` as without a robot's preset."""

    results: Path
    motion: MotionSettings
    training: Training
    practices: dict[str, Practice]
    experiments: dict[str, Experiment]
    videos: dict[str, Video]
    robots: dict[str, Robot]


def merge(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Merge mappings deeply; later ones win."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            old = merged.get(key)
            merged[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, Mapping) else value
    return merged


def load_plan(content: Mapping[str, Any], root: Path) -> Plan:
    """Check the whole configuration -> the plan; the first fault found is a `UserError`.

    content: config.yaml with the command line's values merged over it
    root: the folder that holds config/ and resources/
    """
    first = validate(Config, dict(content), "configuration")
    preset = read_yaml(root / "config" / "fidelity" / f"{first.fidelity}.yaml")
    config = validate(Config, merge(preset, content), "configuration")
    practices: dict[str, Practice] = {}
    experiments: dict[str, Experiment] = {}
    videos: dict[str, Video] = {}
    robots: dict[str, Robot] = {}
    for name, file in _experiment_files(config, root).items():
        video_name, video = load_video(file.video, root)
        if videos.setdefault(video_name, video) != video:
            raise UserError(
                f"experiment {name}: two different videos are both called {video_name!r}; rename one"
            )
        robots[file.robot] = robot = load_robot_file(file.robot, root)
        merged = merge(preset, load_preset(file.robot, config.fidelity, root), content)
        whole = validate(Config, merged, f"configuration for the robot {file.robot}")
        practices[file.robot] = practice = Practice(whole.task, whole.training, whole.cluster)
        _check_names(name, robot, video, practice)
        shared = {key: value for key, value in merged.items() if key in Loop.model_fields}
        loop = validate(Loop, merge(shared, file.overrides), f"experiment {name}, overrides")
        _check_loop(name, loop, practice)
        method = load_method(file.method, root, practice.task.name)
        experiments[name] = Experiment(name, file.robot, video_name, method, loop)
    return Plan(config.results, config.motion, config.training, practices, experiments, videos, robots)


def load_preset(robot: str, fidelity: str, root: Path) -> dict[str, Any]:
    """Read what resources/robots/<robot>/<fidelity>.yaml sets; nothing where there is no such file."""
    path = root / "resources" / "robots" / robot / f"{fidelity}.yaml"
    if not path.exists():
        return {}
    return validate(RobotPreset, read_yaml(path), path).model_dump(exclude_unset=True)


def _experiment_files(config: Config, root: Path) -> dict[str, ExperimentFile]:
    """Return the experiments by name: the one of the command line, or those config.yaml lists."""
    if config.video is not None:
        stem = slug(clip_stem(config.video))
        name = f"{config.robot}-{stem}-{config.method}"
        return {name: ExperimentFile(robot=config.robot, video=config.video, method=config.method)}
    if not config.experiments:
        raise UserError("configuration: no experiment to run; set experiments: [...] or video: clip.mp4")
    folder = root / "config" / "experiments"
    files: dict[str, ExperimentFile] = {}
    for name in config.experiments:
        if name in RESERVED:
            raise UserError(f"experiment {name!r}: this name is taken by a folder of the results; rename it")
        path = named_file(folder, name, ".yaml", "experiment")
        files[name] = validate(ExperimentFile, read_yaml(path), path)
    return files


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
    return method


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
    if "@" in urlsplit(loop.llm.base_url or "").netloc:  # settings are kept in many files
        raise UserError(
            f"experiment {name}: llm.base_url holds a user or a password; take them out and give the key in the "
            f"environment variable {loop.llm.key_variable}"
        )
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
