"""Ask for a motion's score, once more if an answer holds none."""

from __future__ import annotations

from collections.abc import Callable

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.judge import JudgeTurn
from video2reward.artifacts.prompt import Message
from video2reward.critique.judge.answer import read_score
from video2reward.llm.base import NoRepairError

Messages = tuple[Message, ...]
AskForScore = Callable[[Messages, int, int], Completion]
"""Messages, repetition and attempt -> the answer; raises a `NoRepairError` if a replayed run did not ask again."""
_LONGEST_QUOTE = 4000  # characters of an answer that is asked for again
_AGAIN = (
    "I cannot read a score in this answer. Give the same judgement once more, with a whole number from 0 to 100 on a line of "
    "its own, as in:\nScore: <number>"
)


def ask_for_scores(
    messages: Messages, repetitions: int, ask: AskForScore
) -> tuple[tuple[float | None, ...], tuple[JudgeTurn, ...]]:
    """Return the score of each repetition, None where two answers hold none, and all turns."""
    scores: list[float | None] = []
    turns: list[JudgeTurn] = []
    for repetition in range(repetitions):
        turns.append(JudgeTurn(repetition, 0, messages, ask(messages, repetition, 0)))
        score = read_score(turns[-1].completion.text)
        if score is None and turns[-1].completion.provider != "manual":
            once_more = _asked_again(messages, turns[-1].completion.text)
            try:
                turns.append(JudgeTurn(repetition, 1, once_more, ask(once_more, repetition, 1)))
                score = read_score(turns[-1].completion.text)
            except NoRepairError:
                pass
        scores.append(score)
    return tuple(scores), tuple(turns)


def _asked_again(messages: Messages, answer: str) -> Messages:
    said = answer[:_LONGEST_QUOTE] if answer.strip() else "(an empty answer)"
    return (*messages, {"role": "assistant", "content": said}, {"role": "user", "content": _AGAIN})
