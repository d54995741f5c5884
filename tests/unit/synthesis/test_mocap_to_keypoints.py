import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from video2reward.artifacts.keypoints import read_keypoints
from video2reward.errors import UserError

SCRIPT = Path(__file__).resolve().parents[3] / "benchmarks" / "mocap_to_keypoints.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("mocap_to_keypoints", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def recording(tmp_path):
    """27 joints that travel diagonally, x left and z forward, y up, as the recordings have it."""
    rng = np.random.default_rng(0)
    points = np.tile(rng.uniform(0.1, 0.5, (1, 27, 3)), (40, 1, 1))
    points[..., [0, 2]] += (np.arange(40) / 60)[:, None, None] * np.array([0.6, 0.8])
    points[:, [19, 23], 1] = 0.02
    path = tmp_path / "walk.txt"
    path.write_text("\n".join(",\t".join(f"{x:.5f}" for x in frame.ravel()) for frame in points) + "\n")
    return path, points


def test_films_the_side_view(script, recording, tmp_path, monkeypatch, capsys):
    path, points = recording
    out = tmp_path / "k.h5"
    monkeypatch.setattr(sys, "argv", ["x", "--mocap", str(path), "--frames", "5", "34", "--out", str(out)])
    script.main()
    k = read_keypoints(out)
    assert k.fps == pytest.approx(60) and len(k.times) == 30
    neck, tail = (k.keypoints[:, k.joint_names.index(joint)] for joint in ("Neck", "Root_of_tail"))
    assert np.diff(neck[:, 0]) == pytest.approx(np.full(29, script.PIXELS_PER_METRE / 60), rel=1e-3)
    drop = points[0, 3, 1] - points[0, 0, 1]
    assert tail[0, 1] - neck[0, 1] == pytest.approx(script.PIXELS_PER_METRE * drop, abs=0.01)
    assert (k.keypoints[:, k.joint_names.index("L_Eye"), 2] == 0).all()
    assert (k.keypoints[..., :2][k.keypoints[..., 2] > 0] >= script.MARGIN_PX - 1e-3).all()
    height = points[0, [16, 20], 1].mean() - 0.02
    assert f"subject.leg_length_m: {height:.2f}" in capsys.readouterr().out


def test_frames_outside_the_recording_are_refused(script, recording, tmp_path):
    with pytest.raises(UserError, match=r"has frames 0\.\.39; frames 10 40"):
        script.read_mocap(recording[0], 10, 40)
    with pytest.raises(UserError, match="does not exist"):
        script.read_mocap(tmp_path / "no.txt", 0, 1)
