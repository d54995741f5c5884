import numpy as np
import pytest
from tests.toy_pose import Brightest, Fixed, export

from video2reward.config.model_files import Weights
from video2reward.errors import UserError
from video2reward.keypoints.onnx.detector import open_detector

SIZE = (160, 96)
PICTURE = np.zeros((240, 640, 3), np.uint8)  # four times the input's width


def detector(path, names, *values, subject="quadruped"):
    return open_detector(Weights(export(Fixed(*values), path, SIZE, names), "", None), subject, 1)


def test_boxes_are_where_the_bright_patch_is(tmp_path):
    model = export(Brightest(16), tmp_path / "m.onnx", SIZE, ["dets", "labels"])
    picture = PICTURE.copy()
    picture[80:200, 300:420] = 255
    (found,) = open_detector(Weights(model, "", None), "quadruped", 1)(picture)
    assert found[:4] == pytest.approx([300, 80, 420, 200], abs=5)
    assert found[4] == pytest.approx(0.9)
    assert len(open_detector(Weights(model, "", None), "human", 1)(picture)) == 0


def test_one_box_a_subject_best_first_and_within_the_picture(tmp_path):
    rows = [[10, 10, 50, 40, 0.5], [11, 10, 51, 41, 0.8], [100, 20, 200, 70, 0.6], [0, 0, 5, 5, 0.1]]
    model = detector(tmp_path / "m.onnx", ["dets"], np.array([rows], np.float32))
    found = model(PICTURE)
    assert found[:, 4] == pytest.approx([0.8, 0.6])
    assert found[0, :4] == pytest.approx([44, 40, 204, 164])
    assert found[1, :4] == pytest.approx([400, 80, 640, 240])


def test_yolox_raw_rows(tmp_path):
    """The cell of stride 16 in row 2, column 5 holds a dog; a more certain person does not count."""
    cells = sum((160 // s) * (96 // s) for s in (8, 16, 32))
    rows = np.zeros((1, cells, 85), np.float32)
    dog = 20 * 12 + 2 * 10 + 5
    rows[0, dog, :5] = (0.5, 0.25, np.log(3), np.log(2), 0.9)
    rows[0, dog, 5 + 16] = 0.8
    rows[0, 7, :5], rows[0, 7, 5] = (0, 0, 1, 1, 1.0), 1.0
    found = detector(tmp_path / "m.onnx", ["output"], rows)(PICTURE)
    centre, half = np.array([5.5, 2.25]) * 16, np.array([24, 16])
    assert found.shape == (1, 5)
    assert found[0, :4] == pytest.approx(4 * np.concatenate([centre - half, centre + half]), abs=1e-2)
    assert found[0, 4] == pytest.approx(0.72)
    few = detector(tmp_path / "few.onnx", ["output"], rows[..., :6])(
        PICTURE
    )  # a model of one class of its own
    assert few[0, 4] == pytest.approx(1.0)


def test_a_model_that_is_no_detector_is_refused(tmp_path):
    with pytest.raises(
        UserError, match=r"m.onnx gives maps \(1, 17, 24, 40\); a detector gives boxes \(1, N, 5\)"
    ):
        detector(tmp_path / "m.onnx", ["maps"], np.zeros((1, 17, 24, 40), np.float32))
