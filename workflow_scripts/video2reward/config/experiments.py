"""Expand config.yaml's experiments: a file under config/experiments may hold a whole group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from video2reward.config.clips import clip_stem, named_file
from video2reward.errors import UserError
from video2reward.results.layout import RESERVED
from video2reward.results.names import slug
from video2reward.settings.base import Settings
from video2reward.settings.paths import beside
from video2reward.settings.validation import read_yaml, validate


def _names(value: Any) -> str | tuple[str, ...]:
    """Return a name, or the names of a list."""
    if isinstance(value, str) and value:
        return value
    if isinstance(value, list | tuple) and value and all(isinstance(name, str) and name for name in value):
        return tuple(value)
    raise ValueError("must be a name or a list of names")


Names = Annotated[str | tuple[str, ...], PlainValidator(_names)]


class ExperimentFile(Settings):
    """config/experiments/<name>.yaml: robot x video x method, and overrides of config.yaml."""

    robot: Names = Field(description="a name, or a list of names")
    video: Names = Field(description="a name, or a list of names")
    method: Names = Field(description="a name, or a list of names; all combinations of the lists are run")
    overrides: dict[str, Any] = Field(
        {}, description="keys of config.yaml for these experiments only; the command line wins over them"
    )


@dataclass(frozen=True)
class Request:
    """One requested experiment, by names that are not yet looked up.

    group: name of its file, or the experiment's own name if it has no file
    """

    name: str
    group: str
    robot: str
    video: str
    method: str
    overrides: dict[str, Any] = field(default_factory=dict)


def own_choice(robot: str, video: str, method: str) -> Request:
    """Return the experiment of the key `video` in config.yaml or on the command line."""
    name = f"{robot}-{slug(clip_stem(video))}-{method}"
    return Request(name, name, robot, video, method)


def choices_of(files: tuple[str, ...], folder: Path) -> list[Request]:
    """Read experiments by the names of their files in `folder`; an unknown name is a `UserError`.

    An experiment is called FILE, or FILE-VIDEO-METHOD if the file lists videos or methods, or FILE-ROBOT-VIDEO-METHOD if
    it lists robots.
    """
    found: dict[str, Request] = {}
    for file in dict.fromkeys(files):
        if file in RESERVED:
            raise UserError(
                f"experiment {file!r}: a folder of the results has this name; rename the experiment"
            )
        path = named_file(folder, file, ".yaml", "experiment")
        for choice in _combinations(file, validate(ExperimentFile, read_yaml(path), path)):
            if choice.name in found:
                raise UserError(f"{path}: two experiments are called {choice.name!r}; rename one")
            found[choice.name] = replace(choice, video=beside(choice.video, folder))
    return list(found.values())


def _combinations(file: str, content: ExperimentFile) -> Iterator[Request]:
    """Yield every combination of a file's robots, videos and methods."""
    listed = [isinstance(names, tuple) for names in (content.robot, content.video, content.method)]
    for robot, video, method in product(*map(_each, (content.robot, content.video, content.method))):
        parts = [robot] * listed[0] + [slug(clip_stem(video)), method]
        name = "-".join([file, *parts]) if any(listed) else file
        yield Request(name, file, robot, video, method, content.overrides)


def _each(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names
