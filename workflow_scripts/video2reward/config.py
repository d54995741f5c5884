"""From config/*.yaml and the command line to a checked plan of experiments, before any rule exists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field

from video2reward.errors import UserError, choices
from video2reward.models import resolve
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
VIDEO_SUFFIXES = (
    ".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".gif", ".mpg", ".mpeg", ".ts", ".m2ts", ".mts", ".wmv", ".flv", ".3gp",
)  # fmt: skip


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
class Plan:
    """All that the rules need to know."""

    results: Path
    motion: MotionSettings
    task: Task
    training: Training
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
    merged = merge(preset, content)
    config = validate(Config, merged, "configuration")
    shared = {key: value for key, value in merged.items() if key in Loop.model_fields}
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
        _check_names(name, robot, video, config)
        loop = validate(Loop, merge(shared, file.overrides), f"experiment {name}, overrides")
        COMPLETION_PROVIDERS.module(loop.llm.provider)
        if "@" in urlsplit(loop.llm.base_url or "").netloc:  # settings are kept in many files
            raise UserError(
                f"experiment {name}: llm.base_url holds a user or a password; take them out and give the key in the "
                f"environment variable {loop.llm.key_variable}"
            )
        if loop.training.units != config.training.units:
            raise UserError(
                f"experiment {name}: training.units is shared with the base policy; set it in config.yaml"
            )
        experiments[name] = Experiment(name, file.robot, video_name, load_method(file.method, root), loop)
    return Plan(config.results, config.motion, config.task, config.training, experiments, videos, robots)


def _experiment_files(config: Config, root: Path) -> dict[str, ExperimentFile]:
    """Return the experiments by name: the one of the command line, or those config.yaml lists."""
    if config.video is not None:
        stem = _slug(_stem(config.video))
        name = f"{config.robot}-{stem}-{config.method}"
        return {name: ExperimentFile(robot=config.robot, video=config.video, method=config.method)}
    if not config.experiments:
        raise UserError("configuration: no experiment to run; set experiments: [...] or video: clip.mp4")
    folder = root / "config" / "experiments"
    files: dict[str, ExperimentFile] = {}
    for name in config.experiments:
        if name in RESERVED:
            raise UserError(f"experiment {name!r}: this name is taken by a folder of the results; rename it")
        path = _named(folder, name, ".yaml", "experiment")
        files[name] = validate(ExperimentFile, read_yaml(path), path)
    return files


def load_video(name: str, root: Path) -> tuple[str, Video]:
    """Find a clip by name, YAML, video file, folder of pictures or address -> (its name, its settings).

    Paths come back absolute. An address is neither opened nor downloaded here: a job does that.
    """
    given = Path(name)
    if "://" in name:
        return _slug(_stem(name)), validate(Video, {"file": _address(name)}, "video")
    if given.suffix in (".yaml", ".yml"):
        path = given
    elif given.suffix.lower() in VIDEO_SUFFIXES or given.exists():
        if not given.exists():
            raise UserError(f"video {name} does not exist")
        path = given.with_suffix(".yaml")
        if not path.exists():
            return _slug(given.stem), _checked_file(Video(file=given.resolve()), name)
    else:
        path = _named(root / "resources" / "videos", name, ".yaml", "video")
    video = validate(Video, read_yaml(path), path)
    folder = path.parent.resolve()
    pose = video.pose
    if pose.keypoints is not None:
        pose = pose.model_copy(update={"keypoints": folder / pose.keypoints})
    pose = resolve(pose, folder, path)
    file: Path | str | None = video.file
    if isinstance(file, Path):
        file = _address(str(file)) if ":/" in str(file) else folder / file.expanduser()
    for needed in (file, pose.keypoints):
        if isinstance(needed, Path) and not needed.exists():
            raise UserError(f"{path}: {needed} does not exist")
    if file is None and pose.keypoints is None:
        raise UserError(f"{path}: set file: (a video) or pose.keypoints: (with pose.backend: import)")
    return _slug(path.stem), _checked_file(video.model_copy(update={"file": file, "pose": pose}), path)


def _address(name: str) -> str:
    """Return an address as it is, if it is one that can be fetched."""
    if not re.match(r"https?://\S+$", name):
        raise UserError(f"{name} is not an address that can be fetched; valid: http://... and https://...")
    return name


def _checked_file(video: Video, source: Path | str) -> Video:
    """Return `video` if its frame rate stands where it is needed, and only there."""
    folder = isinstance(video.file, Path) and video.file.is_dir()
    if folder and video.fps is None:
        raise UserError(
            f"{source}: {video.file} is a folder of pictures, which says nothing of time: write a YAML with "
            f"file: {video.file} and fps: 30, and give that as the video"
        )
    if not folder and video.fps is not None:
        raise UserError(
            f"{source}: fps = {video.fps:g} is for folders of pictures, a film has times of its own; leave it out "
            "(keypoints without a film: pose.fps)"
        )
    return video


def _stem(name: str) -> str:
    """Return the part of a path or an address that names the video."""
    if "://" not in name:
        return Path(name).stem
    parts = urlsplit(name)
    last = Path(unquote(parts.path))
    if last.suffix.lower() in VIDEO_SUFFIXES:
        return last.stem
    return f"{last.name} {parts.query}".strip() or parts.netloc


def load_method(name: str, root: Path) -> Method:
    """Read config/methods/<name>.yaml."""
    path = _named(root / "config" / "methods", name, ".yaml", "method")
    method = validate(Method, read_yaml(path), path)
    if method.reward is not None:
        _named(root / "resources" / "rewards", method.reward, ".py", "fixed reward")
    return method


def load_robot_file(name: str, root: Path) -> Robot:
    """Read resources/robots/<name>/robot.yaml."""
    folder = root / "resources" / "robots"
    names = [path.parent.name for path in folder.glob("*/robot.yaml")]
    if name not in names:
        raise UserError(choices(name, names, "robot"))
    return load_robot(folder / name / "robot.yaml")


def _check_names(name: str, robot: Robot, video: Video, config: Config) -> None:
    """Check that every named part exists and that the robot knows the video's skeleton."""
    chosen: tuple[tuple[Registry, str], ...] = (
        (POSE_BACKENDS, video.pose.backend),
        (SIMULATORS, config.training.simulator),
        (TASKS, config.task.name),
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


def _named(folder: Path, name: str, suffix: str, kind: str) -> Path:
    """Return folder/name+suffix; a name that is not there is answered with the nearest that are."""
    path = folder / f"{name}{suffix}"
    if not path.exists():
        raise UserError(choices(name, (p.stem for p in folder.glob(f"*{suffix}")), kind))
    return path


def _slug(name: str) -> str:
    """Return a name that is safe in paths and wildcards."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_") or "clip"
