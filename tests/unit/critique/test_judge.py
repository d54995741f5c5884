"""Scores are read from any answer that has one, and asked for again where there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.judge import JudgedMotion
from video2reward.critique.judge.answer import read_score
from video2reward.critique.judge.asking import ask_for_scores
from video2reward.critique.judge.verdict import praises_falling
from video2reward.llm.base import NoRepairError

LAYOUTS = (
    "Score: {}",
    "It limps.\n**Score:** {}/100",
    '```json\n{{"reason": "2 of 4 legs drag", "score": {}}}\n```',
    "{}",
    "I would give it {} out of 100.",
    "On a scale from 0 to 100: {}/100.",
    "Score (0-100): {}\nIt moves at 0.60 m/s instead of 1.20 m/s.",
    "### Score\n\n**{}**",
    "<think>maybe score: 99</think>\nScore = {}.",
    "A perfect robot would score 98.\nScore: {}",
)
MESSAGES = ({"role": "user", "content": "?"},)


@given(st.sampled_from(LAYOUTS), st.integers(0, 100))
def test_a_score_is_read_however_it_is_laid_out(layout, score):
    assert read_score(layout.format(score)) == score


@pytest.mark.parametrize(
    ("text", "score"), [("Score: 62.5", 62.5), ("Score: 8/10", 80), ("score: 7,5 out of 10", 75)]
)
def test_fractions_and_other_scales(text, score):
    assert read_score(text) == score


@pytest.mark.parametrize(
    "text",
    ["", "It falls after 3 steps at 0.50 m/s.", "Score: -5", "Score: 162", "Score: none", "3 of 4 legs drag"],
)
def test_no_score_is_made_up(text):
    assert read_score(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Der Roboter hinkt.\n**Punktzahl:** 62",
        "Ich gebe 62 von 100 Punkten, auf einer Skala von 0 bis 100.",
        "Bewertung: 62/100",
        "Er hinkt, die Punktzahl ist 62.",
        "Il boite des pattes avant.\nNote : 62/100",
        "Cojea.\nPuntuación: 62 de 100",
        "Zoppica.\nPunteggio: 62",
        "Ele manca.\nPontuação: 62/100",
        "Он хромает.\nОценка: 62 из 100",
        "机器人的前腿抬得太高。\n评分：６２",
        "满分100分，我给62分。从0到100。",
        "脚を引きずっている。\nスコア：62点",
        "다리를 절뚝거린다.\n점수: 62점",
    ],
)
def test_scores_are_read_in_other_languages(text):
    assert read_score(text) == 62


@pytest.mark.parametrize(
    "text",
    [
        "Der Roboter fällt nach 3 Schritten mit 0,50 m/s.",
        "机器人走了3步后摔倒。",
        "Il tombe après 3 pas.",
        "Note 3 legs drag",
    ],
)
def test_no_score_is_made_up_in_other_languages(text):
    assert read_score(text) is None


@given(st.text(max_size=80))
def test_any_text_is_read(text):
    score = read_score(text)
    assert score is None or 0 <= score <= 100


def answers(*texts, provider="openai"):
    """An ask function that answers in turn, and the list of what it was asked."""
    left, asked = list(texts), []

    def ask(messages, repetition, attempt):
        asked.append((len(messages), repetition, attempt))
        text = left.pop(0)
        if text is None:
            raise NoRepairError("not asked again")
        return Completion(text, "m", provider, True)

    return ask, asked


def test_an_answer_without_a_score_is_asked_for_once_more():
    ask, asked = answers("Score: 10", "nice", "Score: 30", "nice", "still nice")
    scores, turns = ask_for_scores(MESSAGES, 3, ask)
    assert scores == (10, 30, None) and asked == [(1, 0, 0), (1, 1, 0), (3, 1, 1), (1, 2, 0), (3, 2, 1)]
    assert [(turn.repetition, turn.attempt) for turn in turns] == [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1)]


def test_a_person_and_a_recording_that_was_not_are_left_alone():
    ask, asked = answers("no idea", provider="manual")
    assert ask_for_scores(MESSAGES, 1, ask)[0] == (None,) and len(asked) == 1
    ask, _ = answers("nice", None)
    assert ask_for_scores(MESSAGES, 1, ask)[0] == (None,)


@pytest.mark.parametrize(
    ("honest", "falling", "praised"),
    [([90.0], [62.0], True), ([90.0], [45.0], False), ([62.0], [62.0], True), ([0.0], [0.0], False),
     ([90.0, None], [10.0, 20.0], False), ([None], [10.0], None), ([90.0], [None], None)],
)  # fmt: skip
def test_a_fall_is_praised_above_half_of_the_honest_score(honest, falling, praised):
    motions = [
        JudgedMotion(name, "", 1, tuple(scores), 0.0, 0.0, None, None)
        for name, scores in (("honest", honest), ("falling", falling))
    ]
    assert praises_falling(motions) is praised
