"""Which clips a task is for, and what the script says of a single motion."""

import json
import sys

import pytest

import retarget_motion
from video2reward.artifacts.motion import write_motion
from video2reward.artifacts.reference import read_reference
from video2reward.errors import UserError


@pytest.fixture
def retargeted(tmp_path, robot_folder, monkeypatch):
    """Run the script on a motion for a task -> the reference."""

    def run(motion, task):
        write_motion(tmp_path / "motion.h5", motion)
        files = {
            "motion": tmp_path / "motion.h5",
            "robot": robot_folder / "robot.yaml",
            "mjcf": robot_folder / "anymal_c.xml",
            "reference": tmp_path / "reference.h5",
        }
        words = [word for name, path in files.items() for word in (f"--{name}", str(path))]
        params = json.dumps({"reach": {}, "task": task})
        monkeypatch.setattr(sys, "argv", ["retarget_motion", *words, "--params", params])
        retarget_motion.main()
        return read_reference(files["reference"])

    return run


def test_a_jump_is_for_the_single_task(retargeted, jump_motion, capsys):
    reference = retargeted(jump_motion, "single")
    assert reference.kind == "single" and reference.flies
    assert "one motion every 1.8" in capsys.readouterr().out
    with pytest.raises(UserError, match=r"shows one jump between two rests.*set task: {name: single}"):
        retargeted(jump_motion, "velocity")


def test_a_gait_is_not(retargeted, made_motion):
    assert retargeted(made_motion, "velocity").trunk.shape == (0, 2)
    with pytest.raises(UserError, match=r"shows a gait.*choose another task \(velocity, run\)"):
        retargeted(made_motion, "single")
