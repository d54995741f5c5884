import ast
from pathlib import Path

import pytest
from tests.unit.reward.conftest import extract_code

from video2reward.llm.base import Question
from video2reward.llm.template_code import tracking_mode
from video2reward.llm.template_feedback import Judgement, read_judgement, shifted
from video2reward.llm.template_plan import (
    TEMPERATURES,
    WEIGHTS,
    RewardPlan,
    candidate_plan,
    first_plan,
    read_plan,
)
from video2reward.llm.template_provider import TemplateProvider
from video2reward.prompt.build import Ingredients, prompt_facts
from video2reward.reward.compile import compile_source
from video2reward.robots.description import load_robot
from video2reward.settings.llm import LLM
from video2reward.settings.method import Method
from video2reward.settings.task import Task
from write_prompt import words_of

JOINTS = {"L_F_Paw": 1.0, "R_F_Paw": 1.0, "L_Knee": 1.0, "R_Knee": 1.0}
MODES = {
    ("keypoints", "clock", "reference"): "reference",
    ("keypoints", "clock"): "table",
    ("keypoints",): "nearest",
    (): "none",
}


@pytest.fixture
def facts_for(made_reference, made_motion, robot_folder):
    robot = load_robot(Path(robot_folder) / "robot.yaml")

    def facts(signals=("keypoints", "clock", "reference"), **more):
        method = Method(description="m", signals=signals)
        return (
            prompt_facts(
                Ingredients(made_reference, made_motion, robot, method, Task(), words_of(Task(), 1.2), 1)
            )
            | more
        )

    return facts


def write(facts, candidate=1, iteration=1, seed=0):
    return TemplateProvider().complete(Question((), LLM(), seed, iteration, candidate, facts))


@pytest.mark.parametrize(("signals", "mode"), MODES.items())
def test_the_code_compiles_with_just_the_visible_signals(facts_for, signals, mode):
    facts = facts_for(signals)
    assert tracking_mode(facts) == mode
    reward = compile_source(extract_code(write(facts).text))
    assert set(reward.needed) <= {signal["name"] for signal in facts["signals"]}
    assert ("keypoints" in reward.needed) == (mode != "none")


@pytest.mark.parametrize("signals", [s for s, mode in MODES.items() if mode in ("table", "reference")])
def test_the_reward_is_highest_on_the_reference_and_depends_on_phase(facts_for, made_reference, signals):
    import torch

    reward = compile_source(extract_code(write(facts_for(signals)).text))
    phase = torch.arange(16) / 16
    turn = 2 * torch.pi * phase
    pose = torch.tensor(made_reference.cycle[::4], dtype=torch.float32)
    still = {name: torch.zeros(16, 12) for name in ("torques", "actions", "last_actions")}
    speed = torch.tensor([[made_reference.speed, 0.0, 0.0]]).repeat(16, 1)
    state = still | {
        "base_lin_vel": speed, "commands": speed, "base_ang_vel": torch.zeros(16, 3),
        "projected_gravity": torch.tensor([[0.0, 0.0, -1.0]]).repeat(16, 1),
        "keypoint_velocities": torch.zeros(16, 14, 2), "reference_velocities": torch.zeros(16, 14, 2),
        "reference_keypoints": pose, "phase_sin": torch.sin(turn), "phase_cos": torch.cos(turn),
        "target_speed": torch.tensor(made_reference.speed), "stride_period": torch.tensor(0.76), "dt": torch.tensor(0.02),
    }  # fmt: skip
    _, on = reward(state | {"keypoints": pose})
    _, late = reward(state | {"keypoints": pose.roll(4, 0)})
    _, off = reward(state | {"keypoints": pose + 0.2})
    weight = WEIGHTS["position"] * 0.02
    assert on["position"].min() > 0.95 * weight
    assert late["position"].mean() < 0.7 * weight and off["position"].max() < 0.3 * weight


def test_it_says_everywhere_that_it_is_no_language_model(facts_for):
    answer = write(facts_for())
    assert answer.is_language_model is False and "no language model" in answer.note
    assert "no language model" in answer.text.partition("```")[0]
    assert "no language model" in extract_code(answer.text)


def test_the_same_facts_give_the_same_text_and_candidates_differ(facts_for):
    facts = facts_for()
    texts = [write(facts, k).text for k in range(1, 9)]
    assert texts == [write(facts, k).text for k in range(1, 9)]
    assert len(set(texts)) == 8


def test_a_plan_is_read_back_from_normalised_code(facts_for):
    facts = facts_for()
    plan = candidate_plan(first_plan(facts), 0, 1, 2)
    plan.joints["L_F_Paw"] = 1.5
    source = ast.unparse(ast.parse(extract_code(write(facts, 2).text)))
    again = read_plan(source, facts["keypoints"])
    assert again.weights == plan.weights and again.temperatures == plan.temperatures
    assert read_plan("def compute_reward(): return 1", facts["keypoints"]) is None


def test_the_next_round_starts_from_the_best_reward(facts_for):
    source = ast.unparse(ast.parse(extract_code(write(facts_for(), 2).text)))
    sharp = first_plan(facts_for(previous_reward=source)).temperatures["position"]
    assert sharp == pytest.approx(candidate_plan(RewardPlan(), 0, 1, 2).temperatures["position"])


@pytest.mark.parametrize(
    ("judgement", "grown"),
    [
        (Judgement({}, falls=0.3), "upright"),
        (Judgement({}, velocity_error=0.5), "linear"),
        (Judgement({}, amplitude_ratio=0.5), "position"),
        (Judgement({}, period_ratio=1.3), "rate"),
        (Judgement({}, posture={"lean": -17.0}), "upright"),
        (Judgement({}, posture={"hip_height": -0.1}), "position"),
    ],
)
def test_weight_goes_where_the_feedback_finds_fault(judgement, grown):
    before = RewardPlan(joints=dict(JOINTS))
    after = shifted(before, judgement)
    assert after.weights[grown] > before.weights[grown] and after.reasons
    assert shifted(before, Judgement({})) == before


def test_joints_far_from_the_video_gain_weight():
    distances = {"L_F_Paw": 0.2, "R_F_Paw": 0.05, "L_Knee": 0.05, "R_Knee": 0.05}
    after = shifted(RewardPlan(joints=dict(JOINTS)), Judgement(distances))
    assert after.joints["L_F_Paw"] > 1.2 > 1 > after.joints["R_F_Paw"]
    assert sum(after.joints.values()) == pytest.approx(4, abs=0.01)
    assert any("L_F_Paw" in reason for reason in after.reasons)


FEEDBACK = {
    "parts": ["success", "gait"],
    "figures": {"falls": 0.1, "velocity_error": 0.2, "amplitude_ratio": 0.9},
    "gait": {"joints": {"L_F_Paw": 0.1}, "period_ratio": 1.2},
    "paper": {"joints": {"L_F_Paw": 7.0}},
}


def test_many_rounds_do_not_run_away():
    plan = RewardPlan(joints=dict(JOINTS))
    for n in range(2, 30):
        plan = candidate_plan(shifted(plan, read_judgement(FEEDBACK)), 0, n, 2)
    for name, value in plan.weights.items():
        assert 0.33 <= value / WEIGHTS[name] <= 3.01
    for name, value in plan.temperatures.items():
        assert 0.33 <= value / TEMPERATURES[name] <= 3.01


def test_feedback_is_read():
    assert read_judgement(FEEDBACK) == Judgement({"L_F_Paw": 0.1}, 0.1, 0.2, 1.2, 0.9)
    assert read_judgement({}) == Judgement({})
    assert read_judgement({"parts": ["gait"], "figures": {"falls": None}, "gait": None}) == Judgement({})


def test_only_postures_that_are_off_are_read():
    found = FEEDBACK | {"parts": ["posture"]}
    found["posture"] = {"charges": {"lean": 0.6, "knees": 0.0}, "errors": {"lean": -17.0, "knees": 4.0}}
    assert read_judgement(found) == Judgement({}, posture={"lean": -17.0})
    assert read_judgement(found | {"posture": None}) == Judgement({})


def test_the_trunk_is_to_lean_as_the_video_does(facts_for):
    import torch

    level = facts_for()
    assert "lean" not in write(level).text.partition("```python")[2]  # an animal's trunk: as the robot stands
    facts = level | {
        "figures": level["figures"] | {"posture": level["figures"]["posture"] | {"lean_sine": 0.102}}
    }
    reward = compile_source(extract_code(write(facts).text))
    state = {name: torch.zeros(3, 12) for name in ("torques", "actions", "last_actions")}
    for name in ("keypoints", "keypoint_velocities", "reference_keypoints", "reference_velocities"):
        state[name] = torch.zeros(3, 14, 2)
    for name in ("base_lin_vel", "base_ang_vel", "commands"):
        state[name] = torch.zeros(3, 3)
    gravity = torch.tensor([[0.102, 0.0], [0.0, 0.0], [-0.2, 0.0]])
    _, terms = reward(
        state | {"projected_gravity": torch.cat([gravity, -torch.ones(3, 1)], 1), "dt": torch.tensor(0.02)}
    )
    forward, upright, back = terms["upright"].tolist()
    assert forward > upright > back


def test_what_the_method_does_not_pass_on_is_not_read():
    assert read_judgement(FEEDBACK | {"parts": ["success"]}) == Judgement({}, 0.1, 0.2)
    assert read_judgement(FEEDBACK | {"parts": ["similarity"]}) == Judgement({"L_F_Paw": 7.0})


def test_of_a_wish_the_template_follows_what_its_motion_has_and_says_what_it_cannot(facts_for):
    asked = {"foot_lift": {"words": "foot lift"}, "impact": {"words": "impact"}}
    wish = {"text": "quietly", "asked": asked, "followed": ["foot lift"]}
    text = write(facts_for(wish=wish)).text
    assert "of the wish, the motion that the legs follow has foot lift" in text
    assert "cannot follow the wish's impact" in text
    blind = write(facts_for(signals=(), wish=wish)).text
    assert "cannot follow the wish's foot lift, impact" in blind
    assert "cannot read the user's wish" in write(facts_for(wish=wish | {"asked": {}, "followed": []})).text
    assert "wish" not in write(facts_for()).text
