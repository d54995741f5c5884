"""What every robot must satisfy to be used, whoever added it; and the published figures of ours."""

from pathlib import Path

import mujoco
import numpy as np
import pytest
import torch
from tests.conformance.presets import own_physics

from video2reward.config.robot import load_preset
from video2reward.motion.retarget import neutral_reference
from video2reward.reward.compile import compile_reward
from video2reward.robots.description import load_robot
from video2reward.robots.hinged_leg import hinged_legs
from video2reward.robots.model import build_model, unlimited_joints
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.task import Task
from video2reward.settings.training import Training
from video2reward.sim.kinematics import Kinematics

RESOURCES = Path(__file__).parents[2] / "resources"
REWARDS = RESOURCES / "rewards"
ROBOTS = sorted(path.parent for path in (RESOURCES / "robots").glob("*/robot.yaml"))


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
            if limb.lengths_m is not None:
                np.testing.assert_allclose(lengths, limb.lengths_m, rtol=0.02)


def test_legs_swing_their_feet_in_the_side_view(folder):
    """Legs of two links by lengths that allow it, others by their joints: a fifth of the leg's length, either way."""
    robot = load_robot(folder / "robot.yaml")
    for table in robot.skeletons.values():
        hinged = hinged_legs(folder / robot.mjcf, robot, table)
        assert set(hinged) == {limb.name for limb in table.limbs if limb.lengths_m is None}
        for leg in hinged.values():
            swing = 0.2 * robot.leg_length_m * np.array([-1.0, 0.0, 1.0])
            path = leg.foot[[0, 2]] + np.stack([swing, 0 * swing], axis=-1)
            np.testing.assert_allclose(leg.follow(path)[1], path, atol=1e-3)


def environment(folder, reward=None, **task):
    """Thirty-two agents of a robot, the clock at a brisk walk's pace, physics as in its cpu.yaml; keywords go to the task."""
    from video2reward.sim.locomotion import make_env

    robot = load_robot(folder / "robot.yaml")
    task = own_physics(folder.name) | task
    name = next(iter(robot.skeletons))
    standing = standing_keypoints(folder / robot.mjcf, robot, name)
    reference = neutral_reference(robot, name, *standing)
    return make_env(
        "mujoco", robot, folder / robot.mjcf, Task(**task), reference, reward, num_envs=32, seed=0
    )


@pytest.mark.parametrize("seed", range(5))
def test_own_kinematics_are_mujocos(folder, seed):
    """Places and velocities of all sites in random states, passive joints moving too."""
    robot = load_robot(folder / "robot.yaml")
    model = build_model(robot, folder / robot.mjcf)
    data, random = mujoco.MjData(model), np.random.default_rng(seed)
    mujoco.mj_integratePos(model, data.qpos, random.uniform(-1, 1, model.nv), 1.0)
    data.qvel[:] = random.uniform(-3, 3, model.nv)
    mujoco.mj_forward(model, data)
    kinematics = Kinematics(model, robot.base, robot.joints)
    sites = [model.site(name).id for table in robot.skeletons.values() for name in flat(table.sites.values())]
    points = kinematics.points(model.site_bodyid[sites], model.site_pos[sites])
    axes = torch.tensor(data.body(robot.base).xmat.reshape(1, 3, 3), dtype=torch.float32)
    spin = torch.tensor(data.qvel[3:6], dtype=torch.float32)
    angles, speeds = (
        torch.tensor([[getattr(data.joint(j), name)[0] for j in robot.joints]], dtype=torch.float32)
        for name in ("qpos", "qvel")
    )
    carried = kinematics.carry(axes, angles, torch.linalg.cross(axes, spin.expand_as(axes)), speeds)
    base = data.body(robot.base).xpos
    np.testing.assert_allclose(
        carried.coordinates(points)[..., 0].numpy() + base, data.site_xpos[sites], atol=1e-5
    )
    for row, site in enumerate(sites):
        true = np.zeros(6)
        mujoco.mj_objectVelocity(model, data, mujoco.mjtObj.mjOBJ_SITE, site, true, 0)
        np.testing.assert_allclose(
            carried.rates(points)[row, :, 0].numpy() + data.qvel[:3], true[3:], atol=1e-4
        )


def flat(groups):
    """The names of single sites and of groups of them."""
    return [name for group in groups for name in ((group,) if isinstance(group, str) else group)]


def test_every_drive_has_a_torque_limit(folder):
    robot = load_robot(folder / "robot.yaml")
    assert not unlimited_joints(robot, folder / robot.mjcf)


def test_stands_still_for_two_seconds(folder):
    env = environment(folder)
    zero = torch.zeros(32, env.num_actions)
    for _ in range(100):
        assert not env.step(zero).terminated.any()
    assert float(env.signals(["base_lin_vel"])["base_lin_vel"].norm(dim=1).max()) < 0.1
    env.close()


def test_episodes_start_within_the_joints_limits(folder):
    env = environment(folder)
    ranges = np.array([env.model.joint(name).range for name in env.robot.joints])
    angles = env.signals(["joint_pos"])["joint_pos"].numpy()
    assert (angles >= ranges[:, 0] - 1e-5).all() and (angles <= ranges[:, 1] + 1e-5).all()
    assert (angles.std(axis=0) > 0).any()
    env.close()


def test_the_velocity_task_and_the_published_reward(folder):
    env = environment(folder, compile_reward(REWARDS / "human_velocity.py"))
    robot = env.robot
    assert env.num_observations == 12 + 3 * len(robot.joints) + 2 == len(env.observation_names)
    generator = torch.Generator().manual_seed(0)
    for _ in range(25):
        result = env.step(0.2 * torch.randn(32, env.num_actions, generator=generator))
        assert result.observation.shape == (32, env.num_observations)
        assert torch.isfinite(result.observation).all() and torch.isfinite(result.reward).all()
        assert (result.reward >= 0).all() and result.reward.std() > 0
        assert set(result.components) == {"linear_velocity", "yaw_rate", "torque"}
    signals = env.signals()
    assert signals["foot_contacts"].shape == signals["foot_heights"].shape == (32, len(robot.feet))
    table = next(iter(robot.skeletons.values()))
    assert signals["keypoints"].shape == (32, len(table.sites), 2)
    env.close()


def test_the_run_task_and_its_published_reward(folder):
    env = environment(folder, compile_reward(REWARDS / "human_run.py"), name="run")
    robot = env.robot
    assert env.num_observations == 13 + 3 * len(robot.joints) + len(robot.feet) + 2
    generator = torch.Generator().manual_seed(0)
    for _ in range(25):
        result = env.step(0.2 * torch.randn(32, env.num_actions, generator=generator))
        assert torch.isfinite(result.observation).all() and torch.isfinite(result.reward).all()
    torch.testing.assert_close(result.components["progress"], result.success)
    assert result.reward.std() > 0
    env.close()


@pytest.mark.parametrize("fidelity", ["cpu", "paper"])
def test_the_robots_presets_are_settings(folder, fidelity):
    preset = load_preset(folder.name, fidelity, RESOURCES.parent)
    for model, values in ((Task, preset.get("task", {})), (Training, preset.get("training", {}))):
        assert set(values) <= set(model.model_fields)
        model(**values)


def compiled(name):
    """A robot and its model."""
    folder = next(folder for folder in ROBOTS if folder.name == name)
    robot = load_robot(folder / "robot.yaml")
    return robot, build_model(robot, folder / robot.mjcf)


@pytest.fixture
def anymal():
    return compiled("anymal_c")


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


@pytest.fixture
def humanoid():
    return compiled("humanoid")


HUMANOID_MASSES = {
    "torso": 5.854, "head": 3.054, "lower_waist": 2.262, "pelvis": 6.616, "thigh": 4.752, "shin": 2.756, "foot": 1.131,
    "upper_arm": 1.661, "lower_arm": 0.961, "hand": 0.268,
}  # fmt: skip
# joint -> lower and upper limit, degrees, torque, N m
HUMANOID_LIMITS = {
    "abdomen_z": (-45, 45, 67.5), "abdomen_y": (-75, 30, 67.5), "abdomen_x": (-35, 35, 67.5),
    "hip_x": (-45, 15, 45), "hip_z": (-60, 35, 45), "hip_y": (-120, 45, 135), "knee": (-160, 2, 90),
    "ankle_y": (-50, 50, 22.5), "ankle_x": (-50, 50, 22.5),
    "shoulder1": (-90, 70, 67.5), "shoulder2": (-90, 70, 67.5), "elbow": (-90, 50, 45),
}  # fmt: skip


def test_humanoid_mass_and_limits(humanoid):
    robot, model = humanoid
    assert model.nbody - 1 == 16 and len(robot.joints) == 21
    assert model.body("torso").subtreemass[0] == pytest.approx(40.844, abs=1e-3)
    for i in range(1, model.nbody):
        name = model.body(i).name.removeprefix("left_").removeprefix("right_")
        assert model.body(i).mass[0] == pytest.approx(HUMANOID_MASSES[name], abs=1e-3)
    for joint in robot.joints:
        low, high, torque = HUMANOID_LIMITS[joint.removeprefix("left_").removeprefix("right_")]
        assert np.degrees(model.joint(joint).range).tolist() == pytest.approx([low, high])
        assert model.actuator(joint).forcerange.tolist() == [-torque, torque]


def test_humanoid_default_stance(humanoid):
    robot, model = humanoid
    data = default_state(robot, model)
    assert data.site("left_hip").xpos[2] - data.geom("left_sole").xpos[2] + 0.015 == pytest.approx(
        0.80, abs=0.01
    )
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
        left, right = data.site(f"left_{part}").xpos, data.site(f"right_{part}").xpos
        np.testing.assert_allclose(left * [1, -1, 1], right, atol=1e-6)
    shoulder, elbow, wrist = (data.site(f"left_{part}").xpos for part in ("shoulder", "elbow", "wrist"))
    assert shoulder[2] > elbow[2] + 0.29 and elbow[2] > wrist[2] + 0.2 and wrist[0] > elbow[0]  # arms hang
    assert abs(data.geom("left_sole").xmat[8]) > 0.999  # flat


def test_humanoid_falls_when_flailing(humanoid):
    env = environment(next(folder for folder in ROBOTS if folder.name == "humanoid"))
    generator = torch.Generator().manual_seed(0)
    fell = torch.zeros(32, dtype=torch.bool)
    for _ in range(150):
        fell |= env.step(torch.randn(32, env.num_actions, generator=generator)).terminated
    assert fell.float().mean() > 0.9
    env.close()


@pytest.fixture
def go2():
    return compiled("go2")


def test_go2_mass_and_limits(go2):
    _, model = go2
    assert model.body("base").subtreemass[0] == pytest.approx(15.206, abs=1e-3)
    for name, mass in (("base", 6.921), ("FL_hip", 0.678), ("RR_thigh", 1.152), ("RL_calf", 0.241352)):
        assert model.body(name).mass[0] == pytest.approx(mass)
    for leg, thigh in (("FL", [-1.5708, 3.4907]), ("RR", [-0.5236, 4.5379])):
        assert model.joint(f"{leg}_hip_joint").range.tolist() == pytest.approx([-1.0472, 1.0472])
        assert model.joint(f"{leg}_thigh_joint").range.tolist() == pytest.approx(thigh)
        assert model.joint(f"{leg}_calf_joint").range.tolist() == pytest.approx([-2.7227, -0.83776])
        limits = [model.actuator(f"{leg}_{part}_joint").forcerange[1] for part in ("hip", "thigh", "calf")]
        assert limits == [23.7, 23.7, 45.43]


def test_go2_principal_inertias(go2):
    """Turned into the bodies' axes, they are still the published ones."""
    _, model = go2
    published = {
        "base": (0.107027, 0.0980771, 0.0244531), "hip": (0.00088403, 0.000596003, 0.000479967),
        "thigh": (0.00594973, 0.00584149, 0.000878787), "calf": (0.0014901, 0.00146356, 5.31397e-05),
    }  # fmt: skip
    for i in range(2, model.nbody):
        found = sorted(model.body_inertia[i], reverse=True)
        np.testing.assert_allclose(found, published[model.body(i).name.split("_")[-1]], rtol=0.01)


def test_go2_default_stance(go2):
    robot, model = go2
    data = default_state(robot, model)
    for leg, sx, sy in (("FL", 1, 1), ("FR", 1, -1), ("RL", -1, 1), ("RR", -1, -1)):
        np.testing.assert_allclose(data.joint(f"{leg}_hip_joint").xanchor, [0.1934 * sx, 0.0465 * sy, 0])
        foot = data.geom(leg).xpos - data.site(f"{leg}_thigh").xpos
        assert abs(foot[0]) < 2e-3  # below its thigh axis
        assert -foot[2] + 0.022 == pytest.approx(robot.leg_length_m, abs=2e-3)


@pytest.fixture
def g1():
    return compiled("g1")


G1_MASSES = {
    "pelvis": 3.813, "hip_pitch": 1.35, "hip_roll": 1.52, "hip_yaw": 1.702, "knee": 1.932, "ankle_pitch": 0.074,
    "ankle_roll": 0.608, "waist_yaw": 0.214, "waist_roll": 0.086, "torso": 7.818, "shoulder_pitch": 0.718,
    "shoulder_roll": 0.643, "shoulder_yaw": 0.734, "elbow": 0.6 + 0.085445 + 0.48405 + 0.254576,
}  # fmt: skip
# joint -> lower and upper limit, rad, torque, N m; rolls are the left side's
G1_LIMITS = {
    "hip_pitch": (-2.5307, 2.8798, 88), "hip_roll": (-0.5236, 2.9671, 139), "hip_yaw": (-2.7576, 2.7576, 88),
    "knee": (-0.087267, 2.8798, 139), "ankle_pitch": (-0.87267, 0.5236, 50), "ankle_roll": (-0.2618, 0.2618, 50),
    "waist_yaw": (-2.618, 2.618, 88), "waist_roll": (-0.52, 0.52, 50), "waist_pitch": (-0.52, 0.52, 50),
    "shoulder_pitch": (-3.0892, 2.6704, 25), "shoulder_roll": (-1.5882, 2.2515, 25),
    "shoulder_yaw": (-2.618, 2.618, 25), "elbow": (-1.0472, 2.0944, 25),
}  # fmt: skip


def test_g1_mass_and_limits(g1):
    robot, model = g1
    assert len(robot.joints) == 23
    assert model.body("pelvis").subtreemass[0] == pytest.approx(33.341, abs=1e-3)
    for i in range(2, model.nbody):
        name = model.body(i).name.removeprefix("left_").removeprefix("right_").removesuffix("_link")
        assert model.body(i).mass[0] == pytest.approx(G1_MASSES[name], abs=1e-6)
    for joint in robot.joints:
        side, _, name = joint.removesuffix("_joint").partition("_")
        low, high, torque = G1_LIMITS[f"{side}_{name}" if side == "waist" else name]
        if side == "right" and name.endswith("roll"):
            low, high = -high, -low
        assert model.joint(joint).range.tolist() == pytest.approx([low, high])
        assert model.actuator(joint).forcerange.tolist() == [-torque, torque]


def test_g1_default_stance(g1):
    robot, model = g1
    data = default_state(robot, model)
    sole = data.geom("left_sole").xpos[2] - 0.01
    assert data.site("left_hip").xpos[2] - sole == pytest.approx(robot.leg_length_m, abs=1e-3)
    assert abs(data.geom("left_sole").xmat[8]) > 0.999  # flat
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
        left, right = data.site(f"left_{part}").xpos, data.site(f"right_{part}").xpos
        np.testing.assert_allclose(left * [1, -1, 1], right, atol=1e-6)
    heel, toe = (data.geom("left_sole").xpos[0] + end for end in (-0.103, 0.103))
    weight = data.subtree_com[model.body("pelvis").id][0]
    assert heel + 0.05 < weight < toe - 0.05
