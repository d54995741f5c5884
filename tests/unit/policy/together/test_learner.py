"""Our PPO against rl-games': the same weights and the same rollout give the same update."""

import pytest
import torch
from tests.unit.policy.pointmass import TRAINING, PointMassEnv

from video2reward.config.plan import load_plan
from video2reward.motion.retarget import neutral_reference
from video2reward.policy.agent import make_agent, to_policy
from video2reward.policy.network import Policy
from video2reward.policy.seeding import seed_everything
from video2reward.policy.together.learner import Learner
from video2reward.policy.vecenv import VecEnv
from video2reward.reward.compile import compile_reward
from video2reward.robots.description import load_robot
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.training import Training
from video2reward.sim.base import Mirror, SignedOrder

SETTINGS = {
    "default": {},
    "narrow": {"clip": 0.02, "kl_threshold": 1e-4, "learning_rate": 3e-3},
    "broad": {"entropy": 0.01, "bounds_loss": 10.0, "sigma0": 1.5, "learning_rate": 1e-6, "minibatches": 4},
    "deep": {"units": (24, 16, 8), "mini_epochs": 2, "critic_coef": 0.7, "gamma": 0.9, "gae_lambda": 0.8},
}


def watched(agent):
    """Let rl-games keep each step's figures: observation, actions, ..., rewards without bootstrap, time-outs."""
    kept = []
    inner = agent.vec_env.step

    def step(actions):
        found = inner(actions)
        kept.append(found)
        return found

    agent.vec_env.step = step
    return kept


def copied_rollout(agent, learner, slot, first):
    """Give a learner's policy the rollout that rl-games' agent has just made."""
    buffer, steps = agent.experience_buffer.tensor_dict, learner.steps
    names = {"observations": "obses", "actions": "actions", "means": "mus", "neglogp": "neglogpacs"}
    for ours, theirs in names.items():
        getattr(steps, ours)[slot] = buffer[theirs].transpose(0, 1)
    for ours, theirs in {"values": "values", "rewards": "rewards"}.items():
        getattr(steps, ours)[slot] = buffer[theirs][..., 0].T
    steps.ended[slot] = torch.stack([found[2].float() for found in first], 1)


def close(ours, theirs, tolerance=2e-5):
    torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance, check_dtype=False)


def assert_same(agent, learner, slot):
    ours, theirs = (
        learner.policy(slot, {}).state_dict(),
        to_policy(agent, learner.networks.units, {}).state_dict(),
    )
    for name, value in theirs.items():
        close(ours[name], value)
    assert float(learner.rates[slot]) == pytest.approx(agent.last_lr, rel=1e-12)


@pytest.mark.parametrize("name", SETTINGS)
def test_updates_are_rl_games_updates(name, tmp_path):
    """Two neighbours at once, three updates each: the second starts where the first has arrived."""
    training: Training = TRAINING.model_copy(update=SETTINGS[name])
    assert_same_updates([PointMassEnv(training.num_envs, seed) for seed in (1, 2)], training, tmp_path)


class SidedEnv(PointMassEnv):
    """Point masses whose y is mirrored."""

    def mirror(self):
        seen, done = torch.tensor([1.0, -1.0, 1.0, -1.0]), torch.tensor([1.0, -1.0])
        return Mirror(SignedOrder(torch.arange(4), seen), SignedOrder(torch.arange(2), done))


def test_so_are_updates_from_mirror_images(tmp_path):
    training = TRAINING.model_copy(update={"mirror": True})
    assert_same_updates([SidedEnv(training.num_envs, seed) for seed in (1, 2)], training, tmp_path)


@pytest.mark.parametrize(("robot", "task"), [("anymal_c", "velocity"), ("humanoid", "run")])
def test_and_on_the_robots(robot_folder, tmp_path, robot, task):
    """Two updates, 40 gradient steps: later, rounding puts single rows on the other side of a clip."""
    from video2reward.sim.locomotion import make_env

    root = robot_folder.parents[2]
    practice = load_plan({"experiments": ["amble", "human_run"]}, root).practices[robot]
    training = practice.training.model_copy(update={"num_envs": 32})
    described = load_robot(root / "resources" / "robots" / robot / "robot.yaml")
    mjcf = root / "resources" / "robots" / robot / described.mjcf
    skeleton = next(iter(described.skeletons))
    reference = neutral_reference(described, skeleton, *standing_keypoints(mjcf, described, skeleton))
    reward = compile_reward(root / "resources" / "rewards" / f"human_{task}.py")
    env = make_env(training, described, mjcf, practice.task, reference, reward, training.num_envs, 0)
    assert_same_updates([env], training, tmp_path, updates=2)
    env.close()


def assert_same_updates(envs, training, work, updates=3):
    agents = []
    for seed, env in enumerate(envs):
        seed_everything(seed)
        agent = make_agent(VecEnv(env), training, work / str(seed))
        agent.obs = agent.env_reset()
        agents.append(agent)
    mirror = envs[0].mirror() if training.mirror else None
    policies = [to_policy(agent, training.units, {}) for agent in agents]
    learner = Learner(policies, training, training.num_envs, "cpu", mirror)
    seen = [watched(agent) for agent in agents]
    for _ in range(updates):
        kls = []
        for slot, agent in enumerate(agents):
            seen[slot].clear()
            *_, kl, _, _ = agent.train_epoch()
            copied_rollout(agent, learner, slot, seen[slot])
            kls.append(torch.stack(kl).mean())
        update = learner.update(torch.stack([agent.obs["obs"] for agent in agents]))
        close(update.kl, torch.stack(kls), 1e-4)
        for slot, agent in enumerate(agents):
            assert_same(agent, learner, slot)


def rollouts(learner, count, seed=0):
    """Fill a learner's rollout with random steps of its own policies, and update it."""
    generator = torch.Generator().manual_seed(seed)
    policies, agents, horizon, actions = learner.steps.actions.shape
    for _ in range(count):
        for t in range(horizon):
            observed = torch.randn(policies, agents, 4, generator=generator)
            learner.act(t, observed, torch.randn(policies, agents, actions, generator=generator))
            ended = torch.rand(policies, agents, generator=generator) < 0.1
            learner.receive(t, observed[..., 0], ended, ended & (observed[..., 1] > 0))
        learner.update(observed)


def test_a_policy_does_not_depend_on_its_neighbours(tmp_path):
    policies = [Policy(4, 2, TRAINING.units) for _ in range(3)]
    first, second = (Learner(policies, TRAINING, TRAINING.num_envs, "cpu") for _ in range(2))
    with torch.no_grad():
        second.networks.numbers[1] = float("nan")
    for learner in (first, second):
        rollouts(learner, 2)
    assert first.finite().tolist() == [True, True, True] and second.finite().tolist() == [True, False, True]
    for slot in (0, 2):
        ours, theirs = (learner.policy(slot, {}).state_dict() for learner in (second, first))
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
        assert torch.equal(second.rates[slot], first.rates[slot])


def test_a_saved_learner_goes_on_as_it_was():
    policies = [Policy(4, 2, TRAINING.units) for _ in range(2)]
    first, second = (Learner(policies, TRAINING, TRAINING.num_envs, "cpu") for _ in range(2))
    rollouts(first, 2)
    second.set_state(first.state())
    for learner in (first, second):
        rollouts(learner, 2, seed=1)
    for slot in (0, 1):
        ours, theirs = (learner.policy(slot, {}).state_dict() for learner in (second, first))
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
