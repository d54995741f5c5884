import hashlib
import shutil
import zipfile
from pathlib import Path

import pytest

from video2reward.config import model_files
from video2reward.config.model_files import checkpoint, folder, known_models, weights
from video2reward.config.pose_models import DEFAULTS, config_of, own_file, pose_settings, resolve
from video2reward.errors import UserError
from video2reward.settings.video import Pose
from video2reward.skeletons import SKELETONS

KNOWN = known_models()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("V2R_MODELS", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize("name", KNOWN)
def test_the_list_is_whole(name):
    model = KNOWN[name]
    assert model.task == "pose" or model.decoding in ("boxes", "grid")
    assert (model.skeleton in SKELETONS) or model.task == "detector"
    assert model.file.endswith(".onnx") and model.licence
    assert bool(model.addresses) == bool(model.sha256)
    assert model.addresses or model.checkpoint
    assert not model.sha256 or len(bytes.fromhex(model.sha256)) == 32
    for address in model.addresses:
        assert address.startswith("https://")
        assert Path(address).stem == Path(model.file).stem
    files = [m.file for m in KNOWN.values()]
    assert files.count(model.file) == 1
    if model.checkpoint:
        assert model.checkpoint.file.endswith(f"-{model.checkpoint.sha256}_{model.checkpoint.file[-12:]}")
        assert [Path(a).name for a in model.checkpoint.addresses] == [model.checkpoint.file]
        assert Path(model.file).stem.split("-")[-1] == Path(model.checkpoint.file).stem.split("-")[-1]


@pytest.mark.parametrize("backend", DEFAULTS)
def test_every_skeleton_of_people_and_animals_on_four_legs_has_a_default(backend):
    assert set(SKELETONS) - set(DEFAULTS[backend]) == {"insect", "spider"}
    for skeleton in DEFAULTS[backend]:
        model = KNOWN[DEFAULTS[backend][skeleton]]
        assert model.skeleton == skeleton
        assert model.checkpoint if backend == "mmpose" else model.addresses


def test_models_lie_where_the_environment_says(monkeypatch):
    monkeypatch.delenv("V2R_MODELS", raising=False)
    assert folder() == Path.home() / ".cache" / "video2reward" / "models"
    monkeypatch.setenv("V2R_MODELS", "~/models")
    assert folder() == Path.home() / "models"


def test_a_damaged_file_is_named_and_what_to_do(cache):
    cache.mkdir()
    path = cache / KNOWN["rtmpose-m-ap10k"].file
    path.write_bytes(b"half")
    with pytest.raises(
        UserError, match=f"{path} is damaged or a different file: .*; delete it, and the same command"
    ):
        weights("rtmpose-m-ap10k", "pose")


def test_what_is_published_as_checkpoint_only_has_to_be_exported(cache):
    with pytest.raises(
        UserError,
        match=r"published only as a checkpoint \(https://.*18aac840_20211029.pth\): export it .*put it at",
    ):
        weights("hrnet-w32-ap10k", "pose")
    cache.mkdir()
    path = cache / KNOWN["hrnet-w32-ap10k"].file
    path.write_bytes(b"exported")
    assert weights("hrnet-w32-ap10k", "pose").digest == hashlib.sha256(b"exported").hexdigest()


def test_a_known_model_is_taken_from_an_archive_brought_by_hand(cache, monkeypatch):
    content = b"weights"
    entry = KNOWN["rtmpose-m-ap10k"].model_copy(update={"sha256": hashlib.sha256(content).hexdigest()})
    monkeypatch.setattr(model_files, "known_models", lambda: KNOWN | {"rtmpose-m-ap10k": entry})
    cache.mkdir()
    with zipfile.ZipFile(cache / Path(entry.addresses[0]).name, "w") as archive:
        archive.writestr("x/end2end.onnx", content)
    found = weights("rtmpose-m-ap10k", "pose")
    assert (found.path, found.digest, found.model) == (cache / entry.file, entry.sha256, entry)


@pytest.mark.parametrize(
    ("pose", "message"),
    [
        ({"model": "rtmpose-ap10k"}, "unknown pose model 'rtmpose-ap10k'. Did you mean 'rtmpose-m-ap10k'"),
        ({"model": "yolox-s"}, "unknown pose model 'yolox-s'"),
        (
            {"detector": "yolox"},
            "unknown detector 'yolox'. Did you mean 'yolox-s'.*the path of its .onnx file",
        ),
        (
            {"model": "rtmpose-s-coco17"},
            "v.yaml: pose.model rtmpose-s-coco17 is for coco17, but pose.skeleton is ap10k",
        ),
        ({"detector": "rtmdet-nano-person"}, "pose.detector rtmdet-nano-person is for coco17"),
        ({"model": "gone.onnx"}, "v.yaml: pose.model: .*gone.onnx does not exist"),
        (
            {"backend": "markers", "model": "m.onnx"},
            "pose.model belongs to pose.backend: onnx or mmpose, not 'markers'",
        ),
        ({"config": "x"}, "pose.config belongs to pose.backend: mmpose, not 'onnx'"),
        ({"backend": "mmpose", "detector": "yolox-s"}, "pose.detector belongs to pose.backend: onnx"),
        ({"backend": "mmpose", "model": "hrnet"}, "unknown pose model 'hrnet'.*the path of its .pth file"),
        ({"backend": "mmpose", "model": "gone.pth"}, "v.yaml: pose.model: .*gone.pth does not exist"),
        ({"backend": "mmpose", "config": "x"}, "pose.config is for your own checkpoints"),
        ({"backend": "mmpose", "model": "rtmpose-m-coco17"}, "is for coco17, but pose.skeleton is ap10k"),
        ({"skeleton": "coco"}, "unknown skeleton 'coco'"),
    ],
)
def test_settings_that_cannot_work_are_found_before_anything_runs(tmp_path, pose, message):
    with pytest.raises(UserError, match=message):
        resolve(Pose(**{"backend": "onnx", **pose}), tmp_path, "v.yaml")


def test_own_files_are_given_relative_to_the_yaml(tmp_path):
    (tmp_path / "mine.onnx").touch()
    pose = resolve(Pose(backend="onnx", model="mine.onnx"), tmp_path, "v.yaml")
    assert pose.model == str(tmp_path / "mine.onnx")
    assert own_file(pose, "model") == tmp_path / "mine.onnx"
    read = pose_settings(pose)
    assert read["models"] == {} and not {"model", "detector"} & set(read["pose"])


def test_a_download_does_not_change_what_a_job_reads(cache):
    pose = resolve(Pose(backend="onnx", detector="yolox-s"), Path(), "v.yaml")
    before = pose_settings(pose)
    assert before["pose"]["model"] == "rtmpose-m-ap10k"
    assert before["models"]["rtmpose-m-ap10k"]["sha256"] == KNOWN["rtmpose-m-ap10k"].sha256
    assert before["models"]["yolox-s"]["mean"] == [0.0, 0.0, 0.0]
    assert own_file(pose, "model") is None
    cache.mkdir()
    (cache / KNOWN["rtmpose-m-ap10k"].file).touch()
    assert pose_settings(pose) == before and own_file(pose, "model") is None
    assert Pose(**before["pose"]) == pose


def test_a_model_without_a_digest_is_watched_once_it_is_there(cache):
    pose = Pose(backend="onnx", model="hrnet-w32-ap10k")
    assert own_file(pose, "model") is None
    cache.mkdir()
    (cache / KNOWN["hrnet-w32-ap10k"].file).touch()
    assert own_file(pose, "model") == cache / KNOWN["hrnet-w32-ap10k"].file
    assert own_file(pose.model_copy(update={"backend": "mmpose"}), "model") is None
    shutil.rmtree(cache)


def test_mmpose_reads_the_checkpoint_of_the_same_name(cache):
    pose = resolve(Pose(backend="mmpose"), Path(), "v.yaml")
    published = KNOWN["hrnet-w32-ap10k"].checkpoint
    assert (pose.model, config_of(pose)) == ("hrnet-w32-ap10k", published.config)
    read = pose_settings(pose)
    assert read["pose"]["model"] == "hrnet-w32-ap10k"
    assert read["models"] == {"hrnet-w32-ap10k": {"config": published.config, "sha256": published.sha256}}
    assert Pose(**read["pose"]) == pose
    cache.mkdir()
    path = cache / published.file
    path.write_bytes(b"half")
    with pytest.raises(UserError, match=f"{path} is damaged or a different file: .*'s is 18aac840"):
        checkpoint("hrnet-w32-ap10k")


def test_the_first_digits_of_a_digest_are_verified(cache, monkeypatch):
    content = b"weights"
    found = hashlib.sha256(content).hexdigest()
    known = KNOWN["hrnet-w32-ap10k"]
    entry = known.model_copy(update={"checkpoint": known.checkpoint.model_copy(update={"sha256": found[:8]})})
    monkeypatch.setattr(model_files, "known_models", lambda: KNOWN | {"hrnet-w32-ap10k": entry})
    cache.mkdir()
    (cache / known.checkpoint.file).write_bytes(content)
    used = checkpoint("hrnet-w32-ap10k")
    assert (used.path, used.digest, used.model) == (cache / known.checkpoint.file, found, entry)


def test_a_checkpoint_of_ones_own_and_its_configuration(tmp_path):
    (tmp_path / "mine.pth").touch()
    own = {"backend": "mmpose", "model": "mine.pth"}
    default = resolve(Pose(**own), tmp_path, "v.yaml")
    assert config_of(default) == KNOWN["hrnet-w32-ap10k"].checkpoint.config
    assert own_file(default, "model") == tmp_path / "mine.pth"
    named = resolve(Pose(**own, config="rtmpose-s_8xb256-420e_body8-256x192.py"), tmp_path, "v.yaml")
    assert named.config == "rtmpose-s_8xb256-420e_body8-256x192"  # of mmpose's wheel
    assert pose_settings(named)["pose"]["config"] == named.config and own_file(named, "config") is None
    (tmp_path / "mine.py").touch()
    file = resolve(Pose(**own, config="mine.py"), tmp_path, "v.yaml")
    assert config_of(file) == str(tmp_path / "mine.py") and own_file(file, "config") == tmp_path / "mine.py"
    assert not {"model", "config"} & set(pose_settings(file)["pose"])
    with pytest.raises(UserError, match="pose.config: .*gone/mine.py does not exist"):
        resolve(Pose(**own, config="gone/mine.py"), tmp_path, "v.yaml")
    with pytest.raises(UserError, match="mine.pth is for pose.backend: mmpose, but the backend is onnx"):
        resolve(Pose(backend="onnx", model="mine.pth"), tmp_path, "v.yaml")


def test_other_backends_read_what_they_read_before():
    read = pose_settings(Pose(backend="markers"))
    assert set(read) == {"pose"} and read["pose"]["backend"] == "markers"
    assert not {"model", "detector", "min_confidence", "keypoints"} & set(read["pose"])
