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


def test_two_half_runs_merged_are_a_whole_one(cached, tmp_path):
    first, _ = cached
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
