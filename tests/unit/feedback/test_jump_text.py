import re

import numpy as np
import pytest

from video2reward.artifacts.selection import Candidate, Selection
from video2reward.artifacts.success import SuccessWords
from video2reward.feedback.compare import compare, feedback
from video2reward.feedback.falls import Falls
from video2reward.feedback.jump_text import jump_text
from video2reward.feedback.trend import trend
from video2reward.settings.method import Method
from video2reward.similarity.jumps import jump_figures

WRONG = ("stride", "tempo", "duty", "velocity", "at the video's speed", "cycle")
CURVES = {"step": np.arange(20.0), "reward/height": np.linspace(0, 1, 20), "success": np.linspace(0, 0.5, 20)}
BEST = Candidate(1, 1, "ok", success=0.6, falls=0.0, gait=0.05, h_mts=0.7, kind="single")


@pytest.fixture(scope="module")
def told(jump_rollout, jump_reference, jump_motion):
    """A rollout's feedback.json."""

    def tell(**how):
        falls = Falls((), 3, 4.2)
        found = compare(jump_rollout(**how), jump_motion, jump_reference, CURVES, falls)
        words = SuccessWords("how much", "0 to 1", "larger is better")
        chosen = Selection("ok", "ok", "gait", "it is nearest", 1, 1, BEST, (BEST,), success_words=words)
        return feedback(found, chosen, Method(description="m"))

    return tell


@pytest.mark.parametrize(
    "how", [{}, {"high": 0.4, "far": 0.3, "late_s": 0.2}, {"high": 0.0}, {"fell_at": (20, 90, 10**6)}]
)
def test_nothing_is_said_of_strides(told, how):
    content = told(**how)
    parts = {name: versions[0] for name, versions in content["sections"].items() if name != "similarity"}
    found = {(name, word) for name, text in parts.items() for word in WRONG if word in text.lower()}
    assert not found, parts


def test_what_is_missing_is_said_in_figures(jump_rollout, jump_reference):
    text = jump_text(jump_figures(jump_rollout(high=0.5, far=1.0, late_s=0.2), jump_reference))
    assert "the trunk rises 0.10 of 0.19 body lengths above its standing height (too little)" in text
    assert "goes 0.65 of 0.65 forward (near enough)" in text
    assert re.search(r"takes off 0.2[01] s late and lands 0.2[01] s late", text)
    still = jump_text(jump_figures(jump_rollout(high=0.0), jump_reference))
    assert "The feet never leave the ground all at once" in still
    fell = jump_text(jump_figures(jump_rollout(fell_at=(20, 10**6, 10**6)), jump_reference))
    assert "33 % of the motions end in a fall or follow one" in fell
    assert jump_text(None) == ""


def test_the_next_round_is_told_what_became_better(told):
    before, now = told(high=0.4, far=0.5), told()
    now["figures"] = now["figures"] | {"policy": "candidate 1 of iteration 2"}
    found = trend(before, now)["figures"]
    assert {name: found[name]["verdict"] for name in ("jump_rise", "jump_distance")} == {
        "jump_rise": "better",
        "jump_distance": "better",
    }
