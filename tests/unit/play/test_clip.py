"""The clip's picture for a moment of the robot's clock."""

from dataclasses import replace

import numpy as np
import pytest

from video2reward.play.clip import Clip, make_clip
from video2reward.similarity.phase import video_phase


def test_the_picture_has_the_robots_phase(made_motion):
    pictures = [np.full((40, 80, 3), number, np.uint8) for number in range(len(made_motion.times) + 2)]
    made = make_clip(replace(made_motion, first_frame=2), pictures)
    assert made.pictures[0][0, 0, 0] == 2 and made.pictures[0].shape == (180, 360, 3)
    phase, step = video_phase(made_motion), 1 / (made_motion.period_s * made_motion.fps)
    for wanted in np.linspace(0, 9, 50):
        apart = (phase[made.at(wanted)] - wanted + 0.5) % 1 - 0.5
        assert abs(apart) <= 0.51 * step


def test_whole_strides_follow_one_another():
    made = Clip(
        [], np.array([0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5])
    )  # one whole stride from phase 1 on
    assert [made.at(phase) for phase in (0, 0.25, 0.5, 0.75, 1.0, 1.25, 7.5)] == [2, 3, 4, 5, 2, 3, 4]


def test_a_single_motion_ends_in_its_last_picture(jump_motion):
    made = Clip([], video_phase(jump_motion))
    assert made.at(0.99) == len(made.phase) - 1 == made.at(1.99)
    assert made.phase[made.at(0.1)] == pytest.approx(0.1, abs=0.05)
