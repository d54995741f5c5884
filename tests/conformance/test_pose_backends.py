"""Every registered pose backend, under the same demands, run as its rule runs it: by the script, in its environment."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.toy_pose import HeatMaps, SimCC, export

from video2reward.artifacts.frames import read_frames
from video2reward.artifacts.io import digest
from video2reward.artifacts.keypoints import read_keypoints
from video2reward.keypoints.base import PoseBackend
from video2reward.registry import POSE_BACKENDS
from video2reward.skeletons import SKELETONS

ROOT = Path(__file__).parents[2]
VIDEOS = ROOT / "resources" / "videos"
TRIM = (1.0, 1.3)


def random_onnx(folder: Path, python: str) -> dict[str, str]:
    """A network of RTMPose's interface with weights at random."""
    torch.manual_seed(0)
    size = (192, 256)
    return {"model": str(export(SimCC(HeatMaps(), size), folder / "m.onnx", size, ["simcc_x", "simcc_y"]))}


def random_mmpose(folder: Path, python: str) -> dict[str, str]:
    """A published configuration with weights at random."""
    config, path = "td-hm_hrnet-w32_8xb64-210e_ap10k-256x256", folder / "m.pth"
    maker = ROOT / "tests" / "mmpose" / "in_environment.py"
    subprocess.run([python, maker, "random", config, path, "0", "new"], check=True, capture_output=True)
    return {"model": str(path), "config": config}


def truth_of(folder: Path, python: str) -> dict[str, str]:
    """The example's true keypoints, as made elsewhere."""
    return {"keypoints": str(shutil.copyfile(VIDEOS / "dog_amble.truth.h5", folder / "mine.h5"))}


@dataclass(frozen=True)
class Needs:
    """What a backend is tried on.

    pose: makes its own files in a folder -> its settings; weights: whether it has any
    costly: its environment is not made for this alone
    """

    clip: str = "dog_amble"
    skeleton: str = "ap10k"
    pose: Callable[[Path, str], dict[str, str]] = field(default=lambda folder, python: {})
    weights: bool = True
    costly: bool = False


NEEDS = {
    "onnx": Needs(pose=random_onnx),
    "mmpose": Needs(pose=random_mmpose, costly=True),
    "markers": Needs(weights=False),
    "mediapipe": Needs("human_walk", "coco17"),
    "import": Needs(pose=truth_of, weights=False),
}


def script(python, name, params, **files):
    command = [python, str(ROOT / "workflow_scripts" / f"{name}.py"), "--params", json.dumps(params)]
    for argument, path in files.items():
        command += [f"--{argument}", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


def python_of(name, costly):
    """The interpreter that the rule would choose; the backend's environment is made if it is not there."""
    needs, marker = elsewhere(name), ROOT / ".environments" / f"{name}.json"
    if not needs.exists():
        return sys.executable
    if not marker.exists() or json.loads(marker.read_text())["requirements"] != digest(needs):
        if costly:
            pytest.skip(f"its environment is not there; make it with `snakemake {marker.relative_to(ROOT)}`")
        done = script(sys.executable, "create_environment", {}, requirements=needs, marker=marker)
        if done.returncode:
            pytest.skip(f"its environment cannot be made here: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(marker.read_text())["python"]


class Backend:
    """One backend on a part of an example clip."""

    def __init__(self, name: str, folder: Path) -> None:
        assert name in NEEDS, f"say in NEEDS what the pose backend {name!r} is to be tried on"
        self.name, self.needs, self.folder = name, NEEDS[name], folder
        self.python = python_of(name, self.needs.costly)
        clip = VIDEOS / f"{self.needs.clip}.mp4"
        self.files = {"frames": folder / "frames", "summary": folder / "frames.json"}
        done = script(sys.executable, "extract_frames", {"video": {"trim": TRIM}}, video=clip, **self.files)
        assert done.returncode == 0, done.stderr
        self.frames = read_frames(folder / "frames")
        truth = read_keypoints(clip.with_suffix(".truth.h5"))
        box = truth.boxes[int(np.searchsorted(truth.times, TRIM[0]))].round().tolist()
        self.subject = {"species": "dog" if self.needs.skeleton == "ap10k" else "human", "box": box}
        own = self.needs.pose(folder, self.python)
        self.pose = {"backend": name, "skeleton": self.needs.skeleton, "accept": True, **own}

    def estimate(self, out="keypoints.h5", frames=None, **pose):
        """Run the backend, its settings changed by `pose`."""
        params = {"pose": {**self.pose, **pose}, "subject": self.subject}
        files = {"frames": frames or self.folder / "frames", "keypoints": self.folder / out}
        return script(self.python, "estimate_keypoints", params, **files)

    def refuses(self, said, **changed):
        """It ends with one sentence that names what is wrong, and leaves nothing."""
        out = self.folder / "none.h5"
        done = self.estimate(out.name, **changed)
        assert done.returncode == 1 and not out.exists()
        assert "Traceback" not in done.stderr
        sentence = done.stderr.strip().splitlines()[-1]
        assert sentence.startswith("error: ") and said in sentence


def elsewhere(name):
    """The file that says what the environment of a backend needs; none if it runs in the main one."""
    return ROOT / "envs" / f"{name}.txt"


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[pytest.mark.slow] if elsewhere(name).exists() else [])
        for name in POSE_BACKENDS.targets
    ],
)
def backend(request, tmp_path_factory):
    return Backend(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def found(backend):
    done = backend.estimate()
    assert done.returncode == 0, done.stderr
    return read_keypoints(backend.folder / "keypoints.h5")


def test_the_class_is_a_backend_of_its_registered_name(backend):
    kind = POSE_BACKENDS.load(backend.name)
    assert issubclass(kind, PoseBackend) and kind.name == backend.name


def test_every_frame_has_every_joint(backend, found):
    bones = SKELETONS[backend.needs.skeleton]
    assert found.keypoints.shape == (len(backend.frames.times), len(bones.joints), 3)
    assert (found.skeleton, found.joint_names, found.backend) == (bones.name, bones.joints, backend.name)
    assert np.array_equal(found.times, backend.frames.times) and found.size == backend.frames.size
    assert found.start_s == backend.frames.start_s


def test_what_is_unseen_is_nan_with_no_confidence(found):
    confidence = found.keypoints[..., 2]
    seen = confidence > 0
    assert seen.any() and (confidence[seen] <= 1).all()
    assert np.isfinite(found.keypoints[seen]).all() and (confidence[~seen] == 0).all()
    assert np.isnan(found.keypoints[..., :2][~seen]).all()
    assert (found.keypoints[seen][:, :2] >= 0).all() and (found.keypoints[seen][:, :2] <= found.size).all()


def test_boxes_lie_in_the_picture(found):
    assert found.boxes.shape == (len(found.times), 4) and np.isfinite(found.boxes).all()
    assert (found.boxes[:, :2] < found.boxes[:, 2:]).all()
    assert (found.boxes >= 0).all() and (found.boxes <= [*found.size, *found.size]).all()


def test_it_says_what_it_was_made_with(backend, found):
    assert len(found.weights_digest) == (64 if backend.needs.weights else 0)
    if model := backend.pose.get("model"):
        assert found.weights_digest == digest(Path(model))
    assert found.provenance["inputs"]["frames"]
    if backend.name != "import":
        assert found.choice, "who of several is meant, and why"


def test_the_same_clip_gives_the_same_keypoints(backend, found):
    done = backend.estimate("again.h5")
    assert done.returncode == 0, done.stderr
    again = read_keypoints(backend.folder / "again.h5")
    assert np.array_equal(again.keypoints, found.keypoints, equal_nan=True)
    assert np.array_equal(again.boxes, found.boxes) and again.choice == found.choice


def test_an_unknown_skeleton_is_refused(backend):
    backend.refuses("hand21", skeleton="hand21")


def test_a_file_that_is_not_there_is_named(backend, tmp_path):
    for key in {"model", "keypoints"} & set(backend.pose):
        gone = tmp_path / f"gone{Path(backend.pose[key]).suffix}"
        backend.refuses(gone.name, **{key: str(gone)})


def test_a_picture_that_is_not_there_is_named(backend, tmp_path):
    if backend.name == "import":
        pytest.skip("it looks at no picture")
    frames = shutil.copytree(backend.folder / "frames", tmp_path / "frames")
    gone = read_frames(frames).picture(len(backend.frames.times) // 2)
    gone.unlink()
    backend.refuses(gone.name, frames=frames)
