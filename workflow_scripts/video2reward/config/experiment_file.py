"""A file of experiments, config/experiments/NAME.yaml: robots, videos, methods, variants, and overrides of config.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from video2reward.results.names import slug
from video2reward.settings.base import Settings


def _names(value: Any) -> str | tuple[str, ...]:
    """Return a name, or the names of a list."""
    if isinstance(value, str) and value:
        return value
    if isinstance(value, list | tuple) and value and all(isinstance(name, str) and name for name in value):
        return tuple(value)
    raise ValueError("must be a name or a list of names")


Names = Annotated[str | tuple[str, ...], PlainValidator(_names)]


def _named(value: Any) -> Any:
    """Return a mapping of names, an empty value as no overrides; a key that cannot stand in a path is a `ValueError`."""
    if not isinstance(value, Mapping):
        return value
    for name in value:
        if not isinstance(name, str):
            raise ValueError(f"{name!r} is no name; write it in quotes")
        if slug(name) != name:
            raise ValueError(f"{name!r} stands in the names of folders; write {slug(name)}")
    return {name: {} if overrides is None else overrides for name, overrides in value.items()}


Named = Annotated[dict[str, dict[str, Any]], BeforeValidator(_named)]


class RobotClip(Settings):
    """A video on a robot, in a list of them."""

    robot: str = Field(min_length=1, description="a name")
    video: str = Field(min_length=1, description="a name")
    overrides: dict[str, Any] = Field({}, description="as the file's, which they win over key by key")


class ExperimentFile(Settings):
    """config/experiments/<name>.yaml: robot x video x method x variant, and overrides of config.yaml."""

    robot: Names = Field((), description="a name, or a list of names")
    video: Names = Field((), description="a name, or a list of names")
    clips: tuple[RobotClip, ...] = Field(
        (),
        description="in place of robot and video, where robots learn different videos: a list of {robot, video, overrides}",
    )
    method: Names = Field(description="a name, or a list of names; all combinations of the lists are run")
    overrides: dict[str, Any] = Field(
        {},
        description="keys of config.yaml for these experiments only, `task` among them, which then has a base policy of its own; "
        "the command line wins over them",
    )
    variants: Named = Field(
        {},
        description="name -> overrides: each method runs once with each of them, which win over the file's and a clip's; the first "
        "is what `snakemake tables` compares the others with",
    )
    baselines: Named = Field(
        {},
        description="name of a method -> overrides: methods that run beside the variants and have none, such as a fixed reward, "
        "which has one candidate and needs its steps set for equal compute",
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.clips and (self.robot or self.video):
            raise ValueError("give robot and video, or clips, not both")
        if not self.clips and not (self.robot and self.video):
            raise ValueError("give robot and video, or clips")
        return self
