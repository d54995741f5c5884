"""PPO's gradients in closed form against autograd's, of losses written out as rl-games has them."""

import pytest
import torch
from torch.distributions import Normal

from video2reward.policy.network import Policy
from video2reward.policy.together.losses import SOFT_BOUND, Batch, slopes
from video2reward.policy.together.networks import Networks
from video2reward.settings.training import Training

K, ROWS, OBSERVATIONS, ACTIONS = 3, 40, 5, 2


def batch_of(generator):
    """Rows near the policies that acted, so that some ratios are clipped and some are not."""

    def drawn(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    mean, spread = drawn(K, ROWS, ACTIONS), 0.5 + torch.rand(K, ACTIONS, generator=generator).double()
    actions = mean + spread[:, None] * drawn(K, ROWS, ACTIONS)
    neglogp = -Normal(mean, spread[:, None]).log_prob(actions).sum(-1)
    return Batch(actions, mean, spread, neglogp, drawn(K, ROWS), drawn(K, ROWS), drawn(K, ROWS))


def written_out(heads, log_std, batch, training):
    """The loss of all policies together: each has its own mean over its rows."""
    mean, value = heads[..., :ACTIONS], heads[..., ACTIONS]
    normal = Normal(mean, log_std.exp()[:, None])
    ratio = (batch.neglogp + normal.log_prob(batch.actions).sum(-1)).exp()
    clipped = ratio.clamp(1 - training.clip, 1 + training.clip)
    actor = torch.maximum(-batch.advantages * ratio, -batch.advantages * clipped)
    near = batch.values + (value - batch.values).clamp(-training.clip, training.clip)
    critic = torch.maximum((value - batch.returns) ** 2, (near - batch.returns) ** 2)
    beyond = (mean - SOFT_BOUND).clamp(min=0) ** 2 + (-SOFT_BOUND - mean).clamp(min=0) ** 2
    loss = actor + 0.5 * training.critic_coef * critic + training.bounds_loss * beyond.sum(-1)
    loss = loss - training.entropy * normal.entropy().expand(K, ROWS, ACTIONS).sum(-1)
    return loss.mean(1).sum(), actor.mean(1), critic.mean(1)


@pytest.mark.parametrize(
    "settings",
    [{}, {"entropy": 0.1, "bounds_loss": 5.0}, {"clip": 0.02, "critic_coef": 0.3, "bounds_loss": 0.0}],
)
def test_gradients_are_autograds(settings):
    training, generator = Training(**settings), torch.Generator().manual_seed(1)
    batch = batch_of(generator)
    shift = 0.1 * torch.randn(K, ROWS, ACTIONS + 1, generator=generator).double()
    heads = (torch.cat([batch.mean, batch.values[..., None]], -1) + shift).requires_grad_()
    log_std = (batch.spread.log() + 0.05).requires_grad_()
    loss, actor, critic = written_out(heads, log_std, batch, training)
    loss.backward()
    with torch.no_grad():
        found = slopes(heads, log_std, batch, training)
    torch.testing.assert_close(found.heads, heads.grad)
    torch.testing.assert_close(found.log_std, log_std.grad)
    torch.testing.assert_close(found.actor, actor.detach())
    torch.testing.assert_close(found.critic, critic.detach())


def test_the_networks_gradients_are_autograds():
    torch.manual_seed(3)
    policies = [Policy(OBSERVATIONS, ACTIONS, (7, 6)) for _ in range(K)]
    networks = Networks(K, OBSERVATIONS, ACTIONS, (7, 6), "cpu")
    for i, policy in enumerate(policies):
        networks.set_policy(i, policy)
    run = networks.room(ROWS)
    run.inputs[0].copy_(torch.randn(K, ROWS, OBSERVATIONS))
    slope = torch.randn(K, ROWS, ACTIONS + 1)
    heads = networks.forward(run)
    for i, policy in enumerate(policies):
        features = policy.trunk(run.inputs[0][i].clone())
        own = torch.cat([policy.action_mean(features), policy.value_head(features)], -1)
        torch.testing.assert_close(heads[i], own.detach())
        (own * slope[i]).sum().backward()
    networks.backward(run, slope)
    for i, policy in enumerate(policies):
        # In the order of the row of numbers: each layer's weights and biases, both heads as one layer.
        layers = [policy.trunk[0], policy.trunk[2]]
        ends = [policy.action_mean, policy.value_head]
        expected = [part.grad.flatten() for layer in layers for part in (layer.weight, layer.bias)]
        expected += [
            torch.cat([getattr(end, name).grad.flatten() for end in ends]) for name in ("weight", "bias")
        ]
        torch.testing.assert_close(networks.gradient[i, :-ACTIONS], torch.cat(expected), rtol=1e-4, atol=1e-5)


def test_a_policy_goes_in_and_comes_out_as_it_was():
    torch.manual_seed(4)
    policy = Policy(OBSERVATIONS, ACTIONS, (7, 6))
    torch.nn.init.normal_(policy.log_std)
    networks = Networks(2, OBSERVATIONS, ACTIONS, (7, 6), "cpu")
    networks.set_policy(1, policy)
    found = networks.get_policy(1, {"robot": "x"})
    assert found.meta == {"robot": "x"} and not networks.numbers[0].any()
    for name, value in policy.state_dict().items():
        assert torch.equal(found.state_dict()[name], value), name
