"""The page on which a person says what is wrong with a robot's motion."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from video2reward.artifacts.critique import HEADS
from video2reward.errors import UserError
from video2reward.pages.templates import environment
from video2reward.people.desk import Taken

LONGEST = 20_000
"""Most characters of a critique."""
_BULLET = re.compile(r"^(?:[-•–*+]|\(?\d{1,2}[.)])\s+")
# All but tab and line feed of what cannot be seen.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class RoundShown:
    """One round to be judged.

    round: its folder; title: what is shown, in words; asked: the question as a model would get it
    player, scores: what the report's templates draw: the film (None without), the figures of the best policy
    phase: (frames,) of the film's moments, cycles, [] where the halves are not in phase
    answer: what was said before, key of `HEADS` -> text
    """

    round: Path
    title: str
    asked: str
    player: object
    scores: Sequence[object]
    phase: Sequence[float]
    answer: Mapping[str, str]


class CritiquePages:
    """Shows rounds one after another; `keep` writes an answer's text where the workflow reads it."""

    def __init__(
        self,
        rounds: Sequence[Path],
        show: Callable[[Path], RoundShown],
        keep: Callable[[Path, str], None],
        templates: Sequence[Path],
    ) -> None:
        """Take the rounds' folders and the functions of the stages; templates: those of people, and the report's."""
        self._rounds, self._show, self._keep = list(rounds), show, keep
        self._pages = environment(*templates)
        self._shown: RoundShown | None = None

    def page(self, nonce: str) -> str:
        """Return the present round's page; making its film takes seconds."""
        if self._shown is None:
            self._shown = self._show(self._rounds[0])
        template = self._pages.get_template("critique.html.j2")
        text: str = template.render(
            question=self._shown, player=self._shown.player, heads=HEADS, nonce=nonce, longest=LONGEST
        )
        return text

    def take(self, fields: Mapping[str, str]) -> Taken:
        """Keep the present round's critique."""
        if self._shown is None:
            raise UserError("open the page before you answer")
        text = critique_text(fields)
        self._keep(self._shown.round, text)
        self._rounds.remove(self._shown.round)
        self._shown = None
        if self._rounds:
            return Taken(f"Kept. {len(self._rounds)} more to judge.", more=True)
        return Taken(
            "Kept. You can close this page; the command that started the run goes on with what you said."
        )


def critique_text(boxes: Mapping[str, str]) -> str:
    """Return a person's words as an answer: under the four heads, or as they are if only the problems were written down.

    boxes: key of `HEADS` -> text, one point a line. Nothing, other keys and more than `LONGEST` characters are a `UserError`.
    """
    if unknown := sorted(set(boxes) - set(HEADS)):
        raise UserError(f"unknown part {unknown[0][:40]!r}; known: {', '.join(HEADS)}")
    said = {key: _lines(boxes.get(key, "")) for key in HEADS}
    if not any(said.values()):
        raise UserError("nothing is written down yet: say in the first box what is wrong, or that nothing is")
    if sum(map(len, boxes.values())) > LONGEST:
        raise UserError(f"that is more than {LONGEST} characters; shorten it")
    if not any(said[key] for key in HEADS if key != "problems"):
        return "\n".join(said["problems"]) + "\n"
    parts = []
    for number, (key, head) in enumerate(HEADS.items(), start=1):
        points = [f"- {_BULLET.sub('', line)}" for line in said[key]]
        parts.append("\n".join([f"{number}. {head}:", *(points or ["none"])]))
    return "\n".join(parts) + "\n"


def _lines(text: str) -> list[str]:
    lines = (_UNSEEN.sub("", line).strip() for line in re.split(r"\r\n|\r|\n", text))
    return [line for line in lines if line]
