from pathlib import Path

import pytest
import torch
from tests.unit.reward.conftest import read_answer

from video2reward.reward import judgement
from video2reward.reward.check import check_by_trial
from video2reward.reward.compile import compile_source
from video2reward.reward.judgement import try_reward
from video2reward.reward.trial import Trial
from video2reward.reward_contract import ContractError
from video2reward.settings.evaluation import TrialLimits
from video2reward.signals import SIGNALS

HEAD = "def compute_reward(base_height: Tensor, commands: Tensor, dt: float):\n"
REWARDS = Path(__file__).resolve().parents[3] / "resources" / "rewards"


def code(*lines):
    return HEAD + "".join(f"    {line}\n" for line in (*lines, "return r, {'r': r}"))


@pytest.fixture
def checked(states_file):
    """The whole check, the limited process included."""

    def check(source, **limits):
        reading = read_answer(source, SIGNALS)
        return reading.verdict or check_by_trial(reading.code, Trial(TrialLimits(**limits)), states_file)

    return check


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        (["r = commands"], r"shape \(16, 3\) for N = 16"),
        (["r = base_height.mean()"], r"shape \(\)"),
        (["r = base_height + torch.zeros(16)"], "for N = 1 agents"),
        (["r = base_height.double()"], "float64"),
        (["r = torch.log(base_height * 0.0 - 1.0)"], "NaN or infinite for 16 of 16"),
        (["r = base_height / (commands[:, 0] * 0.0)"], "NaN or infinite"),
        (["r = torch.ones_like(base_height) * dt"], "constant"),
        (["base_height += 1.0", "r = base_height"], "changes its argument base_height"),
        (["commands[:, 0] = 0.0", "r = base_height"], "changes its argument commands"),
    ],
)
def test_a_useless_reward_is_told_why(lines, named, states):
    with pytest.raises(ContractError, match=named):
        try_reward(compile_source(code(*lines)), [state | {"dt": torch.tensor(0.02)} for state in states])


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ("{'a': commands}", "component 'a' has shape"),
        ("{'a': base_height * float('nan')}", "component 'a' is NaN"),
        ("{" + ", ".join(f"'{i}': base_height" for i in range(50)) + "}", "more than 40 components"),
        (f"{{'{'x' * 100}': base_height}}", "at most 60 letters"),
    ],
)
def test_components_are_checked_too(parts, named, states):
    with pytest.raises(ContractError, match=named):
        try_reward(compile_source(f"{HEAD}    return base_height, {parts}\n"), states)


ALONE = {
    "a large bonus": [
        "r = torch.where(base_height > -9.0, 1000.0, 0.0) + torch.exp(-torch.norm(commands, dim=1)) + base_height"
    ],
    "a larger one": ["r = 1e5 + 10.0 * torch.exp(-torch.sum(torch.square(commands), dim=-1)) + base_height"],
    "an error blown up": ["e = (commands[:, 0] - 0.5 + 1e4) - 1e4", "r = torch.sin(e * 20.0) + base_height"],
    "a weighted sum": [
        "w = torch.tensor([1000.0, 0.001, 30.0])",
        "r = torch.exp(-(commands @ w) / 1000.0) + base_height",
    ],
}
TOGETHER = {
    "a norm without dim": "torch.exp(-torch.norm(commands))",
    "a mean": "0.1 * base_height.mean()",
    "a largest one": "0.1 * base_height.max()",
    "a rank": "0.01 * torch.argsort(torch.argsort(base_height)).float()",
}


@pytest.mark.parametrize("name", ALONE)
def test_rounding_is_no_dependence_on_other_agents(name, states):
    assert try_reward(compile_source(code(*ALONE[name])), states) > 0


@pytest.mark.parametrize("offset", [0.0, 10.0, 1000.0])
@pytest.mark.parametrize("name", TOGETHER)
def test_no_constant_hides_a_dependence_on_other_agents(name, offset, states):
    with pytest.raises(ContractError, match="must depend on the agent alone"):
        try_reward(compile_source(code(f"r = {offset} + base_height + {TOGETHER[name]}")), states)


def test_no_components_at_all(states):
    empty = "    parts: Dict[str, Tensor] = {}\n    return base_height, parts\n"
    with pytest.raises(ContractError, match="dictionary of components is empty"):
        try_reward(compile_source(HEAD + empty), states)


@pytest.mark.slow
def test_a_slow_reward_is_refused(states, monkeypatch):
    """Slow is what a machine makes of it: the limit is set between this one's time for one pass and for 20,000."""
    passes = "for i in range({}):", "    r = r * 0.9999 + 0.0001 * torch.sin(r)"
    quick, slow = (
        compile_source(code("r = base_height", passes[0].format(n), passes[1])) for n in (1, 20000)
    )
    monkeypatch.setattr(judgement, "MAX_SECONDS", 100 * try_reward(quick, states))
    with pytest.raises(ContractError, match="one call takes"):
        try_reward(slow, states)


@pytest.mark.slow
def test_good_code_passes_and_its_limits_are_stated(checked):
    verdict = checked((REWARDS / "human_velocity.py").read_text(), seconds=20, memory_mb=2048)
    assert verdict.ok and verdict.stage == "done"
    assert verdict.needed == ("base_lin_vel", "base_ang_vel", "commands", "torques", "dt")
    assert verdict.components == ("linear_velocity", "yaw_rate", "torque")
    assert 0 < verdict.seconds_per_call < judgement.MAX_SECONDS
    assert {
        "wall_s": 20,
        "memory_mb": 2048,
        "file_bytes": 0,
        "open_files": 0,
    }.items() <= verdict.limits.items()
    assert "network" in verdict.limits


@pytest.mark.slow
@pytest.mark.parametrize("loop", ["while True:", "for i in range(1000000000000):"])
def test_an_endless_loop_is_stopped(loop, checked):
    verdict = checked(code("r = base_height", loop, "    r = r * 1.0"), seconds=1.5)
    assert (verdict.status, verdict.stage) == ("failed", "trial")
    assert "did not finish within 1.5 s" in verdict.message and verdict.limits["wall_s"] == 1.5


@pytest.mark.slow
def test_a_hundred_gigabytes_are_refused(checked):
    verdict = checked(code("r = base_height * torch.zeros([100000, 250000]).sum()"), seconds=20)
    assert (verdict.status, verdict.stage) == ("failed", "trial")
    assert (
        "more memory than it may have" in verdict.message
        and "torch.zeros([100000, 250000]" in verdict.message
    )


@pytest.mark.slow
def test_memory_taken_bit_by_bit_is_refused_too(checked):
    lines = ["hoard = [base_height]", "for i in range(1000000):"]
    lines += ["    hoard.append(torch.ones([1000000]) * i)", "r = base_height * float(len(hoard))"]
    verdict = checked(code(*lines), seconds=30, memory_mb=512)
    assert (verdict.status, verdict.stage) == ("failed", "trial") and "memory" in verdict.message


@pytest.mark.slow
def test_what_does_not_compile_is_quoted(checked):
    verdict = checked(code("x = {1: 'a', 'b': 2}", "r = base_height"))
    assert (verdict.status, verdict.stage) == ("failed", "compile")
    assert "Dict keys must contain only a single type" in verdict.message and "line 2" in verdict.message


@pytest.mark.parametrize(
    ("source", "stage", "named"),
    [
        ("import os\n" + code("r = base_height"), "allowlist", "import of os"),
        (code("r = base_height", "open('f', 'w')"), "allowlist", "'open'"),
        (code("r = base_height", "y = ().__class__.__mro__"), "allowlist", "'__mro__'"),
        (code("r = base_height").replace("base_height:", "base_heigth:"), "signature", "Did you mean 'base_height'"),
        ("I would rather not.", "extract", "defines no function"),
    ],
)  # fmt: skip
def test_nothing_is_started_for_what_can_be_read_off(source, stage, named, checked):
    verdict = checked(source)
    assert (verdict.status, verdict.stage) == ("failed", stage) and named in verdict.message


@pytest.mark.slow
@pytest.mark.parametrize(
    "deep", ["+".join(["base_height"] * 5000), "(" * 90 + "base_height" + ")" * 90, "-" * 3000 + "1.0"]
)
def test_deep_nesting_is_a_verdict_like_any_other(deep, checked):
    verdict = checked(code(f"r = base_height * ({deep})"), seconds=20)
    assert verdict.status in ("ok", "failed")


@pytest.mark.slow
def test_halves_of_characters_do_no_harm(checked):
    assert checked(code("r = base_height  # \ud800")).ok


@pytest.mark.slow
@pytest.mark.parametrize("name", ["huber_loss", "smooth_l1_loss", "soft_margin_loss", "mse_loss"])
def test_losses_by_element_need_no_file_that_is_not_read_yet(name, checked):
    source = code(f"r = -torch.nn.functional.{name}(base_height, commands[:, 0], reduction='none')")
    assert checked(source).status == "ok"
