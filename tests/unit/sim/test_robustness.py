"""What training episodes draw with `task.robustness`: within its ranges, per episode, late by whole steps, never in rewards."""

import math

import mujoco
import numpy as np
import pytest
import torch

from video2reward.robots.symmetry import symmetry
from video2reward.sim.observed import BLOCKS
from video2reward.sim.robustness.table import NOISE, OF_MODEL, TABLE, listed, ranges
from video2reward.sim.slices import Slices

LEVELS = ("light", "full")


def actions_of(env, steps, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return 2 * torch.rand(steps, env.num_envs, env.num_actions, generator=generator) - 1


def begin(env):
    env.training_starts = True
    return env.reset()


def played(env, actions):
    """What an environment gives, step by step, without its pushes and noise being looked at apart."""
    return [(r.observation.clone(), r.reward, env.qpos()) for r in map(env.step, actions)]


def same(one, other, rows=slice(None)):
    return all(
        torch.equal(a[rows], b[rows])
        for x, y in zip(one, other, strict=True)
        for a, b in zip(x, y, strict=True)
    )


@pytest.mark.parametrize("level", LEVELS)
def test_every_draw_is_within_its_range_and_fills_it(level, make_env):
    env = make_env(num_envs=512, robustness=level)
    begin(env)
    disturbances = env._disturbances
    assert disturbances.on and set(disturbances.draws.columns) == {
        name for name in ranges(level) if TABLE[name].per == "episode"
    }
    for name, (low, high) in ranges(level).items():
        drawn = disturbances.draws.of(disturbances.drawn, name)
        if drawn is None:
            continue
        step = env.dt if name.endswith("delay") else 1.0
        low, high = (torch.tensor(end) / step for end in (low, high))
        assert (drawn >= low - 1e-6).all() and (drawn <= high + 1e-6).all(), name
        assert (drawn.amax(0) - drawn.amin(0) > 0.9 * (high - low)).all(), name
        assert TABLE[name].size != 0 or drawn.shape == (512, 12)


def test_draws_change_with_the_episode_and_not_within_it(make_env):
    env = make_env(num_envs=16, robustness="full", episode_s=0.2)
    begin(env)
    first = env._disturbances.drawn.clone()
    for action in actions_of(env, 9):
        assert torch.equal(env._disturbances.drawn, first)
        assert not env.step(0.1 * action).truncated.any()
    assert env.step(torch.zeros(16, 12)).truncated.all()
    assert (env._disturbances.drawn != first).any(1).all()


def test_judging_is_on_the_robot_as_it_is(make_env):
    """Without `training_starts` nothing is drawn: to the last bit what it is without robustness."""
    plain, full = make_env(), make_env(robustness="full")
    actions = actions_of(plain, 20)
    assert same(played(plain, actions), played(full, actions))
    begin(full)
    full.training_starts = False
    full.reset()
    assert not full._disturbances.on
    model, own = full.model, full.physics._batch.get_model(3)
    for name in ("pair_friction", "body_mass", "body_ipos", "actuator_gainprm", "actuator_forcerange"):
        np.testing.assert_array_equal(getattr(own, name), getattr(model, name))


def test_the_simulated_model_is_what_was_drawn(make_env, robot):
    env = make_env(num_envs=4, robustness="full")
    begin(env)
    drawn = env._disturbances.draws.of_model(env._disturbances.drawn)
    assert set(drawn) == set(OF_MODEL) == env.physics.varies
    body, data = env.model.body(robot.base).id, mujoco.MjData(env.model)
    for agent in range(4):
        own = env.physics._batch.get_model(agent)
        of = {name: np.asarray(values[agent], float) for name, values in drawn.items()}
        np.testing.assert_allclose(own.pair_friction[:, :2], of["friction"], rtol=1e-6)
        assert own.body_mass[body] == pytest.approx(env.model.body_mass[body] * of["trunk_mass"])
        np.testing.assert_allclose(
            own.body_ipos[body] - env.model.body_ipos[body], of["trunk_com"], atol=1e-7
        )
        np.testing.assert_allclose(
            own.actuator_gainprm[:, 0],
            env.model.actuator_gainprm[:, 0] * of["motor_strength"] * of["stiffness"],
        )
        np.testing.assert_allclose(
            own.actuator_biasprm[:, 2],
            env.model.actuator_biasprm[:, 2] * of["motor_strength"] * of["damping"],
        )
        np.testing.assert_allclose(
            own.actuator_forcerange, env.model.actuator_forcerange * of["motor_strength"]
        )
        derived = np.array(own.dof_invweight0)
        mujoco.mj_setConst(own, data)
        np.testing.assert_allclose(derived, own.dof_invweight0)


def test_less_friction_slides(make_env):
    """A robot that is moved sideways comes to rest later on ice."""
    gone = []
    for friction in (0.05, 1.0):
        env = make_env(num_envs=4)
        env.auto_reset = False
        env.disturb({"friction": (friction, friction)})
        env.reset()
        for _ in range(40):
            env.step(torch.zeros(4, 12))
        before = env.qpos()[:, 1].clone()
        env.physics.qvel[:, 1] += 0.5
        for _ in range(40):
            env.step(torch.zeros(4, 12))
        gone.append(float((env.qpos()[:, 1] - before).mean()))
    assert gone[0] > 0.1 and gone[0] > 3 * abs(gone[1]), gone


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_an_action_is_late_by_exactly_so_many_steps(steps, make_env):
    late, prompt = make_env(num_envs=3), make_env(num_envs=3)
    late.disturb({"action_delay": (steps * late.dt, steps * late.dt)})
    late.reset()
    prompt.restore({k: v for k, v in late.state().items() if k in prompt.state()})
    actions = actions_of(late, 12)
    first = torch.zeros(steps, 3, 12)
    for action, reached in zip(actions, torch.cat([first, actions])[:12], strict=True):
        late.step(action), prompt.step(reached)
        torch.testing.assert_close(late.qpos(), prompt.qpos(), rtol=0, atol=0)
        assert torch.equal(late.signals(["actions"])["actions"], action)  # what it told, not what was done


@pytest.mark.parametrize("steps", [0, 2])
def test_what_sensors_measure_is_late_by_exactly_so_many_steps(steps, make_env):
    late, prompt = make_env(num_envs=3), make_env(num_envs=3)
    late.disturb({"sensor_delay": (steps * late.dt, steps * late.dt)})
    seen = [late.reset()]
    prompt.restore({k: v for k, v in late.state().items() if k in prompt.state()})
    true = [seen[0]]
    for action in actions_of(late, 10):
        seen.append(late.step(action).observation)
        true.append(prompt.step(action).observation)
    known = [BLOCKS[name.split(".")[0]].measured for name in late.observation_names]
    measured = torch.tensor(known)
    assert 0 < measured.sum() < len(measured)
    for t in range(11):
        assert torch.equal(seen[t][:, measured], true[max(0, t - steps)][:, measured])
        assert torch.equal(seen[t][:, ~measured], true[t][:, ~measured])


def test_noise_is_on_what_is_observed_alone(make_env):
    def reward(signals):
        return signals["joint_vel"].square().sum(1), {}

    noisy, clean = make_env(num_envs=64, reward=reward), make_env(num_envs=64, reward=reward)
    noisy.disturb({"noise": (1.0, 1.0)})
    noisy.reset()
    clean.restore({k: v for k, v in noisy.state().items() if k in clean.state()})
    off = []
    for action in actions_of(noisy, 8):
        one, other = noisy.step(action), clean.step(action)
        kept = ~(one.terminated | one.truncated)
        assert torch.equal(one.reward, other.reward) and torch.equal(one.success, other.success)
        assert torch.equal(noisy.qpos()[kept], clean.qpos()[kept])
        off.append((one.observation - other.observation)[kept])
    off, scales = torch.cat(off), torch.tensor(clean._task.observation_scales)
    for column, name in enumerate(noisy.observation_names):
        largest = NOISE.get(name.split(".")[0], (0.0,))[0] * float(scales[column])
        found = float(off[:, column].abs().max())
        assert found <= largest + 1e-6 and (largest == 0 or found > 0.9 * largest), name


def test_a_wrong_zero_moves_what_is_measured_and_where_the_drive_goes(make_env, robot):
    env, sound = make_env(num_envs=2), make_env(num_envs=2)
    env.disturb({"joint_offset": (0.02, 0.02)})
    env.reset()
    sound.restore({k: v for k, v in env.state().items() if k in sound.state()})
    lower = -0.02 / robot.action_scale
    for _ in range(20):
        seen = env.step(torch.zeros(2, 12)).observation
        sound.step(torch.full((2, 12), lower))
    torch.testing.assert_close(env.qpos(), sound.qpos(), atol=1e-6, rtol=0)
    now = env.signals(["joint_pos", "default_joint_pos"])
    first = env.observation_names.index("joint_pos_offset.LF_HAA")
    measured = seen[:, first : first + 12]
    torch.testing.assert_close(
        measured - 0.02, now["joint_pos"] - now["default_joint_pos"], atol=1e-5, rtol=0
    )


def test_pushes_are_as_large_and_as_rare_as_told(make_env):
    env = make_env(num_envs=400)
    env.disturb({"push": (0.5, 0.8), "push_interval": (0.5, 0.5)})
    env.reset()
    for _ in range(20):
        env.step(torch.zeros(400, 12))
    env._disturbances.on = True
    kicked, count = 0, 20
    for _ in range(count):
        before = env.physics.qvel.clone()
        env._disturbances.push()
        kick = env.physics.qvel - before
        size = kick[:, :2].norm(dim=1)
        rows = size > 0
        kicked += int(rows.sum())
        assert (size[rows] >= 0.5 - 1e-6).all() and (size[rows] <= 0.8 + 1e-6).all()
        assert not kick[:, 2:].any()
    assert kicked / (400 * count) == pytest.approx(env.dt / 0.5, rel=0.25)
    angles = torch.atan2(kick[:, 1], kick[:, 0])[rows]
    assert angles.min() < -math.pi / 2 and angles.max() > math.pi / 2


@pytest.mark.parametrize("observation", ["own", "deployable"])
def test_a_slice_is_the_same_alone_and_beside_others(observation, make_env):
    task = {"robustness": "full", "observation": observation, "episode_s": 0.3}
    both, alone = make_env(num_envs=12, seed=(3, 4), **task), make_env(num_envs=6, seed=4, **task)
    assert torch.equal(begin(both)[6:], begin(alone))
    both.spread_episodes(), alone.spread_episodes()
    actions = actions_of(both, 60)
    assert same(
        [tuple(part[6:] for part in step) for step in played(both, actions)], played(alone, actions[:, 6:])
    )


@pytest.mark.parametrize("observation", ["own", "deployable"])
def test_a_restored_environment_goes_on_bit_for_bit(observation, make_env):
    task = {"robustness": "full", "observation": observation, "episode_s": 0.3}
    one, other = make_env(seed=1, **task), make_env(seed=2, **task)
    begin(one), begin(other)
    actions = actions_of(one, 50)
    played(one, actions[:20])
    saved = one.state()
    other.restore(saved)
    assert same(played(one, actions[20:]), played(other, actions[20:]))


def test_mirrored_draws_are_those_of_the_mirrored_robot(make_env):
    env = make_env(num_envs=8, robustness="full")
    begin(env)
    sides, draws, drawn = symmetry(env.robot, env.model), env._disturbances.draws, env._disturbances.drawn
    order, signs = draws.mirrored(sides)
    image = drawn[:, order] * torch.tensor(signs)
    com, own = draws.of(image, "trunk_com"), draws.of(drawn, "trunk_com")
    assert torch.equal(com, own * torch.tensor([1.0, -1.0, 1.0]))
    offsets = draws.of(drawn, "joint_offset")
    expected = offsets[:, list(sides.joints)] * torch.tensor(sides.signs)
    assert torch.equal(draws.of(image, "joint_offset"), expected)
    assert torch.equal(draws.of(image, "friction"), draws.of(drawn, "friction"))


def test_the_table_says_all_that_a_file_needs():
    assert ranges("off") == {} and listed("off", 0.02, False) == []
    assert set(ranges("light")) < set(ranges("full")) == set(TABLE)
    for row in listed("full", 0.02, False):
        assert all(row[key] for key in ("name", "meaning", "unit", "source", "per"))
        assert row["lowest"] <= row["highest"]
    coarse = {
        row["name"]: row for row in listed("full", 0.05, True)
    }  # delays in whole steps; torques have no gains
    assert coarse["action_delay"]["highest"] == 0 and not {"stiffness", "damping"} & set(coarse)
    assert set(NOISE) <= {name for name, block in BLOCKS.items() if block.measured}


def test_slices_draw_for_rows_what_they_draw_alone():
    both, alone = Slices((3, 4), 8, "cpu"), Slices(4, 4, "cpu")
    ((generator, _), *_) = list(both.of(torch.tensor([5, 7])))
    assert torch.equal(
        torch.rand(2, generator=generator),
        next(torch.rand(2, generator=g) for g, _ in alone.of(torch.tensor([1, 3]))),
    )
