"""The numbers that may be tuned: weights and temperatures by their use, nothing else; replaced, the rest of the code stays."""

import os
import tarfile
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.known import ROBOTS, known_states_of
from tests.unit.reward.conftest import read_answer
from tests.unit.reward.good import GOOD, IMPORTS, RETURNS

from video2reward.reward.check import read_code
from video2reward.reward.compile import compile_source
from video2reward.reward.parameters import float_text, parameters, rounded, with_values
from video2reward.reward.screen import screen

ROOT = Path(__file__).resolve().parents[3]
ANSWERS = Path(os.environ.get("V2R_LOCAL_DATA", "nowhere")) / "answers"
HEAD = (
    f"{IMPORTS}def compute_reward(base_lin_vel: Tensor, commands: Tensor, joint_pos: Tensor, base_height: Tensor, "
    f"target_speed: float, body_length: float, dt: float) -> {RETURNS}:\n"
)


def shipped():
    """The rewards of the bundles in resources, and the fixed ones."""
    found = {path.stem: path.read_text() for path in (ROOT / "resources" / "rewards").glob("*.py")}
    for bundle in (ROOT / "resources" / "bundles").glob("*.tar.xz"):
        with tarfile.open(bundle) as archive:
            for member in archive.getmembers():
                if Path(member.name).match("reward_*.py"):
                    found[f"{bundle.stem} {member.name}"] = archive.extractfile(member).read().decode()
    return found


def rewritten(text):
    """The code of an answer as it lies in reward_<k>.py."""
    return read_answer(f"```python\n{text}```\n", None).code


CORPUS = (
    {f"style {name}": rewritten(text) for name, text in GOOD.items()}
    | shipped()
    | {str(path.relative_to(ANSWERS)): path.read_text() for path in sorted(ANSWERS.glob("**/reward_*.py"))}
)


def body(*lines):
    """A reward of these lines; the last one gives total and components."""
    return HEAD + "".join(f"    {line}\n" for line in lines)


def values_of(code):
    return {one.name: one.value for one in parameters(code)}


@pytest.mark.parametrize("name", CORPUS)
def test_every_answer_stays_valid_with_other_numbers(name):
    code = CORPUS[name]
    found = parameters(code)
    assert len({one.name for one in found}) == len(found)
    places = [place for one in found for place in one.places]
    assert len(set(places)) == len(places)
    assert with_values(code, values_of(code)) == code
    for factor in (0.37, 2.9):
        moved = with_values(code, {one.name: rounded(factor * one.value) for one in found})
        assert [one.value for one in parameters(moved)] == [rounded(factor * one.value) for one in found]
        assert read_code(moved, None).verdict is None
        compile_source(moved)


def test_the_corpus_has_something_to_tune():
    without = {name for name, code in shipped().items() if len(parameters(code)) < 4}
    assert without == {"sparse_run", "sparse_single", "sparse_velocity"}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_moved_and_moved_back_is_the_same_reward_to_the_last_bit(data):
    code = CORPUS[data.draw(st.sampled_from(["tracking", "human_velocity", "style eureka_style"]))]
    start = values_of(code)
    factors = {name: data.draw(st.floats(-1, 1)) for name in start}
    moved = with_values(code, {name: value * 3 ** factors[name] for name, value in start.items()})
    back = with_values(moved, start)
    states = known_states_of(*next(iter(ROBOTS)))
    first, second = (screen(compile_source(text), states, False) for text in (code, back))
    assert first == second and values_of(back) == start


@given(st.floats(1e-12, 1e12))
def test_a_number_is_written_without_loss_and_as_a_float(value):
    assert float(float_text(value)) == value and type(eval(float_text(value))) is float


def test_weights_and_temperatures_are_named_by_variable_term_or_key():
    code = body(
        "w_track = 1",
        "sigma: float = 0.4",
        "error = torch.square(base_lin_vel[:, 0] - commands[:, 0])",
        "track = w_track * torch.exp(-error / 0.25) * dt",
        "height = torch.exp(-torch.square(base_height - 0.55) / (2.0 * sigma**2))",
        "cost = -0.01 * torch.sum(torch.square(joint_pos), dim=1)",
        "total = 2.0 * track + 0.5 * height + cost",
        "return total, {'follow': track, 'height': 0.5 * height, 'cost': cost}",
    )
    assert values_of(code) == {
        "w_track": 1, "sigma": 0.4, "temperature of follow": 0.25, "weight of cost": -0.01, "weight of track": 2.0,
        "weight of height": 0.5,
    }  # fmt: skip
    tied = next(one for one in parameters(code) if one.name == "weight of height")
    assert len(tied.places) == 2  # in the total and among the components
    moved = with_values(code, {"w_track": 1.8, "weight of height": 0.25, "weight of cost": -0.03})
    assert (
        "w_track = 1.8\n" in moved and "0.25 * height + cost" in moved and "'height': 0.25 * height" in moved
    )
    assert "cost = -0.03 * torch.sum" in moved


NONE = {
    "target": "r = torch.exp(-torch.square(base_height - 0.55))",
    "exponent": "r = torch.exp(-torch.abs(base_height - commands[:, 0]) ** 2)",
    "guard": "r = base_height / (torch.abs(commands[:, 0]) + 1e-6)",
    "index and dim": "r = torch.sum(joint_pos[:, 3:6], dim=1) * dt",
    "number of joints": "r = torch.sum(joint_pos, dim=1) / 12.0",
    "identity": "r = 1.0 * base_height - 0.0 * base_height",
    "affine": "r = torch.clamp(0.5 + 0.5 * base_lin_vel[:, 0], 0.0, 2.5)",
    "limit": "r = torch.clamp(base_lin_vel[:, 0], 0.0, 1.5)",
    "threshold": "r = torch.where(base_height > 0.4, base_lin_vel[:, 0], base_lin_vel[:, 1])",
    "speed of the clip": "wanted = 1.2 * target_speed\n    r = -torch.square(base_lin_vel[:, 0] - wanted)",
    "scaled target": "r = torch.exp(-torch.abs(base_height - 0.7 * body_length))",
    "part of a command": "r = base_lin_vel[:, 0] - 0.5 * commands[:, 0]",
    "part of a target": "wanted = 1.2 * target_speed + 0.1\n    r = base_lin_vel[:, 0] - 0.5 * wanted",
    "set twice": "w = 0.5\n    w = 0.7\n    r = w * base_height",
    "in a loop": "w = 0.5\n    for i in range(3):\n        w += 0.1\n    r = w * base_height",
    "weight and limit": "w = 0.5\n    r = w * torch.clamp(base_height, 0.0, w)",
    "weight and target": "w = 0.5\n    r = w * torch.exp(-torch.square(base_height - w))",
    "whole number": "w: int = 3\n    r = w * base_height",
    "too large": "r = 1e308 * base_height",
    "endless digits": f"r = 1{'0' * 400} * base_height",
    "not a number": "r = (1e308 * 10.0 - 1e308 * 10.0) * torch.ones_like(base_height) / 0.0",
}


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_weight_is_left_alone(name):
    code = body(NONE[name], "return r, {'r': r}")
    assert not parameters(code), values_of(code)


def test_a_helper_is_followed_to_what_it_is_called_with_and_its_defaults():
    helper = (
        "def kernel(error: Tensor, width: float = 0.3) -> Tensor:\n    return torch.exp(-error / width)\n\n\n"
    )
    code = IMPORTS + helper + body(
        "a = 0.7 * kernel(torch.square(base_height), 0.05)",
        "b = kernel(torch.square(base_lin_vel[:, 0]))",
        "narrow = 0.01",
        "c = kernel(torch.square(base_lin_vel[:, 1]), width=narrow)",
        "return a + b + c, {'a': a, 'b': b, 'c': c}",
    ).removeprefix(IMPORTS)  # fmt: skip
    assert values_of(code) == {"width": 0.3, "weight of a": 0.7, "temperature of a": 0.05, "narrow": 0.01}


@pytest.mark.parametrize("text", ["", "def compute_reward(", "x = 1", "def compute_reward(a): return 1"])
def test_code_without_a_reward_has_none(text):
    assert parameters(text) == []


@pytest.mark.parametrize("value", [0.0, -0.5, float("nan"), float("inf")])
def test_a_value_must_be_finite_and_of_the_same_sign(value):
    code = body("r = 0.5 * base_height", "return r, {'r': r}")
    with pytest.raises(ValueError, match="must be finite and have the sign of 0.5"):
        with_values(code, {"weight of r": value})
    with pytest.raises(ValueError, match="no parameter 'speed'; it has weight of r"):
        with_values(code, {"speed": 1.0})


def test_a_line_of_other_letters_is_cut_at_the_right_place():
    code = body('"""größer ‖ höher"""; r = 0.5 * base_height; r = r + 0.0', "return r, {'r': r}").replace(
        "; r = r + 0.0", "  # ‖x‖"
    )
    assert '"""größer ‖ höher"""; r = 0.25 * base_height  # ‖x‖' in with_values(code, {"weight of r": 0.25})
    assert torch.equal(
        *(compile_source(one)({"base_height": torch.ones(2)} | REST)[0] for one in (code, code))
    )


REST = {name: torch.ones(2, 3) for name in ("base_lin_vel", "commands", "joint_pos")} | {
    name: torch.tensor(1.0) for name in ("target_speed", "body_length", "dt")
}
