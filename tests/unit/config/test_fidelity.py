"""`fidelity: paper` against the published tasks, figure by figure.

The figures are those of IsaacGymEnvs 1.5.1 (commit aeed298): cfg/task/Anymal.yaml and Humanoid.yaml,
cfg/train/AnymalPPO.yaml and HumanoidPPO.yaml, tasks/anymal.py and humanoid.py, assets/mjcf/nv_humanoid.xml.
docs/fidelity.md names what differs all the same.
"""

from pathlib import Path
from types import SimpleNamespace

import mujoco
import numpy as np
import pytest
import torch
import yaml
from scipy.spatial.transform import Rotation

from video2reward.config.layers import merge
from video2reward.config.plan import load_plan
from video2reward.errors import UserError
from video2reward.motion.retarget import neutral_reference
from video2reward.policy.agent import make_agent
from video2reward.policy.parameters import agent_parameters
from video2reward.policy.vecenv import VecEnv
from video2reward.reward.compile import compile_reward
from video2reward.robots.model import build_model
from video2reward.robots.standing import standing_keypoints
from video2reward.sim.locomotion import make_env
from video2reward.sim.tasks.run import RunTask

ROOT = Path(__file__).resolve().parents[3]
ROBOTS = ROOT / "resources" / "robots"
AXES = ("x", "y", "z")
LEGS = ("LF", "LH", "RF", "RH")
ANYMAL_JOINTS = [f"{leg}_{joint}" for leg in LEGS for joint in ("HAA", "HFE", "KFE")]
LEG = ("hip_x", "hip_z", "hip_y", "knee", "ankle_y", "ankle_x")
HUMANOID_JOINTS = [
    "abdomen_z", "abdomen_y", "abdomen_x", *(f"right_{j}" for j in LEG), *(f"left_{j}" for j in LEG),
    *(f"{side}_{j}" for side in ("right", "left") for j in ("shoulder1", "shoulder2", "elbow")),
]  # fmt: skip
# joint -> damping N m s/rad, stiffness N m/rad, armature kg m^2, gear N m (nv_humanoid.xml)
HUMANOID_FIGURES = {
    "abdomen_z": (5, 20, 0.02, 67.5), "abdomen_y": (5, 20, 0.01, 67.5), "abdomen_x": (5, 10, 0.01, 67.5),
    "hip_x": (5, 10, 0.01, 45), "hip_z": (5, 10, 0.01, 45), "hip_y": (5, 20, 0.01, 135),
    "knee": (0.1, 5, 0.007, 90), "ankle_y": (1, 2, 0.006, 22.5), "ankle_x": (1, 2, 0.006, 22.5),
    "shoulder1": (5, 10, 0.01, 67.5), "shoulder2": (5, 10, 0.01, 67.5), "elbow": (1, 2, 0.006, 45),
}  # fmt: skip


@pytest.fixture(scope="module")
def published():
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    return load_plan(merge(config, {"fidelity": "paper", "experiments": ["amble", "human_run"]}), ROOT)


@pytest.fixture(scope="module")
def make(published):
    """Make a robot's published environment."""
    made = []

    def make(name, num_envs=4, reward=None):
        robot, mjcf = published.robots[name], ROBOTS / name / published.robots[name].mjcf
        skeleton = next(iter(robot.skeletons))
        reference = neutral_reference(robot, skeleton, *standing_keypoints(mjcf, robot, skeleton))
        task = published.practices[name].task
        made.append(make_env("mujoco", robot, mjcf, task, reference, reward, num_envs, seed=0))
        return made[-1]

    yield make
    for env in made:
        env.close()


def rows(part, entries, scale=1.0):
    return [(f"{part}.{entry}", scale) for entry in entries]


ANYMAL_OBSERVATION = [
    *rows("base_lin_vel", AXES, 2.0),
    *rows("base_ang_vel", AXES, 0.25),
    *rows("turned_gravity", AXES),
    *[("commands.vx", 2.0), ("commands.vy", 2.0), ("commands.yaw_rate", 0.25)],
    *rows("joint_pos_offset", ANYMAL_JOINTS),
    *rows("joint_vel", ANYMAL_JOINTS, 0.05),
    *rows("actions", ANYMAL_JOINTS),
]
HUMANOID_OBSERVATION = [
    ("base_height.z", 1.0),
    *rows("base_lin_vel", AXES),
    *rows("base_ang_vel", AXES, 0.25),
    *rows("torso", ("yaw", "roll", "angle_to_target", "up", "heading")),
    *rows("joint_pos_scaled", HUMANOID_JOINTS),
    *rows("joint_vel", HUMANOID_JOINTS, 0.1),
    *rows("joint_forces", HUMANOID_JOINTS, 0.01),
    *rows("force_sensors", [f"{foot}_foot_{kind}_{axis}" for foot in ("right", "left") for kind in ("force", "torque") for axis in AXES], 0.01),
    *rows("actions", HUMANOID_JOINTS),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "entries", "wanted"),
    [("anymal_c", 48, ANYMAL_OBSERVATION), ("humanoid", 108, HUMANOID_OBSERVATION)],
)
def test_observation_entries_and_scales(make, name, entries, wanted):
    env = make(name)
    assert len(wanted) == entries == env.num_observations
    assert list(zip(env.observation_names, env._task.observation_scales, strict=True)) == wanted


# name -> episode steps, control step s, physics steps each (Anymal.yaml and Humanoid.yaml, sim and env)
@pytest.mark.parametrize(
    ("name", "steps", "dt", "substeps"), [("anymal_c", 2500, 0.02, 2), ("humanoid", 1000, 0.0166, 2)]
)
def test_clockwork(make, name, steps, dt, substeps):
    env = make(name)
    assert (env.episode_steps, env.dt) == (steps, dt)
    assert env.model.opt.timestep == pytest.approx(dt / substeps)
    assert env.signals(["dt"])["dt"] == dt
    assert env.model.opt.gravity.tolist() == [0, 0, -9.81]
    assert env.model.geom("floor").friction[0] == 1.0
    assert not any(entry.startswith("phase") for entry in env.observation_names)


def test_anymal_commands_and_reset(make):
    env = make("anymal_c", num_envs=3000)
    now = env.signals(
        ["commands", "joint_pos", "joint_vel", "default_joint_pos", "base_lin_vel", "base_ang_vel"]
    )
    for column, largest in enumerate((2.0, 1.0, 1.0)):  # m/s, m/s, rad/s
        command = now["commands"][:, column]
        assert 0.98 * largest < command.max() <= largest and -largest <= command.min() < -0.98 * largest
    default = dict(zip(ANYMAL_JOINTS, now["default_joint_pos"].tolist(), strict=True))
    for leg in LEGS:
        side, end = (1 if leg[0] == "L" else -1), (1 if leg[1] == "F" else -1)
        assert default[f"{leg}_HAA"] == pytest.approx(0.03 * side)
        assert default[f"{leg}_HFE"] == pytest.approx(0.4 * end)
        assert default[f"{leg}_KFE"] == pytest.approx(-0.8 * end)
    ratio = now["joint_pos"] / now["default_joint_pos"]
    assert 0.5 - 1e-4 <= ratio.min() < 0.51 and 1.49 < ratio.max() <= 1.5 + 1e-4
    assert now["joint_vel"].abs().max() <= 0.1
    assert np.allclose(env.qpos()[:, :7], [0, 0, 0.62, 1, 0, 0, 0])
    assert not now["base_lin_vel"].any() and not now["base_ang_vel"].any()


def test_anymal_drives(make):
    """Position targets: default + 0.5 x action, 85 N m/rad, 2 N m s/rad, at most 80 N m."""
    env = make("anymal_c")
    env.step(torch.full((4, 12), -2.0))
    default = env.signals(["default_joint_pos"])["default_joint_pos"].numpy()
    np.testing.assert_allclose(env.physics._ctrl[0], default - 0.5, atol=1e-6)
    assert (env.model.actuator_gainprm[:, 0] == 85).all() and (env.model.actuator_biasprm[:, 2] == -2).all()
    assert (env.model.actuator_forcerange == [-80, 80]).all()


def test_anymal_observation_of_a_tilted_base(make):
    """The quirk: gravity is turned by the base's rotation, not into its frame; entries are clipped at 5."""
    env = make("anymal_c")
    turn = Rotation.from_euler("ZYX", [0.7, -0.4, 0.3])
    env.physics.qpos.numpy()[0, 3:7] = turn.as_quat(scalar_first=True)
    env.physics.qvel.numpy()[0, :3] = 0.5, -0.2, 9.0
    env._now = None
    seen = env._task.observe(env._snapshot())[0]
    np.testing.assert_allclose(seen[6:9], turn.apply([0, 0, -1]), atol=1e-6)
    assert not np.allclose(seen[6:9], turn.inv().apply([0, 0, -1]), atol=0.1)
    inside = turn.inv().apply([0.5, -0.2, 9.0])
    np.testing.assert_allclose(seen[:3], np.clip(2 * inside, -5, 5), atol=1e-5)
    assert seen[:3].max() == 5


def test_anymal_ends_when_base_or_thigh_touches(published):
    assert set(published.robots["anymal_c"].terminate_on_contact) == {
        "base",
        *(f"{leg}_THIGH" for leg in LEGS),
    }


def test_humanoid_reset_and_end(make):
    env = make("humanoid", num_envs=3000)
    now = env.signals(["joint_pos", "joint_vel", "default_joint_pos", "joint_limits"])
    assert not now["default_joint_pos"].any()
    low, high = (limit.clamp(-0.2, 0.2) for limit in now["joint_limits"])  # the knee ends at 2 degrees
    torch.testing.assert_close(now["joint_pos"].amin(0), low, atol=0.01, rtol=0)
    torch.testing.assert_close(now["joint_pos"].amax(0), high, atol=0.01, rtol=0)
    assert now["joint_vel"].abs().max() <= 0.1
    assert np.allclose(env.qpos()[:, :7], [0, 0, 1.34, 1, 0, 0, 0])
    env.physics.qpos.numpy()[:2, 2] = 0.799, 0.801
    env._now = None
    ended = env._task.terminated(env._snapshot())
    assert ended[:2].tolist() == [True, False] and not ended[2:].any()


def figures(joint):
    return HUMANOID_FIGURES[joint.removeprefix("left_").removeprefix("right_")]


def test_humanoid_joints(make):
    """Torque = gear x action; damping, spring about zero and armature of each joint."""
    env = make("humanoid")
    actions = torch.linspace(-1.5, 1.5, 4 * 21).view(4, 21)
    env.step(actions)
    gears = torch.tensor([figures(name)[3] for name in HUMANOID_JOINTS])
    torch.testing.assert_close(
        env.signals(["torques"])["torques"], gears * actions.clamp(-1, 1), atol=1e-4, rtol=0
    )
    for name in HUMANOID_JOINTS:
        joint = env.model.joint(name)
        found = joint.damping[0], joint.stiffness.flat[0], joint.armature[0]
        assert found == pytest.approx(figures(name)[:3]), name
        assert env.model.qpos_spring[joint.qposadr[0]] == 0, name


def test_humanoid_observation_of_a_moving_torso(make):
    """Every entry anew from the state, by other means; the target stands 1000 m ahead of the start."""
    env = make("humanoid")
    env.auto_reset = False
    env.step(torch.linspace(-0.4, 0.4, 4 * 21).view(4, 21))
    yaw, roll = 2.5, 0.4
    turn = Rotation.from_euler("ZYX", [yaw, -0.3, roll])
    env.physics.qpos.numpy()[0, :7] = 12.0, -30.0, 1.4, *turn.as_quat(scalar_first=True)
    env.physics.qvel.numpy()[0, :6] = 3.0, -1.0, 0.5, 0.2, -0.4, 8.0
    env._now = None
    seen = env._task.observe(env._snapshot())[0].numpy()
    away = np.array([988.0, 30.0]) / np.hypot(988.0, 30.0)
    torso = [yaw, roll, np.arctan2(-1.4, 988.0) - yaw, turn.as_matrix()[2, 2], turn.as_matrix()[:2, 0] @ away]
    wanted = [1.4, *turn.inv().apply([3.0, -1.0, 0.5]), 0.05, -0.1, 2.0, *torso]
    np.testing.assert_allclose(seen[:12], wanted, atol=1e-4)
    low, high = np.array([env.model.joint(name).range for name in HUMANOID_JOINTS]).T
    np.testing.assert_allclose(
        seen[12:33], 2 * (env.physics.qpos.numpy()[0, 7:] - low) / (high - low) - 1, atol=1e-4
    )
    np.testing.assert_allclose(seen[33:54], 0.1 * env.physics.qvel.numpy()[0, 6:], atol=1e-4)
    np.testing.assert_allclose(seen[87:], np.linspace(-0.4, 0.4, 84)[:21], atol=1e-6)


def test_humanoid_forces_are_mujocos(make):
    """Joint forces (drive, spring, damper) and the wrenches of right and left foot, of the last physics step."""
    env = make("humanoid")
    actions = torch.linspace(-0.6, 0.6, 4 * 21).view(4, 21)
    start, speeds = env.qpos().numpy(), env.physics.qvel.numpy().copy()
    for _ in range(20):
        seen = env.step(actions).observation.numpy()
    data, gears = mujoco.MjData(env.model), np.array([figures(name)[3] for name in HUMANOID_JOINTS])
    data.qpos[:], data.qvel[:] = start[2], speeds[2]
    data.ctrl[:] = gears * actions[2].numpy()
    for _ in range(20 * 2):
        mujoco.mj_step(env.model, data)
    forces = (data.qfrc_actuator + data.qfrc_passive)[6:]
    np.testing.assert_allclose(seen[2, 54:75], 0.01 * forces, atol=5e-3)
    wrench = [data.sensor(i).data for i in range(4)]  # force and torque, right and left
    np.testing.assert_allclose(seen[2, 75:87], 0.01 * np.concatenate(wrench), atol=5e-3)
    assert np.abs(seen[2, 75:87]).max() > 0.5  # it has landed
    for side, row in (("right", 0), ("left", 2)):
        sensor = env.model.sensor(row)
        site = env.model.site(int(sensor.objid[0]))
        assert env.model.body(int(site.bodyid[0])).name == f"{side}_foot" and not site.pos.any()


def test_forces_need_torques_and_torques_their_figures(published):
    humanoid, task = published.robots["humanoid"], published.practices["humanoid"].task
    with pytest.raises(UserError, match="published.*needs task.actions: torque"):
        RunTask(humanoid, task.model_copy(update={"actions": "position"}), 3.0)
    dog = published.robots["anymal_c"]
    with pytest.raises(UserError, match="torque_control in the robot.yaml of 'anymal_c'"):
        build_model(dog, ROBOTS / "anymal_c" / dog.mjcf, torque=True)


# what -> ANYmal's, humanoid's (AnymalPPO.yaml, HumanoidPPO.yaml); rl-games' names
PPO = {
    "learning_rate": (3e-4, 5e-4),
    "kl_threshold": (0.008, 0.008),
    "gamma": (0.99, 0.99),
    "tau": (0.95, 0.95),
    "e_clip": (0.2, 0.2),
    "entropy_coef": (0.0, 0.0),
    "horizon_length": (24, 32),
    "minibatch_size": (32768, 32768),
    "mini_epochs": (5, 5),
    "critic_coef": (2, 4),
    "clip_value": (True, True),
    "bounds_loss_coef": (1e-3, 1e-4),
    "truncate_grads": (True, True),
    "grad_norm": (1.0, 1.0),
    "normalize_input": (True, True),
    "normalize_value": (True, True),
    "normalize_advantage": (True, True),
    "value_bootstrap": (True, True),
    "lr_schedule": ("adaptive", "adaptive"),
    "num_actors": (4096, 4096),
}
UNITS = ((256, 128, 64), (400, 200, 100))
BUDGET = 1000  # epochs


@pytest.mark.parametrize(("column", "name"), [(0, "anymal_c"), (1, "humanoid")])
def test_ppo(make, published, column, name, tmp_path):
    training = published.practices[name].training
    env = make(name)
    env_of_paper = SimpleNamespace(
        num_envs=training.num_envs, device="cpu", num_privileged=env.num_privileged
    )
    vecenv = SimpleNamespace(env=env_of_paper, get_env_info=VecEnv(env).get_env_info)
    parameters = agent_parameters(vecenv, training, tmp_path)
    config, network = parameters["config"], parameters["network"]
    assert {key: config[key] for key in PPO} == {key: values[column] for key, values in PPO.items()}
    assert tuple(network["mlp"]["units"]) == UNITS[column] and network["mlp"]["activation"] == "elu"
    assert not network["separate"] and network["space"]["continuous"]["fixed_sigma"]
    assert training.sigma0 == 1.0
    assert training.steps == training.base_steps == BUDGET * training.num_envs * training.horizon
    assert training.init == "scratch" and not training.early_stop


def test_ppo_reaches_the_agent(make, published, tmp_path):
    few = published.practices["humanoid"].training.model_copy(update={"num_envs": 4})
    agent = make_agent(VecEnv(make("humanoid")), few, tmp_path)
    assert (agent.critic_coef, agent.bounds_loss_coef, agent.clip_value) == (4, 1e-4, True)
    assert agent.scheduler.kl_threshold == 0.008


def test_the_humanoids_reward_scale(make):
    """0.01 of the published terms' sum, -0.01 where fallen (HumanoidPPO.yaml's reward_shaper)."""
    env = make("humanoid", num_envs=64)
    reward = compile_reward(ROOT / "resources" / "rewards" / "human_run.py")
    env.physics.qpos.numpy()[0, 2] = 0.7
    env._now = None
    total, parts = reward(env.signals())
    summed = sum(parts.values())
    torch.testing.assert_close(total[1:], 0.01 * summed[1:])
    assert float(total[0]) == pytest.approx(-0.01)
