"""What every robot must satisfy to be used, whoever added it; and the published figures of ANYmal C."""

from dataclasses import replace
from pathlib import Path

import mujoco
import numpy as np
import pytest
import torch

from video2reward.robots import build_model, check_robot, load_robot
from video2reward.settings import Task

ROBOTS = sorted(path.parent for path in (Path(__file__).parents[2] / "resources/robots").glob("*/robot.yaml"))


@pytest.fixture(params=ROBOTS, ids=lambda folder: folder.name)
def folder(request):
    return request.param


def default_state(robot, model, height=None):
    """The robot at rest in its default pose, the base at `height` (0: sites are in the base's frame)."""
    data = mujoco.MjData(model)
    data.qpos[:7] = 0, 0, height or 0, 1, 0, 0, 0
    for joint, angle in robot.default_pose.items():
        data.joint(joint).qpos[0] = angle
    mujoco.mj_forward(model, data)
    return data


def test_folder_says_where_it_comes_from(folder):
    robot = load_robot(folder / "robot.yaml")
    assert robot.name == folder.name
    assert (folder / robot.mjcf).exists()
    assert (folder / "SOURCE").read_text().strip() and (folder / "LICENSE").read_text().strip()


def test_names_exist_and_both_forms_compile(folder):
    robot = load_robot(folder / "robot.yaml")
    check_robot(robot, folder / robot.mjcf)
    physics = build_model(robot, folder / robot.mjcf)
    seen = build_model(robot, folder / robot.mjcf, visual=True)
    assert physics.nu == seen.nu == len(robot.joints)
    assert physics.nq == seen.nq
    assert seen.ngeom > physics.ngeom
    np.testing.assert_allclose(physics.body_mass, seen.body_mass)


def test_limbs_are_as_long_as_robot_yaml_says(folder):
    robot = load_robot(folder / "robot.yaml")
    data = default_state(robot, build_model(robot, folder / robot.mjcf))
    for table in robot.skeletons.values():
        for limb in table.limbs:
            places = [
                data.site(str(table.sites[joint])).xpos[[0, 2]] for joint in (limb.hip, limb.knee, limb.foot)
            ]
            lengths = np.linalg.norm(np.diff(places, axis=0), axis=1)
            np.testing.assert_allclose(lengths, limb.lengths_m, rtol=0.02)


def test_stands_still_for_two_seconds(folder, made_reference):
    from video2reward.sim.mujoco_env import MujocoEnv

    robot = load_robot(folder / "robot.yaml")
    name, table = next(iter(robot.skeletons.items()))
    names = tuple(table.sites)
    still = np.zeros((8, len(names), 2))
    reference = replace(
        made_reference, skeleton=name, keypoint_names=names, cycle=still, target=still, robot=robot.name
    )
    env = MujocoEnv(robot, folder / robot.mjcf, Task(), reference, None, num_envs=32, seed=0)
    zero = torch.zeros(32, env.num_actions)
    for _ in range(100):
        assert not env.step(zero).terminated.any()
    assert float(env.signals(["base_lin_vel"])["base_lin_vel"].norm(dim=1).max()) < 0.1
    env.close()


@pytest.fixture
def anymal():
    folder = next(folder for folder in ROBOTS if folder.name == "anymal_c")
    robot = load_robot(folder / "robot.yaml")
    return robot, build_model(robot, folder / robot.mjcf)


def test_anymal_c_mass_and_limits(anymal):
    robot, model = anymal
    assert model.body("base").subtreemass[0] == pytest.approx(52.135, abs=0.01)
    for name, mass in (("base", 26.373), ("LF_HIP", 2.781), ("RH_THIGH", 3.071), ("LH_SHANK", 0.588)):
        assert model.body(name).mass[0] == pytest.approx(mass)
    assert model.joint("LF_HAA").range.tolist() == pytest.approx([-0.72, 0.49])
    assert model.joint("RH_HAA").range.tolist() == pytest.approx([-0.49, 0.72])
    assert model.joint("LF_KFE").range.tolist() == pytest.approx([-9.425, 9.425])
    assert (model.actuator_forcerange == [-80, 80]).all()
    assert np.unique(model.actuator_gainprm[:, 0]).tolist() == [85]
    assert np.unique(model.actuator_biasprm[:, 2]).tolist() == [-2]
    assert robot.action_scale == 0.5 and robot.spawn_height == 0.62


def test_anymal_c_frames_at_zero_pose(anymal):
    _, model = anymal
    data = mujoco.MjData(model)
    data.qpos[:7] = 0, 0, 0, 1, 0, 0, 0
    data.qpos[7:] = 0
    mujoco.mj_forward(model, data)
    for leg, sx, sy in (("LF", 1, 1), ("LH", -1, 1), ("RF", 1, -1), ("RH", -1, -1)):
        np.testing.assert_allclose(data.joint(f"{leg}_HAA").xanchor, [0.2999 * sx, 0.1040 * sy, 0], atol=1e-4)
        np.testing.assert_allclose(data.joint(f"{leg}_HFE").xanchor, [0.3598 * sx, 0.1878 * sy, 0], atol=1e-4)
        np.testing.assert_allclose(
            data.joint(f"{leg}_KFE").xanchor, [0.3598 * sx, 0.2881 * sy, -0.285], atol=1e-4
        )
        np.testing.assert_allclose(
            data.geom(f"{leg}_FOOT").xpos, [0.4478 * sx, 0.3012 * sy, -0.6005], atol=1e-4
        )
        np.testing.assert_allclose(data.joint(f"{leg}_HAA").xaxis, [1, 0, 0], atol=1e-9)
        np.testing.assert_allclose(data.joint(f"{leg}_KFE").xaxis, [0, 1, 0], atol=1e-9)


def test_anymal_c_default_stance(anymal):
    robot, model = anymal
    data = default_state(robot, model)
    for leg, sx, sy in (("LF", 1, 1), ("LH", -1, 1), ("RF", 1, -1), ("RH", -1, -1)):
        place = data.geom(f"{leg}_FOOT").xpos
        np.testing.assert_allclose(place, [0.453 * sx, 0.317 * sy, -0.513], atol=1e-3)
    assert robot.leg_length_m == pytest.approx(0.513 + 0.03, abs=1e-3)


def test_anymal_c_is_symmetric(anymal):
    robot, model = anymal
    data = default_state(robot, model)
    for name in ("HIP", "THIGH", "SHANK"):
        left, right = data.body(f"LF_{name}").xipos, data.body(f"RF_{name}").xipos
        np.testing.assert_allclose(left * [1, -1, 1], right, atol=1e-4)
        hind = data.body(f"LH_{name}").xipos
        np.testing.assert_allclose(left * [-1, 1, 1], hind, atol=1e-4)
