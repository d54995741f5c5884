from dataclasses import replace

import numpy as np

from video2reward.motion.picture import draw_motion, speed_lines


def test_draws_a_picture_even_of_half_seen_legs(tmp_path, sine_motion, sine_reference):
    import cv2

    motion = sine_motion(sine_reference.target)
    motion.touchdown[1] = motion.duty_factor[1] = np.nan
    draw_motion(motion, tmp_path / "motion.png")
    picture = cv2.imread(str(tmp_path / "motion.png"))
    assert picture.shape[0] > 600 and picture.std() > 10


def test_speed_is_given_with_its_interval_if_that_is_known(sine_motion, sine_reference):
    motion = replace(sine_motion(sine_reference.target), speed=2.0, leg_length=0.5, leg_length_m=0.6)
    (line,) = speed_lines(replace(motion, speed_error=float("nan")))
    assert "2.00 body lengths/s, 2.40 m/s" in line
    line, interval = speed_lines(replace(motion, speed_error=0.1))
    assert "1.90 to 2.10 body lengths/s, 2.28 to 2.52 m/s" in interval
