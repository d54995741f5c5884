"""The real model, in its own environment, through the scripts as the rules call them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from synthesis.keypoint_accuracy import pck
from video2reward.artifacts.frames import read_frames
from video2reward.artifacts.io import digest
from video2reward.artifacts.keypoints import read_keypoints
from video2reward.errors import UserError
from video2reward.keypoints.mediapipe.backend import MediapipeBackend
from video2reward.settings.validation import read_yaml
from video2reward.settings.video import Pose, Subject, Video

ROOT = Path(__file__).parents[4]
ENVIRONMENT = ROOT / ".environments" / "mediapipe"
CLIPS = sorted(ROOT.glob("resources/videos/human_*.mp4"))
DOGS = sorted(ROOT.glob("resources/videos/dog_*.mp4"))
LOCAL = Path(os.environ.get("V2R_LOCAL_DATA", "/nowhere")) / "sports2d_demo.mp4"
POSE = {"backend": "mediapipe", "skeleton": "coco17"}
WALKER = {"species": "human", "box": [1250, 520, 1520, 960]}


def script(name, python=sys.executable, params=None, **files):
    command = [
        str(python),
        str(ROOT / "workflow_scripts" / f"{name}.py"),
        "--params",
        json.dumps(params or {}),
    ]
    for argument, path in files.items():
        command += [f"--{argument}", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def python():
    """The interpreter of mediapipe's environment, which is made if it is not there or of another day."""
    marker, needs = ENVIRONMENT.with_suffix(".json"), ROOT / "envs" / "mediapipe.txt"
    if not marker.exists() or json.loads(marker.read_text())["requirements"] != digest(needs):
        done = script("create_environment", requirements=needs, marker=marker)
        if done.returncode:
            pytest.skip(f"no environment for mediapipe: {done.stderr}")
    return json.loads(marker.read_text())["python"]


def extract(film, folder, trim):
    """Run the script that makes folder/frames."""
    made = {"frames": folder / "frames", "summary": folder / "frames.json"}
    return script("extract_frames", params={"video": trim}, video=film, **made)


def estimate(python, folder, video, subject):
    """Run both scripts on a clip -> keypoints.h5."""
    trim = {name: value for name, value in video.items() if name != "file"}
    done = extract(video["file"], folder, trim)
    assert done.returncode == 0, done.stderr
    found, params = folder / "keypoints.h5", {"pose": POSE, "subject": subject}
    done = script("estimate_keypoints", python, params, frames=folder / "frames", keypoints=found)
    assert done.returncode == 0, done.stderr
    return found


@pytest.mark.slow
@pytest.mark.parametrize("clip", CLIPS, ids=lambda path: path.stem)
def test_the_example_humans_are_found(python, tmp_path, clip):
    settings = Video(**read_yaml(clip.with_suffix(".yaml")))
    subject = settings.subject.model_dump(mode="json")
    found = read_keypoints(estimate(python, tmp_path, {"file": clip}, subject))
    truth = read_keypoints(clip.with_suffix(".truth.h5"))
    assert (found.keypoints[..., 2] > 0).any(1).all()
    assert pck(found, truth) >= 0.9
    assert len(found.weights_digest) == 64
    assert found.figures["bone_spread"] < 0.2 and found.figures["moving_covered"] > 0.9
    assert found.provenance["inputs"]["frames"]


@pytest.mark.slow
@pytest.mark.parametrize("clip", DOGS, ids=lambda path: path.stem)
def test_a_person_seen_in_a_dog_is_refused(python, tmp_path, clip):
    """In one of the clips the model sees nobody at all, which is as well."""
    extract(clip, tmp_path, {})
    files = {"frames": tmp_path / "frames", "keypoints": tmp_path / "k.h5"}
    done = script("estimate_keypoints", python, {"pose": POSE, "subject": {}}, **files)
    assert done.returncode == 1 and not (tmp_path / "k.h5").exists()
    sentence = done.stderr.strip().splitlines()[-1]
    assert sentence.startswith(f"error: {clip.name}: ")
    if "no person found" not in sentence:
        assert "implausible human skeleton" in sentence and "pose.accept: true" in sentence
        params = {"pose": {**POSE, "accept": True}, "subject": {}}
        assert script("estimate_keypoints", python, params, **files).returncode == 0


@pytest.mark.slow
@pytest.mark.local_data
@pytest.mark.skipif(not LOCAL.exists(), reason="V2R_LOCAL_DATA is not set")
@pytest.mark.parametrize(
    "subject",
    [WALKER, {"species": "human"}, {"species": "human", "point": [700, 700], "frame": 72}],
    ids=["box", "no hint", "point"],
)
def test_the_person_who_is_meant_is_followed(python, tmp_path, subject):
    """A woman walks from right to left while a man stands, larger and nearer to the middle, on a roof."""
    video = {"file": LOCAL, "trim": (2.0, 5.67)}
    k = read_keypoints(estimate(python, tmp_path, video, subject))
    assert ("by subject." if len(subject) > 1 else ", the one that moves most") in k.choice
    assert len(k.times) == 111
    hips = k.keypoints[:, [11, 12], :2].mean(1)
    assert (hips[:, 1] > 500).all()  # the man's feet are above 470 px
    assert (np.diff(hips[:, 0]) < 0).mean() > 0.9
    assert hips[0, 0] == pytest.approx(1380, abs=40)
    assert hips[-1, 0] == pytest.approx(340, abs=60)
    swing = k.keypoints[:, 15, 0] - k.keypoints[:, 16, 0]
    swing = swing - swing.mean()
    lags = np.arange(25, 50)
    alike = [np.corrcoef(swing[:-lag], swing[lag:])[0, 1] for lag in lags]
    assert lags[int(np.argmax(alike))] == pytest.approx(37, abs=1)  # left heels by eye: frames 78, 115, 152


@pytest.mark.slow
def test_the_environment_may_be_given_by_a_path_with_dots(python, tmp_path):
    """A job's working directory need not be the project's; going on in the environment happens once."""
    marker = ENVIRONMENT / ".." / ENVIRONMENT.with_suffix(".json").name
    done = script("estimate_keypoints", params={"pose": POSE, "subject": {}}, frames=tmp_path, environment=marker, keypoints=tmp_path / "k.h5")  # fmt: skip
    assert done.returncode == 1 and done.stderr.strip().splitlines()[-1].startswith("error: ")


@pytest.mark.slow
def test_nobody_there(python, tmp_path):
    """An empty scene ends with a sentence, with and without a box."""
    import av

    with av.open(str(tmp_path / "empty.mp4"), "w") as film:
        stream = film.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        slope = np.linspace(0, 255, 320 * 240 * 3).astype(np.uint8).reshape(240, 320, 3)
        for _ in range(3):
            film.mux(stream.encode(av.VideoFrame.from_ndarray(slope, format="rgb24")))
        film.mux(stream.encode())
    extract(tmp_path / "empty.mp4", tmp_path, {})
    for box, message in [
        (None, "no person found in any of 3 frames"),
        ([10, 10, 90, 200], "nobody found in subject.box"),
    ]:
        params = {"pose": POSE, "subject": {"box": box}}
        done = script(
            "estimate_keypoints", python, params, frames=tmp_path / "frames", keypoints=tmp_path / "k.h5"
        )
        assert done.returncode == 1
        sentence = done.stderr.strip().splitlines()[-1]
        assert sentence.startswith("error: empty.mp4")
        assert message in sentence
        assert not (tmp_path / "k.h5").exists()


@pytest.mark.parametrize(
    ("pose", "subject", "message"),
    [
        ({"skeleton": "ap10k"}, {}, "mediapipe needs pose.skeleton: coco17, not ap10k"),
        ({}, {"species": "dog"}, "mediapipe knows only humans"),
        ({}, {"box": (500, 10, 400, 200)}, "is not x0, y0, x1, y1"),
        ({}, {"point": (700, 10)}, "is not within the picture of 640x480"),
        ({}, {"point": (70, 10), "frame": 2}, "the clip's frames are 0 to 1"),
        ({}, {"box": (700, 10, 800, 200)}, "within the picture of 640x480"),
    ],
)
def test_settings_that_cannot_work(tmp_path, pose, subject, message):
    index = {"times": [0, 0.1], "fps": 10, "size": [640, 480], "rotation": 0, "source": "a.mp4"}
    (tmp_path / "index.json").write_text(json.dumps({**index, "source_digest": "", "provenance": {}}))
    with pytest.raises(UserError, match=message):
        MediapipeBackend().estimate(read_frames(tmp_path), Pose(**{**POSE, **pose}), Subject(**subject))
