"""The papers' rows and numbers (resources/tables/*.yaml), for comparison with ours."""

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
    missing: str = Field("", description="why no method of config/methods stands for the paper's row")


class Published(Settings):
    """One paper's tables."""

    short: str = Field(description="its authors, as the page calls it")
    source: str = Field(description="where its numbers are from, a sentence without its end")
    contradictions: tuple[str, ...] = Field((), description="where the paper contradicts itself, sentences")
    groups: tuple[str, ...] = Field((), description="files of config/experiments that run its methods")
    methods: tuple[Row, ...] = Field(description="rows that every table has, in this order")
    tasks: dict[str, tuple[str, ...]] = Field(
        {}, description="the paper's task -> its clips here, robot/clip"
    )
    numbers: dict[str, dict[str, dict[str, float]]] = Field(
        description="quantity -> the paper's row -> task, robot, or robot/clip -> number"
    )

    def rows(self, methods: list[str]) -> list[Row]:
        """Return the rows of all tables: the paper's, then the other `methods`."""
        known = {row.name for row in self.methods}
        others = [name for name in dict.fromkeys(methods) if name not in known]
        return [*self.methods, *(Row(name=name, label=name) for name in others)]

    def number(self, quantity: str, method: str, robot: str, video: str) -> float | None:
        """Return the paper's number for a method on a clip, or on a robot (`video` ""); None if there is none."""
        place = f"{robot}/{video}" if video else robot
        found = self.numbers.get(quantity, {}).get(self._published_row(method), {})
        return next((found[name] for name in (place, self.task(place)) if name in found), None)

    def task(self, place: str) -> str:
        """Return what the paper calls the task of a clip, robot/clip; "" if it has none."""
        return next((task for task, places in self.tasks.items() if place in places), "")

    def _published_row(self, method: str) -> str:
        return next((row.published for row in self.methods if row.name == method), "")


def read_published(path: Path) -> Published:
    """Read a paper's file; an unknown key is a `UserError`."""
    return validate(Published, read_yaml(path), path)
