from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.prompt.figures import joint_figures, motion_figures

PHASE = st.floats(0, 0.999)


@given(st.floats(-1, 1), st.floats(0.05, 0.5), PHASE, PHASE)
def test_the_figures_of_a_harmonic_are_its_own(mean, amplitude, x_phase, y_phase):
    turn = 2 * np.pi * np.arange(64) / 64
    x = mean + amplitude * np.cos(turn - 2 * np.pi * x_phase)
    y = -mean + amplitude / 2 * np.cos(turn - 2 * np.pi * y_phase)
    (joint,) = joint_figures(("Paw",), np.stack([x, y], -1)[:, None])
    assert joint["mean"] == pytest.approx([mean, -mean], abs=1e-4)
    assert joint["amplitude"] == pytest.approx([amplitude, amplitude / 2], abs=0.002)
    for found, given_ in zip(joint["phase"], (x_phase, y_phase), strict=True):
        assert abs((found - given_ + 0.5) % 1 - 0.5) < 0.001


def test_the_motions_figures_are_the_robots(made_reference, made_motion):
    figures = motion_figures(made_reference, made_motion)
    assert figures["period_s"] == made_reference.period_s
    assert figures["video_period_s"] == made_motion.period_s
    assert figures["target_speed"] == made_reference.speed
    assert [limb["name"] for limb in figures["limbs"]] == list(made_reference.limb_names)
    paw = next(joint for joint in figures["joints"] if joint["name"] == "L_F_Paw")
    assert paw["amplitude"][0] == pytest.approx(0.2, abs=0.001)
    assert paw["phase"][0] == pytest.approx(0.0, abs=0.001)


def test_a_single_motions_figures_are_scaled_to_the_robot(made_reference, made_motion):
    found = {"duration_s": 1.0, "flight_s": 0.3, "rise": 0.25, "drop": 0.1, "distance": 0.8}
    motion = replace(made_motion, kind="single", gait="jump", gait_figures=found)
    figures = motion_figures(replace(made_reference, kind="single"), motion)
    scale = made_reference.time_scale
    assert figures["single"]["flight"] == pytest.approx(0.3 * scale, abs=1e-3)
    metres = motion.leg_length_m / motion.leg_length * scale**2
    assert figures["single"]["rise"] == pytest.approx(0.25 * metres, abs=1e-3)
    assert motion_figures(made_reference, made_motion)["single"] is None
