"""A posture in words, of people and of animals."""

from dataclasses import replace

import pytest
from tests.unit.similarity.test_order import of_gait

from synthesis.faults import Made, make_rollout
from synthesis.moves import held
from video2reward.feedback.posture_text import posture_text
from video2reward.similarity import gait_similarity, posture_similarity


def told(gait, moves, **more):
    reference = of_gait(*gait)[1]
    rollout = make_rollout(Made("", "", moves, in_reach=True, **more), reference, agents=2, seconds=4.0)
    return posture_text(
        posture_similarity(rollout, reference, gait_similarity(rollout, reference)), reference
    )


@pytest.mark.parametrize(
    ("gait", "moves", "said"),
    [
        (("human", "run"), held(-18), "the trunk leans back by 12 degrees; in the video it leans forward by 6 degrees (too"),
        (("human", "run"), held(), "leans forward by 6 degrees; in the video it leans forward by 6 degrees (near enough)"),
        (("human", "run"), held(-5.7), "the trunk is upright; in the video"),
        (("dog", "amble"), held(12), "the trunk is pitched nose down by 12 degrees; the wanted trunk is level (too"),
        (("dog", "amble"), held(-12), "the trunk is pitched nose up by 12 degrees"),
        (("human", "walk"), held(up=0.2), "the hips are at 0.75 of their standing height above the lower foot; wanted 0.95 (too"),
        (("dog", "trot"), held(ahead=0.2), "degrees ahead of the hips; wanted straight below the hips (too"),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong(gait, moves, said):
    text = told(gait, moves)
    assert said in text
    assert ("counts as" in text) == ("too far off" in text)


def test_nothing_is_said_where_nobody_stayed_up():
    reference = of_gait("dog", "amble")[1]
    assert told(("dog", "amble"), held(), falls=1.0) == ""
    assert posture_text(None, reference) == ""


def test_what_is_not_seen_is_not_told():
    reference = of_gait("human", "run")[1]
    legless = replace(reference, limb_names=(), foot_names=())
    rollout = make_rollout(Made("", "", held(), in_reach=True), reference, agents=2, seconds=4.0)
    text = posture_text(posture_similarity(rollout, legless, gait_similarity(rollout, reference)), legless)
    assert "knees" not in text and "nan" not in text and "trunk" in text
