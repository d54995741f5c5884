"""Fixtures that several rooms' tests share: a made gait on a real robot. And for CI, a record of what was skipped."""

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from synthesis.dog_jump import jump_keypoints
from synthesis.jump import DOG_HOP
from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.motion.describe import describe_motion
from video2reward.motion.retarget import retarget
from video2reward.robots.description import load_robot
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.motion import MotionSettings, Reach
from video2reward.settings.video import Subject
from video2reward.skeletons import AP10K

# What a shell starts in the background ignores Ctrl-C, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says how busy the machine is, nothing about the code.
settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")

ROOT = Path(__file__).resolve().parents[1]


def pytest_terminal_summary(terminalreporter):
    """Write what was skipped to the file that V2R_SKIPS names, for tests/skips.py."""
    record = os.environ.get("V2R_SKIPS")
    if record and not hasattr(terminalreporter.config, "workerinput"):
        with open(record, "a") as file:
            for report in terminalreporter.stats.get("skipped", []):
                where, _, said = report.longrepr
                file.write(json.dumps([os.path.relpath(where, ROOT), said]) + "\n")


TOUCHDOWN = {"left_fore": 0.0, "right_fore": 0.5, "left_hind": 0.75, "right_hind": 0.25}
POINTS = 64


def made_cycle(names: tuple[str, ...]) -> np.ndarray:
    """An amble-like cycle (64, J, 2) of AP-10K joints: hips at rest, knees and paws swinging in turn."""
    stand = {"Neck": (0.5, 0.0), "Root_of_tail": (-0.5, 0.0)}
    lift = {"knee": (0.12, 0.02, -0.35), "foot": (0.2, 0.06, -0.7)}
    phase = np.arange(POINTS) / POINTS
    cycle = np.zeros((POINTS, len(names), 2))
    for limb in AP10K.limbs:
        x = 0.5 if "fore" in limb.name else -0.5
        stand[limb.hip] = (x, 0.0)
        for part, joint in (("knee", limb.knee), ("foot", limb.foot)):
            swing, up, y = lift[part]
            angle = 2 * np.pi * (phase - TOUCHDOWN[limb.name])
            if joint in names:
                cycle[:, names.index(joint), 0] = x + swing * np.cos(angle)
                cycle[:, names.index(joint), 1] = y + up * np.maximum(0.0, -np.sin(angle))
    for joint, place in stand.items():
        if joint in names:
            cycle[:, names.index(joint)] = place
    return cycle


@pytest.fixture(scope="session")
def robot_folder() -> Path:
    """The folder of the robot that the shared fixtures are made for."""
    return ROOT / "resources" / "robots" / "anymal_c"


@pytest.fixture(scope="session")
def made_reference(robot_folder) -> Reference:
    """A reference for the robot, made of sines."""
    robot = load_robot(robot_folder / "robot.yaml")
    table = robot.skeletons["ap10k"]
    names = tuple(table.sites)
    cycle = made_cycle(names)
    limbs = [limb.name for limb in table.limbs]
    return Reference(
        robot=robot.name,
        skeleton="ap10k",
        keypoint_names=names,
        scored=table.scored,
        target=cycle,
        cycle=cycle,
        standing=cycle.mean(0),
        period_s=0.76,
        speed=1.2,
        body_length_m=0.72,
        time_scale=1.2,
        limb_names=tuple(limbs),
        foot_names=tuple(limb.foot for limb in table.limbs),
        touchdown=np.array([TOUCHDOWN[name] for name in limbs]),
        duty_factor=np.full(len(limbs), 0.62),
    )


@pytest.fixture(scope="session")
def made_motion() -> Motion:
    """The same gait as a clip of five strides at 50 frames a second."""
    names = AP10K.joints
    cycle, period, fps = made_cycle(names), 0.64, 50.0
    times = np.arange(int(5 * period * fps)) / fps
    body = cycle[np.floor((times / period) % 1 * POINTS).astype(int)]
    return Motion(
        times=times,
        joint_names=names,
        skeleton="ap10k",
        paper=body,
        body=body,
        confidence=np.ones(body.shape[:2]),
        cycle=cycle,
        period_s=period,
        period_confidence=0.97,
        camera="fixed",
        mirrored=False,
        speed=2.0,
        body_length_px=200.0,
        leg_length=0.75,
        limb_names=tuple(TOUCHDOWN),
        touchdown=np.array(list(TOUCHDOWN.values())),
        duty_factor=np.full(4, 0.62),
        species="dog",
        leg_length_m=0.4,
    )


@pytest.fixture(scope="session")
def jump_motion() -> Motion:
    """A dog's hop, found in true keypoints."""
    subject = Subject(species="dog", leg_length_m=0.5)
    return describe_motion(jump_keypoints(DOG_HOP), subject, MotionSettings(), 0.3, camera="fixed")


@pytest.fixture(scope="session")
def jump_reference(jump_motion, robot_folder) -> Reference:
    """The hop on the robot."""
    robot = load_robot(robot_folder / "robot.yaml")
    standing = standing_keypoints(robot_folder / robot.mjcf, robot, "ap10k")
    return retarget(jump_motion, robot, *standing, Reach())
