"""Rewards that pay for the wrong motion are caught, in words and figures; honest ones are left alone."""

import os
from pathlib import Path

import pytest
from tests.unit.known import ROBOTS, known_states_of

from video2reward.reward.compile import compile_source
from video2reward.reward.screen import screen

ANSWERS = Path(os.environ.get("V2R_LOCAL_DATA", "nowhere")) / "answers"
REWARDS = Path(__file__).resolve().parents[3] / "resources" / "rewards"
DOG, HUMAN = ROBOTS
# As models write them when they miss the point: (arguments, total), and the motions that are paid as much.
WRONG = {
    "height alone": ("base_height", "torch.exp(-torch.abs(base_height - 0.55) / 0.05)", {"standing"}),
    "joint speed": ("joint_vel", "torch.mean(torch.abs(joint_vel), dim=1)", {"trembling", "hasty"}),
    "negative effort": ("torques", "-1e-3 * torch.sum(torch.square(torques), dim=1)", {"standing", "falling"}),
    "constant penalty": ("base_lin_vel", "-5.0 + 0.1 * base_lin_vel[:, 0]", {"falling", "collapsing"}),
    "down is good": ("base_height", "torch.exp(-base_height / 0.05)", {"standing"}),
    "speed alone": ("base_lin_vel", "base_lin_vel[:, 0]", {"hasty"}),
    "backwards": ("base_lin_vel, commands", "torch.exp(-torch.square(commands[:, 0] + base_lin_vel[:, 0]))", {"standing", "half_speed"}),
}  # fmt: skip


def reward(arguments, total):
    """A reward of one term."""
    typed = ", ".join(f"{name.strip()}: Tensor" for name in arguments.split(","))
    return compile_source(f'def compute_reward({typed}):\n    r = {total}\n    return r, {{"r": r}}\n')


def caught(found):
    """The worse motions of the violations."""
    return {sentence.split(" (")[0] for sentence in found.violations}


@pytest.mark.parametrize("name", WRONG)
def test_what_pays_for_the_wrong_motion_is_caught(name):
    arguments, total, wanted = WRONG[name]
    found = screen(reward(arguments, total), known_states_of(*DOG), sees_gait=False)
    assert wanted <= caught(found), found.violations
    assert found.margin < 0.02 and not found.fault


@pytest.mark.parametrize(("clip", "task"), [(DOG, "velocity"), (HUMAN, "run")])
def test_the_shipped_rewards_pass(clip, task):
    states = known_states_of(*clip)
    for name, sees_gait in ((f"human_{task}", False), ("tracking", True)):
        found = screen(compile_source((REWARDS / f"{name}.py").read_text()), states, sees_gait)
        assert not found.faults, (name, found.violations)
    # What the task's own success pays for falling is true, and why it is so hard to learn from.
    sparse = screen(compile_source((REWARDS / f"sparse_{task}.py").read_text()), states, sees_gait=False)
    assert caught(sparse) == ({"falling", "collapsing"} if task == "velocity" else set())


def test_a_reward_that_does_not_see_the_legs_is_told_so_only_where_it_was_told_of_the_gait():
    human = compile_source((REWARDS / "human_velocity.py").read_text())
    states = known_states_of(*DOG)
    blind = caught(screen(human, states, sees_gait=True))
    assert "sliding" in blind and blind <= {"sliding", "quick_steps", "hind_swapped"}


def test_the_words_have_the_figures_and_the_terms_that_did_it():
    code = (
        "def compute_reward(base_lin_vel: Tensor, torques: Tensor):\n"
        "    speed = torch.exp(-torch.square(base_lin_vel[:, 0] - 1.2))\n"
        "    effort = 0.02 * torch.exp(-torch.sum(torch.square(torques), dim=1) / 1000.0)\n"
        "    still = 2.0 * torch.exp(-torch.square(base_lin_vel[:, 0]))\n"
        "    return speed + effort + still, {'speed': speed, 'effort': effort, 'still': still}\n"
    )
    found = screen(compile_source(code), known_states_of(*DOG), sees_gait=False)
    (said,) = (one for one in found.violations if one.startswith("standing (stands still) earns "))
    ratio = found.returns["standing"] / found.returns["honest"]
    assert f"earns {ratio:.3g} times as much as honest (moves as the clip): " in said
    worse, better = found.terms["standing"]["still"], found.terms["honest"]["still"]
    assert f"a step; by term still {worse:.3g} against {better:.3g}, speed" in said
    assert sum(found.terms["honest"].values()) == pytest.approx(found.returns["honest"], rel=1e-4)
    assert f"standing {found.returns['standing']:.3g}, " in found.complaint and said in found.faults
    assert f"{found.nearest} comes nearest" in found.outcome


def test_a_reward_that_fails_on_a_known_motion_is_told_where():
    wrong = reward(
        "base_lin_vel", "1.0 / (torch.abs(base_lin_vel[:, 0]) * 0.0 + (base_lin_vel[:, 0] > 1e-3).float())"
    )
    found = screen(wrong, known_states_of(*DOG), sees_gait=True)
    assert found.margin is None and not found.violations
    assert (
        found.fault.startswith("on standing, the component 'r' is NaN")
        and "it fails on standing" in found.faults
    )


@pytest.mark.skipif(not ANSWERS.exists(), reason="V2R_LOCAL_DATA has no answers")
def test_no_live_answer_is_refused():
    states = known_states_of(*DOG)
    for path in sorted(ANSWERS.glob("**/reward_*.py")):
        sees_gait = path.relative_to(ANSWERS).parts[0] not in ("eureka", "human")
        found = screen(compile_source(path.read_text()), states, sees_gait)
        assert not found.faults, (path, found.violations)
