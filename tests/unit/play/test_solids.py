"""The drawn robot is MuJoCo's: same geoms, same places, same sizes."""

from pathlib import Path

import mujoco
import numpy as np
import pytest

from video2reward.geometry import rotate
from video2reward.play.solids import solids
from video2reward.robots.description import load_robot
from video2reward.robots.model import build_model

ROBOTS = Path(__file__).resolve().parents[3] / "resources" / "robots"
SHAPES = """<mujoco><asset><mesh name="roof" vertex="0 0 0 1 0 0 0 1 0 0 0 1"/><material name="red" rgba="1 0 0 1"/></asset>
<worldbody><body pos="0 0 2" euler="10 20 30"><freejoint/>
<geom type="sphere" size="0.3"/><geom type="capsule" size="0.1 0.4" pos="1 0 0" euler="40 0 0"/>
<geom type="cylinder" size="0.2 0.3" rgba="0 0 1 0.5"/><geom type="box" size="0.1 0.2 0.3" material="red"/>
<geom type="ellipsoid" size="0.1 0.2 0.3"/><geom type="mesh" mesh="roof" pos="0 1 0"/>
<geom type="box" size="1 1 1" group="3"/><geom type="box" size="1 1 1" rgba="1 1 1 0"/>
</body></worldbody></mujoco>"""


def in_world(model, data, one):
    """The vertices of a solid, carried as the page carries them: by its own place, then by its body's."""
    return data.xpos[one.body] + rotate(
        data.xquat[one.body], one.position + rotate(one.quaternion, one.vertices)
    )


@pytest.mark.parametrize("name", sorted(path.parent.name for path in ROBOTS.glob("*/robot.yaml")))
def test_a_robots_geoms_are_where_mujoco_has_them(name):
    robot = load_robot(ROBOTS / name / "robot.yaml")
    model = build_model(robot, ROBOTS / name / robot.mjcf, visual=True)
    data = mujoco.MjData(model)
    data.qpos[:] = np.random.default_rng(0).uniform(-1, 1, model.nq)
    mujoco.mj_kinematics(model, data)
    drawn = solids(model)
    shown = [g for g in range(model.ngeom) if model.geom_group[g] < 3 and model.geom_bodyid[g] > 0]
    assert [one.geom for one in drawn] == [g for g in shown if model.geom_rgba[g, 3] > 0] != []
    for one in drawn:
        place = data.geom_xpos[one.geom] + one.vertices @ data.geom_xmat[one.geom].reshape(3, 3).T
        assert in_world(model, data, one) == pytest.approx(place, abs=1e-6)
        assert one.faces.max() == len(one.vertices) - 1


def test_every_shape_has_its_size_and_faces_that_look_outward():
    model = mujoco.MjModel.from_xml_string(SHAPES)
    drawn = solids(model)
    assert [one.geom for one in drawn] == [0, 1, 2, 3, 4, 5]  # not group 3, not what is transparent
    half = {
        0: (0.3, 0.3, 0.3),
        1: (0.1, 0.1, 0.5),
        2: (0.2, 0.2, 0.3),
        3: (0.1, 0.2, 0.3),
        4: (0.1, 0.2, 0.3),
    }
    volume = {0: 4 / 3 * np.pi * 0.027, 1: np.pi * 0.01 * (0.8 + 4 / 3 * 0.1), 2: np.pi * 0.04 * 0.6, 3: 0.048,
              4: 4 / 3 * np.pi * 0.006, 5: 1 / 6}  # fmt: skip
    for one in drawn:
        if one.geom in half:
            assert np.abs(one.vertices).max(0) == pytest.approx(half[one.geom], rel=0.02)
        a, b, c = (one.vertices[one.faces[:, corner]] for corner in range(3))
        enclosed = np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6  # positive: faces look outward
        assert enclosed == pytest.approx(volume[one.geom], rel=0.06)
    assert drawn[3].colour.tolist() == [1, 0, 0, 1] and drawn[2].colour.tolist() == [0, 0, 1, 0.5]
