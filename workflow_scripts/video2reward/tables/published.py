"""The paper's rows and numbers (resources/tables/paper.yaml), for comparison with ours."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from video2reward.settings.base import Settings
from video2reward.settings.validation import read_yaml, validate


class Row(Settings):
    """One method's row."""

    name: str = Field(description="of config/methods")
    label: str = Field(description="for people")
    published: str = Field("", description="the paper's row; none for what the paper does not have")


class Published(Settings):
    """The paper's tables."""

    source: str
    contradictions: tuple[str, ...] = Field((), description="where the paper contradicts itself, sentences")
    methods: tuple[Row, ...] = Field(description="rows that every table has, in this order")
    numbers: dict[str, dict[str, dict[str, float]]] = Field(
        description="quantity -> the paper's row -> robot, or robot/clip -> number"
    )

    def rows(self, methods: list[str]) -> list[Row]:
        """Return the rows of all tables: the paper's, then the other `methods`."""
        known = {row.name for row in self.methods}
        others = [name for name in dict.fromkeys(methods) if name not in known]
        return [*self.methods, *(Row(name=name, label=name) for name in others)]

    def number(self, quantity: str, row: Row, robot: str, video: str) -> float | None:
        """Return the paper's number for a clip, or for a robot (`video` ""); None if there is none."""
        place = f"{robot}/{video}" if video else robot
        return self.numbers.get(quantity, {}).get(row.published, {}).get(place)


def read_published(path: Path) -> Published:
    """Read paper.yaml; an unknown key is a `UserError`."""
    return validate(Published, read_yaml(path), path)
