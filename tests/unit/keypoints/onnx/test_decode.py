import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.keypoints.onnx.decode import decode_heatmaps, decode_simcc

SIZE = (192, 256)
PLACES = st.tuples(st.floats(6, 184), st.floats(6, 248))


def simcc_row(at, pixels, sigma=5.0):
    """A row as RTMPose is trained to give it: twice the pixels, a bell around the joint."""
    return np.exp(-((np.arange(2 * pixels) - 2 * at) ** 2) / (2 * sigma**2)).astype(np.float32)


@given(st.lists(PLACES, min_size=1, max_size=4), st.floats(0.1, 1))
def test_simcc_is_right_to_a_quarter_of_a_pixel(places, height):
    x = np.stack([height * simcc_row(p[0], SIZE[0]) for p in places])
    y = np.stack([simcc_row(p[1], SIZE[1]) for p in places])
    joints = decode_simcc(x, y, SIZE)
    assert np.abs(joints[:, :2] - places).max() <= 0.25 + 1e-6
    assert joints[:, 2] == pytest.approx(height, abs=0.02)  # the lesser of both rows


@given(PLACES)
def test_heat_maps_are_refined_by_a_quarter_of_a_cell(place):
    rows, columns = np.mgrid[:64, :48]
    at = np.array(place) / 4
    maps = np.exp(-((columns - at[0]) ** 2 + (rows - at[1]) ** 2) / 8)[None]
    joints = decode_heatmaps(maps, SIZE)
    # A quarter of a cell of 4 px; half a cell without refinement.
    assert np.abs(joints[0, :2] - place).max() <= 1.0 + 1e-6
    cell = np.array(np.unravel_index(maps[0].argmax(), maps[0].shape))[::-1]
    moved = np.abs(joints[0, :2] / 4 - cell)
    assert moved == pytest.approx(np.where(np.abs(at - cell) < 1e-9, moved, 0.25))
    assert joints[0, 2] == pytest.approx(maps.max())


def test_cells_on_the_rim_stay_where_they_are():
    maps = np.zeros((4, 8, 6))
    for j, (row, column) in enumerate([(0, 0), (7, 5), (0, 3), (4, 0)]):
        maps[j, row, column] = 0.9
        maps[j, row, max(column - 1, 0)] = max(maps[j, row, max(column - 1, 0)], 0.5)
        maps[j, row, column] = 0.9
    joints = decode_heatmaps(maps, (24, 32))
    assert joints[0, :2].tolist() == [0, 0]
    assert joints[1, :2].tolist() == [20, 28]
    assert joints[2, :2].tolist() == [4 * 2.75, 0]
    assert joints[3, :2].tolist() == [0, 16]


def test_without_a_positive_value_there_is_no_joint():
    for joints in (
        decode_heatmaps(np.zeros((2, 4, 4)), (16, 16)),
        decode_simcc(np.full((2, 32), -0.1), np.ones((2, 32)), (16, 16)),
    ):
        assert np.isnan(joints[:, :2]).all() and (joints[:, 2] == 0).all()
    assert decode_simcc(np.full((1, 8), 1.7), np.full((1, 8), 1.3), (4, 4))[0, 2] == 1.0
