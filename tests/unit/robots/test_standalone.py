"""A robot as one MJCF of its own: it is the simulated one, whatever it was made of."""

from pathlib import Path

import mujoco
import numpy as np
import pytest
from tests.unit.robots.test_mjcf import LEAKING, SCENE, made  # noqa: F401  (a fixture)

from video2reward.errors import UserError
from video2reward.robots.description import load_robot, torque_driven
from video2reward.robots.model import build_model, build_spec
from video2reward.robots.standalone import write_standalone

ROBOTS = Path(__file__).resolve().parents[3] / "resources" / "robots"


def written(robot, mjcf, folder, torque=False):
    """The model as simulated, and as it is read from the written file."""
    folder.mkdir()
    write_standalone(build_spec(robot, mjcf, 2, visual=True, torque=torque), mjcf, folder, "robot.xml")
    return build_model(robot, mjcf, torque=torque), mujoco.MjModel.from_xml_path(str(folder / "robot.xml"))


def moved(model):
    """Where a robot that falls on the ground is after one second, its drives at work."""
    data = mujoco.MjData(model)
    data.qpos[2] = 0.7
    data.ctrl[:] = np.linspace(-0.4, 0.4, model.nu)
    mujoco.mj_step(model, data, 100)
    return data.qpos


@pytest.mark.parametrize(
    ("name", "torque"),
    [
        (path.parent.name, torque)
        for path in sorted(ROBOTS.glob("*/robot.yaml"))
        for torque in ((False, True) if load_robot(path).torque_control else (False,))
    ],
)
def test_every_robot_is_written_to_the_last_digit(robot_folder, tmp_path, name, torque):
    folder = robot_folder.parent / name
    robot = load_robot(folder / "robot.yaml")
    robot = torque_driven(robot) if torque else robot
    own, read = written(robot, folder / robot.mjcf, tmp_path / "out", torque)
    assert (own.nq, own.nu, own.nsensor, own.npair) == (read.nq, read.nu, read.nsensor, read.npair)
    for field in (
        "body_mass",
        "body_inertia",
        "body_iquat",
        "jnt_range",
        "dof_invweight0",
        "actuator_gainprm",
    ):
        np.testing.assert_array_equal(getattr(own, field), getattr(read, field), err_msg=field)
    np.testing.assert_allclose(moved(own), moved(read), atol=1e-6)


def test_a_robot_in_a_scene_is_written_without_it(made, tmp_path):  # noqa: F811
    robot, mjcf = made(('<default>\n    <default class="anymal_c">', LEAKING), scene=SCENE)
    own, read = written(robot, mjcf, tmp_path / "out")
    assert read.nbody == own.nbody and read.opt.gravity[2] == pytest.approx(-9.81)
    np.testing.assert_allclose(moved(own), moved(read), atol=1e-6)


def test_meshes_go_along(made, tmp_path):  # noqa: F811
    corners = "0 0 0  0.1 0 0  0 0.1 0  0 0 0.1"
    robot, mjcf = made(
        ('<compiler angle="radian"', '<compiler meshdir="parts" angle="radian"'),
        ("<asset>", '<asset><mesh name="lamp" file="in/lamp.obj"/>'),
        (
            '<geom name="base_collision"',
            '<geom type="mesh" mesh="lamp" pos="0.3 0 0.1" mass="1.25"/><geom name="base_collision"',
        ),
    )
    (mjcf.parent / "parts" / "in").mkdir(parents=True)
    numbers = corners.split("  ")
    lines = [f"v {point}" for point in numbers] + ["f 1 3 2", "f 1 2 4", "f 1 4 3", "f 2 3 4"]
    (mjcf.parent / "parts" / "in" / "lamp.obj").write_text("\n".join(lines))
    own, read = written(robot, mjcf, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out" / "assets").iterdir()] == ["lamp.obj"]
    assert read.nmesh == 1 and read.body_mass.sum() == pytest.approx(own.body_mass.sum())
    np.testing.assert_allclose(moved(own), moved(read), atol=1e-6)


def test_a_robot_that_would_move_otherwise_is_refused(robot_folder, tmp_path, monkeypatch):
    robot = load_robot(robot_folder / "robot.yaml")
    kept = mujoco.MjSpec.to_xml
    monkeypatch.setattr(
        mujoco.MjSpec, "to_xml", lambda spec: kept(spec).replace('gainprm="85"', 'gainprm="80"')
    )
    with pytest.raises(UserError, match="its actuator_gainprm would be another than in the simulation"):
        written(robot, robot_folder / robot.mjcf, tmp_path / "out")
