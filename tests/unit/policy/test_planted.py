"""Files from elsewhere that hold a pickle: nothing in them runs, and a sentence says what is wrong."""

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.unit.policy.pointmass import train_points
from tests.unit.policy.test_resume import points

from video2reward.artifacts.io import read_h5
from video2reward.artifacts.states import read_states
from video2reward.errors import UserError
from video2reward.keypoints.imports.readers import read_recording
from video2reward.keypoints.mmpose.checkpoint import read_weights
from video2reward.policy.checkpoint import Checkpoint
from video2reward.policy.network import load_policy, read_policy_file
from video2reward.policy.seeding import generator_states
from video2reward.settings.video import Pose


class Planted:
    """Makes a file as it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def by_torch(path, made):
    torch.save(
        {"format": "video2reward-policy-1", "status": "ok", "identity": "x", "bad": Planted(made)}, path
    )


def by_old_torch(path, made):
    content = {"format": "video2reward-policy-1", "identity": "x", "bad": Planted(made)}
    torch.save(content, path, _use_new_zipfile_serialization=False)


def by_pickle(path, made):
    path.write_bytes(pickle.dumps(Planted(made)))


def by_numpy(path, made):
    buffer = io.BytesIO()
    np.save(buffer, np.array([Planted(made)], object), allow_pickle=True)
    with zipfile.ZipFile(path, "w") as file:
        for name in ("base_height.npy", "keypoints.npy", "provenance.npy"):
            file.writestr(name, buffer.getvalue())


class Program(torch.nn.Module):
    """Makes a file as torch.jit.load reads it."""

    def __init__(self, path):
        super().__init__()
        self.path: str = path
        self.kept = torch.zeros(4)
        self.training = False

    @torch.jit.export
    def __getstate__(self):
        return self.path, self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[str, bool]):
        self.path = state[0]
        self.training = state[1]
        self.kept = torch.from_file(self.path, True, 4)

    def forward(self):
        return 0


def by_torchscript(path, made):
    torch.jit.save(torch.jit.script(Program(str(made))), path)


def read_checkpoint(path):
    found = Checkpoint(path.parent, "x").read()
    assert found is None
    raise UserError(f"{path} is damaged")  # it is told, and the training starts afresh


READERS = {
    "policy": ("policy_1.pth", read_policy_file),
    "base": ("base.pth", load_policy),
    "checkpoint": ("checkpoint.pt", read_checkpoint),
    "states": ("states.npz", read_states),
    "keypoints": ("keypoints.npz", lambda path: read_recording(path, Pose())),
    "weights": ("weights.pth", read_weights),
    "motion": ("motion.h5", read_h5),
}


@pytest.mark.parametrize("write", [by_torch, by_old_torch, by_pickle, by_numpy, by_torchscript])
@pytest.mark.parametrize("kind", READERS)
@pytest.mark.filterwarnings("ignore:.*torch.jit.load", "ignore:Detected pickle protocol")
def test_nothing_that_is_planted_runs(tmp_path, kind, write):
    name, read = READERS[kind]
    made = tmp_path / "made"
    write(tmp_path / name, made)
    with pytest.raises(UserError, match=name):
        read(tmp_path / name)
    assert not made.exists()


@pytest.mark.parametrize("write", [by_torch, by_old_torch, by_torchscript])
@pytest.mark.filterwarnings("ignore:.*torch.jit.load")
def test_the_test_can_fail(tmp_path, write):
    write(tmp_path / "a.pth", tmp_path / "made")
    torch.load(tmp_path / "a.pth", weights_only=False)
    assert (tmp_path / "made").exists()


def test_a_planted_checkpoint_is_told_and_the_training_starts_afresh(tmp_path, capsys):
    by_torch(tmp_path / "checkpoint.pt", tmp_path / "made")
    assert train_points(tmp_path, 2_000).status == "ok"
    assert not (tmp_path / "made").exists()
    assert "checkpoint.pt is damaged (UnpicklingError); starting from scratch" in capsys.readouterr().out


def test_a_checkpoint_holds_tensors_and_plain_values_alone(tmp_path):
    points(tmp_path)
    content = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert set(content) == {"identity", "agent", "generators", "rows", "seconds"}


def test_a_checkpoint_of_the_right_name_with_other_content_is_told(tmp_path):
    points(tmp_path)
    path = tmp_path / "checkpoint.pt"
    content = torch.load(path, weights_only=True)
    torch.save(content | {"agent": {"weights": {}}, "generators": generator_states()}, path)
    with pytest.raises(UserError, match=r"checkpoint.pt is not a checkpoint of this training: .*; delete it"):
        points(tmp_path)
