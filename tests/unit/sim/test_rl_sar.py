"""A policy in rl_sar's layout: read back, its words give our observation and our drives' targets."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from video2reward.artifacts.json_yaml import write_json_yaml
from video2reward.errors import UserError
from video2reward.results.layout import BestFolder, Results
from video2reward.robots.model import build_model
from video2reward.settings.task import Task
from video2reward.sim.deployment import deployment
from video2reward.sim.rl_sar import rl_sar

ROOT = Path(__file__).resolve().parents[3]
# What rl_sar reads of each file; a missing key ends it.
OF_ROBOT = {
    "dt", "decimation", "fixed_kp", "fixed_kd", "num_of_dofs", "wheel_indices", "torque_limits", "default_dof_pos", "joint_names",
    "joint_controller_names", "joint_mapping",
}  # fmt: skip
OF_POLICY = {
    "model_name", "num_observations", "observations", "observations_history", "clip_obs", "clip_actions_lower",
    "clip_actions_upper", "rl_kp", "rl_kd", "fixed_kp", "fixed_kd", "num_of_dofs", "action_scale", "wheel_indices", "lin_vel_scale",
    "ang_vel_scale", "dof_pos_scale", "dof_vel_scale", "commands_scale", "torque_limits", "default_dof_pos", "joint_mapping",
}  # fmt: skip


@pytest.fixture
def deploy(make_env, robot, robot_folder, made_reference):
    """The deployment of a task, and its environment."""

    def make(**task):
        env = make_env(num_envs=3, **task)
        mjcf = robot_folder / robot.mjcf
        model = build_model(robot, mjcf, 2)
        meta = env.action_meaning
        return deployment(robot, model, "robot.xml", Task(**task), made_reference, meta), env

    return make


def results_with(deploy, folder):
    best = BestFolder(Results(folder).experiment("walk").loop(0).best)
    best.deploy.mkdir(parents=True)
    write_json_yaml(best.deploy / "deploy.yaml", deploy)
    best.onnx.write_bytes(b"onnx")


def export(*arguments):
    command = [sys.executable, str(ROOT / "workflow_scripts" / "deploy.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_is_read_back_gives_our_observation_and_targets(deploy, tmp_path):
    about, env = deploy(observe_clock=False)
    results_with(about, tmp_path / "results")
    ran = export("walk", "--results", tmp_path / "results", "--out", tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    assert "leaves lin_vel at zero" in ran.stdout
    own = tmp_path / "out" / "anymal_c" / "video2reward"
    assert (own / "policy.onnx").read_bytes() == b"onnx"
    base = yaml.safe_load((tmp_path / "out" / "anymal_c" / "base.yaml").read_text())["anymal_c"]
    config = yaml.safe_load((own / "config.yaml").read_text())["anymal_c/video2reward"]
    assert (set(base), set(config)) == (OF_ROBOT, OF_POLICY)
    actions = torch.linspace(-1.4, 1.4, 36).view(3, 12)
    observation = env.step(actions).observation.numpy()
    now = {name: value.numpy() for name, value in env.signals().items() if isinstance(value, torch.Tensor)}
    words = {
        "lin_vel": now["base_lin_vel"] * config["lin_vel_scale"],
        "ang_vel": now["base_ang_vel"] * config["ang_vel_scale"],
        "gravity_vec": now["projected_gravity"],
        "commands": now["commands"] * config["commands_scale"],
        "dof_pos": (now["joint_pos"] - config["default_dof_pos"]) * config["dof_pos_scale"],
        "dof_vel": now["joint_vel"] * config["dof_vel_scale"],
        "actions": np.clip(actions.numpy(), config["clip_actions_lower"], config["clip_actions_upper"]),
    }
    seen = np.concatenate([words[name] for name in config["observations"]], axis=1)
    np.testing.assert_allclose(np.clip(seen, -config["clip_obs"], config["clip_obs"]), observation, atol=1e-6)
    assert config["num_observations"] == env.num_observations
    assert base["dt"] * base["decimation"] == pytest.approx(env.dt) and base["joint_names"] == list(
        env.robot.joints
    )
    model = env.model
    np.testing.assert_allclose(config["rl_kp"], model.actuator_gainprm[:, 0])
    np.testing.assert_allclose(config["rl_kd"], -model.actuator_biasprm[:, 2])
    np.testing.assert_allclose(config["torque_limits"], model.actuator_forcerange[:, 1])
    assert config["action_scale"] == [env.robot.action_scale] * 12


def test_a_history_is_read_back_frame_by_frame(deploy):
    about, env = deploy(observation="deployable", observe_clock=False, history=4)
    config = rl_sar(about, "policy.onnx")["anymal_c/video2reward/config.yaml"]["anymal_c/video2reward"]
    assert "lin_vel" not in config["observations"] and config["observations_history"] == [0, 1, 2, 3]
    width = config["num_observations"]
    assert 4 * width == env.num_observations
    seen = [env.reset()] + [env.step(torch.full((3, 12), 0.1 * k)).observation for k in range(5)]
    frames = [observation[:, :width] for observation in seen]  # rl_sar's buffer: 0 is the newest
    read = torch.cat([frames[-1 - back] for back in config["observations_history"]], dim=1)
    assert torch.equal(read, seen[-1])


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({}, "no block for phase, which this policy observes: train with task: {observe_clock: false}"),
        ({"actions": "residual"}, "this policy's are residual: train with task: {actions: position}"),
        ({"name": "run", "observe_clock": False}, "no block for base_height.*train with the task velocity"),
        ({"observation": "published", "observe_clock": False}, "no block for turned_gravity"),
    ],
)
def test_what_rl_sar_has_no_word_for_is_refused(deploy, task, words):
    about, _ = deploy(**task)
    with pytest.raises(UserError, match=words):
        rl_sar(about, "policy.onnx")


def test_a_joint_without_a_torque_limit_is_refused(deploy):
    about, _ = deploy(observe_clock=False)
    about["control"]["torque_limits"][3] = None
    with pytest.raises(UserError, match="'LH_HAA' has none"):
        rl_sar(about, "policy.onnx")


def test_what_is_asked_for_wrongly_is_one_sentence(deploy, tmp_path):
    results_with(deploy(observe_clock=False)[0], tmp_path)
    for arguments, words in (
        ((), "which experiment?"),
        (("walk", "--format", "ros"), "rl_sar"),
        (("wolk",), "unknown finished experiment 'wolk'. Did you mean 'walk'?"),
        (("walk", "--seed", 1), "run the experiment walk to its end"),
        (("walk", "--out", tmp_path), "is there already"),
    ):
        ran = export(*arguments, "--results", tmp_path)
        assert ran.returncode == 1 and ran.stderr.startswith("error: ") and words in ran.stderr
