"""Expand config.yaml's experiments: a file under config/experiments may hold a whole group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

from video2reward.config.clips import clip_stem, named_file
from video2reward.config.experiment_file import ExperimentFile, RobotClip
from video2reward.config.layers import merge
from video2reward.errors import UserError
from video2reward.results.layout import RESERVED
from video2reward.results.names import slug
from video2reward.settings.paths import beside
from video2reward.settings.validation import read_yaml, validate


@dataclass(frozen=True)
class Request:
    """One requested experiment, by names that are not yet looked up.

    group: name of its file, FILE-VIDEO with another video than the file's, or the experiment's own name if it has no file
    variant: its name in the file, "" if it has none
    """

    name: str
    group: str
    robot: str
    video: str
    method: str
    overrides: dict[str, Any] = field(default_factory=dict)
    variant: str = ""


def own_choice(robot: str, video: str, method: str) -> Request:
    """Return the experiment of the key `video` in config.yaml or on the command line."""
    name = f"{robot}-{slug(clip_stem(video))}-{method}"
    return Request(name, name, robot, video, method)


def choices_of(files: tuple[str, ...], folder: Path, video: str = "", robot: str = "") -> list[Request]:
    """Read experiments by the names of their files in `folder`; an unknown name is a `UserError`.

    An experiment is called FILE, or FILE-VIDEO-METHOD if the file lists videos or methods, or FILE-ROBOT-VIDEO-METHOD if
    it lists robots, then -VARIANT if it has variants.
    video, robot: take the place of the files' own, if they are given
    """
    found: dict[str, Request] = {}
    for file in dict.fromkeys(files):
        if file in RESERVED:
            raise UserError(
                f"experiment {file!r}: a folder of the results has this name; rename the experiment"
            )
        path = named_file(folder, file, ".yaml", "experiment")
        content = validate(ExperimentFile, read_yaml(path), path)
        if video:
            content = _with_video(content, video, robot, path)
        for choice in _combinations(file, content):
            if choice.name in found:
                raise UserError(f"{path}: two experiments are called {choice.name!r}; rename one")
            if video:
                found[choice.name] = replace(choice, group=f"{file}-{slug(clip_stem(video))}")
            else:
                found[choice.name] = replace(choice, video=beside(choice.video, folder))
    return list(found.values())


def _with_video(content: ExperimentFile, video: str, robot: str, path: Path) -> ExperimentFile:
    """Return a file's content for another video, and robot if one is given; a file with `clips` is a `UserError`."""
    if content.clips:
        raise UserError(
            f"{path} has clips, each with a robot and settings of its own, so video={video} cannot take their place; "
            "copy the file and change its clips"
        )
    return content.model_copy(update={"robot": robot or content.robot, "video": (video,)})


def _combinations(file: str, content: ExperimentFile) -> Iterator[Request]:
    """Yield every combination of a file's robots, videos and methods, each with its variants."""
    robots, videos = content.robot, content.video
    listed = isinstance(robots, tuple)
    several = any(isinstance(names, tuple) for names in (robots, videos, content.method))
    several = several or bool(content.clips or content.variants or content.baselines)
    pairs = [RobotClip(robot=r, video=v) for r, v in product(_each(robots), _each(videos))]
    for clip, (method, variant, own) in product(content.clips or pairs, list(_ways(content))):
        parts = [clip.robot] * listed + [slug(clip_stem(clip.video)), method] + [variant] * bool(variant)
        name = "-".join([file, *parts]) if several else file
        overrides = merge(content.overrides, clip.overrides, own)
        yield Request(name, file, clip.robot, clip.video, method, overrides, variant)


def _ways(content: ExperimentFile) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each method, variant and overrides of both: the methods with every variant, then the baselines without."""
    for method, (variant, own) in product(_each(content.method), (content.variants or {"": {}}).items()):
        yield method, variant, own
    for method, own in content.baselines.items():
        yield method, "", own


def _each(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names
