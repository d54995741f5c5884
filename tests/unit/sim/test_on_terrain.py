"""The environment on a terrain: heights from the ground under each point, starts above it, contacts as the physics has them."""

import numpy as np
import pytest
import torch

from video2reward.policy.network import load_policy
from video2reward.robots.terrain import START


@pytest.fixture(params=["rough", "slopes", "stairs"])
def terrain(request):
    return request.param


def test_agents_start_spread_and_above_the_ground(make_env, terrain):
    env = make_env(num_envs=200, terrain=terrain, terrain_graded=False)
    place = env.qpos()[:, :2]
    assert place[:, 0].abs().max() <= START / 2 and place[:, 0].std() > 1
    assert place[:, 1].abs().max() <= START and place[:, 1].std() > 2
    assert (env.signals(["foot_heights"])["foot_heights"] > 0).all()


def test_contacts_agree_with_the_physics(make_env, terrain, robot):
    import mujoco

    env = make_env(num_envs=24, terrain=terrain, terrain_graded=False)
    generator = torch.Generator().manual_seed(0)
    env.auto_reset = False
    agreed = []
    for _ in range(40):
        env.step(0.3 * torch.randn(24, env.num_actions, generator=generator))
        contacts = env.signals(["foot_contacts"])["foot_contacts"]
        data = mujoco.MjData(env.model)
        for agent, (qpos, qvel) in enumerate(
            zip(env.physics.qpos.numpy(), env.physics.qvel.numpy(), strict=True)
        ):
            data.qpos[:], data.qvel[:] = qpos, qvel
            mujoco.mj_forward(env.model, data)
            touching = {int(g) for contact in data.contact for g in contact.geom if contact.dist < 0}
            agreed += [
                (env.model.geom(foot).id in touching) == bool(contacts[agent, i])
                for i, foot in enumerate(robot.feet)
            ]
    assert np.mean(agreed) > 0.95  # the ground under a sole's centre, not under its rim


def test_feet_meet_a_level_field_as_they_meet_the_floor(make_env, monkeypatch, robot_folder):
    monkeypatch.setattr("video2reward.robots.terrain._GRADIENT", 1e-4)
    policy = load_policy(robot_folder / "base.pth")
    ways = {}
    for terrain in ("flat", "slopes"):
        env = make_env(num_envs=48, terrain=terrain, terrain_graded=False)
        env.auto_reset = False
        env.set_commands(torch.tensor([1.2, 0.0, 0.0]).repeat(48, 1))
        observation, start = env.reset(), env.qpos()[:, 0]
        for _ in range(100):
            observation = env.step(policy(observation)).observation
        ways[terrain] = (env.qpos()[:, 0] - start).median()
    assert ways["slopes"] == pytest.approx(float(ways["flat"]), rel=0.05)


def test_heights_follow_the_ground(make_env, terrain):
    env = make_env(num_envs=64, terrain=terrain, terrain_graded=False)
    for _ in range(25):
        env.step(torch.zeros(64, env.num_actions))
    standing = env.signals(["base_height", "foot_heights"])
    flat = make_env(num_envs=4)
    for _ in range(25):
        flat.step(torch.zeros(4, flat.num_actions))
    assert standing["base_height"].median() == pytest.approx(
        float(flat.signals(["base_height"])["base_height"][0]), abs=0.05
    )
    assert env.qpos()[:, 2].std() > 2 * flat.qpos()[:, 2].std()


def test_a_terrain_goes_on_where_it_was(make_env):
    env = make_env(num_envs=8, terrain="rough", terrain_graded=False)
    before = env.state()
    first = [env.step(torch.full((8, env.num_actions), 0.2)).observation for _ in range(5)][-1]
    env.restore(before)
    again = [env.step(torch.full((8, env.num_actions), 0.2)).observation for _ in range(5)][-1]
    assert torch.equal(first, again)


def test_on_graded_ground_agents_start_on_all_sizes(make_env):
    env = make_env(num_envs=200, terrain="slopes")
    place = env.qpos()
    middle, side = place[:, 1].abs() < 1, place[:, 1].abs() > 6
    assert middle.sum() > 10 and side.sum() > 10
    assert place[side, 2].std() > 5 * place[middle, 2].std()
