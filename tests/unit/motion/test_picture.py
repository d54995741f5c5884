import numpy as np

from video2reward.motion.picture import draw_motion


def test_draws_a_picture_even_of_half_seen_legs(tmp_path, sine_motion, sine_reference):
    import cv2

    motion = sine_motion(sine_reference.target)
    motion.touchdown[1] = motion.duty_factor[1] = np.nan
    draw_motion(motion, tmp_path / "motion.png")
    picture = cv2.imread(str(tmp_path / "motion.png"))
    assert picture.shape[0] > 600 and picture.std() > 10
