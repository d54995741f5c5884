"""What drawings of all pages share."""

import numpy as np
import pytest

from video2reward.pages.svg import smoothed, words


def test_long_curves_are_thinned():
    steps = np.arange(5000)
    x, y = smoothed(steps, np.where(steps % 2, 1.0, np.nan))
    assert len(x) == 150
    assert x[-1] == 4999
    assert set(y) == {1.0}
    x, y = smoothed([1, 2, 3], [1.0, 2.0, 4.0])
    assert list(y) == [1.0, 2.0, 4.0]
    assert len(smoothed([1], [float("nan")])[0]) == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("L_F_Paw", "left front paw"),
        ("R_Elbow", "right elbow"),
        ("left_ankle", "left ankle"),
        ("Neck", "neck"),
    ],
)
def test_joints_in_words(name, said):
    assert words(name) == said
