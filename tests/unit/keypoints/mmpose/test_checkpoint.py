"""Checkpoints are read for their weights; what else is in them does nothing. Runs without mmpose."""

import pickle
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from video2reward.errors import UserError
from video2reward.keypoints.mmpose.checkpoint import read_weights


class Hostile:
    """An object that makes a file as it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "as published"])
def test_the_weights_are_read_and_nothing_else_runs(tmp_path, zipped):
    weights = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)).half().state_dict()
    meta = {
        "bad": Hostile(tmp_path / "made"),
        "numbers": np.arange(3.0),
        "count": Counter("aab"),
        "path": Path("x"),
    }
    content = {"meta": meta, "state_dict": weights, "message_hub": {"log": [Hostile(tmp_path / "too")]}}
    torch.save(content, tmp_path / "a.pth", _use_new_zipfile_serialization=zipped)
    found = read_weights(tmp_path / "a.pth")
    assert set(found) == set(weights)
    assert all(torch.equal(found[name], weights[name]) for name in weights)
    assert not (tmp_path / "made").exists() and not (tmp_path / "too").exists()
    # The test can fail: read as a plain pickle, such a file does run what it holds.
    pickle.loads(pickle.dumps(Hostile(tmp_path / "made")))
    assert (tmp_path / "made").exists()


def test_weights_without_a_wrapper(tmp_path):
    torch.save({"a": torch.ones(2)}, tmp_path / "a.pth")
    assert read_weights(tmp_path / "a.pth")["a"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half", b"\x80\x02}q\x00.", b"import torch\n" * 9])
def test_damaged_files(tmp_path, content):
    (tmp_path / "a.pth").write_bytes(content)
    with pytest.raises(UserError, match="a.pth cannot be read as a checkpoint: .*download it again"):
        read_weights(tmp_path / "a.pth")


@pytest.mark.parametrize(
    "content", [{"state_dict": {}}, {"meta": {"epoch": 3}}, [torch.ones(1)], torch.ones(1)]
)
def test_files_without_weights(tmp_path, content):
    torch.save(content, tmp_path / "a.pth")
    with pytest.raises(UserError, match="a.pth holds no weights"):
        read_weights(tmp_path / "a.pth")
