import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from video2reward.artifacts.prompt import read_prompt, write_prompt
from video2reward.errors import UserError
from video2reward.prompt.build import Ingredients, build_prompt
from video2reward.prompt.feedback_text import Round, normalised
from video2reward.robots.description import load_robot
from video2reward.settings.method import Method
from video2reward.settings.task import Task
from video2reward.signals import visible_signals
from write_prompt import words_of

TEMPLATES = Path(__file__).resolve().parents[3] / "resources" / "prompts"
REWARD = "def compute_reward(dt: float):\n    # a comment\n    return   dt\n"


@pytest.fixture
def given(made_reference, made_motion, robot_folder):
    robot = load_robot(robot_folder / "robot.yaml")
    return Ingredients(
        made_reference,
        made_motion,
        robot,
        Method(description="m"),
        Task(),
        words_of(Task(), 1.2),
        1,
        "SOURCE = 1",
    )


def all_text(prompt):
    return "\n".join(message["content"] for message in prompt.messages)


def test_every_part_is_there_and_a_method_decides_which(given):
    marks = {
        "environment": "ENVIRONMENT", "task": "TASK", "rules": "RULES FOR THE CODE",
        "keypoints": "KEYPOINTS OF THE VIDEO", "figures": "FIGURES OF THE MOTION",
    }  # fmt: skip
    whole = all_text(build_prompt(given, TEMPLATES))
    assert all(mark in whole for mark in marks.values())
    for part, mark in marks.items():
        rest = tuple(name for name in marks if name != part)
        less = replace(given, method=Method(description="m", prompt=rest))
        text = all_text(build_prompt(less, TEMPLATES))
        assert mark not in text and all(marks[name] in text for name in rest)


@pytest.mark.parametrize("groups", [(), ("keypoints",), ("keypoints", "clock", "reference")])
def test_exactly_the_visible_signals_are_listed(given, groups):
    prompt = build_prompt(replace(given, method=Method(description="m", signals=groups)), TEMPLATES)
    listed = [line.split(":")[0] for line in all_text(prompt).splitlines() if ": torch.Tensor (" in line]
    listed = [name for name in listed if not name.startswith("def ")]
    assert listed == [signal.name for signal in visible_signals(groups) if signal.shape]
    assert [signal["name"] for signal in prompt.facts["signals"]] == [s.name for s in visible_signals(groups)]


def test_shapes_are_this_robots(given):
    text = all_text(build_prompt(given, TEMPLATES))
    assert "joint_pos: torch.Tensor (N, 12) [rad]" in text
    assert "keypoints: torch.Tensor (N, 14, 2) [body lengths]" in text
    assert "Order of the feet: LF_FOOT, LH_FOOT, RF_FOOT, RH_FOOT" in text


def test_facts_hold_only_what_the_method_shows(given):
    bare = Method(description="m", prompt=("environment", "task", "rules"), signals=())
    facts = build_prompt(replace(given, method=bare), TEMPLATES).facts
    assert not {"cycle", "figures", "keypoints"} & set(facts)


def test_feedback_follows_the_best_reward(given):
    last = Round({"status": "ok", "sections": {"success": ["success -0.1"]}}, normalised(REWARD))
    prompt = build_prompt(replace(given, last=last, iteration=2), TEMPLATES)
    assert [m["role"] for m in prompt.messages] == ["system", "user", "assistant", "user"]
    assert "success -0.1" in prompt.messages[3]["content"]
    assert "return dt" in prompt.messages[2]["content"] and "comment" not in prompt.messages[2]["content"]
    assert prompt.facts["previous_reward"] == normalised(REWARD)


FAILED = {"failures": ["Candidates 1, 2: NaN", "NaN", "two"], "gait": ["gait distance 0.1"]}


def test_a_failed_round_carries_its_errors_and_roles_alternate(given):
    last = Round({"status": "failed", "sections": {"failures": FAILED["failures"]}}, "")
    prompt = build_prompt(replace(given, last=last, iteration=2), TEMPLATES)
    assert [m["role"] for m in prompt.messages] == ["system", "user"]
    assert "ERRORS\nCandidates 1, 2: NaN" in prompt.messages[1]["content"]


def test_a_failed_round_tells_how_the_best_so_far_was_judged(given):
    last = Round({"status": "failed", "sections": FAILED}, normalised(REWARD))
    text = build_prompt(replace(given, last=last, iteration=3), TEMPLATES).messages[-1]["content"]
    assert (
        text.index("The reward function above is the best so far")
        < text.index("NaN")
        < text.index("gait distance 0.1")
    )


def test_a_comment_in_the_last_reward_changes_nothing(given):
    rewards = (REWARD, REWARD.replace("a comment", "another one").replace("   dt", " dt"))
    prompts = [
        build_prompt(replace(given, last=Round({"sections": {"gait": ["f"]}}, normalised(r))), TEMPLATES)
        for r in rewards
    ]
    assert prompts[0] == prompts[1]


def test_a_variable_that_nobody_gives_is_an_error(given, tmp_path):
    folder = shutil.copytree(TEMPLATES, tmp_path / "prompts")
    (folder / "task.j2").write_text("TASK {{ not_given }}")
    with pytest.raises(UserError, match=r"task\.j2.*not_given"):
        build_prompt(given, folder)


def test_the_text_is_exactly_the_messages(given, tmp_path):
    prompt = build_prompt(given, TEMPLATES)
    write_prompt(tmp_path / "prompt.txt", tmp_path / "prompt.json", prompt)
    text = (tmp_path / "prompt.txt").read_text()
    parts = [f"===== {m['role']} =====\n{m['content']}" for m in prompt.messages]
    assert text.split() == "\n".join(parts).split()
    assert read_prompt(tmp_path / "prompt.json").messages == prompt.messages
    assert json.loads((tmp_path / "prompt.json").read_text())["facts"]["robot"] == "anymal_c"


def test_the_gait_has_its_name_and_a_jump_is_called_one(given):
    figures = {"fore_after_hind": 0.1, "stride_leg_lengths": 1.43, "froude": 0.27}
    walking = replace(given, motion=replace(given.motion, gait="amble", gait_figures=figures))
    text = all_text(build_prompt(walking, TEMPLATES))
    assert "gait: amble; a fore foot lands 0.10 of the stride after the hind foot" in text
    assert "The stride repeats; its" in text
    found = {"duration_s": 1.0, "flight_s": 0.3, "rise": 0.25, "drop": 0.1, "distance": 0.8}
    motion = replace(given.motion, kind="single", gait="jump", gait_figures=found)
    way = {"trunk": np.zeros((64, 2)), "lean": np.zeros(64), "flight": np.array([0.3, 0.6])}
    jumping = replace(given, motion=motion, reference=replace(given.reference, kind="single", **way))
    text = all_text(build_prompt(jumping, TEMPLATES))
    assert "no gait but one jump" in text and "all feet are off the ground for" in text
    assert "stride period T:" not in text and "The stride repeats" not in text


def test_without_a_video_nothing_is_said_of_one(given):
    last = Round({"status": "ok", "sections": {"components": ["linear: max 1"]}}, normalised(REWARD))
    bare = Method(
        description="m", prompt=("environment", "task", "rules"), signals=(), feedback=("components",)
    )
    text = build_prompt(replace(given, last=last, method=bare, iteration=2), TEMPLATES).messages[-1][
        "content"
    ]
    assert "linear: max 1" in text and "video" not in text


def test_only_ground_that_is_not_flat_is_told(given):
    assert "ground has" not in all_text(build_prompt(given, TEMPLATES))
    for graded, ground in ((False, "24 cm"), (True, "24 cm, or less, down to level ground")):
        rough = replace(given, words=words_of(Task(terrain="rough", terrain_graded=graded), 1.2))
        assert f"The ground has bumps of up to 6 cm every {ground}; heights are above the ground" in all_text(
            build_prompt(rough, TEMPLATES)
        )
