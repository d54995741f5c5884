"""Space: what can be made again is freed, what cannot stays, and the workflow goes on from there."""

import re
import shutil
import subprocess
import sys

import pytest
from tests.waiting import wait_until
from tests.workflow.conftest import Workflow

from video2reward.artifacts.selection import read_selection

BASE = "results/robots/anymal_c/base.pth"
KEPT = [
    "videos/dog_amble/keypoints.h5", "videos/dog_amble/overlay.mp4", "videos/dog_amble/frames.json",
    "robots/anymal_c/base.pth", "amble/seed0/iter1/completion_2.json", "amble/seed0/iter1/reward_2.py",
    "amble/seed0/iter1/training_1.csv", "amble/seed0/iter1/training_2.csv", "amble/seed0/iter1/best.pth",
    "amble/seed0/iter1/feedback.json", "amble/seed0/iter2/rollout.h5", "amble/seed0/best/policy.onnx",
    "amble/seed0/best/policy.pth", "report.html",
]  # fmt: skip


def prune(flow, *arguments):
    """Run the script where the workflow ran, without a terminal."""
    return subprocess.run(
        [
            sys.executable,
            str(flow.root / "workflow_scripts" / "prune.py"),
            "--results",
            "results",
            *arguments,
        ],
        cwd=flow.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def files(flow):
    return {str(p.relative_to(flow.folder)) for p in (flow.folder / "results").rglob("*") if p.is_file()}


@pytest.fixture
def copied(finished, tmp_path):
    """A finished run that a test may change."""
    return finished.copy(tmp_path / "copied")


@pytest.mark.slow
def test_without_a_yes_nothing_is_deleted(copied):
    before = files(copied)
    told = prune(copied)
    assert told.returncode == 0, told.stderr
    assert files(copied) == before
    assert "nothing was deleted; make prune YES=1 frees" in told.stdout
    assert re.search(r"frames +\d+ files, \S+ [kM]B\n", told.stdout)
    assert re.search(
        r"candidates that did not win: trained again .* \([\d.]+ (s|min) when last made\)", told.stdout
    )


@pytest.mark.slow
def test_the_same_command_does_nothing_after_pruning_and_makes_again_what_a_change_needs(copied):
    selection = read_selection(copied / "amble/seed0/iter1/selection.json")
    winner, loser = selection.winner, 3 - selection.winner
    half = copied / "amble/seed0/iter1/.policy_1.pth.0123abcd/policy_1.pth"
    half.parent.mkdir()
    half.write_text("half")
    before = (copied / f"amble/seed0/iter1/policy_{winner}.pth").read_bytes()
    done = prune(copied, "--yes")
    assert done.returncode == 0, done.stderr
    assert "freed" in done.stdout

    left = files(copied)
    assert {f"results/{path}" for path in KEPT} <= left
    gone = ("frames/", "iter1/rollout", f"iter1/policy_{loser}", "tensorboard", "/.policy_1")
    assert not [path for path in left for part in gone if part in path]
    assert (copied / f"amble/seed0/iter1/policy_{winner}.pth").read_bytes() == before
    assert "can be freed:\n  nothing" in prune(copied).stdout

    again = copied("--dry-run")
    assert "Nothing to be done" in again.output, again.output[-3000:]
    changed = copied(
        "--config", "motion={smoothing_s: 0.04}", "training={steps: 5120}",
        "--", "results/amble/seed0/iter1/feedback.json",
    )  # fmt: skip
    assert changed.status == 0, changed.output[-3000:]
    for path in ("videos/dog_amble/frames", "amble/seed0/iter1/rollout.h5", f"amble/seed0/iter1/policy_{loser}.pth"):  # fmt: skip
        assert (copied / path).exists(), path


@pytest.mark.slow
def test_a_changed_setting_reaches_pruned_files_without_snakemakes_metadata(copied):
    assert prune(copied, "--yes").returncode == 0
    shutil.rmtree(copied.folder / ".snakemake")
    assert "Nothing to be done" in copied("--dry-run").output
    planned = copied("--dry-run", "--config", "evaluation={seconds: 3.2}").output
    assert re.search(r"record_rollout +2\b", planned), planned[-3000:]


@pytest.mark.slow
def test_frames_stay_while_their_video_cannot_be_had(copied):
    record = copied / "videos/dog_amble/logs/extract_frames.json"
    record.write_text(record.read_text().replace("dog_amble.mp4", "lost.mp4"))
    done = prune(copied, "--yes")
    assert done.returncode == 0, done.stderr
    assert re.search(r"kept: results/videos/dog_amble/frames: \S+lost.mp4 no longer exists", done.stdout)
    assert (copied / "videos/dog_amble/frames/000000.jpg").exists()


@pytest.mark.slow
def test_results_in_use_are_left_alone_and_a_killed_run_goes_on_after_pruning(workflow):
    arguments = ["--config", "training={base_steps: 150000, checkpoint_s: 0.5}", "--", BASE]
    run = subprocess.Popen(workflow.command(*arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    checkpoint = workflow / "robots/anymal_c/work_base/checkpoint.pt"
    half = workflow / "robots/anymal_c/.base.csv.0123abcd/base.csv"
    try:
        wait_until(checkpoint.exists, 120, "a checkpoint", run)
        half.parent.mkdir()
        half.write_text("half")
        refused = prune(workflow, "--yes")
        assert refused.returncode == 1
        assert f"results is in use: process {run.pid} " in refused.stderr
        assert half.exists()
    finally:
        run.kill()
        run.wait()

    assert prune(workflow, "--yes").returncode == 0
    assert not half.parent.exists()
    assert checkpoint.exists(), "an unfinished training's checkpoint was deleted"
    again = workflow(*arguments)
    assert again.status == 0, again.output[-3000:]
    assert "base policy of anymal_c: resuming at step" in again.output


def test_a_folder_that_is_not_there_is_named(tmp_path):
    done = prune(Workflow(tmp_path))
    assert done.returncode == 1
    assert "error: results is not a results folder; name another: make prune RESULTS=folder" in done.stderr
