"""What checkouts share: the video's keypoints and motion, and results that several machines made."""

import shutil
import subprocess
import sys

import pytest
from tests.workflow.conftest import Workflow, copy_project

MOTION = "results/videos/dog_amble/motion.h5"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A checkout that has made the motion of the clip."""
    folder = tmp_path_factory.mktemp("first checkout")
    copy_project(folder)
    flow = Workflow(folder, folder)
    run = flow("--", MOTION)
    assert run.status == 0, run.output[-3000:]
    return flow


def test_motion_is_taken_from_another_checkout(first, tmp_path):
    copy_project(tmp_path)
    second = Workflow(tmp_path, tmp_path)
    (tmp_path / "results").mkdir()
    shutil.copytree(first / "videos", second / "videos")
    assert second.planned("--", MOTION) == set()
    assert second.planned("--config", "motion={smoothing_s: 0.11}", "--", MOTION) == {"describe_motion"}
    module = second.root / "workflow_scripts" / "video2reward" / "keypoints" / "base.py"
    module.write_text(f"{module.read_text()}\nCHANGED = True\n")
    assert "estimate_keypoints" in second.planned("--", MOTION)


def test_two_half_runs_merged_are_a_whole_one(first, tmp_path):
    targets = [f"results/amble/seed{seed}/iter1/check_1.json" for seed in (0, 1)]
    one = first.copy(tmp_path / "one")
    run = one("--", "results/amble/states.npz", MOTION)  # what both seeds begin with
    assert run.status == 0, run.output[-3000:]
    other = one.copy(tmp_path / "other")
    for flow, seed, target in ((one, 0, targets[0]), (other, 1, targets[1])):
        run = flow("--config", f"seeds=[{seed}]", "--", target)
        assert run.status == 0, run.output[-3000:]

    done = subprocess.run(
        [sys.executable, one.root / "workflow_scripts/merge.py", other / ""],
        cwd=one.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "another content" not in done.stdout and "made from" not in done.stdout, done.stdout
    assert one.planned("--config", "seeds=[0,1]", "--", *targets) == set()
    shutil.rmtree(one.folder / ".snakemake")
    assert one.planned("--config", "seeds=[0,1]", "--", *targets) == set()
