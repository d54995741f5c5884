"""The camera of the example clips with captions and other people in them, told from their pictures."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from synthesis.disturbed import overlaid
from video2reward.artifacts.frames import read_frames
from video2reward.artifacts.keypoints import read_keypoints
from video2reward.motion.camera import MOVING, follow_camera, wander
from video2reward.motion.describe import describe_motion
from video2reward.settings.motion import MotionSettings
from video2reward.settings.video import Subject, Video
from video2reward.video.frames import extract_frames

VIDEOS = Path(__file__).resolve().parents[3] / "resources" / "videos"
EVERYTHING = ("caption", "logo", "bars", "clock")
SUBJECTS = {"human": Subject(species="human", leg_length_m=0.93), "dog": Subject(leg_length_m=0.5)}


def described(clip, folder, change):
    """Describe a clip's true keypoints before its pictures, changed by `change(all of them, number)`."""
    extract_frames(VIDEOS / f"{clip}.mp4", Video(), folder / "frames", {})
    frames, truth = read_frames(folder / "frames"), read_keypoints(VIDEOS / f"{clip}.truth.h5")
    pictures = [cv2.imread(str(frames.picture(t))) for t in range(len(frames.times))]
    for t, picture in enumerate(change(pictures)):
        cv2.imwrite(str(frames.picture(t)), picture)
    found = follow_camera(frames, truth)
    return describe_motion(
        truth,
        SUBJECTS[clip.split("_")[0]],
        MotionSettings(),
        0.3,
        found.shift,
        background_sure=found.sure,
    )


def written_over(pictures):
    return [overlaid(picture, EVERYTHING, t / 30) for t, picture in enumerate(pictures)]


def with_mirror_image(pictures):
    """Put the walker's mirror image in front: it comes across."""
    mirrored = np.stack(pictures)[:, :, ::-1]
    wall = np.median(mirrored[::4], axis=0)
    differs = (np.abs(mirrored - wall) > 12).any(-1, keepdims=True)
    return np.where(differs, mirrored, pictures)


@pytest.mark.parametrize("clip", ["human_walk_pan", "dog_run_pan", "human_walk"])
@pytest.mark.slow
def test_what_is_written_over_a_film_is_no_background(tmp_path, clip):
    motion = described(clip, tmp_path, written_over)
    assert motion.camera == ("moving" if clip.endswith("pan") else "fixed")
    assert motion.camera_confidence > 0.9
    speed = 2.6 if clip.startswith("dog") else 1.31
    assert motion.speed_m_s == pytest.approx(speed, rel=0.06)
    assert not motion.warnings


@pytest.mark.slow
def test_a_person_who_comes_across_is_no_background(tmp_path):
    motion = described("human_walk", tmp_path, with_mirror_image)
    assert motion.camera == "fixed" and motion.camera_confidence > 0.9
    assert motion.speed_m_s == pytest.approx(1.31, rel=0.05)


def test_shaking_hands_do_not_pan():
    clock = np.arange(120) / 30
    shake = 9 * np.stack([np.sin(2 * np.pi * 1.3 * clock), np.sin(2 * np.pi * 2.1 * clock + 1)], axis=1)
    slow = np.stack([60 * clock / clock[-1], 0 * clock], axis=1)
    assert wander(shake, 640) < MOVING
    assert wander(shake + slow, 640) > MOVING
    assert wander(slow, 640) == pytest.approx(60 / 640, rel=0.01)


def test_a_pan_there_and_back_is_a_pan():
    there_and_back = 100 * np.sin(np.linspace(0, np.pi, 90))
    assert wander(np.stack([there_and_back, 0 * there_and_back], axis=1), 640) > MOVING
