"""A critic asked once, or twice, and what becomes of its answers."""

import pytest

from video2reward.artifacts.completion import Completion
from video2reward.artifacts.critique import read_critique, write_critique
from video2reward.artifacts.prompt import Prompt
from video2reward.critique.asking import ask_critic
from video2reward.critique.base import JudgedRound
from video2reward.critique.text import critique_texts
from video2reward.llm.base import NoRepairError
from video2reward.registry import FEEDBACK_SOURCES

FIGURES = {
    "falls": 0.4, "max_falls": 0.1, "speed": 1.2, "wanted_speed": 1.2, "period_s": 0.65, "wanted_period_s": 0.65,
}  # fmt: skip
SHOWN = Prompt(
    ({"role": "user", "content": "look", "pictures": [{"file": "a.jpg", "sha256": "0"}]},),
    {"figures": FIGURES},
)
GOOD = "1. Problems: It limps. It limps much.\n2. Components to rewrite: none\n3. Components to remove: none\n4. Components to add: a term"


class Critic:
    """Gives answers in turn; an exception is raised."""

    def __init__(self, *answers, provider="openai"):
        self.answers, self.provider, self.asked = list(answers), provider, []

    def __call__(self, messages, attempt):
        self.asked.append((messages, attempt))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Completion(answer, "eyes", self.provider, self.provider == "openai", price_usd=0.01)


def test_a_readable_answer_is_asked_for_once(tmp_path):
    critic = Critic(GOOD)
    critique = ask_critic(SHOWN, critic)
    assert critic.asked == [(SHOWN.messages, 0)]
    assert critique.heads["problems"] == ("It limps. It limps much.",) and critique.why == ""
    write_critique(tmp_path / "critique.json", critique)
    assert read_critique(tmp_path / "critique.json") == critique


def test_without_the_heads_it_is_asked_once_more_with_the_reason():
    critic = Critic("It limps.", GOOD)
    critique = ask_critic(SHOWN, critic)
    messages, attempt = critic.asked[1]
    assert attempt == 1 and [m["role"] for m in messages] == ["user", "assistant", "user"]
    assert "no head 'Problems'" in messages[-1]["content"] and "Components to add" in messages[-1]["content"]
    assert critique.heads["add"] == ("a term",) and len(critique.turns) == 2


@pytest.mark.parametrize("second", ["Noch immer hinkt er.", NoRepairError("holds no second answer")])
def test_an_unstructured_answer_goes_on_whole(second):
    critique = ask_critic(SHOWN, Critic("Er hinkt.", second))
    assert critique.heads is None and critique.why
    (text,) = critique_texts(critique)
    assert ("Noch immer hinkt er." if isinstance(second, str) else "Er hinkt.") in text


def test_a_person_is_not_asked_to_write_it_again():
    critic = Critic("It limps.", provider="manual")
    critique = ask_critic(SHOWN, critic)
    assert len(critic.asked) == 1 and "It limps." in critique_texts(critique)[0]


def test_without_a_policy_nobody_is_asked():
    critique = ask_critic(Prompt((), {}), Critic())
    assert critique.turns == () and "nothing to look at" in critique.why and critique_texts(critique) == []
    assert FEEDBACK_SOURCES.load("vlm")().sections(JudgedRound({}, critique)) == {}


def test_praise_despite_falls_does_not_reach_the_next_prompt():
    critique = ask_critic(SHOWN, Critic(GOOD.replace("It limps.", "- It limps.\n- The robot is stable.", 1)))
    texts = critique_texts(critique)
    assert [one.point for one in critique.left_out] == ["The robot is stable. It limps much."]
    assert (
        "as the measurements contradict it (40 % of the agents fell): problems: The robot is stable"
        in texts[0]
    )
    assert "- The robot is stable" not in texts[0]


def test_the_short_version_has_one_sentence_a_point():
    whole, short = critique_texts(ask_critic(SHOWN, Critic(GOOD)))
    assert "It limps. It limps much." in whole and "- It limps.\n" in short and "much" not in short
    assert "Components to rewrite: none." in short


def test_measured_feedback_is_passed_on_as_it_is():
    sections = {"gait": ["long", "short"]}
    assert FEEDBACK_SOURCES.load("measured")().sections(JudgedRound({"sections": sections})) == sections
