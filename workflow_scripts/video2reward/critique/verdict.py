"""Statements of a critique that the measurements contradict: a critic looks at a few pictures and may overlook a fall."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from video2reward.artifacts.critique import LeftOut

Heads = Mapping[str, tuple[str, ...]]
_CLEAR = 0.1
"""Relative difference of speed or period from which on the opposite statement is wrong."""
# A claim's group holds the words between subject and predicate; one of these turns it round.
_NOT = {"not", "never", "hardly", "barely", "rarely", "less", "more"}
_ROBOT = r"\b(?:moves?|walks?|runs?|goes|speed is|robot is|it is|gait is)\s+((?:\w+\s+){0,2}?)"
_STABLE = re.compile(
    r"\b(?:is|are|walks?|runs?|moves?|stays?|remains?|looks?|keeps?)\s+((?:\w+\s+)?)(?:stabl[ey]|upright|balanced)\b"
    r"|\b(?:good|excellent|great|perfect)\s+(?:stability|balance)\b|\b(?:does not|doesn't|never|do not) fall|\bno falls?\b",
    re.I,
)
_FALLS = re.compile(
    r"\b(?:robot|it|agents?)\s+((?:\w+\s+){0,2}?)(?:falls?|collapses?|tips? over|topples?)\b", re.I
)
_SLOW = re.compile(rf"{_ROBOT}(?:too slow\w*|slower|more slowly|too low)\b", re.I)
_FAST = re.compile(rf"{_ROBOT}(?:too (?:fast|quick\w*)|faster|too high)\b", re.I)
# Steps that are too high are no rhythm, a cadence that is too high is one.
_STEPS = r"\b(?:steps?|strides?|legs?|rhythm)\b([^.;]{0,40}?)\btoo "
_CADENCE = r"|\b(?:cadence|frequency)\b[^.;]{0,40}?\btoo "
_RARE = re.compile(rf"{_STEPS}(?:slow\w*|rare\w*){_CADENCE}(?:low|slow)\b", re.I)
_OFTEN = re.compile(rf"{_STEPS}(?:fast|quick\w*|often|frequent\w*){_CADENCE}(?:high|fast)\b", re.I)


@dataclass(frozen=True)
class Measurements:
    """What was measured of the round's best policy; None where nothing was.

    falls: part of the agents that fell, max_falls: what the method allows
    speed, wanted_speed: m/s; period_s, wanted_period_s: of the stride
    jump: a single motion's rise, distance and flight in words, in place of speed and period
    """

    falls: float | None
    max_falls: float
    speed: float | None
    wanted_speed: float
    period_s: float | None
    wanted_period_s: float
    jump: str = ""

    @property
    def too_many_fall(self) -> bool:
        """Whether more agents fell than the method allows."""
        return self.falls is not None and self.falls > self.max_falls

    @property
    def faster(self) -> bool:
        """Whether the robot clearly exceeds the video's speed."""
        return self.speed is not None and self.speed > (1 + _CLEAR) * self.wanted_speed

    @property
    def slower(self) -> bool:
        """Whether the robot clearly stays below the video's speed."""
        return self.speed is not None and self.speed < (1 - _CLEAR) * self.wanted_speed

    @property
    def steps_often(self) -> bool:
        """Whether the robot's strides are clearly shorter in time."""
        return self.period_s is not None and self.period_s < (1 - _CLEAR) * self.wanted_period_s

    @property
    def steps_rarely(self) -> bool:
        """Whether the robot's strides are clearly longer in time."""
        return self.period_s is not None and self.period_s > (1 + _CLEAR) * self.wanted_period_s


def without_contradictions(
    heads: Heads, figures: Measurements
) -> tuple[dict[str, tuple[str, ...]], tuple[LeftOut, ...]]:
    """Return the heads without the problems that the measurements contradict, and those; also "no problems" despite falls."""
    wrong = [
        LeftOut("problems", point, why) for point in heads["problems"] if (why := _why_wrong(point, figures))
    ]
    gone = {one.point for one in wrong}
    kept = {**heads, "problems": tuple(point for point in heads["problems"] if point not in gone)}
    if not heads["problems"] and figures.too_many_fall:
        wrong.append(LeftOut("problems", "none", _falls(figures)))
    return kept, tuple(wrong)


def contradicted_verdict(verdict: Mapping[str, str], figures: Measurements) -> tuple[LeftOut, ...]:
    """Return the parts of a verdict that the measurements contradict; verdict: in the words of `VERDICT`."""
    said: tuple[tuple[str, str, bool, Callable[[Measurements], str]], ...] = (
        ("falls", "no", figures.too_many_fall, _falls),
        ("falls", "yes", figures.falls == 0, _falls),
        ("speed", "slow", figures.faster, _speed),
        ("speed", "fast", figures.slower, _speed),
        ("steps", "rare", figures.steps_often, _period),
        ("steps", "often", figures.steps_rarely, _period),
    )
    return tuple(
        LeftOut("verdict", f"{key}={word}", words(figures))
        for key, word, wrong, words in said
        if wrong and verdict.get(key) == word
    )


def _why_wrong(point: str, figures: Measurements) -> str:
    """Return which measurement contradicts a statement, in a sentence; "" if none does."""
    said: tuple[tuple[re.Pattern[str], bool, Callable[[Measurements], str]], ...] = (
        (_STABLE, figures.too_many_fall, _falls),
        (_FALLS, figures.falls == 0, _falls),
        (_SLOW, figures.faster, _speed),
        (_FAST, figures.slower, _speed),
        (_RARE, figures.steps_often, _period),
        (_OFTEN, figures.steps_rarely, _period),
    )
    return next((words(figures) for claim, wrong, words in said if wrong and _claims(claim, point)), "")


def _claims(claim: re.Pattern[str], point: str) -> bool:
    """Tell whether a statement makes a claim; "is not stable" does not."""
    return any(not _NOT & set((found[1] or "").lower().split()) for found in claim.finditer(point))


def _falls(figures: Measurements) -> str:
    return f"{100 * (figures.falls or 0):.0f} % of the agents fell"


def _speed(figures: Measurements) -> str:
    return f"the robot moves at {figures.speed:.2f} m/s, the video's speed on it is {figures.wanted_speed:.2f} m/s"


def _period(figures: Measurements) -> str:
    return f"the robot's stride takes {figures.period_s:.2f} s, the video's on it {figures.wanted_period_s:.2f} s"
