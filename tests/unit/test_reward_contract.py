"""What a reward's results must be, whatever their scale."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.reward_contract import ContractError, others_matter, read_result

SCALES = st.floats(-6, 3).map(lambda power: 10.0**power)
OFFSETS = st.sampled_from([0.0, 1.0, -50.0, 1000.0, 5000.0])


def agents(seed, count=200):
    """Errors and speeds of agents, a tenth of them fallen."""
    generator = torch.Generator().manual_seed(seed)
    error = torch.rand(count, 12, generator=generator)
    return error, torch.rand(count, generator=generator) < 0.1


def alone(reward, state, size, dtype=torch.float32):
    """Whether `others_matter` for `size` agents, in one of three draws: a few may be an average lot by chance."""
    error, fallen = state
    generator = torch.Generator().manual_seed(1)
    draws = [torch.randperm(len(error), generator=generator)[:size] for _ in range(3)]

    def run(rows):
        total = reward(error[rows].to(dtype), fallen[rows])
        return read_result(total, {"r": total}, len(rows), total.device, 1e9)

    whole = run(torch.arange(len(error)))
    return any(others_matter(whole, index, run(index)) for index in draws)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), SCALES, OFFSETS, st.sampled_from([0.0, -100.0]), st.integers(1, 150))
def test_what_is_each_agents_own_never_depends_on_others(seed, scale, offset, penalty, size):
    def reward(error, fallen):
        return offset * scale + scale * torch.exp(-error.square().sum(1) / 4) + penalty * scale * fallen

    assert not alone(reward, agents(seed), size)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), SCALES, OFFSETS, st.sampled_from([0.0, -100.0]), st.integers(1, 20))
def test_a_mean_over_the_agents_is_seen_behind_any_offset(seed, scale, offset, penalty, size):
    def reward(error, fallen):
        own = error[:, 0]
        return offset * scale + scale * (own - own.mean()) + penalty * scale * fallen

    assert alone(reward, agents(seed), size)


def test_double_precision_sees_what_single_cannot(monkeypatch):
    monkeypatch.setattr(torch, "get_default_dtype", lambda: torch.float64)

    def reward(error, _):
        return 1e7 + 1e-2 * (error[:, 0] - error[:, 0].mean())

    assert alone(reward, agents(3), 10, torch.float64)
    assert not alone(reward, agents(3), 10, torch.float32)  # the constant has left nothing of it


GOOD = torch.arange(3.0)
WRONG = {
    "shape": (GOOD[:2], {"r": GOOD}, r"the total has shape \(2,\) for N = 3 agents"),
    "integers": (GOOD.long(), {"r": GOOD}, "the total is of type torch.int64"),
    "truth values": (GOOD, {"r": GOOD > 1}, "the component 'r' is of type torch.bool"),
    "complex": (torch.polar(GOOD, GOOD), {"r": GOOD}, "complex64"),
    "half": (GOOD.half(), {"r": GOOD}, "float16"),
    "no memory": (GOOD, {"r": torch.zeros(3, device="meta")}, "on meta, it must be an ordinary one on cpu"),
    "sparse": (GOOD.to_sparse(), {"r": GOOD}, "torch.sparse_coo tensor"),
    "NaN": (GOOD, {"r": GOOD / GOOD}, "'r' is NaN or infinite for 1 of 3 agents"),
    "infinite": (GOOD.log(), {"r": GOOD}, "the total is NaN or infinite"),
    "large": (GOOD, {"r": -1e7 * GOOD}, r"'r' reaches 2e\+07, at most 1e\+06"),
    "no terms": (GOOD, {}, "components is empty"),
    "many terms": (GOOD, {str(i): GOOD for i in range(3000)}, "more than 40 components"),
    "a giant name": (GOOD, {"x" * 2**24: GOOD}, "name 'x+' is not usable"),
    "mathematics": (GOOD, {"$\\frac{$": GOOD}, "is not usable"),
    "markup": (GOOD, {"</text><script>": GOOD}, "is not usable"),
    "an escape": (GOOD, {"\x1b[2J\n": GOOD}, r"'\\x1b\[2J\\n' is not usable"),
    "a formula": (GOOD, {'x",=cmd|calc!A0,"': GOOD}, "is not usable"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_results_are_told(case):
    total, components, expected = WRONG[case]
    with pytest.raises(ContractError, match=expected) as caught:
        read_result(total, components, 3, torch.device("cpu"), 1e6)
    assert len(str(caught.value)) < 400 and str(caught.value).isprintable()


def test_results_are_copies():
    own = torch.ones(3)
    result = read_result(own, {"r": own}, 3, own.device, 1e6)
    own += 1
    assert result.total.tolist() == result.components["r"].tolist() == [1.0] * 3
