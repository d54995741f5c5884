"""Writes keypoint files as other tools do: DeepLabCut, SLEAP, COCO, AlphaPose, MMPose, OpenPose."""

import json

import h5py
import numpy as np
import pandas as pd

from video2reward.artifacts.frames import Frames
from video2reward.keypoints.imports.backend import ImportBackend
from video2reward.settings.video import Pose, Subject

SUPERANIMAL = [
    "nose",
    "upper_jaw",
    "lower_jaw",
    "mouth_end_right",
    "mouth_end_left",
    "right_eye",
    "right_earbase",
    "right_earend",
    "right_antler_base",
    "right_antler_end",
    "left_eye",
    "left_earbase",
    "left_earend",
    "left_antler_base",
    "left_antler_end",
    "neck_base",
    "neck_end",
    "throat_base",
    "throat_end",
    "back_base",
    "back_end",
    "back_middle",
    "tail_base",
    "tail_end",
    "front_left_thai",
    "front_left_knee",
    "front_left_paw",
    "front_right_thai",
    "front_right_knee",
    "front_right_paw",
    "back_left_paw",
    "back_left_thai",
    "back_right_thai",
    "back_left_knee",
    "back_right_knee",
    "back_right_paw",
    "belly_bottom",
    "body_middle_right",
    "body_middle_left",
]


def walkers(count=1, frames=20, joints=17, speed=(3.0, 0.1, 0.5)):
    """Animals side by side, (N, T, J, 3) px and confidence; animal n moves speed[n] px a frame."""
    t, j = np.arange(frames)[:, None], np.arange(joints)
    out = np.empty((count, frames, joints, 3))
    for n in range(count):
        out[n, ..., 0] = 50 + 200 * n + 4 * j + speed[n] * t
        out[n, ..., 1] = 100 + 3 * j + speed[n] * np.sin(t / 3 + j)
        out[n, ..., 2] = 0.9
    return out


def frame_table(k, joints, individuals=None, index=None, likelihood=True):
    """The table DeepLabCut makes of (N, T, J, 3): create_df_from_prediction."""
    coords = ["x", "y", "likelihood"] if likelihood else ["x", "y"]
    levels = [["DLC_snapshot"], list(joints), coords]
    names = ["scorer", "bodyparts", "coords"]
    if individuals:
        levels.insert(1, list(individuals))
        names.insert(1, "individuals")
    values = np.moveaxis(k[..., : len(coords)], 0, 1).reshape(k.shape[1], -1)
    columns = pd.MultiIndex.from_product(levels, names=names)
    return pd.DataFrame(values, columns=columns, index=range(len(values)) if index is None else index)


def write_sleap(path, k, joints, tracks, order=("track", "xy", "node", "frame"), dims=False):
    """A SLEAP analysis file of (N, T, J, 3); `dims` names the axes, as sleap-io does."""
    standard = ("track", "frame", "node", "xy")
    scores = tuple(axis for axis in order if axis != "xy")
    with h5py.File(path, "w") as file:
        data = {
            "tracks": (k[..., :2].transpose([standard.index(a) for a in order]), order),
            "point_scores": (k[..., 2].transpose([standard[:3].index(a) for a in scores]), scores),
        }
        for name, (array, axes) in data.items():
            dataset = file.create_dataset(name, data=array, compression="gzip", compression_opts=9)
            if dims:
                dataset.attrs["dims"] = json.dumps(axes)
        file["node_names"] = [name.encode() for name in joints]
        file["track_names"] = [name.encode() for name in tracks]
        file["track_occupancy"] = np.isfinite(k[..., 0, 0]).T.astype(np.uint8)
        file["video_path"] = "clip.mp4"
    return path


def mmpose_frames(k, first=0):
    """The list of MMPose's inferencer, of (N, T, J, 3); an unseen subject (NaN) is no instance."""
    return [
        {
            "frame_id": first + t,
            "instances": [
                {"keypoints": one[t, :, :2].tolist(), "keypoint_scores": one[t, :, 2].tolist(), "bbox": [[0, 0, 1, 1]], "bbox_score": 0.9}
                for one in k if np.isfinite(one[t]).all()
            ],
        }
        for t in range(k.shape[1])
    ]  # fmt: skip


def coco(k, joints, first=1, name="frame_{:05d}.jpg", visible=2):
    """A COCO data set of (N, T, J, 3), with file names that carry the frame numbers."""
    frames = range(k.shape[1])
    return {
        "images": [{"id": 100 + t, "file_name": name.format(first + t), "width": 640, "height": 480} for t in frames],
        "categories": [{"id": 1, "name": "dog", "keypoints": list(joints), "skeleton": []}],
        "annotations": [
            {
                "id": len(k) * t + n, "image_id": 100 + t, "category_id": 1, "num_keypoints": len(joints),
                "keypoints": np.c_[one[t, :, :2], np.full(len(joints), visible)].ravel().tolist(), "bbox": [0, 0, 1, 1],
            }
            for t in frames for n, one in enumerate(k) if np.isfinite(one[t]).all()
        ],
    }  # fmt: skip


def coco_results(k):
    """A list of COCO results of (N, T, J, 3)."""
    return [
        {"image_id": t, "category_id": 1, "keypoints": one[t].ravel().tolist(), "score": 0.8}
        for t in range(k.shape[1])
        for one in k
    ]


def write_json(path, content):
    path.write_text(json.dumps(content))
    return path


def alphapose(k, name="{}.jpg", first=0, **more):
    """AlphaPose's results of (N, T, J, 3), sorted by their names as it does."""
    entries = [
        {
            "image_id": name.format(first + t) if name else first + t, "category_id": 1, "score": 2.9,
            "keypoints": one[t].ravel().tolist(), "box": [0, 0, 1, 1], "idx": [0.0], **more,
        }
        for t in range(k.shape[1]) for one in k if np.isfinite(one[t]).all()
    ]  # fmt: skip
    return sorted(entries, key=lambda entry: str(entry["image_id"]))


def openpose(folder, k, name="clip_{:012d}_keypoints.json"):
    """OpenPose's folder of (N, T, J, 3); of an unseen subject (NaN) a file without people."""
    folder.mkdir()
    for t in range(k.shape[1]):
        people = [
            {"person_id": [-1], "pose_keypoints_2d": one[t].ravel().tolist(), "face_keypoints_2d": []}
            for one in k
            if np.isfinite(one[t]).all()
        ]
        write_json(folder / name.format(t), {"version": 1.3, "people": people})
    return folder


def film(count, start=0, size=(640, 480), film_frames=None, names=(), source="clip.mp4"):
    """A film's index: `count` frames at 25 frames/s from number `start` on."""
    return Frames(
        "frames", np.arange(count) / 25, 25.0, size, 0, source, "of the film", {}, start / 25, start, film_frames, names
    )  # fmt: skip


def read(path, frames, subject=None, **pose):
    """The imported keypoints of a clip, (T, J, 3)."""
    chosen = Pose(backend="import", keypoints=path, **pose)
    return ImportBackend().estimate(frames, chosen, subject or Subject()).keypoints
