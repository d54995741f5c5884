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
        text, finish = answer if isinstance(answer, tuple) else (answer, "stop")
        model = self.provider == "openai"
        return Completion(text, "eyes", self.provider, model, price_usd=0.01, finish=finish)


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


@pytest.mark.parametrize("second", ["Hann haltrar enn.", NoRepairError("holds no second answer")])
def test_an_unstructured_answer_goes_on_whole(second):
    critique = ask_critic(SHOWN, Critic("Hann haltrar.", second))
    assert critique.heads is None and critique.why
    (text,) = critique_texts(critique)
    assert ("Hann haltrar enn." if isinstance(second, str) else "Hann haltrar.") in text


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


def test_an_answer_in_another_language_is_checked_by_its_verdict():
    german = (
        "1. Probleme: Er steht stabil.\n2. Umschreiben: keine\n3. Entfernen: keine\n4. Hinzufügen: keine\n"
    )
    critic = Critic(f"{german}Verdict: falls=no, speed=right, steps=right")
    critique = ask_critic(SHOWN, critic)
    assert len(critic.asked) == 1 and critique.heads["problems"] == ("Er steht stabil.",)
    assert critique.verdict == {"falls": "no", "speed": "right", "steps": "right"}
    assert [(one.head, one.point) for one in critique.left_out] == [("verdict", "falls=no")]
    (text,) = critique_texts(critique)
    assert "The critic saw falls=no, which the measurements contradict (40 % of the agents fell)" in text
    assert critique.unchecked == ""
    silent = ask_critic(SHOWN, Critic(german))
    assert silent.left_out == () and "not in English and has no verdict" in critique_texts(silent)[0]
    assert ask_critic(SHOWN, Critic(GOOD)).unchecked == ""


def test_an_answer_that_was_cut_off_is_asked_for_once_more_and_shorter():
    critic = Critic(("1. Problems: It limps and", "length"), GOOD)
    critique = ask_critic(SHOWN, critic)
    told = critic.asked[1][0][-1]["content"]
    assert "cut off at llm.max_tokens" in told and "less than 400 words" in told and critique.why == ""
    critique = ask_critic(SHOWN, Critic((GOOD, "length")))
    assert "cut off at llm.max_tokens, so its last point may be incomplete" in critique.why
    critique = ask_critic(SHOWN, Critic(("", "length"), ("", "length")))
    assert critique.why == "the answer was cut off at llm.max_tokens, also when it was asked for once more"
    assert critique_texts(critique) == []


def test_an_empty_answer_is_no_critique():
    critic = Critic("  ")
    critique = ask_critic(SHOWN, critic)
    assert len(critic.asked) == 1  # the provider has asked for it three times
    assert critique.why == "the answer is empty" and critique_texts(critique) == []


def test_a_hundred_kilobytes_neither_fill_the_prompt_nor_go_back_to_the_critic():
    long = "Problems:\n" + "".join(f"- {n} the trunk rolls {'a' * 700}\n" for n in range(140))
    rest = "Components to rewrite: none\nComponents to remove: none\nComponents to add: none"
    whole, short = critique_texts(ask_critic(SHOWN, Critic(long + rest)))
    assert len(whole) < 20_000 and "and 110 more points" in whole and len(short) < 3000
    critic = Critic("blah " * 20_000, "blah\n" * 20_000)
    whole, short = critique_texts(ask_critic(SHOWN, critic))
    assert len(whole) < 21_000 and len(short) < 1800
    assert sum(len(message["content"]) for message in critic.asked[1][0]) < 6000
