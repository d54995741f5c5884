"""The pages on which a person chooses between two robots' films, pair after pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast, get_args

from video2reward.artifacts.preferences import (
    Choice,
    Chosen,
    Preferences,
    read_preferences,
    write_preferences,
)
from video2reward.errors import UserError, choices
from video2reward.pages.templates import environment
from video2reward.people.desk import Taken
from video2reward.scores.preference import Pair, in_order, missing, order_seed, pairs


@dataclass(frozen=True)
class Contest:
    """One round's films between which a person chooses.

    title: the round in words, without names of candidates; species: whom the robots should move like
    preferences: where choices are kept; films: contestant -> SHA-256
    show: two contestants, left and right -> their player, None if no film fits a page
    """

    title: str
    species: str
    preferences: Path
    films: Mapping[str, str]
    seed: int
    iteration: int
    show: Callable[[str, str], object]

    def left_for(self, who: str) -> list[Pair]:
        """Return the pairs that a person has not judged, in this person's order."""
        made = read_preferences(self.preferences).choices
        known = {frozenset(pair) for pair in missing(self.films, made, who)}
        return [pair for pair in in_order(pairs(self.films), self.seed_for(who)) if {*pair} in known]

    def seed_for(self, who: str) -> int:
        """Return the seed of a person's order."""
        return order_seed(self.seed, self.iteration, who)


@dataclass
class PreferencePages:
    """Shows pair after pair; the next pair's film is made while a person looks at this one's."""

    contests: Sequence[Contest]
    who: str
    templates: Sequence[Path]
    _pairs: list[tuple[Contest, Pair]] = field(init=False)
    _players: dict[int, Future[object]] = field(init=False, default_factory=dict)
    _at: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Find the pairs; a `UserError` if this person has judged all of them."""
        self._maker = ThreadPoolExecutor(1)
        self._pairs = [(one, pair) for one in self.contests for pair in one.left_for(self.who)]
        if not self._pairs:
            raise UserError(f"{self.who} has judged all pairs; another person's choices: WHO=name")

    def page(self, nonce: str) -> str:
        """Return the present pair's page."""
        contest, _ = self._pairs[self._at]
        player = self._player(self._at).result()
        if self._at + 1 < len(self._pairs):
            self._player(self._at + 1)
        template = environment(*self.templates).get_template("preference.html.j2")
        told = {"contest": contest, "player": player, "who": self.who, "nonce": nonce}
        text: str = template.render(number=self._at + 1, count=len(self._pairs), **told)
        return text

    def take(self, fields: Mapping[str, str]) -> Taken:
        """Keep a choice; fields: chosen, and the number of the pair that it is about."""
        if fields.get("number") != str(self._at + 1):
            raise UserError("this pair has been judged; reload the page for the next one")
        chosen = fields.get("chosen", "")
        if chosen not in get_args(Chosen):
            raise UserError(choices(chosen[:40], get_args(Chosen), "choice"))
        contest, (left, right) = self._pairs[self._at]
        made = Choice(
            who=self.who,
            when=datetime.now(UTC).isoformat(timespec="seconds"),
            seed=contest.seed_for(self.who),
            pair=(left, right),
            films=(contest.films[left], contest.films[right]),
            chosen=cast(Chosen, chosen),
        )
        before = read_preferences(contest.preferences).choices
        write_preferences(contest.preferences, Preferences((*before, made)))
        self._players.pop(self._at, None)
        self._at += 1
        if self._at < len(self._pairs):
            return Taken("Kept.", more=True)
        return Taken("Kept; that was the last pair. You can close this page and start the run again.")

    def _player(self, at: int) -> Future[object]:
        """Return the player of a pair, in the making."""
        if at not in self._players:
            contest, pair = self._pairs[at]
            self._players[at] = self._maker.submit(contest.show, *pair)
        return self._players[at]
