"""`halving.json`: which of a round's candidates are trained on after a part of their steps, and which are not."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from video2reward.artifacts.io import Provenance, read_json, write_json
from video2reward.artifacts.selection import Candidate, SeedNoise
from video2reward.errors import UserError


@dataclass(frozen=True)
class Contender:
    """A candidate after a part.

    figures: its verdict and figures after the part, or after that in which it was stopped
    place: from 1, in the part's order; None if it was out before, or failed, or was stopped early
    steps: environment steps so far; until: those it is trained to next, `steps` if it does not go on
    stopped: the part after which halving stopped it, None if it did not
    why: in words
    """

    figures: Candidate
    place: int | None
    steps: int
    until: int
    goes_on: bool
    stopped: int | None
    why: str

    @property
    def trains(self) -> bool:
        """Whether steps are left for it."""
        return self.goes_on and self.until > self.steps


@dataclass(frozen=True)
class Halving:
    """The judgement after a part.

    at: steps after which it is, of `training.steps`; budget: environment steps of the whole round
    order: numbers of those compared, the best first; noise: between seeds at these steps, None if unknown
    """

    part: int
    at: int
    budget: int
    order: tuple[int, ...]
    contenders: tuple[Contender, ...]
    why: str
    noise: SeedNoise | None = None
    provenance: Provenance = field(default_factory=dict)

    def of(self, k: int) -> Contender:
        """Return a candidate's entry."""
        return next(one for one in self.contenders if one.figures.k == k)


def write_halving(path: Path, halving: Halving) -> None:
    """Write halving.json."""
    write_json(path, asdict(halving))


def read_halving(path: Path) -> Halving:
    """Read halving.json."""
    content = read_json(path)
    try:
        noise = content["noise"]
        return Halving(
            **content
            | {
                "order": tuple(content["order"]),
                "contenders": tuple(
                    Contender(**one | {"figures": Candidate(**one["figures"])})
                    for one in content["contenders"]
                ),
                "noise": SeedNoise(**noise) if noise else None,
            }
        )
    except (KeyError, TypeError) as error:
        raise UserError(f"{path} is not a halving of this project: {error}") from None
