"""OpenPose's folder of files, and the same in one file as AlphaPose writes it."""

import json
import os

import numpy as np
import pytest
from tests.unit.keypoints.imports.elsewhere import film, openpose, read, walkers, write_json

from video2reward.errors import UserError
from video2reward.keypoints.imports.openpose import _BODY25, _COCO18
from video2reward.skeletons import COCO17

THEIRS = {
    "nose": "Nose",
    "left_eye": "LEye",
    "right_ankle": "RAnkle",
    "left_hip": "LHip",
    "right_wrist": "RWrist",
}


@pytest.mark.parametrize("layout", [_BODY25, _COCO18], ids=["25", "18"])
def test_a_file_a_frame(tmp_path, layout):
    k = walkers(frames=120, joints=len(layout))
    k[0, 40:45] = np.nan
    found = read(openpose(tmp_path / "out", k), film(120, film_frames=120), skeleton="coco17")
    assert not (found[40:45, :, 2] > 0).any()
    for ours, theirs in THEIRS.items():
        assert found[:40, COCO17.index(ours), :2] == pytest.approx(k[0, :40, layout.index(theirs), :2])


def test_files_that_begin_inside_the_film_and_unpadded_ones(tmp_path):
    k = walkers(frames=120, joints=25)
    folder = openpose(tmp_path / "out", k)
    for path in sorted(folder.iterdir())[:30]:
        path.unlink()
    found = read(folder, film(120, film_frames=120), skeleton="coco17")
    assert found[30:, 0, :2] == pytest.approx(k[0, 30:, 0, :2]) and not (found[:30, :, 2] > 0).any()
    plain = openpose(tmp_path / "plain", k, "v-{}_keypoints.json")
    assert read(plain, film(120), skeleton="coco17")[:, 0, :2] == pytest.approx(k[0, :, 0, :2])


def test_the_pictures_of_a_folder(tmp_path):
    k = walkers(frames=60, joints=25)
    names = tuple(f"p{t + 3:04d}.png" for t in range(60))
    folder = openpose(tmp_path / "out", k, "{}")
    for t, name in enumerate(names):
        (folder / str(t)).rename(folder / f"{name[:-4]}_keypoints.json")
    (folder / "p0003_keypoints.json").unlink()
    found = read(folder, film(60, names=names), skeleton="coco17")
    assert found[1:, 0, :2] == pytest.approx(k[0, 1:, 0, :2])


@pytest.mark.parametrize(("group", "points"), [("people", "pose_keypoints_2d"), ("bodies", "joints")])
def test_alphapose_in_openposes_formats(tmp_path, group, points):
    k = walkers(frames=60, joints=18)
    content = {f"{t}.jpg": {"version": "x", group: [{points: k[0, t].ravel().tolist()}]} for t in range(60)}
    path = write_json(tmp_path / "a.json", dict(sorted(content.items())))
    assert read(path, film(60), skeleton="coco17")[:, 0, :2] == pytest.approx(k[0, :, 0, :2])


def test_folders_of_something_else_end_with_a_sentence(tmp_path):
    folder = openpose(tmp_path / "out", walkers(frames=20, joints=25))
    one = sorted(folder.iterdir())[0]
    with pytest.raises(UserError, match="holds one picture's people; give the folder"):
        read(one, film(20), skeleton="coco17")
    one.write_text(json.dumps({"a": 1}))
    with pytest.raises(UserError, match="has no list 'people'"):
        read(folder, film(20), skeleton="coco17")
    one.write_text("{")
    with pytest.raises(UserError, match="is not JSON, or cut off"):
        read(folder, film(20), skeleton="coco17")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=r"is a folder without .json files"):
        read(tmp_path / "empty", film(20))
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(UserError, match="is a pipe or a device, not a file"):
        read(tmp_path / "pipe.json", film(20))
