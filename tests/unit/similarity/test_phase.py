"""Which moment of the robot belongs to which of the video."""

import numpy as np
import pytest

from video2reward.geometry import sample_cycle
from video2reward.similarity.phase import pair, rhythm


def apart(a, b):
    """The distance between phases, cycles, at most a half."""
    return np.abs((np.asarray(a) - b + 0.5) % 1 - 0.5)


def test_the_phase_of_a_movement_is_found_whatever_its_tempo(sine_reference):
    times = np.arange(400) * 0.02
    phase = 0.3 + times / 0.7 + 0.03 * times**2  # it speeds up
    found = rhythm(sample_cycle(sine_reference.cycle, phase), sine_reference.cycle, 35)
    assert apart(found.phase, phase).max() < 0.03
    assert (np.diff(found.phase) >= 0).all()
    assert found.amplitude == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("late", [0.0, 0.35, 0.8])
def test_robot_and_video_are_shown_at_the_same_phase(
    sine_gait, sine_rollout, sine_motion, sine_reference, late
):
    motion = sine_motion(sine_reference.target)
    steps = np.arange(400) * 0.02 / 0.9  # slower than the reference's 0.765 s
    rollout = sine_rollout(sine_gait(steps + late, amplitude=0.7)[None])
    pairing = pair(motion, sine_reference, rollout, 0, 8.0)
    assert pairing.in_phase and not pairing.jumps
    assert apart(pairing.robot / 0.9 + late, motion.times / motion.period_s).max() < 0.03
    assert pairing.faster == pytest.approx(0.9 / motion.period_s, rel=0.02)
    assert pairing.robot.min() >= sine_reference.period_s - 0.02  # getting going is left out


def test_a_short_recording_is_taken_up_whole_strides_earlier(
    sine_gait, sine_rollout, sine_motion, sine_reference
):
    motion = sine_motion(sine_reference.target, strides=8)
    steps = np.arange(200) * 0.02 / 0.765
    pairing = pair(motion, sine_reference, sine_rollout(sine_gait(steps)[None]), 0, 4.0)
    assert pairing.in_phase and pairing.jumps >= 1
    assert apart(pairing.robot / 0.765, motion.times / motion.period_s).max() < 0.05
    assert pairing.robot.max() <= 4.0


def test_what_comes_after_a_fall_is_not_shown(sine_gait, sine_rollout, sine_motion, sine_reference):
    gait = sine_gait(np.arange(400) * 0.02 / 0.765)[None]
    pairing = pair(
        sine_motion(sine_reference.target), sine_reference, sine_rollout(gait, fell_at=150), 0, 8.0
    )
    assert pairing.in_phase
    assert pairing.robot.max() <= 150 * 0.02


@pytest.mark.parametrize("amplitude", [0.0, 0.1])
def test_a_robot_that_hardly_moves_has_no_phase(
    sine_gait, sine_rollout, sine_motion, sine_reference, amplitude
):
    rollout = sine_rollout(sine_gait(np.arange(400) * 0.02 / 0.765, amplitude=amplitude)[None])
    pairing = pair(sine_motion(sine_reference.target), sine_reference, rollout, 0, 8.0)
    assert not pairing.in_phase
    assert pairing.faster == sine_reference.time_scale


def test_a_recording_of_less_than_two_strides_is_repeated(
    sine_gait, sine_rollout, sine_motion, sine_reference
):
    rollout = sine_rollout(sine_gait(np.arange(400) * 0.02 / 0.765)[None])
    motion = sine_motion(sine_reference.target)
    pairing = pair(motion, sine_reference, rollout, 0, 0.5)
    assert not pairing.in_phase
    assert pairing.robot.min() >= 0 and pairing.robot.max() <= 0.5
    assert pairing.jumps == np.floor(motion.times[-1] * sine_reference.time_scale / 0.5)
