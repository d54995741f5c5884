"""Signals against MuJoCo's own figures and against finite differences."""

import mujoco
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.geometry import body_normalise, quaternion_yaw, rotate, side_view
from video2reward.robots.description import load_robot
from video2reward.robots.model import build_model
from video2reward.signals import CATALOGUE
from video2reward.sim.snapshot import STRIDE_LIMIT, AgentStates, Constants, Snapshot
from video2reward.skeletons import AP10K

SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def parts(robot_folder, made_reference):
    robot = load_robot(robot_folder / "robot.yaml")
    model = build_model(robot, robot_folder / robot.mjcf)
    return model, Constants(robot, model, made_reference), robot


def random_state(model, rng):
    data = mujoco.MjData(model)
    data.qpos[:] = rng.uniform(-0.8, 0.8, model.nq)
    data.qpos[2] = rng.uniform(0.2, 0.7)
    mujoco.mju_normalize4(data.qpos[3:7])
    data.qvel[:] = rng.uniform(-2, 2, model.nv)
    return data


def snapshot(constants, data, commands=(0.0, 0.0, 0.0), phase=0.0):
    def row(values):
        return torch.tensor(np.array(values)[None], dtype=torch.float32)

    joints = len(data.qpos) - 7
    zero = torch.zeros(1, joints)
    return Snapshot(
        constants,
        AgentStates(
            row(data.qpos[:3]), row(data.qpos[3:7]), row(data.qvel[:3]), row(data.qvel[3:6]),
            row(data.qpos[7:]), row(data.qvel[6:]), zero, zero, zero, row(commands), torch.tensor([phase]),
        ),
    )  # fmt: skip


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_base_signals(parts, seed):
    model, constants, _ = parts
    data = random_state(model, np.random.default_rng(seed))
    now = snapshot(constants, data)
    turn = np.zeros(9)
    mujoco.mju_quat2Mat(turn, data.qpos[3:7])
    turn = turn.reshape(3, 3)
    np.testing.assert_allclose(now.base_lin_vel[0], turn.T @ data.qvel[:3], atol=1e-5)
    np.testing.assert_allclose(now.projected_gravity[0], turn.T @ [0, 0, -1], atol=1e-6)
    np.testing.assert_allclose(now.heading[0], quaternion_yaw(data.qpos[3:7]), atol=1e-4)
    assert float(now.base_height[0]) == pytest.approx(data.qpos[2])


def test_signs_of_the_base_signals(parts):
    model, constants, _ = parts
    data = mujoco.MjData(model)
    data.qpos[3:7] = np.cos(np.pi / 4), 0, 0, np.sin(np.pi / 4)  # turned left: the base looks along +y
    data.qvel[:2] = 0.3, 1.0
    now = snapshot(constants, data)
    np.testing.assert_allclose(now.base_lin_vel[0], [1.0, -0.3, 0.0], atol=1e-6)
    data.qpos[3:7] = np.cos(0.1), 0, np.sin(0.1), 0  # nose down by 0.2 rad: gravity has a forward part
    np.testing.assert_allclose(
        snapshot(constants, data).projected_gravity[0], [np.sin(0.2), 0, -np.cos(0.2)], atol=1e-6
    )


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_keypoints_are_the_sites_in_side_view(parts, made_reference, seed):
    model, constants, robot = parts
    data = random_state(model, np.random.default_rng(seed))
    mujoco.mj_forward(model, data)
    now = snapshot(constants, data)
    sites = robot.skeletons["ap10k"].sites
    world = []
    for name in made_reference.keypoint_names:
        group = (sites[name],) if isinstance(sites[name], str) else sites[name]
        world.append(np.mean([data.site(site).xpos for site in group], axis=0))
    np.testing.assert_allclose(now.keypoints_world[0], world, atol=2e-6)
    flat = side_view(np.array(world), quaternion_yaw(data.qpos[3:7]))
    wanted = body_normalise(flat[None], made_reference.keypoint_names, AP10K, made_reference.body_length_m)
    np.testing.assert_allclose(now.keypoints[0], wanted[0], atol=1e-5)


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_keypoint_velocities_are_finite_differences(parts, seed):
    model, constants, _ = parts
    data = random_state(model, np.random.default_rng(seed))
    data.qpos[3:7] = 1.0, *(0.3 * data.qpos[4:7])  # the heading of an upright base is not defined
    mujoco.mju_normalize4(data.qpos[3:7])
    now, step = snapshot(constants, data), 1e-3
    places = []
    for sign in (1, -1):
        moved = mujoco.MjData(model)
        moved.qpos[:], moved.qvel[:] = data.qpos, data.qvel
        mujoco.mj_integratePos(model, moved.qpos, data.qvel, sign * step)
        places.append(snapshot(constants, moved).keypoints[0].numpy())
    slope = (places[0] - places[1]) / (2 * step)
    np.testing.assert_allclose(now.keypoint_velocities[0], slope, atol=5e-3)


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_contacts_are_mujocos(parts, seed):
    model, constants, robot = parts
    rng = np.random.default_rng(seed)
    data = random_state(model, rng)
    mujoco.mj_forward(model, data)
    now = snapshot(constants, data)
    touching = [
        model.geom(geom)
        for contact in data.contact
        for geom in contact.geom
        if model.geom(geom).name != "floor"
    ]
    feet = [name in {geom.name for geom in touching} for name in robot.feet]
    assert now.foot_contacts[0].bool().tolist() == feet
    bodies = {model.body(geom.bodyid[0]).name for geom in touching if geom.name not in robot.feet}
    assert bool(now.forbidden_contact[0]) == bool(bodies & set(robot.terminate_on_contact))
    assert int(now.collisions[0]) == len(bodies & set(robot.collision_bodies))
    for i, name in enumerate(robot.feet):
        geom = data.geom(name)
        assert float(now.foot_heights[0, i]) == pytest.approx(geom.xpos[2] - 0.03, abs=1e-5)


def test_a_robot_without_counted_bodies_has_no_collisions(parts, made_reference):
    model, _, robot = parts
    constants = Constants(robot.model_copy(update={"collision_bodies": ()}), model, made_reference)
    data = random_state(model, np.random.default_rng(0))
    assert snapshot(constants, data).collisions.tolist() == [0.0]


@given(phase=st.floats(0, 1, exclude_max=True), ratio=st.floats(-0.5, 2))
@settings(max_examples=25, deadline=None)
def test_reference_follows_the_phase_and_the_commanded_speed(parts, made_reference, phase, ratio):
    model, constants, _ = parts
    data = mujoco.MjData(model)
    speed = ratio * made_reference.speed

    def at(p):
        return snapshot(constants, data, (speed, 0, 0), p).reference_keypoints[0].numpy()

    mean, step = made_reference.cycle.mean(0), 1 / len(made_reference.cycle)
    grid = round(phase * len(made_reference.cycle)) % len(made_reference.cycle)
    scale = np.clip(ratio, 0, STRIDE_LIMIT)
    wanted = mean + scale * (made_reference.cycle[grid] - mean)
    np.testing.assert_allclose(at(grid * step), wanted, atol=1e-5)
    now = snapshot(constants, data, (speed, 0, 0), grid * step)
    slope = (at(grid * step + step) - at(grid * step - step)) / (2 * step * made_reference.period_s)
    np.testing.assert_allclose(now.reference_velocities[0], slope, atol=1e-2)
    assert float(now.phase_sin[0]) == pytest.approx(np.sin(2 * np.pi * grid * step), abs=1e-5)
    assert float(now.phase_cos[0]) == pytest.approx(np.cos(2 * np.pi * grid * step), abs=1e-5)


def test_a_single_motion_is_not_scaled_with_the_commanded_speed(parts, jump_reference):
    model, _, robot = parts
    constants = Constants(robot, model, jump_reference)
    for speed in (0.0, 2.0):
        now = snapshot(constants, mujoco.MjData(model), (speed, 0, 0), 0.0)
        np.testing.assert_allclose(now.reference_keypoints[0], jump_reference.cycle[0], atol=1e-5)


def test_every_signal_of_the_catalogue_is_there(parts, made_reference):
    model, constants, robot = parts
    now = snapshot(constants, random_state(model, np.random.default_rng(0)))
    sizes = {"N": 1, "D": len(robot.joints), "F": len(robot.feet), "J": len(made_reference.keypoint_names)}
    for signal in CATALOGUE:
        shape = tuple(sizes[s] if s in sizes else int(s) for s in signal.shape)
        if shape:
            assert tuple(now[signal.name].shape) == shape, signal.name
            assert now[signal.name].dtype == torch.float32, signal.name
        else:
            assert isinstance(now[signal.name], float), signal.name
    with pytest.raises(KeyError):
        now["world_aces"]


def test_rotation_convention_of_the_shared_geometry(parts):
    model, constants, _ = parts
    data = random_state(model, np.random.default_rng(3))
    now = snapshot(constants, data)
    np.testing.assert_allclose(rotate(data.qpos[3:7], now.base_lin_vel[0].numpy()), data.qvel[:3], atol=1e-5)
