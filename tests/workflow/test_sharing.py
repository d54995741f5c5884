"""What checkouts share: the video's keypoints and motion by `--cache`, and results that several machines made."""

import json
import shutil
import subprocess
import sys

import pytest
from tests.workflow.conftest import Workflow, copy_project

MOTION = "results/videos/dog_amble/motion.h5"
SHARED = ("estimate_keypoints", "describe_motion")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cached(tmp_path_factory):
    """A checkout that has put the motion of the clip into a cache, and the cache."""
    folder, cache = tmp_path_factory.mktemp("first checkout"), tmp_path_factory.mktemp("cache") / "stages"
    copy_project(folder)
    flow = Workflow(folder, folder)
    run = flow("--cache", "--", MOTION, SNAKEMAKE_OUTPUT_CACHE=str(cache))
    assert run.status == 0, run.output[-3000:]
    return flow, cache


@pytest.fixture
def second(cached, tmp_path):
    """Another checkout, elsewhere, in which the frames were cut anew."""
    (tmp_path / "second").mkdir()
    copy_project(tmp_path / "second")
    return Workflow(tmp_path / "second", tmp_path / "second")


def records(flow):
    return {name: json.loads((flow / f"videos/dog_amble/logs/{name}.json").read_text()) for name in SHARED}


def made_anew(flow):
    """The stages that printed something: Snakemake makes an empty log where a job's results come from the cache."""
    return {name for name in SHARED if (flow / f"videos/dog_amble/logs/{name}.log").stat().st_size}


def test_motion_is_taken_from_the_cache_of_another_checkout(cached, second):
    first, cache = cached
    run = second("--cache", "--", MOTION, SNAKEMAKE_OUTPUT_CACHE=str(cache))
    assert run.status == 0, run.output[-3000:]
    for name in ("keypoints.h5", "motion.h5", "overlay.mp4", "motion.png"):
        file = second / f"videos/dog_amble/{name}"
        assert file.read_bytes() == (first / f"videos/dog_amble/{name}").read_bytes()
        assert not file.is_symlink()
    assert made_anew(second) == set()
    for name, record in records(second).items():
        assert record["started"] == records(first)[name]["started"]
    assert second.planned("--", MOTION) == set()
    shutil.rmtree(second.folder / ".snakemake")
    assert second.planned("--", MOTION) == set()


def test_another_setting_or_other_code_is_no_hit(cached, second):
    _, cache = cached
    before = {file.name for file in cache.iterdir()}
    run = second(
        "--cache", "--config", "motion={smoothing_s: 0.11}", "--", MOTION, SNAKEMAKE_OUTPUT_CACHE=str(cache)
    )
    assert run.status == 0, run.output[-3000:]
    assert made_anew(second) == {"describe_motion"}
    new = {file.name for file in cache.iterdir()} - before
    assert len(new) == 4, new

    module = second.root / "workflow_scripts" / "video2reward" / "keypoints" / "markers.py"
    module.write_text(f"{module.read_text()}\nCHANGED = True\n")
    run = second("--cache", "--", MOTION, SNAKEMAKE_OUTPUT_CACHE=str(cache))
    assert run.status == 0, run.output[-3000:]
    assert "estimate_keypoints" in made_anew(second)


def test_a_cache_that_was_damaged_is_none(cached, second):
    _, cache = cached
    broken = second.folder / "broken"
    shutil.copytree(cache, broken)
    for file in broken.iterdir():
        if file.suffix == ".h5":
            file.write_text("damaged")
    run = second("--cache", "--", MOTION, SNAKEMAKE_OUTPUT_CACHE=str(broken))
    assert run.status == 0, run.output[-3000:]
    assert made_anew(second) == set(SHARED)


def test_two_half_runs_merged_are_a_whole_one(finished, tmp_path):
    half, other = finished.copy(tmp_path / "half"), finished.copy(tmp_path / "other")
    shutil.rmtree(other / "amble/seed0")
    shutil.rmtree(other.folder / ".snakemake")
    run = other("--config", "seeds=[1]")
    assert run.status == 0, run.output[-3000:]

    done = subprocess.run(
        [sys.executable, half.root / "workflow_scripts/merge.py", other / "", "--results", "results"],
        cwd=half.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "another" not in done.stdout and "made from" not in done.stdout, done.stdout
    both = ("--config", "seeds=[0,1]")
    assert half.planned(*both) == {"report"}
    assert half(*both).status == 0
    assert half.planned(*both) == set()
    assert "seed 1" in (half / "report.html").read_text()
