import json

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from video2reward.policy.export import export_onnx
from video2reward.policy.network import Policy

META = {"observation_names": ["a", "b", "c"], "joints": ["hip", "knee"], "action_scale": 0.5, "dt": 0.02}


@pytest.fixture
def policy():
    torch.manual_seed(0)
    made = Policy(3, 2, (16, 8), META)
    made.mean.copy_(torch.tensor([1.0, -20.0, 300.0]))
    made.variance.copy_(torch.tensor([0.1, 4.0, 900.0]))
    return made.eval()


def test_onnx_answers_as_torch_does_on_raw_observations(policy, tmp_path):
    assert export_onnx(policy, tmp_path / "policy.onnx") <= 1e-5
    session = onnxruntime.InferenceSession(str(tmp_path / "policy.onnx"))
    observations = np.array([[1.0, -20.0, 300.0], [1.5, -10.0, 900.0], [50.0, 50.0, 50.0]], np.float32)
    (actions,) = session.run(None, {"observation": observations})
    with torch.no_grad():
        expected = policy(torch.from_numpy(observations)).numpy()
    assert np.abs(actions - expected).max() <= 1e-5
    assert np.abs(actions[0] - actions[1]).max() > 0.01


def test_actions_are_clipped(policy, tmp_path):
    with torch.no_grad():
        policy.action_mean.bias.copy_(torch.tensor([9.0, -9.0]))
    export_onnx(policy, tmp_path / "policy.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "policy.onnx"))
    (actions,) = session.run(None, {"observation": np.zeros((1, 3), np.float32)})
    assert actions.tolist() == [[1.0, -1.0]]


def test_metadata_says_how_to_use_it(policy, tmp_path):
    export_onnx(policy, tmp_path / "policy.onnx")
    properties = {p.key: json.loads(p.value) for p in onnx.load(tmp_path / "policy.onnx").metadata_props}
    assert properties == META


def test_a_wrong_export_is_noticed_and_leaves_no_file(policy, tmp_path, monkeypatch):
    monkeypatch.setattr("video2reward.policy.export.CLIP", 0.5)
    with pytest.raises(ValueError, match="differ by"):
        export_onnx(policy, tmp_path / "policy.onnx")
    assert list(tmp_path.iterdir()) == []
