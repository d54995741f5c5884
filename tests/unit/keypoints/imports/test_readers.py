import json
import pickle
import re

import h5py
import numpy as np
import pandas as pd
import pytest
from tests.unit.keypoints.imports.elsewhere import (
    SUPERANIMAL,
    coco,
    coco_results,
    frame_table,
    mmpose_frames,
    walkers,
    write_json,
    write_sleap,
)

from video2reward.artifacts.frames import Frames
from video2reward.errors import UserError
from video2reward.keypoints.imports.backend import ImportBackend, load_imported
from video2reward.settings.video import Pose, Subject
from video2reward.skeletons import AP10K, COCO17

JOINTS = AP10K.joints
POSE = Pose(backend="import", skeleton="ap10k", fps=50)
DOGS = ("rex", "fido")


def csv(folder, table):
    table.to_csv(folder / "dlc.csv")
    return folder / "dlc.csv"


def h5(folder, table, key="df_with_missing", **how):
    table.to_hdf(folder / "dlc.h5", key=key, mode="w", **how)
    return folder / "dlc.h5"


WRITERS = {
    "dlc csv": lambda f, k: csv(f, frame_table(k, JOINTS)),
    "dlc csv, several": lambda f, k: csv(f, frame_table(np.r_[k, k * (0, 0, 1)], JOINTS, DOGS)),
    "dlc h5": lambda f, k: h5(f, frame_table(k, JOINTS), format="table"),
    "dlc h5, several": lambda f, k: h5(f, frame_table(np.r_[k * (0, 0, 1), k], JOINTS, DOGS), "tracks", format="table"),
    "dlc h5, fixed": lambda f, k: h5(f, frame_table(k, JOINTS)),
    "dlc h5, fixed, several": lambda f, k: h5(f, frame_table(k, JOINTS, DOGS[:1])),
    "sleap": lambda f, k: write_sleap(f / "a.analysis.h5", k, JOINTS, DOGS[:1]),
    "sleap-io": lambda f, k: write_sleap(f / "a.h5", k, JOINTS, DOGS[:1], ("frame", "track", "node", "xy"), dims=True),
    "mmpose": lambda f, k: write_json(f / "a.json", mmpose_frames(k)),
    "mmpose demo": lambda f, k: write_json(
        f / "results_a.json",
        {"meta_info": {"keypoint_id2name": {str(i): n for i, n in enumerate(JOINTS)}}, "instance_info": mmpose_frames(k, 1)},
    ),
    "coco results": lambda f, k: write_json(f / "a.keypoints.json", coco_results(k)),
}  # fmt: skip


@pytest.mark.parametrize("tool", WRITERS)
def test_what_each_tool_writes_comes_back(tmp_path, tool):
    k = walkers()
    found = load_imported(WRITERS[tool](tmp_path, k), POSE)
    scale = np.ptp(found.keypoints[..., 0]) / np.ptp(k[0, ..., 0])  # without a picture size it fills a sheet
    moved = k[0, ..., :2] * scale
    moved += found.keypoints[0, 0, :2] - moved[0, 0]
    assert found.keypoints[..., :2] == pytest.approx(moved, abs=1e-3)
    assert found.keypoints[..., 2] == pytest.approx(k[0, ..., 2])
    assert (found.joint_names, found.times[-1]) == (JOINTS, pytest.approx(19 / 50))


def test_coco_data_sets_state_the_picture_size_and_name_their_joints(tmp_path):
    order = list(reversed(JOINTS))
    k = walkers()
    found = load_imported(write_json(tmp_path / "a.json", coco(k[:, :, ::-1], order, visible=1)), POSE)
    assert found.size == (640, 480)
    assert found.keypoints[..., :2] == pytest.approx(k[0, ..., :2])
    assert (found.keypoints[..., 2] == 1).all()
    hidden = coco(k, JOINTS)
    hidden["annotations"][3]["keypoints"][2::3] = [1] * 17
    found = load_imported(write_json(tmp_path / "a.json", hidden), POSE)
    assert (found.keypoints[3, :, 2] == 0.5).all() and (found.keypoints[4:, :, 2] == 1).all()


def frames(count, start=0, fps=25.0, size=(960, 540)):
    """A video's index: `count` frames from number `start` on."""
    return Frames(
        "frames", np.arange(count) / fps, fps, size, 0, "clip.mp4", "of the video", {}, start / fps, start
    )


@pytest.mark.parametrize(
    ("tool", "hole"), [("dlc csv", 3), ("dlc h5", 3), ("sleap", 3), ("mmpose", 3), ("coco", 3)]
)
def test_rows_are_the_videos_frames_whatever_is_missing(tmp_path, tool, hole):
    k = walkers(frames=30)
    k[0, hole] = np.nan
    path = write_json(tmp_path / "a.json", coco(k, JOINTS)) if tool == "coco" else WRITERS[tool](tmp_path, k)
    pose = Pose(backend="import", keypoints=path)
    found = ImportBackend().estimate(frames(12, start=2, size=(640, 480)), pose, Subject())
    assert found.times == pytest.approx(np.arange(12) / 25)
    seen = found.keypoints[..., 2] > 0
    assert not seen[hole - 2].any() and seen[np.arange(12) != hole - 2].all()
    assert found.keypoints[5, :, :2] == pytest.approx(k[0, 7, :, :2], abs=1e-4)


def test_tables_with_gaps_in_their_index(tmp_path):
    table = frame_table(walkers(), JOINTS)
    for path in (
        csv(tmp_path, table.drop(index=[4, 5])),
        h5(tmp_path, table.drop(index=[4, 5]), format="table"),
    ):
        found = load_imported(path, POSE)
        assert len(found.times) == 20
        assert np.flatnonzero(~(found.keypoints[..., 2] > 0).any(1)).tolist() == [4, 5]


def test_labelled_frames_have_no_likelihood_and_number_their_rows_by_file_name(tmp_path):
    index = pd.MultiIndex.from_tuples([("labeled-data", "clip", f"img{i:03d}.png") for i in range(0, 40, 2)])
    table = frame_table(walkers(), JOINTS, index=index, likelihood=False)
    for path in (csv(tmp_path, table), h5(tmp_path, table)):
        found = load_imported(path, POSE)
        assert len(found.times) == 39
        assert set(found.keypoints[::2, :, 2].ravel()) == {1.0} and set(
            found.keypoints[1::2, :, 2].ravel()
        ) == {0.0}


def test_joints_of_nobody_in_particular_are_passed_over(tmp_path):
    table = frame_table(walkers(2, speed=(0.0, 4.0)), JOINTS, DOGS)
    box = frame_table(walkers(joints=2) * 9, ("corner1", "corner2"), ("single",))
    found = load_imported(csv(tmp_path, table.join(box, how="outer")), POSE)
    assert found.keypoints.shape == (20, 17, 3)


def test_superanimal_is_understood_without_a_table(tmp_path):
    k = walkers(joints=39)
    path = h5(tmp_path, frame_table(k, SUPERANIMAL, ("animal0",)), format="table")
    found = ImportBackend().estimate(frames(20), Pose(backend="import", keypoints=path), Subject())
    theirs = {
        "L_Hip": "back_left_thai",
        "Neck": "neck_end",
        "R_Elbow": "front_right_knee",
        "Root_of_tail": "tail_base",
        "R_Eye": "right_eye",
    }
    for ours, name in theirs.items():
        assert found.keypoints[:, AP10K.index(ours)] == pytest.approx(k[0, :, SUPERANIMAL.index(name)])
    assert (found.keypoints[..., 2] > 0).all()


@pytest.mark.parametrize("tool", ["dlc", "sleap", "mmpose", "coco", "results"])
def test_of_several_the_one_that_moves_most_or_is_in_the_box(tmp_path, tool):
    k = walkers(3, frames=40, speed=(0.1, 3.0, 0.5))
    dogs = ("a", "b", "c")
    path = {
        "dlc": lambda: csv(tmp_path, frame_table(k, JOINTS, dogs)),
        "sleap": lambda: write_sleap(tmp_path / "a.h5", k, JOINTS, dogs),
        "mmpose": lambda: write_json(tmp_path / "a.json", mmpose_frames(k)),
        "coco": lambda: write_json(tmp_path / "a.json", coco(k, JOINTS)),
        "results": lambda: write_json(tmp_path / "a.json", coco_results(k)),
    }[tool]()
    pose = Pose(backend="import", keypoints=path)
    clip = frames(30, start=6, size=(640, 480))
    assert ImportBackend().estimate(clip, pose, Subject()).keypoints[..., :2] == pytest.approx(
        k[1, 6:36, :, :2]
    )
    box = [*(k[2, 6, :, :2].min(0) - 3), *(k[2, 6, :, :2].max(0) + 3)]
    spot = Subject(point=tuple(k[2, 8, :, :2].mean(0)), frame=2)  # the clip begins later
    by_point = ImportBackend().estimate(clip, pose, spot)
    assert by_point.choice.endswith("of 3, by subject.point")
    assert (by_point.keypoints == ImportBackend().estimate(clip, pose, Subject(box=box)).keypoints).all()
    assert ImportBackend().estimate(clip, pose, Subject(box=box)).keypoints[..., :2] == pytest.approx(
        k[2, 6:36, :, :2]
    )
    with pytest.raises(
        UserError,
        match=r"none of 3 subjects is in subject.box \[0, 0, 9, 9\].*; found: .* at \[\d+, \d+, \d+, \d+\]",
    ):
        ImportBackend().estimate(clip, pose, Subject(box=(0, 0, 9, 9)))


def test_detections_without_names_are_followed_through_crossings_and_gaps(tmp_path):
    k = walkers(2, frames=60, speed=(6.0, 0.0))  # the first passes the second, 30 px above it
    k[0, ..., 1] -= 30
    k[0, 20:24] = np.nan
    entries = mmpose_frames(k)
    for entry in entries[::3]:
        entry["instances"].reverse()
    pose = Pose(backend="import", keypoints=write_json(tmp_path / "a.json", entries))
    found = ImportBackend().estimate(frames(60), pose, Subject()).keypoints
    assert np.nan_to_num(found[..., :2]) == pytest.approx(np.nan_to_num(k[0, ..., :2]))


def test_a_track_id_says_who_is_who(tmp_path):
    k = walkers(2, frames=20, speed=(4.0, 0.0))
    content = coco(k, JOINTS)
    for annotation in content["annotations"]:
        annotation["track_id"] = 7 if annotation["image_id"] == 110 else annotation["id"] % 2
    found = load_imported(write_json(tmp_path / "a.json", content), POSE)
    assert not (found.keypoints[10, :, 2] > 0).any() and (found.keypoints[9, :, 2] > 0).all()


def test_human_files(tmp_path):
    k = walkers()
    path = write_json(tmp_path / "a.json", mmpose_frames(k))
    pose = Pose(backend="import", skeleton="coco17", keypoints=path)
    assert ImportBackend().estimate(frames(20), pose, Subject()).joint_names == COCO17.joints


def damage(path, keep=0.5):
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    return path


def ragged(folder, k):
    path = csv(folder, frame_table(k, JOINTS))
    path.write_text(path.read_text()[:-30])
    return path


def texted(folder, k):
    path = csv(folder, frame_table(k, JOINTS))
    lines = path.read_text().splitlines()
    lines[7] = lines[7].replace("0.9", "nearly", 1)
    path.write_text("\n".join(lines))
    return path


def hostile(folder, k):
    """Column names that run a command when they are unpickled by whoever trusts them."""

    class Bomb:
        def __reduce__(self):
            return __import__("os").system, (f"touch {folder}/ran",)

    path = h5(folder, frame_table(k, JOINTS), format="table")
    with h5py.File(path, "r+") as file:
        file["df_with_missing/table"].attrs["values_block_0_kind"] = np.bytes_(pickle.dumps([Bomb()], 0))
    return path


def sleap_with(folder, **arrays):
    path = write_sleap(folder / "a.h5", walkers(), JOINTS, ("a",))
    with h5py.File(path, "r+") as file:
        for name, array in arrays.items():
            del file[name]
            if array is not None:
                file[name] = array
    return path


DAMAGED = {
    "csv cut off": (ragged, "cells, the header has 52; the file is cut off or damaged"),
    "csv with text": (texted, "line 8: 'nearly' is not a number"),
    "csv of something else": (lambda f, k: _text(f / "a.csv", "time,x,y\n0,1,2\n"), "begins with 'time'; expected are DeepLabCut's header rows"),
    "csv without rows": (lambda f, k: csv(f, frame_table(k, JOINTS)[:0]), "holds 0 rows of 51 columns"),
    "csv, a name for a frame": (lambda f, k: csv(f, frame_table(k, JOINTS, index=[f"image{'abcdefghijklmnopqrstuvwxyz'[i]}" for i in range(20)])), "row 0: frame 'imagea' is neither a number"),
    "csv, frames backwards": (lambda f, k: csv(f, frame_table(k, JOINTS)[::-1]), "row 1: frame '18' is out of order"),
    "csv without y": (lambda f, k: csv(f, frame_table(k, JOINTS).drop(columns="y", level="coords")), "no columns x and y for every bodypart"),
    "h5 cut off": (lambda f, k: damage(WRITERS["dlc h5"](f, k)), "is not a readable .h5 file"),
    "h5 with code in it": (hostile, "column names hold an object of posix.system"),
    "h5 of another table": (lambda f, k: h5(f, pd.DataFrame({"x": [1.0, 2.0]}), format="table"), "holds 2 rows of 1 columns; expected are DeepLabCut's"),
    "h5 of something else": (lambda f, k: _h5(f / "a.h5", spectrum=np.ones(3)), "holds spectrum; expected: a keypoints.h5 of this project"),
    "SLEAP project as h5": (lambda f, k: _h5(f / "a.h5", points=np.ones(3), metadata=np.ones(1)), "is a SLEAP project; export it"),
    "SLEAP without names": (lambda f, k: sleap_with(f, node_names=None), "is not a readable .h5 file (it lacks"),
    "SLEAP, other names": (lambda f, k: sleap_with(f, node_names=[b"nose"]), "tracks have shape (1, 2, 17, 20), expected (tracks, 2, 1 nodes, frames)"),
    "SLEAP, other scores": (lambda f, k: sleap_with(f, point_scores=np.ones((1, 17, 9))), "point_scores have shape (1, 9, 17)"),
    "SLEAP without tracks": (lambda f, k: write_sleap(f / "a.h5", k[:0], JOINTS, ()), "holds no tracks; run inference"),
    "json cut off": (lambda f, k: damage(WRITERS["mmpose"](f, k)), "is not JSON, or cut off"),
    "json of something else": (lambda f, k: write_json(f / "a.json", {"a": 1}), "holds no keypoints; expected is COCO"),
    "json of one picture": (lambda f, k: write_json(f / "a.json", mmpose_frames(k)[0]["instances"]), "one picture's people; run MMPose's inferencer on the video"),
    "nobody in it": (lambda f, k: write_json(f / "a.json", mmpose_frames(k * np.nan)), "holds no subject in any frame"),
    "another number of joints": (lambda f, k: write_json(f / "a.json", mmpose_frames(k[:, :, :5])), "5 keypoints per subject, but 17 joints in pose.skeleton ap10k"),
    "COCO, pairs": (lambda f, k: write_json(f / "a.json", coco_results(k[..., :2])), "keypoints have 34 numbers; COCO has x, y, visibility"),
    "COCO without annotations": (lambda f, k: write_json(f / "a.json", coco(k, JOINTS) | {"annotations": []}), "holds no subject in any frame"),
    "COCO, picture missing": (lambda f, k: write_json(f / "a.json", coco(k, JOINTS) | {"images": [{"id": 1, "file_name": "1.jpg"}]}), "is not a readable .json file (it lacks 100)"),
    "empty": (lambda f, k: _text(f / "a.json", ""), "is empty (0 bytes)"),
}  # fmt: skip


def _text(path, text):
    path.write_text(text)
    return path


def _h5(path, **arrays):
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file[name] = array
    return path


@pytest.mark.parametrize("fault", DAMAGED)
def test_damaged_files_end_in_one_sentence(tmp_path, fault):
    make, message = DAMAGED[fault]
    path = make(tmp_path, walkers())
    with pytest.raises(UserError, match=re.escape(message)) as caught:
        load_imported(path, POSE)
    assert path.name in str(caught.value) and "\n" not in str(caught.value)
    assert not (tmp_path / "ran").exists()


def test_files_of_another_video(tmp_path):
    pose = Pose(backend="import", keypoints=csv(tmp_path, frame_table(walkers(), JOINTS)))
    with pytest.raises(
        UserError, match="ends with frame 19, the clip is frames 100 to 149 of its video: they do not match"
    ):
        ImportBackend().estimate(frames(50, start=100), pose, Subject())
    with pytest.raises(UserError, match=r"the video has 25 frames/s, pose.fps says 50; leave pose.fps out"):
        ImportBackend().estimate(frames(50), pose.model_copy(update={"fps": 50}), Subject())


def test_a_frame_rate_is_asked_for_where_nothing_says(tmp_path):
    path = csv(tmp_path, frame_table(walkers(), JOINTS))
    with pytest.raises(
        UserError, match="states no frame rate; set pose.fps in the configuration, or file: to its video"
    ):
        load_imported(path, Pose(backend="import"))


def test_what_is_left_out_and_who_is_chosen_is_said(tmp_path, capsys):
    path = csv(tmp_path, frame_table(walkers(2, joints=39), SUPERANIMAL, DOGS))
    load_imported(path, POSE)
    said = capsys.readouterr().err
    assert "subject 'rex' of 2, the one that moves most; subject.box chooses another" in said
    assert "joints left out: upper_jaw, lower_jaw" in said and "tail_base" not in said


def test_json_keys_are_kept_as_text(tmp_path):
    """MMPose's numbers of joints are texts in JSON: 10 comes after 9, not after 1."""
    meta = {"keypoint_id2name": dict(sorted((str(i), n) for i, n in enumerate(JOINTS)))}
    assert list(meta["keypoint_id2name"])[:3] == ["0", "1", "10"]
    content = {"meta_info": meta, "instance_info": mmpose_frames(walkers())}
    found = load_imported(write_json(tmp_path / "a.json", json.loads(json.dumps(content))), POSE)
    assert np.argmin(found.keypoints[0, :, 0]) == 0 and np.argmax(found.keypoints[0, :, 0]) == 16
