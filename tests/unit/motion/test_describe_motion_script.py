import json
import sys
from pathlib import Path

import pytest

import describe_motion
from synthesis.journey import followed_by, mirrored
from video2reward.artifacts.keypoints import read_keypoints, write_keypoints
from video2reward.artifacts.motion import read_motion
from video2reward.settings.video import Video
from video2reward.video.decode import decode
from video2reward.video.film import write_film
from video2reward.video.frames import extract_frames

VIDEOS = Path(__file__).resolve().parents[3] / "resources" / "videos"


def described(folder, monkeypatch, species):
    """Run the script on keypoints.h5 and frames in a folder."""
    files = {"keypoints": "keypoints.h5", "frames": "frames", "motion": "motion.h5"}
    files |= {"overlay": "overlay.mp4", "picture": "motion.png"}
    words = [word for name, file in files.items() for word in (f"--{name}", str(folder / file))]
    params = {"motion": {}, "subject": {"species": species}, "pose": {"min_confidence": 0.3}}
    monkeypatch.setattr(sys, "argv", ["describe_motion.py", *words, "--params", json.dumps(params)])
    describe_motion.main()
    return read_motion(folder / "motion.h5")


@pytest.mark.slow
def test_the_script_writes_motion_overlay_and_picture(tmp_path, monkeypatch):
    frames = tmp_path / "frames"
    extract_frames(VIDEOS / "dog_run_pan.mp4", Video(), frames, {})
    truth = read_keypoints(VIDEOS / "dog_run_pan.truth.h5")
    write_keypoints(tmp_path / "keypoints.h5", truth)
    motion = described(tmp_path, monkeypatch, "dog")
    assert motion.camera == "moving"  # seen in the background of the real pictures
    assert set(motion.provenance["inputs"]) == {"keypoints", "frames"}
    assert (tmp_path / "overlay.mp4").stat().st_size > 10_000
    assert (tmp_path / "motion.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.slow
def test_a_walk_there_and_back_in_a_film(tmp_path, monkeypatch, capsys):
    """The panning clip, then its mirror image, with the background of the real pictures."""
    truth = read_keypoints(VIDEOS / "human_walk_pan.truth.h5")
    there = [picture.bgr for picture in decode(VIDEOS / "human_walk_pan.mp4")]
    both = [*there, *(picture[:, ::-1] for picture in there)]
    write_film(tmp_path / "turn.mp4", (picture[:, :, ::-1] for picture in both), truth.fps, crf=12)
    extract_frames(tmp_path / "turn.mp4", Video(), tmp_path / "frames", {})
    write_keypoints(tmp_path / "keypoints.h5", followed_by(truth, mirrored(truth)))
    motion = described(tmp_path, monkeypatch, "human")
    assert (motion.gait, motion.camera) == ("walk", "moving")
    assert motion.speed_m_s == pytest.approx(1.31, rel=0.05)
    assert abs(motion.speed_m_s - 1.31) < motion.speed_error_m_s
    assert len(motion.times) == pytest.approx(len(there), abs=4)
    assert motion.first_frame in (0, len(there)) and motion.mirrored == (motion.first_frame > 0)
    said = capsys.readouterr().out
    assert "turns round at 3." in said and f"speed {motion.speed:.2f} +- {motion.speed_error:.2f}" in said
    assert sum(1 for _ in decode(tmp_path / "overlay.mp4")) == len(both)
