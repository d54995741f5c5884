import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.prompt.keypoint_text import keypoint_lines, resampled


@given(st.integers(10, 60), st.integers(16, 128), st.floats(0, 1), st.floats(0.05, 0.5))
def test_samples_lie_on_the_cycle(samples, points, start, amplitude):
    angle = 2 * np.pi * (np.arange(points) / points - start)
    cycle = amplitude * np.stack([np.cos(angle), np.sin(angle)], -1)[:, None]
    expected = 2 * np.pi * (np.arange(samples) / samples - start)
    sampled = resampled(cycle, samples)
    # Linear interpolation cuts the arc's height, the text its fourth decimal.
    allowed = amplitude * (1 - np.cos(np.pi / points)) + 0.0005 + 1e-9
    assert np.abs(sampled[:, 0, 0] - amplitude * np.cos(expected)).max() <= allowed
    assert np.abs(sampled[:, 0, 1] - amplitude * np.sin(expected)).max() <= allowed


def test_fewer_than_ten_samples_a_cycle_are_refused():
    with pytest.raises(ValueError, match="at least 10"):
        resampled(np.zeros((16, 1, 2)), 9)


def test_lines_are_the_papers_form(made_reference):
    sampled = resampled(made_reference.cycle)
    lines = keypoint_lines(made_reference.keypoint_names, sampled).splitlines()
    assert len(lines) == len(made_reference.keypoint_names)
    paw = next(line for line in lines if line.startswith("L_F_Paw: "))
    pairs = re.findall(r"\[(-?\d\.\d{3}), (-?\d\.\d{3})\]", paw)
    assert np.allclose(np.array(pairs, float), sampled[:, made_reference.keypoint_names.index("L_F_Paw")])
    assert not any("-0.000" in line for line in lines)


def test_a_joint_that_stays_is_written_once(made_reference):
    lines = keypoint_lines(made_reference.keypoint_names, resampled(made_reference.cycle)).splitlines()
    assert "Neck: [0.500, 0.000] throughout" in lines
