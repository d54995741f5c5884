"""Base policies that ship with their robots do what they were trained for, in the simulation as it is now."""

from pathlib import Path

import pytest
import torch

from video2reward.config.plan import load_plan
from video2reward.motion.retarget import neutral_reference
from video2reward.policy.evaluate import walking_figures
from video2reward.policy.network import load_policy
from video2reward.registry import TASKS
from video2reward.robots.description import load_robot
from video2reward.robots.standing import standing_keypoints
from video2reward.rollout.record import roll_out
from video2reward.sim.locomotion import make_env

ROOT = Path(__file__).resolve().parents[2]
KEPT = sorted((ROOT / "resources" / "robots").glob("*/base.pth"))
ROBOTS = {
    "anymal_c": "amble", "ant": "spider_walk", "humanoid": "human_run", "go2": "go2_amble", "g1": "g1_run",
}  # fmt: skip


def test_each_robot_has_one():
    assert {path.parent.name for path in KEPT} == set(ROBOTS)


@pytest.mark.slow
@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.parent.name)
def test_it_goes_without_falling(kept):
    robot = load_robot(kept.parent / "robot.yaml")
    mjcf, skeleton = kept.parent / robot.mjcf, next(iter(robot.skeletons))
    practice = load_plan({"experiments": [ROBOTS[robot.name]]}, ROOT).practices[robot.name]
    standing = standing_keypoints(mjcf, robot, skeleton)
    reference = neutral_reference(robot, skeleton, *standing, froude=TASKS.load(practice.task.name).froude)
    env = make_env(practice.training, robot, mjcf, practice.task, reference, None, 32, 0)
    env.set_commands(torch.tensor([reference.speed, 0.0, 0.0]).expand(32, 3).clone())
    rollout = roll_out(env, load_policy(kept), 8.0, robot.name, reference.keypoint_names)
    env.close()
    figures = walking_figures(rollout, reference.period_s)
    assert figures["falls"] <= 0.2, figures
    # Within its budget the humanoid gets to half the speed of a run.
    assert 0.45 < figures["speed_ratio"] < 1.2, figures
