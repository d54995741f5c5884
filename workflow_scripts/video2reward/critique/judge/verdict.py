"""From a judge's scores of known motions to its judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from video2reward.artifacts.io import Provenance
from video2reward.artifacts.judge import JudgedMotion, JudgeTest, JudgeTurn, RankingError
from video2reward.artifacts.rollout import Rollout
from video2reward.critique.judge.figures import MeasuredMotion
from video2reward.scores.ranking import ranking_error

HONEST, FALLING = "honest", "falling"
_PRAISE = 0.5  # of the honest one's score, above which a fallen robot is praised


class AboutMotion(NamedTuple):
    """A known motion with what was measured and answered; rollout: its `info` has name, words and place."""

    rollout: Rollout
    measured: MeasuredMotion
    scores: tuple[float | None, ...]
    turns: tuple[JudgeTurn, ...]


def give_judgement(
    about: Sequence[AboutMotion], test: Mapping[str, object], section: str, provenance: Provenance
) -> JudgeTest:
    """Return the judgement; test: experiment, robot, video and told."""
    motions = tuple(_motion(one) for one in about)
    places = {one.name: one.place for one in motions}
    answer = motions[0].turns[-1].completion
    return JudgeTest(
        experiment=str(test["experiment"]),
        robot=str(test["robot"]),
        video=str(test["video"]),
        told=bool(test["told"]),
        section=section,
        provider=answer.provider,
        model=answer.model,
        motions=motions,
        error=ranking_error({one.name: one.scores for one in motions}, places),
        yardstick=ranking_error({one.name: (one.measured,) for one in motions}, places),
        praises_falling=praises_falling(motions),
        unread=sum(score is None for one in motions for score in one.scores),
        provenance=provenance,
    )


def praises_falling(motions: Sequence[JudgedMotion]) -> bool | None:
    """Tell whether the falling robot has more than half of the honest one's score; None if either has none."""
    scores = {one.name: one.score for one in motions}
    falling, honest = scores.get(FALLING), scores.get(HONEST)
    return None if falling is None or honest is None else falling > _PRAISE * honest


def judgement_in_words(judgement: JudgeTest) -> str:
    """Return a judgement in a few lines."""
    lines = [
        f"{one.name}: {'no score' if one.score is None else f'{one.score:.0f}'}, measured {round(100 * one.measured)}"
        for one in judgement.motions
    ]
    praise = {
        None: "it is not known how it scores a fall",
        True: "it praises a robot that falls: more than half of the honest one's score",
        False: "it gives a robot that falls at most half of the honest one's score",
    }[judgement.praises_falling]
    answers = sum(len(one.scores) for one in judgement.motions)
    unread = f"; {judgement.unread} of {answers} answers hold no score" if judgement.unread else ""
    lines.append(
        f"{judgement.model} ({judgement.provider}): {error_in_words(judgement.error)}; the measured similarity: "
        f"{error_in_words(judgement.yardstick)}; {praise}{unread}"
    )
    return "\n".join(lines)


def error_in_words(error: RankingError) -> str:
    """Return a ranking error with its interval."""
    return (
        f"{100 * error.wrong:.0f} % of {error.pairs} known pairs ranked wrongly "
        f"({100 * error.low:.0f} to {100 * error.high:.0f} %)"
    )


def _motion(about: AboutMotion) -> JudgedMotion:
    info, figures = about.rollout.info, about.measured.figures
    return JudgedMotion(
        name=info["motion"],
        words=info["words"],
        place=int(info["place"]),
        scores=about.scores,
        measured=about.measured.yardstick,
        falls=figures.falls or 0.0,
        speed=figures.speed,
        period_s=figures.period_s,
        turns=about.turns,
    )
