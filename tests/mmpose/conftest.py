"""The environment of the mmpose backend, made by the workflow, and checkpoints made in it."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.toy_pose import examples, extract
from tests.workflow.conftest import ROOT, Workflow

HERE = Path(__file__).parent
MARKER = ROOT / ".environments" / "mmpose.json"


@pytest.fixture
def workflow(tmp_path):
    return Workflow(tmp_path)


@pytest.fixture(scope="session")
def inside(tmp_path_factory):
    """Call functions of in_environment.py in the environment, which the workflow makes first -> what they print."""
    folder = tmp_path_factory.mktemp("environment")
    run = Workflow(folder)("--retries", "0", os.path.relpath(MARKER, folder), timeout=3600)
    assert run.status == 0, run.output[-4000:]
    python = json.loads(MARKER.read_text())["python"]

    def call(*arguments):
        command = [python, HERE / "in_environment.py", *arguments]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else None

    return call


@pytest.fixture(scope="session")
def toy(tmp_path_factory, inside):
    """A checkpoint of toy_config.py, trained on the example dogs with a fixed camera."""
    folder = tmp_path_factory.mktemp("toy")
    pairs = [examples(*extract(name, folder), 40) for name in ("dog_amble", "dog_run")]
    pictures, maps = (torch.cat(part).numpy() for part in zip(*pairs, strict=True))
    np.savez(folder / "examples.npz", pictures=pictures, maps=maps)
    inside("train", folder / "examples.npz", folder / "toy.pth")
    return folder / "toy.pth"
