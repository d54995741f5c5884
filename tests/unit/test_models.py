import hashlib
import shutil
import zipfile
from pathlib import Path

import pytest

from video2reward import models
from video2reward.errors import UserError
from video2reward.models import folder, known_models, own_file, pose_settings, resolve, weights
from video2reward.settings import Pose
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
    assert bool(model.addresses) == bool(model.sha256) != bool(model.checkpoint)
    assert not model.sha256 or len(bytes.fromhex(model.sha256)) == 32
    for address in model.addresses:
        assert address.startswith("https://")
        assert Path(address).stem == Path(model.file).stem
    files = [m.file for m in KNOWN.values()]
    assert files.count(model.file) == 1


def test_every_skeleton_has_a_default():
    for skeleton in SKELETONS:
        assert KNOWN[models.DEFAULTS[skeleton]].skeleton == skeleton


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
        UserError, match=f"{path} is damaged or another file: .*; delete it, and the same command"
    ):
        weights("rtmpose-m-ap10k", "pose")


def test_what_is_published_as_checkpoint_only_has_to_be_exported(cache):
    with pytest.raises(
        UserError, match=r"checkpoint only \(https://.*18aac840_20211029.pth\): export it .*put it at"
    ):
        weights("hrnet-w32-ap10k", "pose")
    cache.mkdir()
    path = cache / KNOWN["hrnet-w32-ap10k"].file
    path.write_bytes(b"exported")
    assert weights("hrnet-w32-ap10k", "pose").digest == hashlib.sha256(b"exported").hexdigest()


def test_a_known_model_is_taken_from_an_archive_brought_by_hand(cache, monkeypatch):
    content = b"weights"
    entry = KNOWN["rtmpose-m-ap10k"].model_copy(update={"sha256": hashlib.sha256(content).hexdigest()})
    monkeypatch.setattr(models, "known_models", lambda: KNOWN | {"rtmpose-m-ap10k": entry})
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
            "v.yaml: pose.model rtmpose-s-coco17 is for coco17, pose.skeleton is ap10k",
        ),
        ({"detector": "rtmdet-nano-person"}, "pose.detector rtmdet-nano-person is for coco17"),
        ({"model": "gone.onnx"}, "v.yaml: pose.model: .*gone.onnx does not exist"),
        ({"backend": "markers", "model": "m.onnx"}, "belong to pose.backend: onnx, not 'markers'"),
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
    assert own_file(pose.model) == tmp_path / "mine.onnx"
    read = pose_settings(pose)
    assert read["models"] == {} and not {"model", "detector"} & set(read["pose"])


def test_a_download_does_not_change_what_a_job_reads(cache):
    pose = resolve(Pose(backend="onnx", detector="yolox-s"), Path(), "v.yaml")
    before = pose_settings(pose)
    assert before["pose"]["model"] == "rtmpose-m-ap10k"
    assert before["models"]["rtmpose-m-ap10k"]["sha256"] == KNOWN["rtmpose-m-ap10k"].sha256
    assert before["models"]["yolox-s"]["mean"] == [0.0, 0.0, 0.0]
    assert own_file(pose.model) is None
    cache.mkdir()
    (cache / KNOWN["rtmpose-m-ap10k"].file).touch()
    assert pose_settings(pose) == before and own_file(pose.model) is None
    assert Pose(**before["pose"]) == pose


def test_a_model_without_a_digest_is_watched_once_it_is_there(cache):
    assert own_file("hrnet-w32-ap10k") is None
    cache.mkdir()
    (cache / KNOWN["hrnet-w32-ap10k"].file).touch()
    assert own_file("hrnet-w32-ap10k") == cache / KNOWN["hrnet-w32-ap10k"].file
    shutil.rmtree(cache)


def test_other_backends_read_what_they_read_before():
    read = pose_settings(Pose(backend="markers"))
    assert set(read) == {"pose"} and read["pose"]["backend"] == "markers"
    assert not {"model", "detector", "min_confidence", "keypoints"} & set(read["pose"])
