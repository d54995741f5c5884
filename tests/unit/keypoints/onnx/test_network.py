import json

import numpy as np
import pytest
import torch
from tests.toy_pose import Fixed, HeatMaps, SimCC, export

from video2reward.config.model_files import MEAN, Model, Weights
from video2reward.errors import UserError
from video2reward.keypoints.onnx.network import open_pose
from video2reward.keypoints.onnx.session import open_network

SIZE = (96, 128)


def own(path):
    return Weights(path, "", None)


def fixed(path, names, *shapes, size=SIZE, **metadata):
    values = [np.zeros(shape, np.float32) for shape in shapes]
    return own(export(Fixed(*values), path, size, names, **metadata))


@pytest.mark.parametrize(
    ("names", "shapes", "simcc"),
    [
        (["simcc_x", "simcc_y"], [(1, 17, 192), (1, 17, 256)], (0, 1)),
        (["simcc_y", "simcc_x"], [(1, 17, 256), (1, 17, 192)], (1, 0)),
        (["a", "b"], [(1, 17, 192), (1, 17, 256)], (0, 1)),
        (["a", "b"], [(1, 17, 256), (1, 17, 192)], (1, 0)),
        (["output"], [(1, 17, 32, 24)], None),
    ],
)
def test_outputs_are_read_by_name_or_shape(tmp_path, names, shapes, simcc):
    assert open_pose(fixed(tmp_path / "m.onnx", names, *shapes), 17, 1).simcc == simcc


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (
            [(1, 17, 190), (1, 17, 256)],
            r"m.onnx gives a \(1, 17, 190\), b \(1, 17, 256\); a pose model gives simcc_x",
        ),
        ([(1, 17, 2)], "heatmaps"),
        ([(1, 133, 192), (1, 133, 256)], "finds 133 joints, the skeleton has 17; correct pose.skeleton"),
        ([(1, 20, 32, 24)], "finds 20 joints"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, shapes, message):
    with pytest.raises(UserError, match=message):
        open_pose(fixed(tmp_path / "m.onnx", ["a", "b"][: len(shapes)], *shapes), 17, 1)


def test_a_known_model_must_be_of_its_kind(tmp_path):
    path = fixed(tmp_path / "m.onnx", ["heatmap"], (1, 17, 32, 24)).path
    entry = Model(task="pose", decoding="simcc", size=SIZE, file="m.onnx", licence="")
    with pytest.raises(UserError, match="expected simcc"):
        open_pose(Weights(path, "", entry), 17, 1)


def test_metadata_says_how_pictures_are_prepared(tmp_path):
    torch.manual_seed(0)
    plain = export(HeatMaps(), tmp_path / "a.onnx", SIZE, ["heatmap"])
    said = {"colours": "bgr", "mean": json.dumps([1, 2, 3]), "std": json.dumps([4, 5, 6])}
    told = export(HeatMaps(), tmp_path / "b.onnx", SIZE, ["heatmap"], **said)
    assert open_network(own(plain), 1).prepare.mean == MEAN
    assert open_network(own(plain), 1, plain=True).prepare.mean == (0, 0, 0)
    prepare = open_network(own(told), 1).prepare
    assert (prepare.colours, prepare.mean, prepare.std) == ("bgr", (1, 2, 3), (4, 5, 6))
    for wrong in ({"colours": "hsv"}, {"mean": "[1, 2]"}, {"std": "[1, 1, 0]"}, {"std": "none"}):
        with pytest.raises(UserError, match="c.onnx: unusable metadata"):
            open_network(own(export(HeatMaps(), tmp_path / "c.onnx", SIZE, ["heatmap"], **wrong)), 1)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_damaged_files_and_other_inputs_are_refused(tmp_path):
    (tmp_path / "page.onnx").write_text("<html>Not Found</html>")
    with pytest.raises(
        UserError, match="page.onnx cannot be loaded by onnxruntime: .*; it is damaged or not an ONNX"
    ):
        open_network(own(tmp_path / "page.onnx"), 1)
    whole = export(HeatMaps(), tmp_path / "whole.onnx", SIZE, ["heatmap"]).read_bytes()
    (tmp_path / "half.onnx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match=r"half.onnx cannot be loaded"):
        open_network(own(tmp_path / "half.onnx"), 1)
    grey = torch.nn.Conv2d(1, 17, 3)
    torch.onnx.export(grey, (torch.zeros(1, 1, 8, 8),), str(tmp_path / "grey.onnx"), dynamo=False)
    with pytest.raises(UserError, match=r"\[1, 1, 8, 8\] tensor\(float\); expected is one float32 input"):
        open_network(own(tmp_path / "grey.onnx"), 1)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_size_left_open_is_taken_from_the_list(tmp_path):
    path, axes = tmp_path / "open.onnx", {"input": {0: "batch", 2: "height", 3: "width"}}
    torch.onnx.export(
        HeatMaps().eval(), (torch.zeros(1, 3, 64, 64),), str(path), input_names=["input"], dynamic_axes=axes, dynamo=False
    )  # fmt: skip
    entry = Model(task="pose", decoding="heatmap", size=SIZE, file="open.onnx", licence="")
    assert open_pose(Weights(path, "", entry), 17, 1).network.size == SIZE
    with pytest.raises(UserError, match="fixed height and width"):
        open_pose(own(path), 17, 1)


def test_joints_outside_the_picture_are_unseen(tmp_path):
    x, y = np.zeros((1, 17, 192), np.float32), np.zeros((1, 17, 256), np.float32)
    x[0, :, 96], y[0, :, 128] = 1, 1
    x[0, 3, 96], x[0, 3, 2] = 0, 1  # joint 3 far to the left
    network = open_pose(own(export(Fixed(x, y), tmp_path / "m.onnx", SIZE, ["simcc_x", "simcc_y"])), 17, 1)
    joints = network(np.zeros((200, 300, 3), np.uint8), np.array([0.0, 50, 100, 150]))
    assert joints[0] == pytest.approx([50, 100, 1])
    assert np.isnan(joints[3, :2]).all() and joints[3, 2] == 0


def test_rtmposes_rows_are_twice_as_fine(tmp_path):
    torch.manual_seed(0)
    path = export(SimCC(HeatMaps(), SIZE), tmp_path / "m.onnx", SIZE, ["simcc_x", "simcc_y"])
    shapes = [o.shape for o in open_network(own(path), 1)(np.zeros((128, 96, 3), np.uint8))]
    assert shapes == [(1, 17, 192), (1, 17, 256)]
