from dataclasses import replace

import numpy as np
import pytest

from video2reward.feedback.joint_text import findings, joint_lines
from video2reward.feedback.joints import JointError, JointErrors, joint_errors
from video2reward.similarity import gait_similarity

STEPS = np.arange(400) * 0.02
PERIOD = 0.765  # of the sine reference
SAME = JointError((0.2, 0.1), (0.2, 0.1), (0.2, 0.1), (0.0, 0.0), 0.0)


@pytest.fixture
def errors(sine_gait, sine_rollout, sine_reference):
    """Compare a gait of agents with the reference; `change` alters its keypoints (A, T, J, 2)."""

    def compared(change=None, phase=STEPS / PERIOD, fell_at=None, **others):
        body = sine_gait(phase)[None].repeat(3, axis=0)
        if change is not None:
            change(body)
        rollout = replace(sine_rollout(body, fell_at=fell_at), **others)
        return joint_errors(rollout, sine_reference, gait_similarity(rollout, sine_reference))

    return compared


def lines(errors, reference):
    return joint_lines(errors, reference, dict.fromkeys(errors.joints, 0.0))


def row(reference, name):
    return reference.keypoint_names.index(name)


def test_the_videos_own_motion_has_no_errors(errors, sine_reference):
    found = errors()
    assert found.agents == 3 and set(found.joints) == set(sine_reference.scored)
    for error in found.joints.values():
        assert error.amplitude == pytest.approx(error.reach, abs=0.01)
        assert error.offset == pytest.approx((0, 0), abs=0.01) and abs(error.lag) < 0.01
    (line,) = lines(found, sine_reference)
    assert line.startswith("Within 10 %") and all(name in line for name in sine_reference.scored)


def test_hind_feet_that_lift_less_and_late_are_told_so(errors, sine_reference, sine_gait):
    hind = [row(sine_reference, name) for name in ("L_B_Paw", "R_B_Paw")]

    def change(body):
        late = sine_gait(STEPS / PERIOD - 0.12)
        low = late[:, hind, 1].min()
        body[:, :, hind] = late[None, :, hind]
        body[:, :, hind, 1] = low + 0.6 * (body[:, :, hind, 1] - low)

    found = errors(change)
    for name in ("L_B_Paw", "R_B_Paw"):
        error = found.joints[name]
        assert error.amplitude[1] == pytest.approx(0.6 * error.reach[1], abs=0.005)
        assert error.lag == pytest.approx(0.12, abs=0.01)
    assert all(abs(found.joints[name].lag) < 0.01 for name in ("L_F_Paw", "R_F_Paw", "L_Elbow", "R_Knee"))
    line = next(line for line in lines(found, sine_reference) if "B_Paw" in line)
    assert line.startswith("L_B_Paw and R_B_Paw (hind feet), each: lifts 40 % less (0.036, v 0.060, r 0.060)")
    assert line.endswith(", 0.12 cycle late.")


@pytest.mark.parametrize("lag", [-0.3, -0.05, 0.05, 0.4])
def test_one_late_joint_leaves_the_others_in_time(errors, sine_reference, sine_gait, lag):
    paw = row(sine_reference, "R_F_Paw")

    def change(body):
        body[:, :, paw] = sine_gait(STEPS / PERIOD - lag)[None, :, paw]

    found = errors(change).joints
    assert found.pop("R_F_Paw").lag == pytest.approx(lag, abs=0.01)
    assert max(abs(error.lag) for error in found.values()) < 0.01


def test_two_legs_have_feet_without_an_end(sine_reference):
    legs = replace(sine_reference, limb_names=("left", "right"), foot_names=("left_ankle", "right_ankle"))
    flat = replace(SAME, amplitude=(0.2, 0.05))
    joints = {"left_ankle": flat, "right_ankle": flat, "left_knee": flat, "right_knee": SAME}
    assert joint_lines(JointErrors(joints, 3, 0.0), legs, {"left_knee": 0.5}) == [
        "left_knee: moves 50 % less up and down (0.050, v 0.100, r 0.100).",
        "left_ankle and right_ankle (feet), each: lifts 50 % less (0.050, v 0.100, r 0.100).",
        "Within 10 % in amplitude, 0.03 cycle in time and 0.05 body lengths in place: right_knee.",
    ]


def test_left_and_right_share_a_line_only_if_they_are_alike(errors, sine_reference):
    def change(body):
        paw = row(sine_reference, "L_F_Paw")
        body[:, :, paw, 0] = 0.35 + 0.5 * (body[:, :, paw, 0] - 0.35)

    found = lines(errors(change), sine_reference)
    assert any(line.startswith("L_F_Paw (fore foot): steps 50 % shorter") for line in found)
    assert not any(line.startswith("L_F_Paw and") for line in found)


def test_places_are_told_with_their_direction(errors, sine_reference):
    def change(body):
        body[:, :, row(sine_reference, "R_Knee")] += (-0.1, 0.07)

    line = next(line for line in lines(errors(change), sine_reference) if line.startswith("R_Knee"))
    assert line == "R_Knee: held 0.10 further back, held 0.07 higher."


def test_without_a_recorded_clock_the_whole_strides_lag_is_not_known(errors):
    assert np.isnan(errors(phase=STEPS / PERIOD - 0.1).clock_lag)


def test_a_recorded_clock_gives_the_lag(sine_gait, sine_rollout, sine_reference):
    clock = np.array([0.0, 0.3, 0.9])
    body = np.stack([sine_gait(STEPS / PERIOD + start - 0.1) for start in clock])
    rollout = replace(sine_rollout(body), phase=clock)
    found = joint_errors(rollout, sine_reference, gait_similarity(rollout, sine_reference))
    assert found.clock_lag == pytest.approx(0.1, abs=0.01)
    quick = np.stack([sine_gait(1.2 * STEPS / PERIOD + start) for start in clock])
    rollout = replace(sine_rollout(quick), phase=clock)
    found = joint_errors(rollout, sine_reference, gait_similarity(rollout, sine_reference))
    assert np.isnan(found.clock_lag)  # a stride of another period keeps no clock
    assert max(abs(error.lag) for error in found.joints.values()) < 0.02


def test_without_rhythm_there_is_no_timing(errors):
    def change(body):
        body += np.random.default_rng(0).normal(0, 0.3, body.shape)

    found = errors(change)
    assert all(np.isnan(error.lag) for error in found.joints.values())
    assert all(np.isfinite(error.amplitude).all() for error in found.joints.values())


def test_who_stands_and_trembles_has_no_timing(errors, sine_reference):
    def change(body):
        body[:] = body.mean(axis=1, keepdims=True) + 0.1 * (body - body.mean(axis=1, keepdims=True))

    found = errors(change, phase=STEPS / PERIOD - 0.2)
    assert all(np.isnan(error.lag) for error in found.joints.values()) and np.isnan(found.clock_lag)
    assert found.stand and found.size == pytest.approx(0.1, abs=0.02) and not errors().stand
    assert any("steps 90 % shorter" in line for line in lines(found, sine_reference))


def test_nobody_upright_means_no_joints(errors):
    assert errors(fell_at=50).joints == {}


def test_an_amplitude_between_video_and_reach_is_right():
    between = replace(SAME, amplitude=(0.16, 0.1), video=(0.15, 0.1))
    assert findings(between, False) == []
    less = findings(replace(between, amplitude=(0.12, 0.1)), False)
    assert [finding.text for finding in less] == ["swings 20 % less fore and aft (0.120, v 0.150, r 0.200)"]


def test_what_should_be_still_has_no_percentage():
    still = replace(SAME, amplitude=(0.08, 0.1), video=(0.0, 0.1), reach=(0.002, 0.1))
    (finding,) = findings(still, False)
    assert finding.text == "moves 0.08 fore and aft but should be still"
