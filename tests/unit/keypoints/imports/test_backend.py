import json
import re
from dataclasses import replace

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.io import digest
from video2reward.artifacts.keypoints import read_keypoints, write_keypoints
from video2reward.errors import UserError
from video2reward.keypoints.imports.backend import SHEET, ImportBackend, load_imported
from video2reward.settings.video import Pose, Subject
from video2reward.skeletons import AP10K, COCO17

POSE = Pose(backend="import", skeleton="ap10k")
NAMES = np.array(AP10K.joints)


def points(frames=10, seed=0):
    """(T, 17, 3) px within 640x480, all seen."""
    xy = np.random.default_rng(seed).uniform((0, 0), (640, 480), (frames, 17, 2))
    return np.concatenate([xy, np.full((frames, 17, 1), 0.9)], -1)


def npz(folder, **fields):
    """Write an import; a field set to None is left out."""
    content = {
        "keypoints": points(),
        "joint_names": NAMES,
        "skeleton": "ap10k",
        "fps": 60.0,
        "size": (640, 480),
    }
    content.update(fields)
    path = folder / "import.npz"
    np.savez(path, **{name: value for name, value in content.items() if value is not None})
    return path


def frames_of(path, times, size=(640, 480), start_s=0.0, drawn=True):
    """The index of a frame folder, drawn from `path` or of some video."""
    source = digest(path) if drawn else "a video's"
    fps = (len(times) - 1) / (times[-1] - times[0])
    return Frames(path.parent, np.asarray(times), fps, size, 0, "clip.mp4", source, {}, start_s)


@settings(deadline=None)
@given(st.permutations(range(17)), st.booleans())
def test_joints_come_in_the_skeletons_order_whatever_the_files(tmp_path_factory, order, spaced):
    folder = tmp_path_factory.mktemp("import")
    names = [AP10K.joints[i].replace("_", " ") if spaced else AP10K.joints[i] for i in order]
    k = load_imported(npz(folder, keypoints=points()[:, order], joint_names=np.array(names)), POSE)
    assert k.keypoints == pytest.approx(points())
    assert (k.joint_names, k.skeleton, k.size, k.fps) == (
        AP10K.joints,
        "ap10k",
        (640, 480),
        pytest.approx(60),
    )


def test_our_own_file_comes_back(tmp_path):
    k = load_imported(
        npz(tmp_path, times=np.cumsum(np.r_[0, np.full(9, 0.02) + 0.01 * (np.arange(9) % 2)]), fps=None), POSE
    )
    k = replace(k, weights_digest="abc", boxes=k.boxes + 1)
    write_keypoints(tmp_path / "keypoints.h5", k)
    again = load_imported(tmp_path / "keypoints.h5", POSE)
    assert again.keypoints == pytest.approx(k.keypoints, abs=1e-4)
    assert again.times == pytest.approx(k.times)
    assert again.boxes == pytest.approx(k.boxes)
    assert (again.size, again.weights_digest) == (k.size, "abc")
    read_keypoints(tmp_path / "keypoints.h5")


def test_an_h5_from_elsewhere(tmp_path):
    path = tmp_path / "foreign.h5"
    with h5py.File(path, "w") as file:
        file["keypoints"] = points()[..., :2]
        file["joint_names"] = [name.encode() for name in COCO17.joints]
        file.attrs["skeleton"] = "coco17"
        file.attrs["fps"] = 30
    pose = POSE.model_copy(update={"keypoints": path})
    k = ImportBackend().estimate(frames_of(path, np.arange(10) / 30, drawn=False), pose, Subject())
    assert k.keypoints[..., :2] == pytest.approx(points()[..., :2])
    assert (k.skeleton, k.fps, k.keypoints[..., 2].min()) == ("coco17", pytest.approx(30), 1.0)


def test_the_configuration_fills_in_frame_rate_and_skeleton(tmp_path):
    path = npz(tmp_path, fps=None, skeleton=None)
    k = load_imported(path, Pose(backend="import", skeleton="ap10k", fps=24))
    assert k.times == pytest.approx(np.arange(10) / 24)


def test_unseen_joints_may_be_nan(tmp_path):
    keypoints = points()
    keypoints[3, 5] = (np.nan, np.nan, 0)
    keypoints[4, 5] = (17, 4, 0)
    k = load_imported(npz(tmp_path, keypoints=keypoints), POSE)
    assert np.isnan(k.keypoints[3:5, 5, :2]).all()
    assert (k.keypoints[3:5, 5, 2] == 0).all()


def test_without_a_size_the_figure_fills_a_sheet(tmp_path):
    metres = points() * (0.01, 0.01, 1) - (3, 2, 0)
    k = load_imported(npz(tmp_path, keypoints=metres, size=None), POSE)
    assert k.size == SHEET
    xy = k.keypoints[..., :2]
    assert (xy > 0).all() and (xy < SHEET).all()
    scale = (np.diff(k.keypoints[0, :2, :2], axis=0) / np.diff(metres[0, :2, :2], axis=0)).ravel()
    assert scale[0] == pytest.approx(scale[1])  # one scale for both axes: no distortion


FAULTS = {
    "no fps": ({"fps": None}, "states no frame rate; set pose.fps"),
    "fps of 0": ({"fps": 0.0}, "fps is 0.0, it must be above 0"),
    "no keypoints": ({"keypoints": None}, "lacks keypoints; an import needs"),
    "no names": ({"joint_names": None}, "lacks joint_names"),
    "a wrong joint": ({"joint_names": np.r_[NAMES[:-1], ["R_Back_Pow"]]}, "unknown for ap10k: R_Back_Pow (R_B_Paw?); joints without a match in the file: R_B_Paw"),
    "fewer names than joints": ({"joint_names": NAMES[:-1]}, "expected (frames, 16, 3)"),
    "a joint twice": ({"joint_names": np.r_[NAMES[:-1], ["Nose"]]}, "joint_names has Nose twice"),
    "another skeleton's": ({"skeleton": "coco17"}, "unknown for coco17: L_F_Paw"),
    "no skeleton of ours": ({"skeleton": "openpose25"}, "unknown skeleton 'openpose25'"),
    "one axis too few": ({"keypoints": points()[..., 0]}, "shape (10, 17), expected (frames, 17, 3)"),
    "joints and frames swapped": ({"keypoints": points().swapaxes(0, 1)}, "shape (17, 10, 3)"),
    "four columns": ({"keypoints": np.ones((10, 17, 4))}, "shape (10, 17, 4)"),
    "NaN where seen": ({"keypoints": np.where(points() == points()[2, 3, 1], np.nan, points())}, "NaN or infinite"),
    "NaN without a confidence": ({"keypoints": np.full((10, 17, 2), np.nan)}, "NaN or infinite"),
    "NaN confidence": ({"keypoints": points() * (1, 1, np.nan)}, "NaN or infinite"),
    "depth for confidence": ({"keypoints": points() * (1, 1, 30)}, "third column of keypoints is the confidence"),
    "text": ({"keypoints": np.full((10, 17, 3), "x")}, "keypoints are not numbers"),
    "objects": ({"joint_names": np.array([*AP10K.joints[:-1], None], object)}, "not a readable .npz"),
    "one frame": ({"keypoints": points(1)}, "at least two frames"),
    "times too few": ({"times": np.arange(9) / 60}, "times have shape (9,), expected (10,)"),
    "times backwards": ({"times": -np.arange(10) / 60, "fps": None}, "increasing times"),
    "a size of one number": ({"size": 640}, "size is [640], expected width and height"),
    "nobody seen": ({"keypoints": points() * (1, 1, 0), "size": None}, "no joint has a confidence above 0"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named_with_file_and_way_out(tmp_path, fault):
    fields, message = FAULTS[fault]
    with pytest.raises(UserError, match=re.escape(message)) as caught:
        load_imported(npz(tmp_path, **fields), POSE)
    assert "import.npz" in str(caught.value) or fault == "no skeleton of ours"
    assert "\n" not in str(caught.value)


def test_contradicting_frame_rates(tmp_path):
    with pytest.raises(UserError, match=r"says 60 frames/s, pose.fps says 50; leave pose.fps out"):
        load_imported(npz(tmp_path), Pose(backend="import", fps=50))
    assert load_imported(npz(tmp_path), Pose(backend="import", fps=60)).fps == pytest.approx(60)


def test_unreadable_files(tmp_path):
    for name, message in [
        ("a.txt", "cannot be imported; valid: .npz, .h5"),
        ("d.slp", "is a SLEAP project; export it: File > Export Analysis HDF5"),
        ("b.npz", "not a readable .npz"),
        ("c.h5", "not a readable .h5"),
    ]:
        (tmp_path / name).write_text("x,y\n1,2\n")
        with pytest.raises(UserError, match=re.escape(message)):
            load_imported(tmp_path / name, POSE)
    with pytest.raises(UserError, match=r"does not exist; correct pose.keypoints"):
        load_imported(tmp_path / "none.npz", POSE)


def test_backend_takes_drawn_frames_trimmed_in_time(tmp_path):
    path = npz(tmp_path)
    pose = POSE.model_copy(update={"keypoints": path})
    k = ImportBackend().estimate(frames_of(path, np.arange(4) / 60, start_s=3 / 60), pose, Subject())
    assert k.keypoints == pytest.approx(points()[3:7])
    assert k.times == pytest.approx(np.arange(4) / 60)
    assert k.boxes.shape == (4, 4)
    assert k.backend == "import"


def test_backend_takes_the_videos_own_times(tmp_path):
    path = npz(tmp_path)
    pose = POSE.model_copy(update={"keypoints": path})
    times = np.cumsum(np.r_[0, 0.01 + 0.01 * (np.arange(9) % 3)])
    k = ImportBackend().estimate(frames_of(path, times, drawn=False), pose, Subject())
    assert k.times == pytest.approx(times)
    assert k.keypoints == pytest.approx(points())


def test_backend_refuses_what_does_not_belong_to_the_video(tmp_path):
    path = npz(tmp_path)
    pose = POSE.model_copy(update={"keypoints": path})
    with pytest.raises(UserError, match="pictures of 640x480 px, the video has 320x240"):
        ImportBackend().estimate(
            frames_of(path, np.arange(10) / 60, (320, 240), drawn=False), pose, Subject()
        )
    with pytest.raises(UserError, match=r"has 10 frames over 0.15 s, the clip 20 from 0.00 to 0.32 s"):
        ImportBackend().estimate(frames_of(path, np.arange(20) / 60, drawn=False), pose, Subject())
    with pytest.raises(UserError, match="needs pose.keypoints"):
        ImportBackend().estimate(frames_of(path, np.arange(10) / 60), POSE, Subject())


def test_joints_that_the_file_lacks_count_as_unseen(tmp_path):
    k = load_imported(npz(tmp_path, joint_names=NAMES[:-1], keypoints=points()[:, :-1]), POSE)
    assert (k.keypoints[:, -1, 2] == 0).all() and np.isnan(k.keypoints[:, -1, :2]).all()
    assert k.keypoints[:, :-1] == pytest.approx(points()[:, :-1])


def test_attributes_written_as_json_are_read(tmp_path):
    path = tmp_path / "json.h5"
    with h5py.File(path, "w") as file:
        file["keypoints"] = points()
        file.attrs["joint_names"] = json.dumps(list(AP10K.joints))
        file.attrs["fps"] = json.dumps(50)
        file.attrs["size"] = json.dumps([640, 480])
    k = load_imported(path, POSE)
    assert (k.size, k.fps) == ((640, 480), pytest.approx(50))
