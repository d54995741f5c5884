import hashlib
import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.unit.video.films import HEIGHT, WIDTH, number_of

from video2reward.artifacts.frames import read_frames
from video2reward.artifacts.io import digest
from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError
from video2reward.settings.video import Video
from video2reward.skeletons import COCO17
from video2reward.video.draw import PAPER
from video2reward.video.frames import draw, extract_frames

SCRIPT = Path(__file__).parents[3] / "workflow_scripts" / "extract_frames.py"
STAMPS = [0, 30, 90, 100, 180, 240, 250, 330]


def run(**files):
    """Run the script as a rule does -> (exit status, the last line of its messages)."""
    params = files.pop("params", {})
    command = [sys.executable, str(SCRIPT), "--params", json.dumps({"video": params}), "--code", "abc"]
    for name, path in files.items():
        command += [f"--{name}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1]


def walker(frames=6, size=(120, 100)):
    """Keypoints of somebody who moves to the right, 2 px a frame, all joints 3 px apart."""
    joints = np.arange(17)
    xy = np.stack([20 + 3 * joints, 10 + 4 * joints], -1)[None] + np.arange(frames)[:, None, None] * [2, 0]
    keypoints = np.concatenate([xy, np.ones((frames, 17, 1))], -1).astype(float)
    return Keypoints(
        keypoints, np.arange(frames) / 10, COCO17.joints, "coco17", size, np.zeros((frames, 4)), "import"
    )


def test_every_frame_is_a_picture_with_its_time(film, tmp_path):
    video = film(STAMPS)
    extract_frames(video, Video(trim=(0.085, None)), tmp_path / "frames", {"code": "abc"})
    frames = read_frames(tmp_path / "frames")
    kept = np.array(STAMPS[2:])
    assert frames.times == pytest.approx((kept - kept[0]) / 1000)
    assert frames.fps == pytest.approx(5 / 0.24)
    assert (frames.size, frames.rotation, frames.start_s) == ((WIDTH, HEIGHT), 0, pytest.approx(0.09))
    assert (frames.source, frames.provenance) == ("film.mp4", {"code": "abc"})
    assert frames.source_digest == hashlib.sha256(video.read_bytes()).hexdigest()
    pictures = [cv2.imread(str(frames.picture(i))) for i in range(len(kept))]
    assert [number_of(picture) for picture in pictures] == [2, 3, 4, 5, 6, 7]
    assert len(list((tmp_path / "frames").iterdir())) == len(kept) + 1


def test_rotated_video_gives_upright_frames(film, tmp_path):
    frames = extract_frames(film(STAMPS, rotation=270), Video(), tmp_path / "frames", {})
    assert (frames.size, frames.rotation) == ((HEIGHT, WIDTH), 90)
    picture = cv2.imread(str(frames.picture(0)))
    assert picture[2, -3].min() > 200 > picture[2, 2].max()  # the corner went from upper left to upper right


def test_old_frames_are_replaced_whole(film, tmp_path):
    extract_frames(film(STAMPS), Video(), tmp_path / "frames", {})
    extract_frames(film(STAMPS[:3], "short.mp4"), Video(), tmp_path / "frames", {})
    assert sorted(p.name for p in (tmp_path / "frames").iterdir()) == [
        "000000.jpg", "000001.jpg", "000002.jpg", "index.json",
    ]  # fmt: skip


def test_nothing_half_written_when_the_video_is_cut_off(film, tmp_path):
    path = film([40 * i for i in range(60)], "film.mkv")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    with pytest.raises(UserError, match="is cut off"):
        extract_frames(path, Video(), tmp_path / "out" / "frames", {})
    assert not list((tmp_path / "out").iterdir())


def test_stick_figures_stand_where_the_keypoints_are(tmp_path):
    source = tmp_path / "keypoints.npz"
    source.write_bytes(b"imported")
    k = walker()
    k.keypoints[:, 3, 2] = 0  # unseen: not drawn
    frames = draw(k, source, Video(trim=(0.1, 0.4)), tmp_path / "frames", {})
    assert frames.times == pytest.approx([0, 0.1, 0.2, 0.3])
    assert (frames.size, frames.start_s, frames.source) == ((120, 100), pytest.approx(0.1), "keypoints.npz")
    for index in range(4):
        picture = cv2.imread(str(frames.picture(index))).astype(int)
        for x, y, _ in k.keypoints[index + 1, [0, 9, 16]]:
            assert np.abs(picture[int(y), int(x)] - (0, 255, 0)).max() < 60  # sure: green
        assert np.abs(picture[95, 5] - PAPER).max() < 10


def test_trim_of_keypoints_outside(tmp_path):
    source = tmp_path / "keypoints.npz"
    source.write_bytes(b"imported")
    with pytest.raises(UserError, match=r"lasts 0.50 s: 0 frame\(s\) within trim \[3, null\]"):
        draw(walker(), source, Video(trim=(3, None)), tmp_path / "frames", {})
    assert not (tmp_path / "frames").exists()


def test_script_extracts(film, tmp_path):
    status, message = run(video=film(STAMPS), frames=tmp_path / "frames", summary=tmp_path / "frames.json")
    assert status == 0, message
    frames = read_frames(tmp_path / "frames")
    assert len(frames.times) == len(STAMPS)
    assert frames.provenance["code"] == "abc"
    assert frames.provenance["inputs"] == {"video": frames.source_digest}
    summary = json.loads((tmp_path / "frames.json").read_text())
    assert summary["frames"] == len(STAMPS) and summary["digest"] == digest(tmp_path / "frames")


def test_script_says_in_one_sentence_what_is_wrong(audio, tmp_path):
    (tmp_path / "empty.mp4").touch()
    for video, cause in [
        (audio, "only audio"),
        (tmp_path / "empty.mp4", "is empty"),
        (tmp_path / "no.mp4", "not exist"),
    ]:
        status, message = run(video=video, frames=tmp_path / "out" / "frames", summary=tmp_path / "f.json")
        assert status == 1
        assert message.startswith("error: ")
        assert video.name in message
        assert cause in message
    status, message = run(frames=tmp_path / "out" / "frames", summary=tmp_path / "f.json")
    assert (status, message) == (1, "error: give video.file, or pose.backend: import with pose.keypoints")
    assert not (tmp_path / "out" / "frames").exists()
