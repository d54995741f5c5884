from pathlib import Path

import cv2
import numpy as np
import pytest

from video2reward.artifacts.frames import Frames
from video2reward.artifacts.keypoints import Keypoints
from video2reward.motion.camera import MOVING, follow_camera, wander
from video2reward.skeletons import AP10K

SIZE, COUNT = (320, 200), 24


def film(folder: Path, speed: float, textured: bool = True) -> tuple[Frames, Keypoints]:
    """A dark block that crosses a wall, seen by a camera that pans `speed` px a frame -> frames, keypoints."""
    rng = np.random.default_rng(0)
    wall = cv2.GaussianBlur(rng.integers(0, 255, (200, 900), np.uint8), (0, 0), 3)
    wall = cv2.normalize(wall, None, 0, 255, cv2.NORM_MINMAX) if textured else np.full_like(wall, 220)
    boxes = np.zeros((COUNT, 4))
    for t in range(COUNT):
        left = round(100 + speed * t)
        picture = wall[:, left : left + SIZE[0]].copy()
        x = 20 + 8 * t
        picture[60:160, x : x + 60] = 20
        picture[80:100, x + 10 : x + 30] = 200
        boxes[t] = (x, 60, x + 60, 160)
        cv2.imwrite(str(folder / f"{t:06d}.jpg"), picture)
    return Frames(folder, np.arange(COUNT) / 30, 30.0, SIZE, 0, "", "", {}), nobody(boxes)


def nobody(boxes: np.ndarray) -> Keypoints:
    """A subject of whom only the box is known."""
    joints = np.zeros((COUNT, len(AP10K.joints), 3))
    return Keypoints(
        keypoints=joints, times=np.arange(COUNT) / 30, boxes=boxes, skeleton="ap10k", joint_names=AP10K.joints,
        size=SIZE, backend="none",
    )  # fmt: skip


def test_a_fixed_camera_with_a_moving_subject(tmp_path):
    shift = follow_camera(*film(tmp_path, 0.0)).shift
    assert np.abs(shift).max() < 1
    assert wander(shift, SIZE[0]) < MOVING


@pytest.mark.parametrize("speed", [-4, 3, 9])
def test_a_pan_is_measured(tmp_path, speed):
    shift = follow_camera(*film(tmp_path, speed)).shift
    assert shift.shape == (COUNT, 2)
    assert shift[-1, 0] == pytest.approx(-speed * (COUNT - 1), rel=0.03)
    assert np.abs(shift[:, 1]).max() < 1
    assert wander(shift, SIZE[0]) > MOVING


def test_a_blank_background_says_nothing(tmp_path):
    assert follow_camera(*film(tmp_path, 3, textured=False)) is None


def test_missing_pictures_say_nothing(tmp_path):
    frames, keypoints = film(tmp_path, 0.0)
    frames.picture(0).unlink()
    assert follow_camera(frames, keypoints) is None
