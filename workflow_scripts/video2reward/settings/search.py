"""How the next prompt's reward is chosen among those that were tried: in a row, on islands, or in a tree."""

from __future__ import annotations

from typing import Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_serializer, model_validator

from video2reward.errors import choices
from video2reward.settings.base import Settings

Kind = Literal["greedy", "population", "tree"]
_OWN: dict[str, tuple[str, ...]] = {
    "greedy": (),
    "population": ("islands", "crossover"),
    "tree": ("exploration",),
}


class Search(Settings):
    """Whose reward and feedback a prompt shows; a word alone is a kind with the defaults (docs/search.md)."""

    kind: Kind = Field(
        "greedy",
        description="greedy: the best so far, one round after another; population: several lines side by side, which meet now and "
        "then; tree: the most promising of all nodes before, or a fresh start",
    )
    islands: int = Field(2, ge=2, description="population: lines that are searched side by side")
    crossover: int = Field(
        2,
        ge=0,
        description="population: every so many rounds, a prompt shows the next island's best reward too; 0: never. In the rounds "
        "between, each island works on what it took over, so that they stay different",
    )
    exploration: float = Field(
        0.3,
        ge=0,
        description="tree: weight of what was seldom tried, against how good it was, 0 to 1",
    )

    @model_validator(mode="before")
    @classmethod
    def _kind_alone(cls, value: Any) -> Any:
        return {"kind": value} if isinstance(value, str) else value

    @field_validator("kind", mode="before")
    @classmethod
    def _known(cls, value: Any) -> Any:
        if value not in get_args(Kind):
            raise ValueError(choices(str(value), get_args(Kind), "kind of search").rstrip("."))
        return value

    @model_validator(mode="after")
    def _own_keys_alone(self) -> Self:
        strange = sorted(self.model_fields_set - {"kind", *_OWN[self.kind]})
        if strange:
            owner = next(kind for kind, keys in _OWN.items() if strange[0] in keys)
            own = ", ".join(_OWN[self.kind]) or "no further key"
            raise ValueError(
                f"{strange[0]} belongs to kind {owner}, and kind {self.kind} has {own}; leave it out, or set kind: {owner}"
            )
        return self

    @model_serializer
    def _own(self) -> dict[str, Any]:
        return {"kind": self.kind, **{name: getattr(self, name) for name in _OWN[self.kind]}}
