"""MuJoCo Warp, on its CPU device, against MuJoCo: the same robot from equal states, in single precision."""

import pytest
import torch

pytest.importorskip("mujoco_warp", reason="mujoco-warp is not installed")

from video2reward.errors import UserError
from video2reward.motion.retarget import neutral_reference
from video2reward.policy.beginning import Beginning
from video2reward.policy.train import train
from video2reward.robots.description import load_robot
from video2reward.robots.model import build_model
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.task import Task
from video2reward.settings.training import Training
from video2reward.sim.locomotion import make_env
from video2reward.sim.physics import Plant
from video2reward.sim.warp_physics import WarpOnCpu, WarpPhysics, buffer_sizes

AGENTS, STEPS = 16, 50
# float32 against float64: after one control step, and after STEPS of random actions, m and rad; success of a step.
TOLERANCES = {"anymal_c": (1e-6, 1e-4, 1e-3), "humanoid": (1e-5, 5e-2, 5e-2)}


@pytest.fixture(scope="module")
def make(robot_folder):
    def call(name, simulator, agents=AGENTS, reward=None, **task):
        folder = robot_folder.parent / name
        robot = load_robot(folder / "robot.yaml")
        skeleton = next(iter(robot.skeletons))
        reference = neutral_reference(
            robot, skeleton, *standing_keypoints(folder / robot.mjcf, robot, skeleton)
        )
        settings = Task(**({"name": "run"} if name == "humanoid" else {}), **task)
        return make_env(simulator, robot, folder / robot.mjcf, settings, reference, reward, agents, 0)

    return call


def upright(signals):
    height = (signals["base_height"] / 0.55).clamp(0, 1)
    return height, {"height": height}


@pytest.mark.slow
@pytest.mark.parametrize("name", TOLERANCES)
def test_it_moves_as_mujoco_does(name, make):
    first, last, success = TOLERANCES[name]
    near, far = make(name, "mujoco", reward=upright), make(name, "mujoco_warp_cpu", reward=upright)
    near.auto_reset = far.auto_reset = False
    torch.testing.assert_close(far.qpos().double(), near.qpos(), atol=1e-6, rtol=0)
    generator = torch.Generator().manual_seed(1)
    fell, lay = torch.zeros(AGENTS, dtype=torch.bool), torch.zeros(AGENTS, dtype=torch.bool)
    for step in range(STEPS):
        actions = 2 * torch.rand(AGENTS, near.num_actions, generator=generator) - 1
        one, other = near.step(actions), far.step(actions)
        if step == 0:
            torch.testing.assert_close(far.qpos().double(), near.qpos(), atol=first, rtol=0)
        torch.testing.assert_close(other.success, one.success, atol=success, rtol=0)
        torch.testing.assert_close(other.reward, one.reward, atol=success, rtol=0)
        fell, lay = fell | one.terminated, lay | other.terminated
    torch.testing.assert_close(far.qpos().double(), near.qpos(), atol=last, rtol=0)
    assert torch.equal(fell, lay)


@pytest.mark.slow
def test_a_small_training_learns_as_on_mujoco(make, tmp_path):
    """Fewer agents fall in the end, and the curve is MuJoCo's but for chaos."""
    training = Training(num_envs=64, horizon=16, minibatches=2, units=(32, 32), sigma0=0.8)
    curves = {}
    for simulator in ("mujoco", "mujoco_warp_cpu"):
        env = make("anymal_c", simulator, agents=64, reward=upright, episode_s=2.0)
        trained = train(
            env,
            training,
            seed=0,
            start=Beginning(),
            work=tmp_path / simulator,
            steps=64 * 16 * 30,
            label=simulator,
        )
        assert trained.status == "ok"
        curves[simulator] = trained.rows
    near, far = curves.values()
    assert far[0]["reward"] == pytest.approx(near[0]["reward"], abs=1e-3)
    assert sum(abs(a["reward"] - b["reward"]) for a, b in zip(near, far, strict=True)) / len(far) < 0.02
    falls = [row["terminated_fraction"] for row in far]
    assert sum(falls[-10:]) < sum(falls[:10])


def test_buffers_hold_what_the_robot_can_touch(robot_folder):
    robot = load_robot(robot_folder / "robot.yaml")
    model = build_model(robot, robot_folder / robot.mjcf)
    contacts, rows = buffer_sizes(model)
    assert contacts >= len(robot.feet) and rows > 4 * contacts


@pytest.mark.slow
def test_too_many_contacts_are_a_sentence(robot_folder, monkeypatch):
    robot = load_robot(robot_folder / "robot.yaml")
    monkeypatch.setattr("video2reward.sim.warp_physics.buffer_sizes", lambda model: (1, 4))
    plant = Plant(build_model(robot, robot_folder / robot.mjcf), robot, robot_folder / robot.mjcf, False, 2)
    physics = WarpOnCpu(plant, 2)
    lying = physics.qpos.clone()
    lying[:, 2] = 0.2
    physics.write(torch.arange(2), lying, torch.zeros_like(physics.qvel))
    with pytest.raises(UserError, match="touches the ground in more points than MuJoCo Warp has room for"):
        for _ in range(1001):
            physics.step(torch.zeros(2, len(robot.joints)), 2)


def test_without_a_gpu_it_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match=r"needs an NVIDIA GPU.*training\.simulator: mujoco"):
        WarpPhysics.usual_device()


@pytest.mark.slow
def test_a_state_is_restored(make):
    env = make("anymal_c", "mujoco_warp_cpu", agents=4)
    generator = torch.Generator().manual_seed(0)
    actions = 2 * torch.rand(6, 4, env.num_actions, generator=generator) - 1
    saved = env.state()
    found = [env.step(a).observation for a in actions]
    env.restore(saved)
    assert all(torch.equal(env.step(a).observation, seen) for a, seen in zip(actions, found, strict=True))
