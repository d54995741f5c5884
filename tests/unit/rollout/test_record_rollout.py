"""Both scripts, on real files: a policy that walks nowhere yet, and the file of a failed round."""

import json
import subprocess
import sys
from pathlib import Path

import av
import pytest

from video2reward.artifacts.reference import write_reference
from video2reward.artifacts.rollout import read_rollout

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def record(tmp_path, robot_folder, made_reference):
    """Run the scripts on a policy file -> (rollout, number of pictures in the film, what was printed)."""
    write_reference(tmp_path / "reference.h5", made_reference)
    params = {
        "task": {"name": "velocity"},
        "evaluation": {"agents": 3, "seconds": 1.0},
        "training": {"simulator": "mujoco"},
        "seed": 0,
    }

    def script(name, params, **files):
        arguments = {
            "reference": tmp_path / "reference.h5", "robot": robot_folder / "robot.yaml", "rollout": tmp_path / "rollout.h5",
            "mjcf": robot_folder / "anymal_c.xml", "params": json.dumps(params), "threads": 1, "code": "x", **files,
        }  # fmt: skip
        command = [sys.executable, str(ROOT / f"workflow_scripts/{name}.py")]
        command += [str(part) for name, value in arguments.items() for part in (f"--{name}", value)]
        return subprocess.run(command, capture_output=True, text=True, check=True)

    def run(policy):
        done = script("record_rollout", params, policy=policy)
        script("render_film", {"seconds": 0.4}, film=tmp_path / "film.mp4")
        with av.open(str(tmp_path / "film.mp4")) as film:
            pictures = sum(1 for _ in film.decode(video=0))
        return read_rollout(tmp_path / "rollout.h5"), pictures, done.stdout

    return run


@pytest.mark.slow
def test_a_policy_is_recorded_at_the_clips_speed(record, tmp_path, made_reference):
    from video2reward.policy.network import Policy, write_policy

    write_policy(tmp_path / "p.pth", Policy(50, 12, (16,)), {})
    rollout, pictures, said = record(tmp_path / "p.pth")
    assert rollout.qpos.shape == (3, 50, 19) and pictures == 10
    assert rollout.commands.tolist() == [[pytest.approx(made_reference.speed), 0, 0]] * 3
    assert rollout.provenance["code"] == "x" and "policy" in rollout.provenance["inputs"]
    assert "3 agents, 1.0 s" in said


@pytest.mark.slow
def test_a_failed_round_leaves_an_empty_rollout_and_a_notice(record, tmp_path):
    from video2reward.policy.network import write_failed_policy

    write_failed_policy(tmp_path / "p.pth", "Traceback\nValueError: every candidate failed", {})
    rollout, pictures, said = record(tmp_path / "p.pth")
    assert len(rollout.fell_at) == 0 and pictures == 1
    assert rollout.info["status"] == "failed"
    assert "every candidate failed" in said
