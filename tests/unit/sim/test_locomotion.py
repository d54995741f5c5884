"""The environment's life: steps, resets, terminations, time-outs, commands, the clock, repeatability."""

import mujoco
import numpy as np
import pytest
import torch

from video2reward.robots.model import build_model
from video2reward.sim.base import BatchedEnv


def random_actions(env, generator):
    return 2 * torch.rand(env.num_envs, env.num_actions, generator=generator) - 1


def test_is_the_contract(make_env):
    env = make_env(num_envs=4)
    assert isinstance(env, BatchedEnv)
    assert env.num_observations == len(env.observation_names) == 50
    result = env.step(torch.zeros(4, env.num_actions))
    assert result.observation.shape == (4, 50) and result.observation.dtype == torch.float32
    assert result.reward.shape == result.success.shape == (4,)
    assert result.terminated.dtype == result.truncated.dtype == torch.bool
    assert env.qpos().shape == (4, 19)
    assert env.keypoints_world().shape == (4, 14, 3)


def test_stands_under_zero_actions(make_env):
    env = make_env(num_envs=16)
    for _ in range(150):
        assert not env.step(torch.zeros(16, 12)).terminated.any()
    now = env.signals(["base_height", "foot_contacts", "projected_gravity"])
    assert (now["foot_contacts"] == 1).all()
    assert (now["base_height"] > 0.45).all()
    torch.testing.assert_close(
        now["projected_gravity"], torch.tensor([[0.0, 0.0, -1.0]]).repeat(16, 1), atol=0.05, rtol=0
    )


def test_a_step_is_what_mujoco_does(make_env, robot, robot_folder):
    """The same drives and substeps in a plain mj_step loop lead to the same state and torques."""
    env = make_env(num_envs=2, substeps=4)
    start, actions = env.qpos().numpy(), torch.tensor([[0.5] * 12, [-1.7] * 12])
    model = build_model(robot, robot_folder / robot.mjcf, substeps=4)
    assert model.opt.timestep == pytest.approx(0.005)
    default = np.array([robot.default_pose[joint] for joint in robot.joints])
    speeds = env.signals(["joint_vel"])["joint_vel"].numpy()
    for _ in range(5):
        env.step(actions)
    for agent in range(2):
        data = mujoco.MjData(model)
        data.qpos[:], data.qvel[6:] = start[agent], speeds[agent]
        data.ctrl[:] = default + 0.5 * np.clip(actions[agent].numpy(), -1, 1)
        for _ in range(5 * 4):
            mujoco.mj_step(model, data)
        np.testing.assert_allclose(env.qpos()[agent], data.qpos, atol=1e-4)
        now = env.signals()
        np.testing.assert_allclose(now["torques"][agent], data.actuator_force, atol=0.05)
        np.testing.assert_allclose(now["joint_vel"][agent], data.qvel[6:], atol=2e-3)


def test_torques_stay_within_the_effort_limit(make_env):
    env, generator = make_env(num_envs=32), torch.Generator().manual_seed(0)
    largest = 0.0
    for _ in range(50):
        env.step(3 * random_actions(env, generator))
        largest = max(largest, float(env.signals(["torques"])["torques"].abs().max()))
    assert 40 < largest <= 80.0001


def test_random_actions_fall_and_are_reset(make_env):
    env, generator = make_env(num_envs=64), torch.Generator().manual_seed(0)
    fallen = torch.zeros(64, dtype=torch.bool)
    for _ in range(200):
        result = env.step(random_actions(env, generator))
        for agent in result.terminated.nonzero().flatten():
            assert float(env.qpos()[agent, 2]) == pytest.approx(0.62)
            expected = env.signals(["joint_pos"])["joint_pos"][agent]
            np.testing.assert_allclose(env.qpos()[agent, 7:], expected, atol=1e-6)
        assert torch.isfinite(result.observation).all()
        assert (result.observation.abs() <= 5).all()
        fallen |= result.terminated
    assert fallen.float().mean() > 0.2


def test_falls_are_contacts_of_base_or_thigh(make_env):
    """A robot dropped on its back terminates; auto_reset off lets it lie there."""
    env = make_env(num_envs=2)
    env.auto_reset = False
    env.physics.qpos.numpy()[0, :7] = 0, 0, 0.4, 0, 1, 0, 0
    env.physics.qpos.numpy()[0, 7:] = 0
    ended = [env.step(torch.zeros(2, 12)).terminated for _ in range(40)]
    assert ended[-1].tolist() == [True, False]
    assert not ended[0].any()
    assert float(env.signals(["projected_gravity"])["projected_gravity"][0, 2]) > 0.8


def test_reset_distribution(make_env, robot):
    env = make_env(num_envs=2000)
    now = env.signals()
    default = now["default_joint_pos"]
    ratio = now["joint_pos"] / default
    assert (ratio >= 0.4999).all() and (ratio <= 1.5001).all()
    assert ratio.mean() == pytest.approx(1.0, abs=0.02)
    assert (now["joint_vel"].abs() <= 0.1001).all()
    assert now["joint_vel"].std() == pytest.approx(0.2 / 12**0.5, rel=0.05)
    qpos = env.qpos()
    assert np.allclose(qpos[:, :7], [0, 0, robot.spawn_height, 1, 0, 0, 0])
    for name in ("base_lin_vel", "base_ang_vel", "actions", "last_actions", "torques"):
        assert not now[name].any(), name
    phase = torch.atan2(now["phase_sin"], now["phase_cos"])
    assert phase.mean().abs() < 0.15 and phase.std() > 1.5


def test_commands_are_drawn_in_units_of_the_clips_speed(make_env, made_reference):
    env = make_env(num_envs=3000, command_vx=(0.5, 1.0), command_vy=(-0.2, 0.1), command_yaw=(0.3, 0.4))
    commands = env.signals(["commands"])["commands"]
    low = torch.tensor([0.5 * made_reference.speed, -0.2, 0.3])
    high = torch.tensor([1.0 * made_reference.speed, 0.1, 0.4])
    assert (commands >= low - 1e-6).all() and (commands <= high + 1e-6).all()
    torch.testing.assert_close(commands.mean(0), (low + high) / 2, atol=0.02, rtol=0)


def test_fixed_commands_outlive_resets(make_env):
    env, generator = make_env(num_envs=32, episode_s=0.5), torch.Generator().manual_seed(1)
    wanted = torch.arange(96.0).view(32, 3) / 96
    env.set_commands(wanted)
    for _ in range(60):
        env.step(random_actions(env, generator))
    assert torch.equal(env.signals(["commands"])["commands"], wanted)
    env.reset()
    assert torch.equal(env.signals(["commands"])["commands"], wanted)


def test_time_out(make_env):
    env = make_env(num_envs=3, episode_s=0.2)
    assert env.episode_steps == 10
    ends = [env.step(torch.zeros(3, 12)) for _ in range(25)]
    assert [i for i, end in enumerate(ends) if end.truncated.all()] == [9, 19]
    assert not any(end.terminated.any() for end in ends)
    assert sum(int(end.truncated.sum()) for end in ends) == 6


def test_phase_clock_runs_at_the_stride_period(make_env, made_reference):
    env = make_env(num_envs=16)

    def phase():
        now = env.signals(["phase_sin", "phase_cos"])
        return torch.atan2(now["phase_sin"], now["phase_cos"]) / (2 * np.pi)

    before = phase()
    for _ in range(10):
        env.step(torch.zeros(16, 12))
    moved = torch.remainder(phase() - before, 1.0)
    np.testing.assert_allclose(moved, 10 * env.dt / made_reference.period_s, atol=1e-4)


def test_the_clock_can_be_hidden(make_env):
    env = make_env(num_envs=2, observe_clock=False)
    assert env.num_observations == 48
    assert not any("phase" in name for name in env.observation_names)


def test_the_reward_sees_the_new_state_before_the_reset(make_env):
    seen = []

    class Reward:
        needed = ("base_height", "actions", "last_actions", "dt")

        def __call__(self, signals):
            seen.append({name: signals[name] for name in signals})
            return signals["base_height"] * 2, {"height": signals["base_height"].clone()}

    env = make_env(num_envs=4, reward=Reward(), episode_s=0.06)
    first, second = torch.full((4, 12), 0.1), torch.full((4, 12), 0.2)
    for actions in (first, second, first):
        result = env.step(actions)
        torch.testing.assert_close(result.reward, 2 * result.components["height"])
    assert set(seen[0]) == set(Reward.needed)
    assert result.truncated.all()
    assert (result.components["height"] < 0.62).all()  # it dropped from there
    assert float(env.signals(["base_height"])["base_height"][0]) == pytest.approx(0.62)
    torch.testing.assert_close(seen[1]["actions"], second)


def test_an_unstable_agent_is_a_failure_not_a_crash(make_env):
    def reward(signals):
        total = signals["base_lin_vel"].sum(1)
        return total, {"total": total}

    env = make_env(num_envs=4, reward=reward)
    env.step(torch.zeros(4, 12))
    env.physics.qvel.numpy()[1, :] = 1e8
    env.physics.qpos.numpy()[2, 9] = np.nan
    result = env.step(torch.zeros(4, 12))
    assert result.terminated.tolist() == [False, True, True, False]
    assert torch.isfinite(result.reward).all() and torch.isfinite(result.observation).all()
    assert result.reward[1] == result.reward[2] == 0
    assert torch.isfinite(env.qpos()).all()
    for _ in range(20):
        assert not env.step(torch.zeros(4, 12)).terminated.any()


@pytest.mark.parametrize("threads", [1, 2])
def test_a_seed_repeats_the_run(make_env, threads):
    def run(seed, threads):
        env, generator = make_env(num_envs=16, seed=seed, threads=threads), torch.Generator().manual_seed(5)
        observations = [env.step(random_actions(env, generator)).observation for _ in range(60)]
        return torch.stack(observations)

    first = run(3, 1)
    assert torch.equal(first, run(3, threads))
    assert not torch.equal(first, run(4, threads))


def test_a_slices_starts_depend_on_its_own_seed_alone(make_env):
    """Beside others, whose agents end their episodes at other times, and after a restored state."""
    task = {"episode_s": 0.5, "start_speed": 1.0, "reference_starts": 0.5}
    alone, beside = make_env(12, seed=4, **task), make_env(36, seed=(3, 4, 5), **task)
    other = make_env(36, seed=(8, 8, 8), **task)
    assert torch.equal(alone.reset(), beside.reset()[12:24])
    for env in (alone, beside):
        env.spread_episodes()
    generator, ended = torch.Generator().manual_seed(0), 0
    for step in range(60):
        actions = 2 * torch.rand(12, 12, generator=generator) - 1
        one = alone.step(actions)
        several = beside.step(torch.cat([0.5 * actions, actions, torch.zeros(12, 12)]))
        assert torch.equal(one.observation, several.observation[12:24])
        assert torch.equal(one.truncated, several.truncated[12:24])
        ended += int(one.truncated.sum())
        if step == 30:
            other.restore(beside.state())
            beside = other
    assert ended > 12
    assert not torch.equal(several.observation[:12], several.observation[24:])


def test_the_state_restores_everything(make_env):
    """Another environment, used and seeded otherwise, goes on bit for bit: resets, commands, torques, clock."""
    env, other = make_env(num_envs=32, episode_s=0.8), make_env(num_envs=32, seed=9, episode_s=0.8)
    env.spread_episodes()
    generator = torch.Generator().manual_seed(2)
    for _ in range(37):
        env.step(random_actions(env, generator))
        other.step(random_actions(other, generator))
    saved = env.state()
    before = {name: value.clone() for name, value in saved.items()}
    other.restore(saved)
    ended = 0
    for _ in range(60):
        for name, value in env.signals().items():
            torch.testing.assert_close(other.signals([name])[name], value, atol=0, rtol=0)
        actions = random_actions(env, generator)
        ours, theirs = env.step(actions), other.step(actions)
        for field in ("observation", "terminated", "truncated", "success"):
            assert torch.equal(getattr(ours, field), getattr(theirs, field)), field
        ended += int((ours.terminated | ours.truncated).sum())
    assert ended > 32
    for name, value in env.state().items():
        assert torch.equal(value, other.state()[name]), name
        assert torch.equal(saved[name], before[name]), f"{name} was not the caller's own"


def test_the_state_holds_whether_commands_are_fixed(make_env):
    env, other = make_env(num_envs=4), make_env(num_envs=4)
    drawn = env.state()
    wanted = torch.tensor([[0.5, 0.0, 0.1]])
    env.set_commands(wanted)
    other.restore(env.state())
    other.reset()
    assert torch.equal(other.signals(["commands"])["commands"], wanted.expand(4, 3))
    env.restore(drawn)
    env.reset()
    assert not torch.equal(env.signals(["commands"])["commands"], wanted.expand(4, 3))


def test_another_environments_state_is_refused(make_env):
    env = make_env(num_envs=4)
    with pytest.raises(ValueError, match="belongs to another environment"):
        env.restore(make_env(num_envs=1).state())
    state = env.state()
    del state["phase"]
    with pytest.raises(ValueError, match="belongs to another environment"):
        env.restore(state)
