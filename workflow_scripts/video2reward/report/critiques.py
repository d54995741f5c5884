"""What a critic was shown after each round, and said, for methods with a critique."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from video2reward.artifacts.critique import HEADS, Critique, read_critique
from video2reward.pages.templates import picture_address
from video2reward.results.layout import RoundFolder
from video2reward.scores.judges import judge_tests, trust_in_words


@dataclass(frozen=True)
class CritiqueView:
    """One round's pictures and critique; None after the last round, as no prompt would read it.

    trust: how far the judge's word can be trusted, by the tests that there are now; "" if nobody was asked
    """

    iteration: int
    pictures: tuple[Path, ...]
    critique: Critique | None
    trust: str = ""

    @property
    def who(self) -> str:
        """Who answered."""
        answer = self.critique.answer if self.critique else None
        return "" if answer is None else f"{answer.model} ({answer.provider})"

    @property
    def said(self) -> list[tuple[str, tuple[str, ...]]]:
        """Each head in words with its points; empty for an unstructured answer."""
        heads = self.critique.heads if self.critique else None
        return [(words, tuple(heads[key])) for key, words in HEADS.items()] if heads is not None else []

    def addresses(self) -> list[str]:
        """Return the pictures, or the film, as data addresses."""
        return [picture_address(path) for path in self.pictures]


def gather_critiques(
    rounds: Sequence[RoundFolder], results: Path, shown: Container[int]
) -> tuple[CritiqueView, ...]:
    """Read the critiques of a loop's rounds; shown: the numbers of those that a later prompt shows or may show."""
    views = []
    for one in rounds:
        asked = one.n in shown and one.critique.exists()
        critique = read_critique(one.critique) if asked else None
        answer = critique.answer if critique else None
        trust = trust_in_words(judge_tests(results, answer.provider, answer.model)) if answer else ""
        views.append(CritiqueView(one.n, tuple(sorted(one.pictures.glob("[!.]*"))), critique, trust))
    return tuple(views)
