"""Learning from mirror images too: point masses whose y is mirrored."""

import pytest
import torch
from tests.unit.policy.pointmass import TRAINING, PointMassEnv, train_points

from video2reward.policy.agent import make_agent
from video2reward.policy.mirrored import MirroredAgent
from video2reward.policy.vecenv import VecEnv
from video2reward.sim.base import Mirror, SignedOrder

MIRRORED = TRAINING.model_copy(update={"mirror": True})
SEEN = SignedOrder(torch.arange(4), torch.tensor([1.0, -1.0, 1.0, -1.0]))
DONE = SignedOrder(torch.arange(2), torch.tensor([1.0, -1.0]))


@pytest.fixture
def sided(monkeypatch):
    monkeypatch.setattr(PointMassEnv, "mirror", lambda self: Mirror(SEEN, DONE))


@pytest.fixture
def agent(sided, tmp_path):
    agent = make_agent(VecEnv(PointMassEnv()), MIRRORED, tmp_path)
    agent.obs = agent.env_reset()
    yield agent
    agent.writer.close()


def test_every_minibatch_holds_steps_and_their_images(agent):
    agent.set_eval()
    with torch.no_grad():
        batch = agent.play_steps()
    agent.prepare_dataset(batch)
    per = agent.minibatch_size
    assert len(agent.dataset) == TRAINING.minibatches
    for i in range(len(agent.dataset)):
        held = agent.dataset[i]
        assert len(held["obs"]) == 2 * per
        torch.testing.assert_close(held["obs"][per:], SEEN(held["obs"][:per]))
        torch.testing.assert_close(held["actions"][per:], DONE(held["actions"][:per]))
        for name in ("advantages", "returns", "old_values"):
            torch.testing.assert_close(held[name][per:], held[name][:per])


def test_images_have_the_originals_probabilities_and_the_policys_own_distribution(agent):
    agent.set_eval()
    with torch.no_grad():
        batch = agent.play_steps()
    agent.prepare_dataset(batch)
    per, held = agent.minibatch_size, agent.dataset[0]
    torch.testing.assert_close(held["old_logp_actions"][per:], held["old_logp_actions"][:per])
    agent.set_eval()
    means = agent.model.a2c_network({"obs": agent.model.norm_obs(held["obs"][per:])})[0]
    torch.testing.assert_close(held["mu"][per:], means)


@pytest.mark.slow
def test_what_is_learnt_is_nearer_to_its_own_mirror_image(sided, tmp_path):
    def lopsided(mirror):
        found = 0.0
        for seed in (1, 2):
            work = tmp_path / f"{mirror}{seed}"
            policy = train_points(work, 30_000, seed=seed, settings={"mirror": mirror}).policy
            seen = 4 * torch.rand(500, 4, generator=torch.Generator().manual_seed(0)) - 2
            with torch.no_grad():
                found += float((DONE(policy(SEEN(seen))) - policy(seen)).abs().mean())
        return found

    assert lopsided(True) < 0.7 * lopsided(False)


def test_without_the_setting_rl_games_own_agent_is_used(tmp_path):
    agent = make_agent(VecEnv(PointMassEnv()), TRAINING, tmp_path)
    assert not isinstance(agent, MirroredAgent)
    agent.writer.close()
