"""Every physics against MuJoCo's on CPU threads: from equal states the same motion, falls and success."""

import os
import stat
import sys
from pathlib import Path

import pytest
import torch

from video2reward.errors import UserError
from video2reward.motion.retarget import neutral_reference
from video2reward.robots.description import load_robot
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.task import Task
from video2reward.settings.training import Training
from video2reward.sim.locomotion import make_env

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "resources" / "simulators" / "single.py"
AGENTS, STEPS = 4, 50


@pytest.fixture(scope="module")
def robots(robot_folder):
    folders = [robot_folder, robot_folder.parent / "humanoid"]
    loaded = [load_robot(folder / "robot.yaml") for folder in folders]
    return {robot.name: (robot, folder / robot.mjcf) for robot, folder in zip(loaded, folders, strict=True)}


@pytest.fixture(scope="module")
def reference_of(robots):
    def make(name):
        robot, mjcf = robots[name]
        skeleton = next(iter(robot.skeletons))
        return neutral_reference(robot, skeleton, *standing_keypoints(mjcf, robot, skeleton))

    return make


@pytest.fixture
def isaacgym(tmp_path):
    """An interpreter in which `import isaacgym` finds the stand-in, as Isaac Gym's own Python finds the real one."""
    python = tmp_path / "python"
    paths = f"{ROOT / 'workflow_scripts'}:{ROOT / 'tests' / 'standins'}"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{paths}" exec "{sys.executable}" "$@"\n')
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    return str(python)


@pytest.fixture
def served(isaacgym):
    return {
        "server": Training(simulator="server", server=EXAMPLE),
        "isaacgym": Training(simulator="isaacgym", server_python=isaacgym),
    }


@pytest.mark.parametrize("name", ["server", "isaacgym"])
@pytest.mark.parametrize("task", [{}, {"name": "run"}, {"actions": "torque", "name": "run"}])
@pytest.mark.slow
def test_a_process_moves_as_mujoco_does(name, task, served, robots, reference_of):
    kind = "humanoid" if "actions" in task else "anymal_c"
    robot, mjcf = robots[kind]
    make = (robot, mjcf, Task(**task), reference_of(kind), None, AGENTS, 0)
    near, far = make_env("mujoco", *make), make_env(served[name], *make)
    try:
        near.auto_reset = far.auto_reset = False
        generator = torch.Generator().manual_seed(1)
        torch.testing.assert_close(far.qpos().double(), near.qpos(), atol=1e-5, rtol=0)
        for step in range(STEPS):
            actions = 2 * torch.rand(AGENTS, near.num_actions, generator=generator) - 1
            one, other = near.step(actions), far.step(actions)
            if step == 0:
                torch.testing.assert_close(far.qpos().double(), near.qpos(), atol=1e-5, rtol=0)
            torch.testing.assert_close(other.success, one.success, atol=1e-3 if step < 10 else 5e-2, rtol=0)
            assert (one.terminated == other.terminated).all()
        torch.testing.assert_close(far.qpos().double(), near.qpos(), atol=2e-2, rtol=0)
        far.restore(far.state())
        torch.testing.assert_close(far.qpos().double(), near.qpos(), atol=2e-2, rtol=0)
    finally:
        far.close()
        near.close()


def test_a_server_that_dies_is_a_sentence(tmp_path, robots, reference_of):
    robot, mjcf = robots["anymal_c"]
    script = tmp_path / "dying.py"
    script.write_text("import sys\nprint('licence expired', file=sys.stderr)\nraise SystemExit(3)\n")
    with pytest.raises(UserError, match=r"dying\.py ended \(status 3\): licence expired"):
        make_env(
            Training(simulator="server", server=script),
            robot,
            mjcf,
            Task(),
            reference_of("anymal_c"),
            None,
            2,
            0,
        )
    assert not [name for name in os.listdir("/dev/shm") if name.startswith("psm_")]


def test_a_server_of_another_version_is_a_sentence(tmp_path, robots, reference_of):
    robot, mjcf = robots["anymal_c"]
    script = tmp_path / "older.py"
    script.write_text(
        "import video2reward.sim.physics_server as s\ns.VERSION = 0\ns.serve(s.ServedPhysics)\n"
    )
    with pytest.raises(UserError, match=r"the environment speaks version 1, this server 0"):
        make_env(
            Training(simulator="server", server=script),
            robot,
            mjcf,
            Task(),
            reference_of("anymal_c"),
            None,
            2,
            0,
        )


def test_what_is_not_set_up_is_a_sentence(robots, reference_of, monkeypatch):
    robot, mjcf = robots["anymal_c"]
    monkeypatch.delenv("ISAACGYM_PYTHON", raising=False)
    make = (robot, mjcf, Task(), reference_of("anymal_c"), None, 2, 0)
    with pytest.raises(UserError, match=r"isaacgym is not set up here: download"):
        make_env("isaacgym", *make)
    with pytest.raises(UserError, match=r"no Python that can be run"):
        make_env(Training(simulator="isaacgym", server_python="/no/such/python"), *make)
    with pytest.raises(UserError, match=r"needs training\.server"):
        make_env("server", *make)
