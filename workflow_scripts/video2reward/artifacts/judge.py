"""`judge.json`: how a judge of motions scored motions of known order."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.io import Provenance, read_json, typed, write_json
from video2reward.artifacts.prompt import Message


@dataclass(frozen=True)
class RankingError:
    """The share of pairs of known order that are ranked wrongly, 0..1, and the bounds of its 95 % interval.

    pairs: of known order; a tie and a missing score count half
    """

    wrong: float
    low: float
    high: float
    pairs: int


@dataclass(frozen=True)
class JudgeTurn:
    """One question and its answer; repetition: from 0; attempt: 1 after an answer without a score; else as in a critique."""

    repetition: int
    attempt: int
    messages: tuple[Message, ...]
    completion: Completion


@dataclass(frozen=True)
class JudgedMotion:
    """One known motion; place: 1 is best, motions of one place are not compared.

    scores: 0..100, one a repetition, None where the answer holds none
    measured: similarity with posture, less the part of the agents that fell
    falls: that part; speed: m/s, of those that stayed up, None without any; period_s: of the stride, None without one
    """

    name: str
    words: str
    place: int
    scores: tuple[float | None, ...]
    measured: float
    falls: float
    speed: float | None
    period_s: float | None
    turns: tuple[JudgeTurn, ...] = ()

    @property
    def score(self) -> float | None:
        """The mean score, None without any."""
        found = [score for score in self.scores if score is not None]
        return sum(found) / len(found) if found else None


@dataclass(frozen=True)
class JudgeTest:
    """A test of one judge on one robot and clip.

    section: of the settings, llm or vlm; provider, model: of the answers
    told: whether the judge was told falls, speed and period; unread: answers without a score
    error: the judge's; yardstick: the measured similarity's, on the same motions
    praises_falling: whether the falling robot has more than half of the honest one's score, None without both scores
    """

    experiment: str
    robot: str
    video: str
    section: str
    provider: str
    model: str
    told: bool
    motions: tuple[JudgedMotion, ...]
    error: RankingError
    yardstick: RankingError
    praises_falling: bool | None
    unread: int
    provenance: Provenance = field(default_factory=dict)


def write_judge_test(path: Path, judgement: JudgeTest) -> None:
    """Write judge.json."""
    write_json(path, asdict(judgement))


def read_judge_test(path: Path) -> JudgeTest:
    """Read judge.json."""
    return typed(JudgeTest, read_json(path), path)
