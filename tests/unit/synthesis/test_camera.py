import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesis.camera import camera_for

SIZE = (640, 480)


def test_the_view_is_as_wide_as_asked():
    camera = camera_for(SIZE, view_width=4.0, distance=10.0, height=0.5, aim=np.zeros(1))
    at = np.array([[[-2.0, 0.0, 0.5], [0.0, 0.0, 0.5], [2.0, 0.0, 0.5], [0.0, 0.0, 1.0]]])
    x, y, distance = camera.project(at)[0].T
    assert x == pytest.approx([-0.5, 319.5, 639.5, 319.5])
    assert y == pytest.approx([239.5, 239.5, 239.5, 239.5 - 80.0])
    assert distance == pytest.approx([10.0] * 4)


@settings(deadline=None)
@given(st.floats(-3.0, 3.0))
def test_a_panning_camera_keeps_its_aim_in_the_middle(aim):
    camera = camera_for(SIZE, 4.0, 10.0, 0.5, np.array([aim]))
    x, y, distance = camera.project(np.array([[[aim, 0.0, 0.5]]]))[0, 0]
    assert [x, y] == pytest.approx([319.5, 239.5])
    assert distance == pytest.approx(np.hypot(10.0, aim))


@settings(deadline=None)
@given(st.floats(-1.0, 1.0), st.floats(-0.3, 0.3))
def test_axes_are_a_rotation(yaw, pitch):
    from dataclasses import replace

    camera = replace(camera_for(SIZE, 4.0, 10.0, 0.5, np.zeros(1)), yaw=np.array([yaw]), pitch=pitch)
    axes = camera.axes()[0]
    assert axes.T @ axes == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1.0)
