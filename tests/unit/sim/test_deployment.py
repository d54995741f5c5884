"""What leaves the project for a robot moves it as our simulation does, in an environment without anything of ours."""

import importlib.metadata
import json
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from tests.conformance.stand_task import StandTask

from finish import write_deploy
from video2reward.motion.retarget import neutral_reference
from video2reward.policy.export import export_onnx
from video2reward.policy.network import Policy, load_policy
from video2reward.policy.training_record import policy_meta
from video2reward.registry import TASKS
from video2reward.results.layout import BestFolder
from video2reward.robots.description import load_robot
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.task import Task
from video2reward.sim.deployment import deployment
from video2reward.sim.locomotion import make_env
from video2reward.sim.observed import BLOCKS

ROOT = Path(__file__).resolve().parents[3]
PLAYER = ROOT / "resources" / "deploy" / "play.py"
ANYMAL = ROOT / "resources" / "robots" / "anymal_c" / "anymal_c.xml"
STEPS = 50  # one second
# Alone with the packages of a folder: nothing of ours, no torch, no YAML. The start is that of our environment.
DRIVER = """
import importlib.util, json, sys
packages, folder, start, out = sys.argv[1:]
sys.path.append(packages)
for name in ("video2reward", "torch", "yaml", "pydantic", "snakemake"):
    assert importlib.util.find_spec(name) is None, f"{name} is there"
sys.path.append(folder)
import numpy as np
import play, mujoco
player, start = play.Player(play.Path(folder)), np.load(start)
player.data.qpos[:], player.data.qvel[:] = start["qpos"], start["qvel"]
player.phase, player.command[:] = np.float32(start["phase"]), start["command"]
mujoco.mj_kinematics(player.model, player.data)
seen = {"observation": [], "actions": [], "qpos": [], "fallen": []}
for _ in range(int(start["steps"])):
    player.step()
    for name, values in seen.items():
        values.append(player.fallen() if name == "fallen" else player.data.qpos.copy() if name == "qpos" else getattr(player, name))
np.savez(out, **seen)
"""
RUN = """
import runpy, sys
sys.path.append(sys.argv.pop(1))
sys.argv = [sys.argv.pop(1) + "/play.py", *sys.argv[1:]]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
# Largest difference from ours: in the first two steps, which is float32's, and in the whole second, m, rad, 1.
TOLERANCES = {
    "observation": (2e-6, 2e-3),
    "actions": (2e-6, 2e-3),
    "qpos": (1e-6, 1e-3),
    "fallen": (0, 0),
}
# Case -> robot, its task, whether its own base policy plays (else an untrained one).
CASES = {
    "velocity": ("anymal_c", Task(), True),
    "ant": ("ant", Task(), True),
    "run": ("humanoid", Task(name="run"), True),
    "single": ("anymal_c", Task(name="single"), False),
    "residual": ("anymal_c", Task(actions="residual"), False),
    "torque": ("humanoid", Task(name="run", actions="torque"), False),
    "published run": (
        "humanoid",
        Task(name="run", actions="torque", observation="published", control_dt=0.0166),
        False,
    ),
    "own task": ("anymal_c", Task(name="stand"), False),
    "deployable": ("anymal_c", Task(observation="deployable", history=3), False),
    "deployable run": ("humanoid", Task(name="run", observation="deployable", robustness="full"), False),
    "published velocity": ("anymal_c", Task(observation="published", observe_clock=False), False),
}  # fmt: skip


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    """A folder with mujoco, onnxruntime, numpy and what these ask for, and nothing else."""
    folder, waiting, done = tmp_path_factory.mktemp("packages"), ["mujoco", "onnxruntime", "numpy"], set()
    while waiting:
        name = re.match(r"[\w.-]+", waiting.pop()).group().lower()
        if name in done:
            continue
        done.add(name)
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        waiting += [need for need in found.requires or [] if "extra ==" not in need]
        for top in {
            file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__")
        }:
            if not (folder / top).exists():
                (folder / top).symlink_to(found.locate_file(top))
    return folder


@pytest.fixture
def deploy(request, tmp_path, made_reference, jump_reference, monkeypatch):
    """The folder of a case, and one agent of our environment."""
    monkeypatch.setitem(TASKS.targets, "stand", "tests.conformance.stand_task:StandTask")
    name, task, own = CASES[request.param]
    home = ROOT / "resources" / "robots" / name
    robot, reference = load_robot(home / "robot.yaml"), made_reference
    mjcf = home / robot.mjcf
    if name != "anymal_c":
        skeleton = next(iter(robot.skeletons))
        reference = neutral_reference(
            robot, skeleton, *standing_keypoints(mjcf, robot, skeleton), froude=0.25
        )
    if task.name == "single":
        reference = jump_reference
    env = make_env("mujoco", robot, mjcf, task, reference, None, 1, 0)
    torch.manual_seed(0)
    policy = Policy(env.num_observations, env.num_actions, (16,), policy_meta(robot, env)).eval()
    policy = load_policy(home / "base.pth") if own else policy
    best = BestFolder(tmp_path)
    export_onnx(policy, best.onnx)
    write_deploy(best, [PLAYER, home / "LICENSE"], robot, mjcf, task, reference, policy.meta)
    yield best.deploy, env, policy
    env.close()


def alone(packages, *arguments):
    command = [sys.executable, "-I", "-S", *map(str, arguments)]
    environment = {"OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.slow
@pytest.mark.parametrize("deploy", CASES, indirect=True)
def test_the_player_moves_the_robot_as_our_simulation_does(deploy, packages, tmp_path):
    folder, env, policy = deploy
    env.auto_reset = False
    observation, state = env.reset(), env.state()
    start = {
        "qpos": env.physics.qpos[0],
        "qvel": env.physics.qvel[0],
        "phase": state["phase"][0],
        "command": state["commands"][0],
        "steps": STEPS,
    }
    np.savez(tmp_path / "start.npz", **{k: np.asarray(v) for k, v in start.items()})
    ours = {"observation": [], "actions": [], "qpos": [], "fallen": []}
    with torch.no_grad():
        for _ in range(STEPS):
            ours["observation"].append(observation[0].numpy())
            ours["actions"].append(policy(observation)[0].numpy())
            result = env.step(policy(observation))
            observation = result.observation
            ours["qpos"].append(env.qpos()[0].numpy())
            ours["fallen"].append(bool(result.terminated[0]))
    (tmp_path / "driver.py").write_text(DRIVER)
    ran = alone(
        packages, tmp_path / "driver.py", packages, folder, tmp_path / "start.npz", tmp_path / "out.npz"
    )
    assert ran.returncode == 0, ran.stderr
    played = np.load(tmp_path / "out.npz")
    for name, values in ours.items():
        first, whole = TOLERANCES[name]
        np.testing.assert_allclose(played[name][:2], values[:2], rtol=0, atol=first, err_msg=name)
        np.testing.assert_allclose(played[name], values, rtol=0, atol=whole, err_msg=name)
    moved = np.abs(np.diff(played["qpos"], axis=0)).max()
    assert moved > 0.005, "a robot at rest says nothing"


@pytest.mark.parametrize(
    "deploy", ["velocity", "single", "residual", "published run", "deployable"], indirect=True
)
def test_all_is_said_in_words_and_in_finite_numbers(deploy):
    folder, env, _ = deploy
    text = (folder / "deploy.yaml").read_text()
    about = json.loads(text)
    assert yaml.safe_load(text) == about
    blocks = about["observation"]["blocks"]
    names = [f"{block['name']}.{entry}" for block in blocks for entry in block["entries"]]
    back = range(1, frames := about["observation"]["frames"])
    assert env.observation_names == names + [f"{name} {steps} ago" for steps in back for name in names]
    assert about["observation"]["size"] == frames * len(names)
    assert all(block["unit"] and block["meaning"] for block in blocks)
    assert all(len(block["scale"]) == len(block["entries"]) for block in blocks)
    if frames > 1:
        assert about["needs"] == {}
    else:
        assert about["needs"]["base_lin_vel"].startswith("base velocity: no sensor measures it")
    assert about["control"]["physics_dt"] * about["control"]["decimation"] == pytest.approx(env.dt)
    joints = about["robot"]["joints"]
    assert len(about["control"]["action_scale"]) == len(about["control"]["torque_limits"]) == len(joints)
    assert about["commands"]["lowest"] <= about["commands"]["start"] <= about["commands"]["highest"]


@pytest.mark.slow
@pytest.mark.parametrize("deploy", ["velocity"], indirect=True)
def test_the_folder_is_whole_and_plays_elsewhere(deploy, packages, tmp_path):
    moved = shutil.move(deploy[0], tmp_path / "elsewhere")
    names = ["LICENSE", "deploy.yaml", "play.py", "policy.onnx", "robot.xml"]
    assert sorted(path.name for path in moved.iterdir()) == names
    figures = {}
    for speed in (0.3, 1.0, 99.0):
        (tmp_path / "run.py").write_text(RUN)
        ran = alone(
            packages, tmp_path / "run.py", packages, moved, "--headless", "--seconds", 3, "--speed", speed
        )
        assert ran.returncode == 0, ran.stderr
        figures[speed] = json.loads(ran.stdout)
    assert all(played["falls"] == 0 and played["seconds"] == pytest.approx(3) for played in figures.values())
    assert figures[1.0]["distance"] > 2 * figures[0.3]["distance"] > 0.3
    assert figures[1.0]["speed"] == pytest.approx(figures[1.0]["distance"] / 3)
    blind = alone(packages, tmp_path / "run.py", packages, moved, "--headless", "--without", "base_lin_vel")
    assert json.loads(blind.stdout)["falls"] > 0
    highest = json.loads((moved / "deploy.yaml").read_text())["commands"]["highest"]
    assert figures[99.0]["command"][0] == highest[0]


@pytest.mark.parametrize("deploy", ["velocity"], indirect=True)
def test_keys_steer_within_what_was_trained(deploy):
    player = runpy.run_path(str(deploy[0] / "play.py"))["Player"](deploy[0])
    lowest, highest = (np.array(player.commands[end]) for end in ("lowest", "highest"))
    before = player.command.copy()
    player.key(265), player.key(263)
    np.testing.assert_allclose(player.command - before, (highest - lowest) * [0.1, 0, 0.1])
    for _ in range(30):
        player.key(264), player.key(262)
    np.testing.assert_allclose(player.command[[0, 2]], lowest[[0, 2]])
    player.key(32)
    player.step()
    assert player.data.qvel[1] > 0.2
    player.step()
    assert player.push == 0


@pytest.mark.parametrize("deploy", ["velocity"], indirect=True)
def test_what_the_player_cannot_read_is_named(deploy):
    about = json.loads((deploy[0] / "deploy.yaml").read_text())
    about["observation"]["blocks"][0]["name"] = "smell"
    (deploy[0] / "deploy.yaml").write_text(json.dumps(about))
    with pytest.raises(SystemExit, match="observes smell: say in READ"):
        runpy.run_path(str(deploy[0] / "play.py"))["Player"](deploy[0])


@pytest.mark.parametrize("deploy", ["own task"], indirect=True)
def test_a_task_that_judges_otherwise_falls_by_the_robots_rules(deploy, monkeypatch):
    about = json.loads((deploy[0] / "deploy.yaml").read_text())
    assert about["commands"]["lowest"] == about["commands"]["highest"] == [0, 0, 0]
    assert about["robot"]["falls"]["height"] is None and about["robot"]["falls"]["parts"]
    monkeypatch.setattr(StandTask, "terminated", lambda task, signals: signals["trunk_height"] < 0.2)
    env, robot = deploy[1], deploy[1].robot.model_copy(update={"fall_height": 0.3})
    reference = neutral_reference(robot, "ap10k", *standing_keypoints(ANYMAL, robot, "ap10k"), froude=0.25)
    told = deployment(robot, env.model, "robot.xml", Task(name="stand"), reference, env.action_meaning)
    assert told["robot"]["falls"]["height"] == 0.3 and told["robot"]["falls"]["parts"]


def test_the_player_reads_every_block_that_the_tasks_have():
    read = set(re.findall(r'^    "(\w+)": ', PLAYER.read_text(), re.MULTILINE))
    assert read == set(BLOCKS)
    assert len(PLAYER.read_text().splitlines()) < 200
