import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.config.model_files import MEAN, STD
from video2reward.keypoints.onnx.crop import PADDING, Preparation, cut_around

SIZES = st.sampled_from([(192, 256), (256, 256), (192, 128)])


@given(st.floats(50, 500), st.floats(50, 350), st.floats(30, 400), st.floats(30, 400), SIZES)
def test_a_point_lies_in_the_cut_where_back_says(x, y, width, height, size):
    box = np.array([x - width / 3, y - height / 2, x + 2 * width / 3, y + height / 2])
    cut = cut_around(box, size)
    picture = np.zeros((400, 560, 3), np.uint8)
    at = np.array([x, y]).round()
    blob = max(2, int(np.ceil(max(cut.extent / size))))
    cv2.rectangle(picture, (at - blob).astype(int).tolist(), (at + blob).astype(int).tolist(), (255,) * 3, -1)
    seen = cut.picture(picture)[..., 0].astype(float)
    rows, columns = np.mgrid[: size[1], : size[0]]
    found = np.array([(seen * columns).sum(), (seen * rows).sum(), seen.sum()]) / seen.sum()
    assert seen.shape == size[::-1]
    assert np.abs(cut.back(found[None])[0, :2] - at).max() < 0.6 * max(1.0, *(cut.extent / size))


@given(st.floats(0, 500), st.floats(0, 350), st.floats(1, 400), st.floats(1, 400), SIZES, st.floats(1, 2))
def test_the_cut_is_padded_and_not_distorted(x, y, width, height, size, zoom):
    cut = cut_around(np.array([x, y, x + width, y + height]), size, zoom)
    assert cut.extent[0] / cut.extent[1] == pytest.approx(size[0] / size[1])
    assert cut.centre == pytest.approx([x + width / 2, y + height / 2])
    room = cut.extent / (np.array([width, height]) * zoom)
    assert room.min() == pytest.approx(PADDING)
    corner = cut.back(np.array([[0.0, 0.0, 1.0], [*size, 1.0]]))
    assert corner[:, :2] == pytest.approx(cut.centre + np.array([[-0.5], [0.5]]) * cut.extent)


def test_beyond_the_picture_it_is_black():
    cut = cut_around(np.array([-100.0, -100, 0, 0]), (64, 64)).picture(np.full((50, 50, 3), 255, np.uint8))
    assert (cut[:32, :32] == 0).all() and (cut[-4:, -4:] == 255).all()


def test_colours_are_normalised_in_the_order_that_is_wanted():
    picture = np.zeros((2, 3, 3), np.uint8)
    picture[0, 1] = (10, 20, 30)  # blue, green, red
    rgb, bgr = Preparation("rgb", MEAN, STD)(picture), Preparation("bgr", (0, 0, 0), (1, 1, 1))(picture)
    assert rgb.shape == (1, 3, 2, 3) and rgb.dtype == np.float32
    assert rgb[0, :, 0, 1] == pytest.approx((np.array([30, 20, 10]) - MEAN) / STD, abs=1e-5)
    assert rgb[0, :, 1, 1] == pytest.approx(-np.array(MEAN) / STD, abs=1e-5)
    assert bgr[0, :, 0, 1].tolist() == [10, 20, 30]


@pytest.mark.parametrize("part", [2, 4])
def test_a_cut_of_a_picture_that_was_read_smaller_is_the_same(part):
    """A smooth pattern, so that what differs is where it lies: to 0.06 px of the input."""
    y, x = np.mgrid[:480, :640]
    whole = np.repeat((127 + 100 * np.sin(x / 40) * np.cos(y / 50))[..., None], 3, axis=2).astype(np.float32)
    small = whole.reshape(480 // part, part, 640 // part, part, 3).mean((1, 3))
    cut = cut_around(np.array([101.3, 60.7, 500.9, 410.2]), (128, 128))
    a, b = cut.picture(whole), cut.picture(small, part)
    slope = 100 / 40 * cut.extent[0] / 128  # grey levels per pixel of the input
    assert np.abs(a - b)[5:-5, 5:-5].max() < 0.06 * slope
