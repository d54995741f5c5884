"""Simulators in the workflow: who asks for a GPU, and a whole run on a simulator in a process of its own."""

import re

import pytest

from video2reward.artifacts.io import read_json

SIMULATE = {"train_base", "train_policy", "evaluate_base", "evaluate_policy", "evaluate_best", "record_rollout", "sample_states"}  # fmt: skip
EXAMPLE = "resources/simulators/single.py"


def on_gpus(workflow, *arguments):
    """The rules whose jobs ask for a GPU, by a dry run."""
    run = workflow("--dry-run", "--quiet", "host", *arguments)
    assert run.status == 0, run.output[-2000:]
    blocks = re.split(r"\n\n+|\n(?=\[)", run.output)
    found = set()
    for block in blocks:
        named, asked = re.search(r"^(?:local)?rule (\w+):$", block, re.M), re.search(r"\bgpu=(\d+)", block)
        if named and asked and int(asked[1]):
            found.add(named[1])
    return found


def test_what_simulates_asks_for_a_gpu_where_its_simulator_runs_on_one(workflow):
    assert on_gpus(workflow) == set()
    assert on_gpus(workflow, "--config", "training={simulator: mujoco_warp}") == SIMULATE
    assert on_gpus(workflow, "--config", "training={simulator: mujoco_warp}", "cluster={gpus: 0}") == set()


@pytest.mark.slow
def test_a_simulator_in_a_process_of_its_own_trains_and_is_judged(workflow):
    chosen = f"training={{simulator: server, server: {workflow.root / EXAMPLE}}}"
    run = workflow("--config", chosen, "iterations=1", "samples=1")
    assert run.status == 0, run.output[-3000:]
    best = read_json(workflow / "amble/seed0/best.json")
    assert best["best"]["falls"] is not None and (workflow / "amble/seed0/best/policy.onnx").exists()
    assert workflow.planned("--config", chosen, "iterations=1", "samples=1") == set()
