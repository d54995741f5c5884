"""What a search is worth: a group's variants side by side, each against the first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from video2reward.artifacts.selection import SeedNoise
from video2reward.scores.paired import Paired, larger_noise, paired
from video2reward.tables.numbers import Number, Quantity, Table, fill
from video2reward.tables.runs import ClipColumn, Planned
from video2reward.tables.search_numbers import COLUMNS, DIFFERENCE, LATER, difference, value_of
from video2reward.tables.trails import Trail, trails_of

_TITLE = "What a search is worth"
_CAPTION = (
    "Each variant and each method without variants: what its loops reached, and what they took. Distance is what a round is won by: "
    "the gait distance with the posture penalty and what is missing of a wish. Differences are between loops of the same seed; "
    "below 0 is nearer to the clip. Later rounds against the first: the best of each by their short evaluations."
)


@dataclass(frozen=True)
class SearchStudy:
    """The loops of a group with variants, unfinished ones too."""

    planned: tuple[Planned, ...]
    trails: tuple[Trail, ...]

    @cached_property
    def clips(self) -> list[ClipColumn]:
        """The clips on which there are variants."""
        return list(dict.fromkeys(one.clip for one in self.planned if one.variant))

    @cached_property
    def ways(self) -> list[str]:
        """The rows, in the order of the plan: methods with their variants, and methods without."""
        return list(dict.fromkeys(one.method for one in self.planned if one.clip in self.clips))

    def of(self, way: str, clip: ClipColumn) -> list[Trail]:
        """Return a row's loops on a clip, by seed."""
        return trails_of(self.trails, way, clip)

    def first(self, way: str, clip: ClipColumn) -> str:
        """Return the row that another one is compared with: the first variant of its method, else the first of all."""
        here = [one for one in self.planned if one.clip == clip]
        method = next((one.plain_method for one in here if one.method == way), "")
        varied = [one for one in here if one.variant]
        return next((one for one in varied if one.plain_method == method), varied[0]).method

    def noise(self, clip: ClipColumn, *ways: str) -> SeedNoise | None:
        """Return the largest noise between seeds that is known for some rows' loops on a clip."""
        return larger_noise(*(trail.noise for way in ways for trail in self.of(way, clip)))

    def against_first(self, way: str, clip: ClipColumn) -> Paired:
        """Return a row's distances less the first row's, seed by seed."""
        known = self.number(way, clip, DIFFERENCE).known
        return paired(known, self.noise(clip, way, self.first(way, clip)))

    def later(self, way: str, clip: ClipColumn) -> Paired:
        """Return the distances of a row's later rounds less those of the first, seed by seed."""
        return paired(self.number(way, clip, LATER).known, self.noise(clip, way))

    def number(self, way: str, clip: ClipColumn, quantity: Quantity) -> Number:
        """Return a row's number on a clip, one value a seed."""
        own, first = self.of(way, clip), self.first(way, clip)
        if not own:
            return Number(quantity, way, clip, (), "not planned on this clip")
        if quantity is not DIFFERENCE:
            return Number(quantity, way, clip, tuple(value_of(one, quantity) for one in own))
        if way == first:
            return Number(quantity, way, clip, (), "the row that others are compared with")
        other = {one.seed: one for one in self.of(first, clip)}
        return Number(quantity, way, clip, tuple(difference(one, other.get(one.seed)) for one in own))

    @cached_property
    def table(self) -> Table:
        """The table `search`."""
        columns = [(clip, quantity) for clip in self.clips for quantity in COLUMNS]
        return fill("search", _TITLE, _CAPTION, columns, self.ways, self.number)
