"""The scripts around training, on the failing path that needs no simulator, and the gathering of the best."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from video2reward.artifacts.check import Check, write_check
from video2reward.artifacts.io import digest, read_json, write_json
from video2reward.artifacts.reference import write_reference
from video2reward.artifacts.selection import Candidate, Selection, write_selection
from video2reward.policy.beginning import starting_policy
from video2reward.policy.network import (
    Policy,
    load_policy,
    read_policy_file,
    write_failed_policy,
    write_policy,
)

ROOT = Path(__file__).parents[3]
ROBOT, PLAYER = ROOT / "resources" / "robots" / "anymal_c", ROOT / "resources" / "deploy" / "play.py"


def run(name, params="{}", **paths):
    command = [sys.executable, str(ROOT / "workflow_scripts" / f"{name}.py"), "--params", params]
    for flag, path in paths.items():
        command += [f"--{flag.replace('_', '-')}", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def empty(tmp_path):
    """A file that only has to exist: a failed candidate's other inputs are not read."""
    path = tmp_path / "empty"
    path.write_text("")
    return path


@pytest.mark.slow
def test_a_failed_check_is_passed_on_without_training(tmp_path, empty):
    write_check(tmp_path / "check.json", Check("failed", "allowlist", "imports os", "ImportError: os"))
    outputs = {"policy": tmp_path / "p.pth", "training": tmp_path / "t.json", "curves": tmp_path / "t.csv"}
    inputs = dict.fromkeys(("reward", "reference", "robot", "mjcf"), empty)
    result = run("train_policy", check=tmp_path / "check.json", **inputs, **outputs)
    assert result.returncode == 0, result.stderr
    record = read_json(outputs["training"])
    assert (record["status"], record["steps"], record["traceback"]) == ("failed", 0, "ImportError: os")
    assert read_policy_file(outputs["policy"])["traceback"] == "ImportError: os"
    assert outputs["curves"].read_text().startswith("step,epoch,seconds,reward,")

    inputs = dict.fromkeys(("reference", "motion", "robot", "mjcf"), empty)
    result = run(
        "evaluate_policy",
        '{"task": {}}',
        policy=outputs["policy"],
        training=outputs["training"],
        evaluation=tmp_path / "e.json",
        **inputs,
    )
    assert result.returncode == 0, result.stderr
    evaluation = read_json(tmp_path / "e.json")
    assert (evaluation["status"], evaluation["traceback"]) == ("failed", "ImportError: os")


@pytest.mark.parametrize(
    ("init", "best", "expected"),
    [
        ("scratch", "ok", ("scratch", None)),
        ("base", "ok", ("base", "base.pth")),
        ("best", "ok", ("best", "best.pth")),
        ("best", "failed", ("base", "base.pth")),
        ("best", None, ("base", "base.pth")),  # round 1
    ],
)
def test_what_a_candidate_begins_as(tmp_path, init, best, expected):
    files = {"base.pth": tmp_path / "base.pth", "best.pth": tmp_path / "best.pth" if best else None}
    write_policy(files["base.pth"], Policy(6, 2, (8,)), {})
    if best == "ok":
        write_policy(files["best.pth"], Policy(6, 2, (8,)), {})
    elif best == "failed":
        write_failed_policy(files["best.pth"], "all candidates failed", {})
    start = starting_policy(init, files["base.pth"], files["best.pth"])
    assert (start.init, start.policy) == (expected[0], files.get(expected[1]))
    assert start.digest == (digest(start.policy) if start.policy else "")


def best_inputs(tmp_path, reference, best):
    candidate = Candidate(1, 2, "ok", "", -0.1, 0.0, 0.1, 0.05, -0.1)
    status = "ok" if best else "failed"
    why = "candidate 2 wins" if best else "all 2 candidates failed and there is no earlier best"
    selection = Selection(
        status, status, "gait", why, 1, 2 if best else None, candidate if best else None, ()
    )
    write_selection(tmp_path / "selection.json", selection)
    if best:
        write_policy(tmp_path / "best.pth", load_policy(ROBOT / "base.pth"), {})
    else:
        write_failed_policy(tmp_path / "best.pth", why, {})
    (tmp_path / "reward.py").write_text("# a reward\n")
    (tmp_path / "film.mp4").write_bytes(b"film")
    (tmp_path / "rollout.h5").write_bytes(b"rollout")
    figures = {"falls": 0.02, "speed": 1.1, "speed_ratio": 0.9, "gait": {"distance": 0.05}}
    write_json(tmp_path / "evaluation.json", {"status": "ok", "deterministic": figures})
    names = {"policy": "best.pth", "reward": "reward.py", "selection": "selection.json", "film": "film.mp4"}
    names |= {"rollout": "rollout.h5", "evaluation": "evaluation.json", "base": "evaluation.json"}
    write_reference(tmp_path / "reference.h5", reference)
    of_robot = {"robot": "robot.yaml", "mjcf": "anymal_c.xml", "papers": "LICENSE"}
    paths = {flag: tmp_path / name for flag, name in {**names, "reference": "reference.h5"}.items()}
    return paths | {flag: ROBOT / name for flag, name in of_robot.items()} | {"player": PLAYER}


@pytest.mark.slow
def test_finish_gathers_the_best(tmp_path, made_reference):
    result = run(
        "finish",
        '{"task": {}}',
        best=tmp_path / "best",
        summary=tmp_path / "best.json",
        **best_inputs(tmp_path, made_reference, best=True),
    )
    assert result.returncode == 0, result.stderr
    found = sorted(path.name for path in (tmp_path / "best").iterdir())
    assert found == ["deploy", "evaluation.json", "policy.onnx", "policy.pth", "reward.py", "rollout.mp4"]
    files = sorted(path.name for path in (tmp_path / "best" / "deploy").iterdir())
    assert files == ["LICENSE", "deploy.yaml", "play.py", "policy.onnx", "robot.xml"]
    assert json.loads((tmp_path / "best" / "evaluation.json").read_text())["status"] == "ok"
    assert "gait distance 0.050" in result.stdout
    summary = json.loads((tmp_path / "best.json").read_text())
    assert summary["best"]["gait_distance"] == 0.05 and summary["best"]["velocity_error"] is None


@pytest.mark.slow
def test_a_robot_that_cannot_leave_costs_no_results(tmp_path, made_reference):
    result = run(
        "finish",
        '{"task": {"actions": "torque"}}',
        best=tmp_path / "best",
        summary=tmp_path / "best.json",
        **best_inputs(tmp_path, made_reference, best=True),
    )
    assert result.returncode == 0, result.stderr
    assert "warning: no deploy folder: task.actions: torque needs torque_control" in result.stdout
    assert (tmp_path / "best" / "policy.onnx").exists() and not (tmp_path / "best" / "deploy").exists()


def test_finish_without_a_best_says_why_and_leaves_nothing(tmp_path, made_reference):
    result = run(
        "finish",
        best=tmp_path / "best",
        summary=tmp_path / "best.json",
        **best_inputs(tmp_path, made_reference, best=False),
    )
    assert result.returncode == 1
    assert result.stderr.startswith("error: ") and result.stderr.count("\n") == 1
    assert "stays empty: all 2 candidates failed" in result.stderr
    assert not (tmp_path / "best").exists()


@pytest.mark.slow
def test_an_evaluation_file_is_no_policy(tmp_path, empty):
    inputs = dict.fromkeys(("policy", "training", "reference", "motion", "robot", "mjcf"), empty)
    result = run("evaluate_policy", '{"task": {}}', evaluation=tmp_path / "e.json", **inputs)
    assert result.returncode == 1 and "is not a readable policy file" in result.stderr
    assert not (tmp_path / "e.json").exists()
