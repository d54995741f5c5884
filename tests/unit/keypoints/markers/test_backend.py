"""The markers backend on the committed clips of animals and on drawn markers."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from synthesis.keypoint_accuracy import pck, torso_lengths
from video2reward.artifacts.frames import Frames, read_frames
from video2reward.artifacts.io import write_json
from video2reward.artifacts.keypoints import check_keypoints, read_keypoints
from video2reward.errors import UserError
from video2reward.keypoints.markers.backend import MarkerBackend
from video2reward.keypoints.markers.blobs import find_blobs
from video2reward.keypoints.markers.palette import PALETTES
from video2reward.keypoints.markers.tracks import Sighting, best_track
from video2reward.settings.video import Pose, Subject, Video
from video2reward.skeletons import AP10K
from video2reward.video.frames import extract_frames

VIDEOS = Path(__file__).resolve().parents[4] / "resources" / "videos"
CLIPS = ("dog_amble", "dog_amble_pan", "dog_run", "dog_run_pan", "spider_walk")
DOG = PALETTES["ap10k"]


@pytest.mark.parametrize("clip", CLIPS)
def test_finds_the_animal_of_the_example_clips(clip, tmp_path):
    frames = extract_frames(VIDEOS / f"{clip}.mp4", Video(), tmp_path / "frames", {})
    truth = read_keypoints(VIDEOS / f"{clip}.truth.h5")
    pose = Pose(backend="markers", skeleton=truth.skeleton)
    found = check_keypoints(MarkerBackend().estimate(frames, pose, Subject()), clip)
    assert pck(found, truth) >= 0.98
    # Nothing is made up: what is found lies on its joint even where the truth counts it as hidden.
    seen = found.keypoints[..., 2] > 0
    error = np.linalg.norm(found.keypoints[..., :2] - truth.keypoints[..., :2], axis=-1)
    assert error[seen].max() < 0.1 * torso_lengths(truth).min()
    assert np.isnan(found.keypoints[..., :2][~seen]).all()


def layout(shift: float = 0.0) -> dict[str, np.ndarray]:
    """Where the joints of a drawn dog are, px."""
    rows = {"Eye": 0, "Shoulder": 1, "Elbow": 2, "F_Paw": 3, "Hip": 1, "Knee": 2, "B_Paw": 3}
    at = {"Nose": (330.0, 60.0), "Neck": (260.0, 60.0), "Root_of_tail": (90.0, 60.0)}
    for joint in AP10K.joints:
        side, _, part = joint.partition("_")
        if part in rows:
            x = 130.0 if part in ("Hip", "Knee", "B_Paw") else 270.0
            at[joint] = (x + (0.0 if side == "L" else 45.0), 40.0 + 45.0 * rows[part])
    return {joint: np.add(xy, (shift, 0.0)) for joint, xy in at.items()}


def paint(markers: dict[str, np.ndarray], light: float = 1.0, radius: float = 6.0) -> np.ndarray:
    """Draw markers on grey, four times too large, and shrink: sub-pixel edges."""
    picture = np.full((960, 1760, 3), round(120 * light), np.uint8)
    for joint, xy in markers.items():
        bgr = tuple(round(255 * light * c) for c in DOG.colours[joint][::-1])
        centre = tuple(int(v) for v in np.rint(4 * xy + 1.5))
        cv2.circle(picture, centre, round(4 * radius), bgr, -1)
    return cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)


def folder(path: Path, pictures: list[np.ndarray], fps: float = 30.0) -> Frames:
    path.mkdir()
    for i, picture in enumerate(pictures):
        cv2.imwrite(str(path / f"{i:06d}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
    height, width = pictures[0].shape[:2]
    times = np.arange(len(pictures)) / fps
    index = Frames(path, times, fps, (width, height), 0, "drawn.mp4", "", {})
    write_json(path / "index.json", index.index())
    return read_frames(path)


def estimate(path: Path, pictures: list[np.ndarray], subject: Subject | None = None) -> np.ndarray:
    return (
        MarkerBackend()
        .estimate(folder(path, pictures), Pose(backend="markers"), subject or Subject())
        .keypoints
    )


@pytest.mark.parametrize("light", [1.0, 0.6, 0.4])
def test_centres_are_exact_below_a_pixel_in_any_light(light, tmp_path):
    steps = [0.0, 2.3, 4.6, 6.9]
    found = estimate(tmp_path / "f", [paint(layout(s), light) for s in steps])
    truth = np.array([[layout(s)[joint] for joint in AP10K.joints] for s in steps])
    assert (found[..., 2] > 0.5).all()
    assert np.linalg.norm(found[..., :2] - truth, axis=-1).max() < 0.6


def test_a_hidden_marker_is_unseen_and_comes_back(tmp_path):
    pictures = []
    for t in range(8):
        markers = layout(2.0 * t)
        if t in (3, 4):
            del markers["R_F_Paw"]
        pictures.append(paint(markers))
    paw = estimate(tmp_path / "f", pictures)[:, AP10K.index("R_F_Paw")]
    assert (paw[:, 2] > 0).tolist() == [True] * 3 + [False] * 2 + [True] * 3
    assert np.isnan(paw[3:5, :2]).all()


def test_a_half_hidden_marker_keeps_its_centre_at_a_lower_confidence(tmp_path):
    pictures = [paint(layout()) for _ in range(5)]
    x, y = layout()["R_Knee"]
    pictures[2][round(y) - 12 : round(y) + 12, round(x) + 1 : round(x) + 14] = 120
    knee = estimate(tmp_path / "f", pictures)[:, AP10K.index("R_Knee")]
    assert np.linalg.norm(knee[2, :2] - [x, y]) < 1.6
    assert 0 < knee[2, 2] < 0.9 < knee[1, 2]


def test_a_marker_behind_a_leg_counts_as_one(tmp_path):
    pictures = [paint(layout(), radius=9.0) for _ in range(5)]
    x, y = layout()["L_B_Paw"]
    pictures[2][round(y) - 14 : round(y) + 14, round(x) - 2 : round(x) + 3] = 90
    assert len(find_blobs(pictures[2], DOG)[AP10K.index("L_B_Paw")]) == 2
    paw = estimate(tmp_path / "f", pictures)[:, AP10K.index("L_B_Paw")]
    assert np.linalg.norm(paw[2, :2] - [x, y]) < 1.0


def test_a_toy_of_a_markers_colour_does_not_draw_the_paw_away(tmp_path):
    pictures = []
    for t in range(10):
        picture = paint(layout(2.0 * t))
        if t in (4, 5):
            cv2.circle(picture, (400, 20), 7, [round(255 * c) for c in DOG.colours["L_F_Paw"][::-1]], -1)
        pictures.append(picture)
    paw = estimate(tmp_path / "f", pictures)[:, AP10K.index("L_F_Paw")]
    truth = np.array([layout(2.0 * t)["L_F_Paw"] for t in range(10)])
    assert np.linalg.norm(paw[:, :2] - truth, axis=-1).max() < 1.0


def test_the_box_says_which_dog(tmp_path):
    def two(t):
        return np.concatenate([paint(layout(2.0 * t)), paint(layout(-2.0 * t))], axis=1)

    pictures = [two(t) for t in range(6)]
    truth = np.add([[layout(-2.0 * t)[j] for j in AP10K.joints] for t in range(6)], (440.0, 0.0))
    for frame in (0, 4):
        found = estimate(tmp_path / f"f{frame}", pictures, Subject(box=(520, 20, 780, 190), frame=frame))
        assert np.linalg.norm(found[..., :2] - truth, axis=-1).max() < 1.0


def test_no_markers_says_what_is_wanted(tmp_path):
    grey = [np.full((120, 160, 3), 127, np.uint8)] * 3
    with pytest.raises(UserError, match=r"drawn\.mp4.*no dog with joint markers.*L_Shoulder #ff0000.*import"):
        estimate(tmp_path / "f", grey)


def test_humans_are_for_another_backend(tmp_path):
    frames = folder(tmp_path / "f", [paint(layout())] * 2)
    with pytest.raises(UserError, match="coco17.*mediapipe"):
        MarkerBackend().estimate(frames, Pose(skeleton="coco17"), Subject())


def test_a_track_prefers_steady_motion_over_a_better_looking_jump():
    times = np.arange(12) / 30.0
    steady = [Sighting(t, np.array([3.0 * t, 0.0]), 0.7) for t in range(12)]
    jump = Sighting(6, np.array([300.0, 0.0]), 1.0)
    candidates = sorted([*steady, jump], key=lambda c: c.frame)
    track = best_track(candidates, times, reach=500.0)
    assert [candidates[i].position[0] for i in track] == [3.0 * t for t in range(12)]


def test_lone_sightings_are_not_believed():
    times = np.arange(60) / 30.0
    random = np.random.default_rng(1)
    scattered = [Sighting(t, random.uniform(0, 400, 2), 0.4) for t in range(0, 60, 9)]
    assert best_track(scattered, times, reach=500.0) == []
