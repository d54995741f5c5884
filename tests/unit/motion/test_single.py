from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.dog_jump import jump_keypoints
from synthesis.jump import Jump
from video2reward.artifacts.motion import read_motion, write_motion
from video2reward.errors import UserError
from video2reward.motion.describe import describe_motion
from video2reward.motion.picture import draw_motion
from video2reward.motion.retarget import retarget
from video2reward.motion.single import (
    Movement,
    active_part,
    like_the_other_side,
    loop_of,
    without_push,
)
from video2reward.robots.description import load_robot
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.motion import MotionSettings, Reach
from video2reward.settings.video import Subject
from video2reward.skeletons import AP10K

DOG, UNIT = Subject(species="dog", leg_length_m=0.5), 0.6457  # its trunk, m


def jumped(jump=None, camera="fixed", **filmed):
    return describe_motion(
        jump_keypoints(jump or Jump(), **filmed), DOG, MotionSettings(), 0.3, camera=camera
    )


@settings(max_examples=8, deadline=None)
@given(
    flight=st.floats(0.28, 0.38),
    distance=st.floats(0.2, 0.6),
    fps=st.sampled_from([30.0, 60.0, 120.0]),
    heading=st.sampled_from([1, -1]),
)
def test_a_jump_is_found_and_measured(flight, distance, fps, heading):
    jump = Jump(flight=flight, distance=distance)
    motion = jumped(jump, fps=fps, heading=heading)
    found = motion.gait_figures
    assert (motion.kind, motion.gait, motion.mirrored) == ("single", "jump", heading < 0)
    assert found["flight_s"] == pytest.approx(jump.flight, abs=0.06)
    assert found["rise"] == pytest.approx(jump.rise / UNIT, abs=0.03)
    assert found["drop"] == pytest.approx(jump.dip / UNIT, abs=0.02)
    assert found["distance"] == pytest.approx(jump.distance / UNIT, abs=0.04)
    assert found["duration_s"] == pytest.approx(jump.duration, abs=0.2)
    assert "No stride repeats: the jump from 0." in motion.warnings[0]


def test_its_loop_closes_with_a_rest_and_feet_come_down_after_the_flight():
    jump = Jump()
    motion = jumped(jump)
    assert motion.period_s >= motion.gait_figures["duration_s"] + 0.5
    assert np.abs(motion.cycle[0] - motion.cycle[-1]).max() < 0.03
    began = motion.times[np.flatnonzero(motion.phase > 0)[0] - 1]
    landed = (jump.takes_off + jump.flight - began) / motion.period_s
    assert motion.touchdown == pytest.approx([landed] * 4, abs=0.04)
    assert motion.duty_factor == pytest.approx([1 - jump.flight / motion.period_s] * 4, abs=0.04)


def test_a_robot_can_be_given_it(robot_folder, tmp_path):
    robot = load_robot(robot_folder / "robot.yaml")
    motion = jumped()
    write_motion(tmp_path / "motion.h5", motion)
    motion = read_motion(tmp_path / "motion.h5")
    standing = standing_keypoints(robot_folder / robot.mjcf, robot, "ap10k")
    reference = retarget(motion, robot, *standing, Reach())
    assert reference.kind == "single" and np.isfinite(reference.cycle).all()
    paw = reference.cycle[:, reference.keypoint_names.index("L_F_Paw")]
    assert np.ptp(paw[:, 1]) > 0.05
    draw_motion(motion, tmp_path / "motion.png")
    assert (tmp_path / "motion.png").stat().st_size > 10_000


@given(start=st.integers(15, 60), length=st.integers(20, 60))
def test_the_moving_part_is_found(start, length):
    places = np.zeros((140, 3, 2))
    way = np.clip((np.arange(140) - start) / length, 0, 1)
    places[..., 0] = (2 * way**2 * (3 - 2 * way))[:, None]
    part = active_part(places, 60.0)
    assert part.rests
    assert abs(part.first - start) < 12 and abs(part.last - start - length) < 12


def test_stillness_has_no_part_and_steady_movement_no_rest():
    assert active_part(np.zeros((60, 3, 2)), 60.0) is None
    angle = 2 * np.pi * np.arange(90)[:, None] / 23 + np.arange(3)
    steady = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    assert not active_part(steady, 60.0).rests


def test_a_loop_plays_the_motion_and_goes_back():
    body = np.cumsum(np.ones((40, 2, 2)), axis=0)
    loop, period = loop_of(body, Movement(10, 30, True), 20.0, 64)
    assert period == pytest.approx(1.5)
    assert loop[0] == pytest.approx(body[10]) and loop.max() == pytest.approx(body[30].max(), rel=0.02)
    assert np.abs(np.diff(np.concatenate([loop, loop[:1]]), axis=0)).max() < 3


def test_only_a_gait_may_be_wanted():
    with pytest.raises(UserError, match="motion.kind: single"):
        describe_motion(jump_keypoints(Jump()), DOG, MotionSettings(kind="cyclic"), 0.3)


def test_any_clip_may_be_declared_single():
    keypoints = jump_keypoints(Jump())
    busy = slice(40, 110)
    cut = replace(
        keypoints,
        keypoints=keypoints.keypoints[busy],
        times=keypoints.times[busy],
        boxes=keypoints.boxes[busy],
    )
    motion = describe_motion(cut, DOG, MotionSettings(kind="single"), 0.3, camera="fixed")
    assert motion.kind == "single" and not any("No stride" in sentence for sentence in motion.warnings)
    assert motion.joint_names == AP10K.joints


def test_hidden_legs_move_like_the_other_sides():
    keypoints = jump_keypoints(Jump())
    hidden = keypoints.keypoints.copy()
    gone = [AP10K.index(name) for name in ("L_Knee", "L_B_Paw")]
    hidden[:, gone, 2] = 0
    motion = describe_motion(replace(keypoints, keypoints=hidden), DOG, MotionSettings(), 0.3, camera="fixed")
    near = [AP10K.index(name) for name in ("R_Knee", "R_B_Paw")]
    assert motion.body[:, gone] == pytest.approx(motion.body[:, near])
    assert "Never seen, taken to move like the other side's: L_Knee, L_B_Paw." in motion.warnings
    body, said = like_the_other_side(jumped().body, AP10K)
    assert said == [] and np.isfinite(body).all()


def test_a_foot_that_rolls_onto_its_toes_has_not_left_the_ground():
    fps, off, flown = 60.0, 40, 24
    since = (np.arange(100) - off) / fps
    up = 9.81 * flown / fps / 2
    height = np.where((since >= 0) & (since <= flown / fps), up * since - 9.81 * since**2 / 2, 0.0)
    push = (since < 0) & (since > -0.2)
    height = np.where(push, up * since + 12 * since**2, height)
    after = since - flown / fps
    height = np.where((after > 0) & (after < 0.2), -up * after + 12 * after**2, height)
    path = np.column_stack([np.zeros(100), height])
    on = np.ones((100, 2), bool)
    on[off - 6 : off + flown + 6] = False  # the heels leave early and come down late
    found = without_push(on, path, fps)
    flight = np.flatnonzero(~found.any(axis=1))
    assert abs(flight[0] - off) <= 2 and abs(flight[-1] + 1 - off - flown) <= 3
