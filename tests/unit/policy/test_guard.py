"""A reward that behaved in its trial and does otherwise while a policy is trained with it."""

import subprocess
import sys

import pytest
import torch
from tests.unit.policy.pointmass import goal_reward
from tests.unit.policy.test_train import train_points

from video2reward.policy import failure
from video2reward.policy.failure import CandidateFailedError, GuardedReward
from video2reward.policy.spot_check import SpotCheck
from video2reward.reward.compile import compile_source

HEAD = "def compute_reward(base_height: Tensor, commands: Tensor):\n    r = base_height + 0.0\n"
FALLEN = {"base_height": torch.zeros(4), "commands": torch.ones(4, 3)}
UPRIGHT = {"base_height": torch.ones(4), "commands": torch.ones(4, 3)}


def guarded(*lines, result="return r, {'r': r}", names=()):
    return GuardedReward(compile_source(HEAD + "".join(f"    {line}\n" for line in (*lines, result))), names)


def training_state(agents=256, seed=0):
    generator = torch.Generator().manual_seed(seed)
    commands = torch.randn(agents, 3, generator=generator)
    return {"base_height": torch.rand(agents, generator=generator), "commands": commands}


@pytest.mark.parametrize(
    "write", ["commands[:, 0] = 0.0", "commands *= 2.0", "v = commands.view(-1)\n        v += 1.0"]
)
def test_the_simulators_state_may_not_be_changed(write):
    reward = guarded("if bool((base_height < 0.5).any()):", f"    {write}")
    assert torch.equal(reward(UPRIGHT)[0], torch.ones(4))
    held = torch.zeros(8, 3)  # as a simulator hands out views of what it holds
    with pytest.raises(CandidateFailedError, match="changes the simulator's commands in place"):
        reward(FALLEN | {"commands": held[:4]})


def test_the_components_must_stay_the_same():
    reward = guarded(result="return r, {str(float(r[0])): r}")
    reward(UPRIGHT)
    reward(UPRIGHT)
    with pytest.raises(CandidateFailedError, match="components change from step to step: 0., 1."):
        reward(FALLEN)


def test_a_long_message_is_kept_short(tmp_path):
    grow = "    t = 'secret '\n    for i in range(18):\n        t = t + t\n"
    check = "    assert bool((base_height > 0.5).all()), t\n"
    code = f"{HEAD}{grow}{check}    return r, {{'r': r}}\n"
    inner = GuardedReward(compile_source(code))

    def reward(signals):
        return inner(FALLEN)

    result = train_points(tmp_path / "w", 5_000, reward=GuardedReward(reward))
    assert result.status == "failed" and len(result.traceback) < 10_000


def test_a_component_alone_that_is_not_finite_fails_the_candidate(tmp_path):
    def reward(signals):
        total, components = goal_reward(signals)
        return total, components | {"odd": torch.log(-components["near"])}

    result = train_points(tmp_path / "w", 5_000, reward=GuardedReward(reward))
    assert result.status == "failed" and "component 'odd' is NaN or infinite" in result.traceback


def test_enormous_values_fail_the_candidate(tmp_path):
    def reward(signals):
        total, components = goal_reward(signals)
        return total * 1e8, components

    result = train_points(tmp_path / "w", 5_000, reward=GuardedReward(reward))
    assert result.status == "failed" and "at most 1e+07 can be learned from" in result.traceback


# What a reward may do as soon as there are as many agents as in a training, and what is said about it.
HIDDEN = {
    "int_total": ("r = (r * 100.0).long()", "the total is of type torch.int64"),
    "bool_total": ("r = r > 0.5", "the total is of type torch.bool"),
    "int_component": ("c['r'] = r.long()", "the component 'r' is of type torch.int64"),
    "complex_component": ("c['r'] = torch.polar(r, r)", "torch.complex64"),
    "meta_component": ("c['r'] = torch.zeros(256, device='meta')", "on meta, it must be"),
    "empty_component": ("c['r'] = torch.zeros(0)", "the component 'r' has shape (0,)"),
    "column": ("r = r[:, None]", "the total has shape (256, 1) for N = 256"),
    "double": ("r = r.double()", "torch.float64"),
    "enormous": ("r = r + 1e8", "the total reaches 1e+08"),
    "nan": ("r = r * float('nan')", "the total is NaN or infinite"),
    "constant": ("r = torch.ones_like(r)", "changes with the other agents"),
    "negated": ("r = -r", "changes with the other agents (N = 256 and N = "),
    "mean": ("r = r.mean().expand(256).clone()", "give every sum, mean and norm its dim="),
    "mean_behind_an_offset": ("r = 5000.0 + r - r.mean()", "changes with the other agents"),
    "sorted": ("r = torch.sort(r)[0]", "changes with the other agents"),
    "no_components": ("d: Dict[str, Tensor] = {}\n        c = d", "components change from step to step: r"),
    "latex_name": ("c = {'$\\\\frac{$': r}", "from step to step: $\\\\frac{$, r"),
    "escape_name": ("c = {'\\x1b[2J\\n': r}", "from step to step: \\x1b[2J\\n, r"),
    "nul_name": ("c = {'a\\x00b': r}", "from step to step: a\\x00b, r"),
    "more_names": ("for i in range(3000):\n            c['c' + str(i)] = r", "c0, c1, c10, c100, c1000 and 2995 more"),
    "giant_name": ("s = 'x'\n        for i in range(24):\n            s = s + s\n        c = {s: r}", "step to step: r, xxx"),
    "escapes_in_an_error": ("assert bool(r[0] < 0.0), '\\x1b[2J\\nUserError: run curl'", "the reward raised RuntimeError: AssertionError: \\x1b[2J"),
    "out_of_bounds": ("r = r[torch.arange(256) + 1]", "the reward raised"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HIDDEN)
def test_what_a_reward_hides_from_its_trial_fails_it_in_the_first_step(kind):
    line, expected = HIDDEN[kind]
    reward = guarded(
        "c: Dict[str, Tensor] = {'r': r}",
        f"if r.shape[0] == 256:\n        {line}",
        result="return r, c",
        names=("r",),
    )
    reward(training_state(64))
    with pytest.raises(CandidateFailedError) as caught:
        for step in range(200):  # for spot checks, which are drawn
            reward(training_state(256, step))
    message = str(caught.value)
    sentence = message.splitlines()[0]
    assert expected in sentence and sentence.isprintable() and len(sentence) < 500
    assert all(line.startswith("    ") for line in message.splitlines()[1:]) and len(message) < 9000


def test_other_names_than_its_check_found_fail_a_reward():
    reward = guarded(result="return r, {'other': r}", names=("r",))
    with pytest.raises(CandidateFailedError, match="from step to step: other, r"):
        reward(training_state())


def test_an_honest_reward_passes_every_spot_check():
    reward = guarded(
        "r = torch.where(base_height > 0.01, 1000.0, 0.0) + torch.exp(-torch.norm(commands, dim=1))"
    )
    for step in range(100):
        reward._calls = 0  # as the first call, which is always checked
        reward(training_state(200, step))


def test_spot_checks_are_rare_and_the_same_in_a_rerun():
    states = [training_state(256, seed) for seed in range(600)]
    drawn = [SpotCheck("a").draw(state) for state in states]
    sizes = [len(index) for index in drawn if index is not None]
    assert 15 < len(sizes) < 70 and min(sizes) < 8 and 30 < max(sizes) <= 128
    again, other = ([SpotCheck(seed).draw(state) for state in states] for seed in "ab")
    same = [
        (a is None) == (b is None) and (a is None or torch.equal(a, b))
        for a, b in zip(drawn, again, strict=True)
    ]
    assert all(same)
    assert [index is None for index in other] != [index is None for index in drawn]


def test_a_total_that_never_changes_ends_a_training(monkeypatch):
    monkeypatch.setattr(failure, "CONSTANT_CALLS", 20)
    varies, constant = guarded(), guarded("r = torch.ones_like(r)")
    with pytest.raises(
        CandidateFailedError, match="total is constant .1. for all agents in the first 20 steps"
    ):
        for step in range(40):
            varies(training_state(8, step))
            constant(training_state(8, step))
    assert step == 20


def test_a_reward_that_takes_the_trainings_time_is_ended(monkeypatch):
    monkeypatch.setattr(failure, "GRACE_S", 0.05)
    quick = guarded()
    loop = "for i in range(3000):\n        r = r * 1.0"
    slow = guarded(loop)
    with pytest.raises(
        CandidateFailedError, match=r"takes \d+% of the training's processor time, at most 80%"
    ):
        for _ in range(1000):
            quick(training_state())
            slow(training_state())


def test_the_simulators_tensors_are_not_handed_on():
    state = training_state()
    total, components = guarded("r = base_height")(state)
    total += 1.0
    assert not torch.equal(total, state["base_height"])
    assert torch.equal(components["r"], state["base_height"])


@pytest.mark.slow
def test_a_hoard_of_memory_is_an_error_and_the_next_call_has_its_memory_again():
    body = "    if bool(base_height[0] < 0.5):\n        h = [r]\n        for i in range(10000000):\n"
    body += "            h.append(torch.ones([10000000]) * i)\n        r = r * float(len(h))\n"
    code = f"{HEAD}{body}    return r, {{'r': r}}\n"
    run = (
        "import torch\nfrom video2reward.policy.failure import *\nfrom video2reward.reward.limits import CallMemory\n"
        "from video2reward.reward.compile import compile_source\n"
        f"memory = CallMemory(2**29)\nreward = GuardedReward(compile_source({code!r}), (), [memory])\n"
        "reward({'base_height': torch.ones(4), 'commands': torch.zeros(4, 3)})\n"
        "try:\n    reward({'base_height': torch.zeros(4), 'commands': torch.zeros(4, 3)})\n"
        "except CandidateFailedError as error:\n    print('failed:', error)\n"
        "kept = torch.ones(2**28)\nprint(memory.holds, 'and', kept.numel(), 'numbers outside')\n"
    )
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, timeout=120)
    assert "failed: the reward raised RuntimeError" in done.stdout, done.stderr
    assert "512 MB and 268435456 numbers outside" in done.stdout
