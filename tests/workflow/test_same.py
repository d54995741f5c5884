"""The comparison of two runs finds a planted difference of each kind, and only those."""

import csv
import json
import shutil

import cv2
import h5py
import numpy as np
import onnx
import pytest
import torch
from tests.workflow.same import differences

from video2reward.artifacts.io import write_csv, write_h5, write_json
from video2reward.policy.export import export_onnx
from video2reward.policy.network import Policy, write_policy
from video2reward.video.film import write_film


def moved_square(frame):
    picture = np.zeros((32, 48, 3), np.uint8)
    picture[8:16, 4 + frame : 12 + frame] = 255
    return picture


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A results folder with an artefact of each kind, written as the stages write them."""
    folder = tmp_path_factory.mktemp("original")
    torch.manual_seed(0)
    policy = Policy(4, 2, (8,), {"dt": 0.02, "joints": ["a", "b"]})
    write_policy(folder / "amble" / "policy_1.pth", policy, {"code": "x"})
    export_onnx(policy, folder / "amble" / "policy.onnx")
    write_json(folder / "training.json", {"seconds": 1.5, "success": 0.25, "falls": [1, 2], "provenance": {}})
    write_csv(folder / "training.csv", ("step", "seconds", "reward"), [(1, 0.1, 2.0), (2, 0.2, 3.0)])
    data = {"qpos": np.array([[0.0, np.nan], [1.0, 2.0]]), "fell_at": np.array([3, 4])}
    write_h5(folder / "rollout.h5", data, {"robot": "anymal_c", "provenance": {"code": "x"}, "dt": 0.02})
    write_film(folder / "rollout.mp4", [moved_square(i) for i in range(6)], 10.0)
    cv2.imwrite(str(folder / "motion.png"), moved_square(0))
    cv2.imwrite(str(folder / "000000.jpg"), moved_square(0))
    (folder / "reward_1.py").write_text("def compute_reward(x):\n    return x\n")
    (folder / "prompt.txt").write_text("Write a reward.\n")
    write_json(folder / "frames.json", {"count": 3, "digest": "abc"})
    for aside in ("logs/job.json", "amble/work_1/checkpoint.pt", ".runs/lock", "report.html"):
        (folder / aside).parent.mkdir(exist_ok=True)
        (folder / aside).write_text("original")
    return folder


@pytest.fixture
def copy(original, tmp_path):
    return shutil.copytree(original, tmp_path / "copy")


def test_a_copy_is_the_same(original, copy):
    assert differences(original, copy) == []


def change_json(path, **values):
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def change_h5(path, change):
    with h5py.File(path, "r+") as file:
        change(file)


def change_pth(path, change):
    content = torch.load(path, weights_only=True)
    change(content)
    torch.save(content, path)


def change_cell(path, row, column, value):
    table = list(csv.reader(path.open(newline="")))
    table[row][table[0].index(column)] = value
    write_csv(path, table[0], table[1:])


def test_times_provenance_and_a_runs_own_affairs_do_not_count(original, copy):
    change_json(copy / "training.json", seconds=99.0, steps_per_second=7, provenance={"code": "y"})
    change_json(copy / "frames.json", digest="def")  # of a folder with provenance in it
    change_cell(copy / "training.csv", 1, "seconds", "99")
    change_h5(copy / "rollout.h5", lambda file: file.attrs.update(provenance='{"code": "y"}'))
    change_pth(copy / "amble" / "policy_1.pth", lambda content: content.update(provenance={"code": "y"}))
    for aside in ("logs/job.json", "amble/work_1/checkpoint.pt", ".runs/lock", "report.html"):
        (copy / aside).write_text("another")
    (copy / "logs" / "more.json").write_text("{}")
    assert differences(original, copy) == []


def one_ulp(content):
    weight = content["state"]["action_mean.weight"]
    weight[0, 3] = torch.nextafter(weight[0, 3], torch.tensor(9.0))


def onnx_weight(path):
    model = onnx.load(str(path))
    found = model.graph.initializer[0]
    values = onnx.numpy_helper.to_array(found).copy()
    values.flat[0] += 1e-6
    found.CopyFrom(onnx.numpy_helper.from_array(values, found.name))
    onnx.save(model, str(path))


def onnx_metadata(path):
    model = onnx.load(str(path))
    model.metadata_props[0].value = "0.03"
    onnx.save(model, str(path))


def onnx_node(path):
    model = onnx.load(str(path))
    model.graph.node[0].op_type = "Add"
    onnx.save(model, str(path))


def pixel(path, extension=".png"):
    picture = cv2.imread(str(path))
    picture[3:5, 20:30] = 255
    assert cv2.imwrite(str(path), picture)


def film(frames, fps=10.0):
    def write(path):
        write_film(path, [moved_square(i) for i in frames], fps)

    return write


def set_number(file):
    file["qpos"][1, 1] = np.nextafter(2.0, 3.0)


def retype(file):
    del file["fell_at"]
    file["fell_at"] = np.array([3, 4], np.int32)


CHANGES = {
    "json value": ("training.json", lambda p: change_json(p, success=0.26), "success: 0.25, 0.26"),
    "json type": ("training.json", lambda p: change_json(p, falls=[1, 2.0]), "falls[1]: 2 (int), 2.0 (float)"),
    "json digest": ("training.json", lambda p: change_json(p, digest="def"), "digest only in the second"),
    "json list": ("training.json", lambda p: change_json(p, falls=[1]), "falls: 2 entries, 1"),
    "json key": ("training.json", lambda p: change_json(p, more=1), "more only in the second"),
    "json cut off": ("training.json", lambda p: p.write_text("{"), "not readable: JSONDecodeError"),
    "csv cell": ("training.csv", lambda p: change_cell(p, 2, "reward", "3.1"), "reward[1]: '3.0', '3.1'"),
    "csv column": ("training.csv", lambda p: change_cell(p, 0, "reward", "r"), "r only in the second"),
    "csv row": ("training.csv", lambda p: p.write_text(p.read_text() + "3,0.3,4.0\r\n"), "step: 2 entries, 3"),
    "h5 number": ("rollout.h5", lambda p: change_h5(p, set_number), "qpos: 1 of 4 entries, first at (1, 1)"),
    "h5 type": ("rollout.h5", lambda p: change_h5(p, retype), "fell_at: int64 (2,), int32 (2,)"),
    "h5 attribute": ("rollout.h5", lambda p: change_h5(p, lambda f: f.attrs.update(dt="0.03")), "@dt: 0.02, 0.03"),
    "h5 dataset": ("rollout.h5", lambda p: change_h5(p, lambda f: f.pop("qpos")), "qpos only in the first"),
    "pth weight": ("amble/policy_1.pth", lambda p: change_pth(p, one_ulp), "state.action_mean.weight: 1 of 16"),
    "pth meta": ("amble/policy_1.pth", lambda p: change_pth(p, lambda c: c["meta"].pop("dt")), "meta.dt only"),
    "onnx weight": ("amble/policy.onnx", onnx_weight, "weights.mean: 1 of 4 entries"),
    "onnx metadata": ("amble/policy.onnx", onnx_metadata, "metadata.dt: 0.02, 0.03"),
    "onnx graph": ("amble/policy.onnx", onnx_node, 'op_type: "Sub"'),
    "film pixels": ("rollout.mp4", film([0, 1, 2, 9, 4, 5]), "pixels: "),
    "film length": ("rollout.mp4", film(range(5)), "the first goes on after frame 4"),
    "film speed": ("rollout.mp4", film(range(6), 20.0), "frame 1.time: 0.1, 0.05"),
    "film cut off": ("rollout.mp4", lambda p: p.write_bytes(p.read_bytes()[:300]), "not readable: "),
    "png": ("motion.png", pixel, "frame 0: 60 of 4608 entries"),
    "jpg": ("000000.jpg", pixel, "frame 0: "),
    "code": ("reward_1.py", lambda p: p.write_text("def compute_reward(x):\n    return 2 * x\n"), "line 2: "),
    "text": ("prompt.txt", lambda p: p.write_text("Write a reward.\n\n"), "16 bytes, 17"),
}  # fmt: skip


@pytest.mark.parametrize("kind", CHANGES)
def test_a_planted_difference_is_found(original, copy, kind):
    path, change, expected = CHANGES[kind]
    change(copy / path)
    found = differences(original, copy)
    assert found and all(line.startswith(f"{path}: ") for line in found)
    assert any(expected in line for line in found), found


def test_a_missing_and_an_additional_file_are_found(original, copy):
    (copy / "rollout.h5").unlink()
    (copy / "amble" / "more.txt").write_text("")
    assert differences(original, copy) == [
        f"rollout.h5: only in {original}",
        f"amble/more.txt: only in {copy}",
    ]


def test_many_differences_of_a_file_are_counted(original, copy):
    change_json(copy / "training.json", **{f"key{i}": i for i in range(9)})
    found = differences(original, copy)
    assert len(found) == 6 and found[-1] == "training.json: and 4 more"
