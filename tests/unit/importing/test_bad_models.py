"""What cannot become a robot is said in one sentence: what is wrong, and the way out."""

import pytest
from tests.unit.importing.conftest import PRESET
from tests.unit.importing.strangers import ARM, FOOT, quadruped, urdf

from video2reward.errors import UserError
from video2reward.importing.folder import import_robot

MESH = '<mesh name="shell" file="shell.obj"/>'
SHELL = '<geom type="mesh" mesh="shell" mass="8"/>'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ARM, "tied to the world by joints \\(a\\).*an arm.*freejoint"),
        (ARM.replace('name="a" axis="0 1 0" range="-1 1"', 'type="free"'), "0 chains of joints reach the ground.*two or four legs"),
        (quadruped(foot="").replace('geom class="bone"', 'geom class="bone" contype="0" conaffinity="0"'), "no chain of joints ends in a geom.*sphere"),
        (quadruped(xs=(1, 0, -1)), "6 chains reach the ground.*resources/robots/ant"),
        (quadruped(asset=MESH, trunk=SHELL), "the mesh 'shell.obj' does not exist"),
        (quadruped(foot='<geom name="foot" size="0.02" pos="0 0 {z}" mass="0"/>'), "a name is given twice.*foot.*rename"),
        (quadruped().replace('mass="0.2" diaginertia="0.003 0.003 0.0005"', 'mass="0" diaginertia="0 0 0"'), "no mass or inertia.*<inertial>"),
        (quadruped(half=(0.02, 0.2)), "x forward, y left"),
        ("<mujoco><worldbody/></mujoco>", "no body in it"),
        ('<mujoco><worldbody><body name="ball"><freejoint/><geom size="1"/></body></worldbody></mujoco>', "no hinge joint"),
        ("<mujoco><", "not valid XML"),
        ("<mujoco><wing/></mujoco>", "not valid MJCF.*wing"),
        (urdf("package://dog_description/shell.obj"), "package://dog_description/shell.obj was not found.*'dog_description'"),
        (urdf("meshes/shell.obj"), "the mesh 'meshes/shell.obj' does not exist"),
    ],
)  # fmt: skip
def test_one_sentence(imported, tmp_path, text, words):
    with pytest.raises(UserError, match=words) as said:
        imported(text)
    assert "\n" not in str(said.value)
    assert not (tmp_path / "robots" / "dog").exists() and not list((tmp_path / "robots").glob(".*"))


def test_no_pose_to_stand_in(imported):
    text = (
        quadruped()
        .replace('range="-1.5 3"', 'range="1.4 1.5"')
        .replace('range="-2.6 -0.1"', 'range="-0.2 -0.1"')
    )
    with pytest.raises(UserError, match="no pose to stand in|reach the ground"):
        imported(text)


@pytest.mark.parametrize(
    ("asked", "name", "words"),
    [
        ("nowhere.xml", "dog", "'nowhere.xml' does not exist"),
        ("", "dog", "does not exist; say FROM="),
        ("robot_descriptions:no_such_mj_description", "dog", "robot_descriptions"),
        ("nowhere.xml", "a dog", "name 'a dog' does not suit"),
        ("nowhere.xml", "../dog", "does not suit"),
    ],
)
def test_wrong_arguments(tmp_path, asked, name, words):
    with pytest.raises(UserError, match=words):
        import_robot(asked, name, tmp_path / "dog", PRESET)


def test_an_existing_folder_is_kept(tmp_path):
    (tmp_path / "model.xml").write_text(quadruped(foot=FOOT))
    folder = tmp_path / "dog"
    folder.mkdir()
    with pytest.raises(UserError, match="exists; remove it"):
        import_robot(str(tmp_path / "model.xml"), "dog", folder, PRESET)
    assert list(folder.iterdir()) == []
