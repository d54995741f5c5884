"""From a stranger's model to a folder that the rest of the project reads."""

import mujoco
import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.importing.conftest import PRESET
from tests.unit.importing.strangers import SERVOS, biped, quadruped, urdf

from video2reward.importing.base import take
from video2reward.importing.folder import import_robot
from video2reward.importing.limbs import find_body
from video2reward.importing.names import named_leg
from video2reward.importing.source import open_source
from video2reward.importing.stance import assess, find_stance
from video2reward.robots.description import gain, load_robot
from video2reward.robots.model import build_model, unlimited_joints
from video2reward.robots.symmetry import symmetry

HOME = "<keyframe><key name='low' qpos='0 0 .1 1 0 0 0 {low}'/><key name='home' qpos='0 0 .3 1 0 0 0 {home}'/></keyframe>"
TETRAHEDRON = "v 0 0 0\nv .1 0 0\nv 0 .1 0\nv 0 0 .1\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n"


def good(made):
    return {check.name: check.good for check in made.checks}


def test_a_quadruped_by_geometry_alone(imported):
    made = imported(quadruped())
    robot = made.robot
    assert all(good(made).values()), made.checks
    assert robot.feet == ("leg0a", "leg1a", "leg0b", "leg1b")  # left fore, left hind, right fore, right hind
    assert robot.joints[:3] == ("leg0b_abduction", "leg0b_hip", "leg0b_knee")  # the model's order
    table = robot.skeletons["ap10k"]
    assert table.sites["Neck"] == ("L_Shoulder", "R_Shoulder")
    for limb in table.limbs:
        assert limb.lengths_m == pytest.approx((0.2, 0.2), abs=1e-3)
    assert robot.leg_length_m == pytest.approx(
        0.8 * 0.4 + 0.02, abs=0.01
    )  # stretched by 0.8, and the foot's radius
    assert set(robot.terminate_on_contact) == {"trunk"} | {
        f"leg{leg}_thigh" for leg in ("0a", "0b", "1a", "1b")
    }
    model = build_model(robot, made.folder / robot.mjcf)
    assert not unlimited_joints(robot, made.folder / robot.mjcf)
    symmetry(robot, model)
    assert (model.actuator_forcerange == [-40, 40]).all()
    assert (made.folder / "standing.png").read_bytes().startswith(b"\x89PNG")


def test_everything_guessed_says_so(imported):
    made = imported(quadruped())
    lines = (made.folder / "robot.yaml").read_text().splitlines()
    for key in (
        "default_pose",
        "stiffness",
        "damping",
        "action_scale",
        "terminate_on_contact",
        "spawn_height",
    ):
        at = next(n for n, line in enumerate(lines) if line.startswith(f"{key}:"))
        assert lines[at - 1].startswith("# "), key
    assert "Unknown" in (made.folder / "LICENSE").read_text() and any(
        "licence" in note for note in made.notes
    )
    assert "sha256" in (made.folder / "SOURCE").read_text()
    assert load_robot(made.folder / "robot.yaml") == made.robot


def test_position_actuators_give_the_gains(imported):
    made = imported(quadruped(drive=SERVOS))
    assert gain(made.robot.stiffness, "leg1a_hip") == 60 and gain(made.robot.damping, "leg1a_hip") == 1.5
    assert "From the model's position actuators" in (made.folder / "robot.yaml").read_text()


def test_a_keyframe_that_stands_is_the_default_pose(imported):
    home, low = "0 0.7 -1.4 " * 4, "0 1.2 -2.5 0.4 1.2 -2.5 " * 2
    made = imported(quadruped(more=HOME.format(home=home, low=low)))
    assert list(made.robot.default_pose.values()) == [0, 0.7, -1.4] * 4
    assert "the model's keyframe 'home'" in (made.folder / "robot.yaml").read_text()


def test_a_keyframe_that_does_not_stand_is_passed_over(imported):
    made = imported(quadruped(more=HOME.format(home="0 0 -2 " * 2 + "0 0.9 -1.8 " * 2, low="0 0 0 " * 4)))
    assert any("'home' is no stance: its feet are not level" in note for note in made.notes)
    assert good(made)["feet level"]


def test_a_base_fixed_to_the_world_is_set_free(imported):
    made = imported(quadruped(free=False))
    assert all(good(made).values()) and any("now has a free joint" in note for note in made.notes)


def test_joints_without_limits_and_drives_are_guessed(imported):
    text = quadruped(drive="").replace('range="-2.6 -0.1"', "").replace('range="-1.5 3"', "")
    made = imported(text)
    said = " ".join(made.notes)
    assert "Joints without a range turn by half a turn" in said and "limits no torque" in said
    assert all(good(made).values()), made.checks
    pose = made.robot.default_pose
    assert pose["leg0a_knee"] * pose["leg1a_knee"] < 0  # an elbow points back, a knee forward


def test_includes_meshes_and_the_licence_come_along(imported, tmp_path):
    (tmp_path / "meshes").mkdir()
    (tmp_path / "meshes" / "shell.obj").write_text(TETRAHEDRON)
    (tmp_path / "LICENSE").write_text("BSD-3-Clause")
    (tmp_path / "part.xml").write_text(
        quadruped(
            asset='<mesh name="shell" file="meshes/shell.obj"/><mesh name="spare" file="meshes/shell.obj"/>',
            trunk='<geom type="box" size="0.2 0.08 0.05" mass="8"/><geom type="mesh" mesh="shell" contype="0" conaffinity="0" mass="0"/>',
        )
    )
    before = (tmp_path / "part.xml").read_bytes()
    made = imported('<mujoco><include file="part.xml"/></mujoco>', "scene.xml")
    assert [path.name for path in (made.folder / "assets").iterdir()] == ["shell.obj"]
    assert (made.folder / "LICENSE").read_text() == "BSD-3-Clause"
    assert (tmp_path / "part.xml").read_bytes() == before
    assert "spare" not in (made.folder / "dog.xml").read_text()


def test_two_legs_and_arms(imported):
    made = imported(biped())
    table = made.robot.skeletons["coco17"]
    assert all(good(made).values()), made.checks
    assert set(table.scored) == {
        f"{s}_{j}" for s in ("left", "right") for j in ("elbow", "wrist", "knee", "ankle")
    }
    for limb in table.limbs:
        assert limb.lengths_m == pytest.approx((0.38, 0.36), abs=1e-3)
    assert made.robot.default_pose["l_knee"] > 0.2
    assert "l_foot" not in made.robot.terminate_on_contact and "l_lower" in made.robot.terminate_on_contact
    assert yaml.safe_load((made.folder / "cpu.yaml").read_text())["task"]["name"] == "run"


def test_two_legs_without_arms_have_shoulders_all_the_same(imported):
    made = imported(biped(arms=False))
    table = made.robot.skeletons["coco17"]
    assert "left_shoulder" in table.sites and "left_elbow" not in table.sites
    assert any("No pair of arms" in note for note in made.notes)


@pytest.mark.parametrize("mesh", ["package://dog_description/meshes/shell.obj", "meshes/shell.obj"])
def test_a_urdf_with_packages_fixed_feet_and_efforts(imported, tmp_path, mesh):
    home = tmp_path / "dog_description"
    for folder in (home / "meshes", home / "urdf" / "meshes"):
        folder.mkdir(parents=True)
        (folder / "shell.obj").write_text(TETRAHEDRON)
    made = imported(urdf(mesh), "dog_description/urdf/dog.urdf")
    assert all(good(made).values()), made.checks
    assert made.robot.base == "base" and len(made.robot.joints) == 12
    model = build_model(made.robot, made.folder / made.robot.mjcf)
    assert (model.actuator_forcerange == [-35, 35]).all()
    assert model.body("base").subtreemass[0] == pytest.approx(8 + 4 * 1.55)


def test_a_root_link_without_mass_is_the_base(imported, tmp_path):
    (tmp_path / "shell.obj").write_text(TETRAHEDRON)
    made = imported(urdf("shell.obj", root="footprint"), "dog.urdf")
    assert made.robot.base == "footprint"
    assert all(good(made).values()), made.checks


@pytest.mark.parametrize("name", ["anymal_c", "humanoid"])
def test_our_own_robots_are_found_again(tmp_path, name):
    """What was written by hand against what is found in the model alone, which has no keyframe and no actuators."""
    folder = PRESET.parents[1] / name
    ours = load_robot(folder / "robot.yaml")
    made = import_robot(str(folder / ours.mjcf), "again", tmp_path / "again", PRESET)
    assert made.robot.base == ours.base and set(made.robot.feet) == set(ours.feet)
    assert set(made.robot.joints) == set(ours.joints)
    assert made.robot.leg_length_m == pytest.approx(ours.leg_length_m, rel=0.03)
    assert set(ours.terminate_on_contact) <= set(made.robot.terminate_on_contact)
    for skeleton, table in ours.skeletons.items():
        own = {limb.name: limb for limb in made.robot.skeletons[skeleton].limbs}
        for limb in table.limbs:
            assert own[limb.name].lengths_m == pytest.approx(limb.lengths_m, rel=0.01)
    checks = good(made)
    assert checks["mass as in the source"] and checks["left and right alike"] and checks["feet level"], (
        made.checks
    )
    assert all(value for check, value in checks.items() if check.startswith("stands")), made.checks


def test_a_waist_belongs_to_no_leg(imported):
    """Both legs below a waist: the hips' joints alone are solved for, and the waist stays straight."""
    text = biped().replace(
        '<body name="r_pelvis"',
        '<body name="waist"><inertial pos="0 0 0" mass="2" diaginertia="0.01 0.01 0.01"/>'
        '<joint name="waist_z" axis="0 0 1" range="-1 1"/><body name="r_pelvis"',
    )
    start = text.index('<body name="r_arm"')
    end = text.index('<body name="l_pelvis"')
    arms, rest = text[start:end], text[end:]
    stop = rest.index('<body name="l_arm"')
    made = imported(text[:start] + rest[:stop] + "</body>" + arms + rest[stop:])
    assert made.robot.default_pose["waist_z"] == 0 and "waist_z" in made.robot.joints
    assert good(made)["left and right alike"], made.checks


@pytest.mark.parametrize(
    ("name", "leg"),
    [
        ("FL_hip_joint", "left_fore"), ("RL_hip_joint", "left_hind"), ("LF_HAA", "left_fore"), ("RH_HAA", "right_hind"),
        ("hr.hx", "right_hind"), ("frontLeftHip", "left_fore"), ("joint_rear_right_1", "right_hind"), ("left_hip", None),
        ("joint_1", None), ("fl_rr", None),
    ],
)  # fmt: skip
def test_what_a_name_says(name, leg):
    assert named_leg(name) == leg


def test_names_that_contradict_the_places_are_told(imported):
    made = imported(
        quadruped()
        .replace("leg0a", "RL")
        .replace("leg0b", "RR")
        .replace("leg1a", "FL")
        .replace("leg1b", "FR")
    )
    assert made.robot.feet[0] == "RL"  # it lies ahead
    assert any("left_fore is named left_hind" in note and "x axis" in note for note in made.notes)


def test_feet_that_point_backwards_are_told(imported):
    made = imported(biped().replace('pos="0.03 0 -0.05"', 'pos="-0.03 0 -0.05"'))
    assert any("feet reach backwards" in note for note in made.notes)


def test_bodies_keep_their_masses(imported):
    made = imported(
        quadruped(
            foot='<body name="{name}_ball" pos="0 0 {z}"><geom name="{name}" size="0.02" mass="0"/></body>'
        )
    )
    ours = mujoco.MjModel.from_xml_path(str(made.folder / "dog.xml"))
    theirs = mujoco.MjModel.from_xml_path(str(made.folder.parents[1] / "model.xml"))
    for number in range(1, ours.nbody):
        name = ours.body(number).name
        assert ours.body(name).mass == pytest.approx(theirs.body(name).mass), name
        np.testing.assert_allclose(ours.body(name).inertia, theirs.body(name).inertia, rtol=1e-5)


@given(
    upper=st.floats(0.1, 0.5), part=st.floats(0.8, 1.25), length=st.floats(0.5, 2.0), width=st.floats(0.1, 0.4),
    turn=st.permutations([1.0, -1.0]),
)  # fmt: skip
@settings(max_examples=15, deadline=None)
def test_legs_of_any_proportion_stand_level(tmp_path_factory, upper, part, length, width, turn):
    """Legs sorted by place whatever the order in the file, feet level below the hips, knees bent."""
    file = tmp_path_factory.mktemp("model") / "model.xml"
    foot = f'<geom name="{{name}}" size="{0.1 * upper}" pos="0 0 {{z}}" mass="0"/>'
    half = length * upper, width * upper
    file.write_text(quadruped(upper=upper, lower=part * upper, half=half, xs=turn, foot=foot))
    source = open_source(str(file))
    spec, found = take(source, [])
    model = spec.compile()
    if half[0] < 0.5 * (half[1] + 0.08):  # wider than long: nobody could say where the front is
        return
    body = find_body(model, found, file, [])
    assert [leg.name for leg in body.legs] == ["left_fore", "left_hind", "right_fore", "right_hind"]
    assert [model.joint(leg.knee).name[-4:] for leg in body.legs] == ["knee"] * 4
    stance = find_stance(model, found, body, file, [])
    standing = assess(model, found, body, stance.pose)
    assert standing.faults(4) == []
    assert np.ptp(standing.feet) < 1e-3 and standing.stretch == pytest.approx(0.8, abs=0.02)
