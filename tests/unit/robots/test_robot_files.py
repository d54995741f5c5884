"""Robots' files: what is wrong in them is said in one sentence."""

import shutil

import pytest
import yaml

from video2reward.errors import UserError
from video2reward.robots.description import gain, load_robot
from video2reward.robots.model import build_model


@pytest.fixture
def edited(robot_folder, tmp_path):
    """Write a robot.yaml with changes -> its path."""

    def edit(**changes):
        content = yaml.safe_load((robot_folder / "robot.yaml").read_text()) | changes
        path = tmp_path / "robot.yaml"
        path.write_text(yaml.safe_dump(content, sort_keys=False))
        return path

    return edit


def test_reads_the_robot(robot_folder):
    robot = load_robot(robot_folder / "robot.yaml")
    assert len(robot.joints) == 12 and robot.feet[0] == "LF_FOOT"
    build_model(robot, robot_folder / robot.mjcf)


def test_unknown_key(edited):
    with pytest.raises(UserError, match=r"robot\.yaml.*spawn_heigth.*spawn_height"):
        load_robot(edited(spawn_heigth=0.5))


def test_missing_file(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        load_robot(tmp_path / "robot.yaml")


def test_a_joint_that_the_mjcf_lacks(edited, robot_folder):
    content = yaml.safe_load((robot_folder / "robot.yaml").read_text())
    joints = ["LF_HFA" if name == "LF_HAA" else name for name in content["joints"]]
    pose = {("LF_HFA" if k == "LF_HAA" else k): v for k, v in content["default_pose"].items()}
    robot = load_robot(edited(joints=joints, default_pose=pose))
    with pytest.raises(UserError, match=r"joint of .*anymal_c.xml 'LF_HFA'.*Did you mean.*'LF_H"):
        build_model(robot, robot_folder / "anymal_c.xml")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("base", "trunk", "body .* 'trunk'"),
        ("feet", ["LF_FOOT", "LH_FUSS"], "geom .* 'LH_FUSS'.*LH_FOOT"),
        ("terminate_on_contact", ["bas"], "body .* 'bas'.*base"),
        ("default_pose", {"LF_HAA": 0.0}, "'LF_HFE'"),
        ("stiffness", {"HAA": 85.0}, "LF_HAA.*matches no gain"),
    ],
)
def test_names_that_do_not_exist(edited, robot_folder, key, value, words):
    robot = load_robot(edited(**{key: value}))
    with pytest.raises(UserError, match=words):
        build_model(robot, robot_folder / "anymal_c.xml")


def test_sites_and_keypoints_that_do_not_exist(edited, robot_folder):
    table = yaml.safe_load((robot_folder / "robot.yaml").read_text())["skeletons"]["ap10k"]
    wrong_site = table | {"sites": table["sites"] | {"L_Elbow": "LF_KEF"}}
    wrong_joint = table | {"sites": table["sites"] | {"L_Elbo": "LF_KFE"}}
    wrong_score = table | {"scored": ["Nose"]}
    for changed, words in (
        (wrong_site, "'LF_KEF'.*LF_KFE"),
        (wrong_joint, "'L_Elbo'.*L_Elbow"),
        (wrong_score, "Nose"),
    ):
        with pytest.raises(UserError, match=words):
            build_model(load_robot(edited(skeletons={"ap10k": changed})), robot_folder / "anymal_c.xml")


def test_a_damaged_mjcf(robot_folder, tmp_path):
    robot = load_robot(robot_folder / "robot.yaml")
    broken = tmp_path / "broken.xml"
    broken.write_text((robot_folder / "anymal_c.xml").read_text()[:3000])
    with pytest.raises(UserError, match=r"broken\.xml is not valid MJCF"):
        build_model(robot, broken)
    with pytest.raises(UserError, match="does not exist"):
        build_model(robot, tmp_path / "absent.xml")


def test_gains_are_regular_expressions():
    table = {".*_KFE": 60.0, ".*": 85.0}
    assert gain(table, "LF_KFE") == 60.0
    assert gain(table, "LF_HAA") == 85.0
    with pytest.raises(UserError, match="'LF_HAA'"):
        gain({".*_KFE": 60.0}, "LF_HAA")


def test_drives_follow_robot_yaml(edited, robot_folder, tmp_path):
    shutil.copy(robot_folder / "anymal_c.xml", tmp_path)
    robot = load_robot(edited(stiffness={".*_HAA": 50.0, ".*": 85.0}, damping={".*": 3.0}))
    model = build_model(robot, tmp_path / "anymal_c.xml")
    assert [model.actuator(i).name for i in range(model.nu)] == list(robot.joints)
    assert model.actuator("LF_HAA").gainprm[0] == 50 and model.actuator("LF_HFE").gainprm[0] == 85
    assert model.actuator("LF_HFE").biasprm[:3].tolist() == [0, -85, -3]
    assert model.actuator("LF_HFE").forcerange.tolist() == [-80, 80]
