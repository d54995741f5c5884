import pytest

from video2reward.errors import UserError
from video2reward.robots.description import load_robot
from video2reward.robots.model import build_model
from video2reward.robots.symmetry import symmetry


@pytest.fixture(params=["anymal_c", "humanoid"])
def made(request, robot_folder):
    folder = robot_folder.parent / request.param
    robot = load_robot(folder / "robot.yaml")
    return robot, build_model(robot, folder / robot.mjcf)


def test_partners_are_the_same_joints_and_feet_of_the_other_side(made):
    robot, model = made
    sides = symmetry(robot, model)
    swapped = str.maketrans("LRlr", "RLrl")
    for joint, partner in enumerate(sides.joints):
        assert sides.joints[partner] == joint and sides.signs[partner] == sides.signs[joint]
        mine, other = robot.joints[joint], robot.joints[partner]
        assert other == mine if mine.startswith("abdomen") else other[0] == mine[0].translate(swapped)
        assert other[-4:] == mine[-4:]
    assert [sides.feet[partner] for partner in sides.feet] == list(range(len(robot.feet)))


def test_what_turns_the_trunk_or_spreads_a_leg_changes_its_sign(made):
    robot, model = made
    signs = dict(zip(robot.joints, symmetry(robot, model).signs, strict=True))
    if robot.name == "anymal_c":
        assert {name for name, sign in signs.items() if sign < 0} == {n for n in signs if n.endswith("HAA")}
    else:  # its MJCF has mirrored axes for hips and shoulders, but not for ankles
        assert {name for name, sign in signs.items() if sign < 0} == {
            "abdomen_z", "abdomen_x", "right_ankle_x", "left_ankle_x",
        }  # fmt: skip


def test_a_robot_whose_sides_differ_is_refused(made):
    robot, model = made
    first = robot.joints[-1]
    lame = robot.model_copy(update={"default_pose": {**robot.default_pose, first: 0.7}})
    with pytest.raises(UserError, match=r"training\.mirror needs .* default_pose differs .* set it to false"):
        symmetry(lame, model)
    one_legged = robot.model_copy(update={"joints": robot.joints[:-1]})
    with pytest.raises(UserError, match="has no mirror image"):
        symmetry(one_legged, model)
