import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.errors import UserError
from video2reward.geometry import (
    body_normalise,
    quaternion_yaw,
    rotate,
    sample_cycle,
    side_view,
    travel_heading,
)
from video2reward.skeletons import AP10K, COCO17

angles = st.floats(-3.1, 3.1)


def quaternion(yaw=0.0, pitch=0.0):
    """Heading about z, then nose down about the body's y: the product of the two half turns."""
    cz, sz, cy, sy = np.cos(yaw / 2), np.sin(yaw / 2), np.cos(pitch / 2), np.sin(pitch / 2)
    return np.array([cz * cy, -sz * sy, cz * sy, sz * cy])


@given(yaw=angles, pitch=st.floats(-1.4, 1.4))
def test_yaw_ignores_pitch(yaw, pitch):
    q = quaternion(yaw, pitch)
    assert quaternion_yaw(q) == pytest.approx(yaw, abs=1e-6)
    forward = rotate(q, np.array([1.0, 0, 0]))
    expected = [np.cos(pitch) * np.cos(yaw), np.cos(pitch) * np.sin(yaw), -np.sin(pitch)]
    assert forward == pytest.approx(expected, abs=1e-9)


@given(yaw=angles, seed=st.integers(0, 100))
def test_side_view_undoes_the_heading(yaw, seed):
    points = np.random.default_rng(seed).standard_normal((5, 3))
    turned = rotate(quaternion(yaw), points)
    assert side_view(turned, np.asarray(yaw)) == pytest.approx(points[:, [0, 2]], abs=1e-9)


@given(scale=st.floats(0.1, 500), x=st.floats(-100, 100), y=st.floats(-100, 100))
def test_body_lengths_do_not_depend_on_place_or_unit(scale, x, y):
    points = np.random.default_rng(3).standard_normal((7, 17, 2))
    plain = body_normalise(points, COCO17.joints, COCO17)
    moved = body_normalise(points * scale + [x, y], COCO17.joints, COCO17)
    assert moved == pytest.approx(plain, rel=1e-6, abs=1e-6)


def test_trunk_has_unit_length_and_is_centred():
    points = np.random.default_rng(3).standard_normal((1, 17, 2))
    body = body_normalise(points, AP10K.joints, AP10K)[0]
    neck, tail = body[AP10K.index("Neck")], body[AP10K.index("Root_of_tail")]
    assert np.linalg.norm(neck - tail) == pytest.approx(1)
    assert neck + tail == pytest.approx(np.zeros(2))
    with pytest.raises(UserError, match=r"front end.*Neck"):
        body_normalise(points[:, :3], AP10K.joints[:3], AP10K)


def test_travel_heading_needs_travel():
    track = np.array([[0.0, 0], [1, 5], [0, 2]])
    assert travel_heading(track, 0.3, least=1) == pytest.approx(np.pi / 2)
    assert travel_heading(track, 0.3, least=3) == 0.3


@given(phase=st.floats(-3, 3), turns=st.integers(-2, 2))
def test_cycles_are_closed(phase, turns):
    cycle = np.random.default_rng(0).standard_normal((16, 3, 2))
    there, again = sample_cycle(cycle, np.array([phase, phase + turns]))
    assert there == pytest.approx(again, abs=1e-9)


def test_cycle_is_read_between_samples():
    cycle = np.arange(4.0)[:, None]
    assert sample_cycle(cycle, np.array([0, 0.125, 0.75, 0.875])).ravel() == pytest.approx([0, 0.5, 3, 1.5])
