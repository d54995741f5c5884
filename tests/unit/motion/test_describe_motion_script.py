import json
import sys
from pathlib import Path

import describe_motion
from video2reward.artifacts.keypoints import read_keypoints, write_keypoints
from video2reward.artifacts.motion import read_motion
from video2reward.settings import Video
from video2reward.video.frames import extract

VIDEOS = Path(__file__).resolve().parents[3] / "resources" / "videos"


def test_the_script_writes_motion_overlay_and_picture(tmp_path, monkeypatch):
    frames = tmp_path / "frames"
    extract(VIDEOS / "dog_run_pan.mp4", Video(), frames, {})
    truth = read_keypoints(VIDEOS / "dog_run_pan.truth.h5")
    write_keypoints(tmp_path / "keypoints.h5", truth)
    files = {"keypoints": "keypoints.h5", "frames": "frames", "motion": "motion.h5"}
    files |= {"overlay": "overlay.mp4", "picture": "motion.png"}
    words = [word for name, file in files.items() for word in (f"--{name}", str(tmp_path / file))]
    params = {"motion": {}, "subject": {"species": "dog"}, "pose": {"min_confidence": 0.3}}
    monkeypatch.setattr(sys, "argv", ["describe_motion.py", *words, "--params", json.dumps(params)])
    describe_motion.main()
    motion = read_motion(tmp_path / "motion.h5")
    assert motion.camera == "moving"  # seen in the background of the real pictures
    assert set(motion.provenance["inputs"]) == {"keypoints", "frames"}
    assert (tmp_path / "overlay.mp4").stat().st_size > 10_000
    assert (tmp_path / "motion.png").read_bytes()[:4] == b"\x89PNG"
