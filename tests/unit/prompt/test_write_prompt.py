import json
import subprocess
import sys
from pathlib import Path

import pytest

from video2reward.artifacts.io import write_json
from video2reward.artifacts.motion import write_motion
from video2reward.artifacts.reference import write_reference
from video2reward.settings.method import Method
from video2reward.settings.task import Task

SCRIPT = Path(__file__).resolve().parents[3] / "workflow_scripts" / "write_prompt.py"


@pytest.fixture
def run(tmp_path, made_reference, made_motion, robot_folder):
    """Run the script with a method and further arguments -> (process, the record)."""
    write_reference(tmp_path / "reference.h5", made_reference)
    write_motion(tmp_path / "motion.h5", made_motion)

    def call(method, *more, context=32768):
        params = {
            "method": method.model_dump(mode="json"),
            "task": Task().model_dump(mode="json"),
            "iteration": 1,
            "llm": {"context_tokens": context, "max_tokens": 1000},
        }
        files = ["--reference", tmp_path / "reference.h5", "--motion", tmp_path / "motion.h5"]
        files += ["--robot", robot_folder / "robot.yaml", "--prompt", tmp_path / "prompt.txt"]
        files += ["--record", tmp_path / "prompt.json", "--params", json.dumps(params), "--code", "x"]
        done = subprocess.run([sys.executable, SCRIPT, *files, *more], capture_output=True, text=True)
        record = tmp_path / "prompt.json"
        return done, json.loads(record.read_text()) if record.exists() else None

    return call


@pytest.mark.slow
def test_the_tasks_source_is_quoted(run):
    done, record = run(Method(description="m"))
    assert done.returncode == 0, done.stderr
    assert "class VelocityTask" in record["messages"][1]["content"]
    assert set(record["provenance"]["inputs"]) == {"reference", "motion", "robot"}


@pytest.mark.slow
def test_the_last_round_is_read(run, tmp_path):
    write_json(tmp_path / "feedback.json", {"status": "ok", "sections": {"gait": ["gait distance 0.1"]}})
    (tmp_path / "best.py").write_text("def compute_reward(): # x\n    return 'm²'", encoding="utf-8")
    more = ["--feedback", tmp_path / "feedback.json", "--reward", tmp_path / "best.py"]
    done, record = run(Method(description="m"), *more)
    assert done.returncode == 0, done.stderr
    assert "gait distance 0.1" in record["messages"][-1]["content"]
    assert "# x" not in record["messages"][-2]["content"] and "m²" in record["messages"][-2]["content"]


@pytest.mark.slow
def test_what_a_small_window_leaves_out_is_said(run):
    done, record = run(Method(description="m"), context=7500)
    assert "llm.context_tokens = 7500:" in done.stdout and "no source of the task" in done.stdout
    assert "no source of the task" in record["facts"]["shortened"]
    assert "class VelocityTask" not in record["messages"][1]["content"]


@pytest.mark.slow
def test_a_window_that_holds_no_prompt_ends_with_the_way_out(run):
    done, _ = run(Method(description="m"), context=4096)
    assert done.returncode == 1 and "raise context_tokens" in done.stderr and "Traceback" not in done.stderr
