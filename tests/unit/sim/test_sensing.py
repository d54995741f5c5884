"""What a policy with `task.observation: deployable` is given, and what its critic sees instead."""

import pytest
import torch

from video2reward.sim.observed import BLOCKS

TASK = {"observation": "deployable", "history": 3}


def actions_of(env, steps):
    generator = torch.Generator().manual_seed(0)
    return 2 * torch.rand(steps, env.num_envs, env.num_actions, generator=generator) - 1


def frames(env, observation):
    return observation.view(env.num_envs, TASK["history"], -1).unbind(1)


def test_nothing_is_observed_that_a_robots_sensors_do_not_tell(make_env):
    env = make_env(**TASK)
    blocks = {name.split(".")[0] for name in env.observation_names}
    assert blocks == {
        "base_ang_vel", "projected_gravity", "commands", "joint_pos_offset", "joint_vel", "actions", "phase",
    }  # fmt: skip
    assert not any(BLOCKS[block].needs for block in blocks)
    assert env.num_observations == len(env.observation_names) == len(set(env.observation_names)) == 3 * 47
    assert env.observation_names[47] == env.observation_names[0] + " 1 ago"


def test_the_newest_frame_comes_first_and_the_oldest_goes(make_env):
    env, whole = make_env(**TASK), make_env()
    seen, true = [env.reset()], [whole.reset()]
    env.restore({**env.state(), **{k: v for k, v in whole.state().items()}})
    kept = [whole.observation_names.index(name) for name in env.observation_names[:47]]
    for action in 0.3 * actions_of(env, 8):
        seen.append(env.step(action).observation)
        true.append(whole.step(action).observation)
    for t in range(3, 9):
        for back, frame in enumerate(frames(env, seen[t])):
            assert torch.equal(frame, true[t - back][:, kept])


def test_a_new_episode_has_no_past_of_the_old_one(make_env):
    env = make_env(num_envs=64, episode_s=0.4, **TASK)
    ends = 0
    for action in actions_of(env, 30):
        result = env.step(action)
        new, going = result.terminated | result.truncated, frames(env, result.observation)
        ends += int(new.sum())
        assert all(torch.equal(going[0][new], frame[new]) for frame in going)
        assert not torch.equal(going[0][~new], going[1][~new]) or new.all()
    assert ends >= 64


def test_who_is_not_reset_keeps_its_past(make_env):
    env = make_env(num_envs=64, episode_s=0.2, **TASK)
    env.auto_reset = False
    before = env.reset()
    for action in actions_of(env, 20):
        seen = env.step(action).observation
        assert torch.equal(frames(env, seen)[1], frames(env, before)[0])
        before = seen


def test_the_critic_sees_the_truth_and_the_draws(make_env):
    env = make_env(num_envs=16, robustness="full", **TASK)
    env.training_starts = True
    env.reset()
    for action in actions_of(env, 5):
        result = env.step(action)
    seen = env.privileged()
    own = env._task.observe(env._snapshot())
    assert seen.shape == (16, env.num_privileged) and torch.equal(seen[:, : own.shape[1]], own)
    assert torch.equal(seen[:, own.shape[1] :], env._disturbances.drawn)
    velocity = env.signals(["base_lin_vel"])["base_lin_vel"]
    torch.testing.assert_close(seen[:, :3], (2 * velocity).clamp(-5, 5))
    kept = [env._task.observation_names.index(name) for name in env.observation_names[:47]]
    assert not torch.equal(frames(env, result.observation)[0], own[:, kept])  # late and noisy
    assert make_env().num_privileged == 0


@pytest.mark.parametrize("robustness", ["off", "full"])
def test_a_mirror_image_of_a_mirror_image_is_the_original(robustness, make_env):
    env = make_env(robustness=robustness, **TASK)
    mirror = env.mirror()
    for image, width in ((mirror.observation, env.num_observations), (mirror.privileged, env.num_privileged)):
        values = torch.randn(5, width)
        assert image.order.shape == (width,)
        assert not torch.equal(image(values), values) and torch.equal(image(image(values)), values)
    frame = torch.randn(5, 47)
    assert torch.equal(
        mirror.observation(frame.repeat(1, 3)), mirror.observation(frame.repeat(1, 3))[:, :47].repeat(1, 3)
    )


@pytest.mark.parametrize("name", ["run", "single"])
def test_other_tasks_show_what_they_can(name, make_env, made_reference, jump_reference):
    reference = jump_reference if name == "single" else made_reference
    env = make_env(name=name, reference=reference, **TASK)
    blocks = {part.split(".")[0] for part in env.observation_names}
    assert not blocks & {"base_height", "base_lin_vel", "course", "foot_contacts", "trunk_height_error"}
    assert {"joint_vel", "phase"} <= blocks
    assert torch.isfinite(env.step(torch.zeros(8, env.num_actions)).observation).all()
