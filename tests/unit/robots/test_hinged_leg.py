from pathlib import Path

import mujoco
import numpy as np
import pytest

from video2reward.errors import UserError
from video2reward.robots.description import load_robot
from video2reward.robots.hinged_leg import hinged_legs
from video2reward.robots.model import build_model

ANT = Path(__file__).resolve().parents[3] / "resources" / "robots" / "ant"


@pytest.fixture(scope="module")
def ant():
    return load_robot(ANT / "robot.yaml")


def places(robot, angles, sites):
    """Side view of sites, (S, 2) m in the base's frame, by MuJoCo at joint angles."""
    model = build_model(robot, ANT / robot.mjcf)
    data = mujoco.MjData(model)
    data.qpos[:7] = 0, 0, 0, 1, 0, 0, 0
    for name, angle in angles.items():
        data.joint(name).qpos[0] = angle
    mujoco.mj_kinematics(model, data)
    return np.array([data.site(site).xpos[[0, 2]] for site in sites])


def test_a_foot_within_reach_is_followed_as_mujoco_has_it(ant):
    legs = hinged_legs(ANT / ant.mjcf, ant, ant.skeletons["spider"])
    assert set(legs) == {"left_1", "right_1", "left_4", "right_4"}
    random = np.random.default_rng(0)
    for limb, name in (("left_1", "left_front"), ("right_4", "right_hind")):
        for _ in range(10):
            hip, ankle = random.uniform(-0.6, 0.6), random.uniform(0.6, 1.2)
            angles = ant.default_pose | {f"{name}_hip": hip, f"{name}_ankle": ankle}
            knee, foot = places(ant, angles, [f"{name}_knee", f"{name}_foot"])
            found = legs[limb].follow(foot[None])
            assert found[0][0] == pytest.approx(knee, abs=2e-3)
            assert found[1][0] == pytest.approx(foot, abs=1e-3)


@pytest.mark.parametrize("part", [1.0, 0.5])
def test_joints_keep_within_their_ranges(ant, part):
    leg = hinged_legs(ANT / ant.mjcf, ant, ant.skeletons["spider"])["left_1"]
    low, high = part * leg.limits.T
    for far in ([3.0, 0.0], [-3.0, 0.0], [0.7, 2.0], [0.7, -2.0]):
        _, foot = leg.follow(np.array([far]), part)
        ways = [
            places(ant, {**ant.default_pose, "left_front_hip": h, "left_front_ankle": 0.7 + a}, ["left_front_foot"])[0]
            for h in (low[0], high[0]) for a in (low[1], high[1])
        ]  # fmt: skip
        assert foot[0, 1] <= max(way[1] for way in ways) + 1e-3
        assert foot[0, 0] <= leg.foot[0] + 0.6


def test_a_leg_without_lengths_or_joints_is_refused(ant):
    table = ant.skeletons["spider"]
    still = table.model_copy(update={"sites": {**table.sites, "L_Tarsus_1": "torso_front"}})
    with pytest.raises(UserError, match="no joint of `joints` moves the foot 'torso_front' of limb left_1"):
        hinged_legs(ANT / ant.mjcf, ant, still)
    mean = table.model_copy(
        update={"sites": {**table.sites, "L_Knee_1": ("left_front_knee", "left_front_hip")}}
    )
    with pytest.raises(UserError, match="L_Knee_1 is the mean of the sites left_front_knee, left_front_hip"):
        hinged_legs(ANT / ant.mjcf, ant, mean)
