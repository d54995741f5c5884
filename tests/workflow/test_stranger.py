"""A stranger's model, from `make robot` to the report, small."""

import json
import subprocess
import sys

import pytest
from tests.unit.importing.strangers import quadruped
from tests.workflow.conftest import Workflow, copy_project


@pytest.mark.slow
def test_a_strangers_robot_learns_from_a_dog(tmp_path):
    copy_project(tmp_path)
    (tmp_path / "model.xml").write_text(quadruped())
    script = [
        sys.executable,
        tmp_path / "workflow_scripts" / "make_robot.py",
        "model.xml",
        "--name",
        "stranger",
    ]
    done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "NO " not in done.stdout and "next: make run VIDEO=clip.mp4 ROBOT=stranger" in done.stdout
    again = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True)
    assert again.returncode == 1 and "exists; remove it" in again.stderr and "Traceback" not in again.stderr
    flow = Workflow(tmp_path, tmp_path)
    few = ("iterations=1", "samples=1", "video=dog_amble", "robot=stranger", "method=template")
    run = flow("--config", "experiments=[]", *few)
    assert run.status == 0, run.output[-4000:]
    assert (flow / "robots/stranger/base.pth").exists()
    (judged,) = (flow.folder / "results").glob("*/seed0/evaluation.json")
    assert json.loads(judged.read_text())["deterministic"]["gait"]["standing"] > 0
    assert (flow / "report.html").exists()
