"""GPUs that do not answer: a batch system's job says so before it starts its work, and its next attempt goes elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from video2reward.artifacts.io import write_text
from video2reward.errors import UserError
from video2reward.results.claims import FOLDER

TOOL = "nvidia-smi"
ANSWER_S = 60.0
AVOIDED_S = 3600.0
"""So long a node whose GPU did not answer is given no job that wants one."""


def check_gpus(results: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Ask the GPUs that SLURM gave this job whether they work; where NVIDIA's tool is missing nothing is known.

    Raises:
        UserError: one does not; the node is noted in `results`, for who submits the next attempt
    """
    given = environment.get("CUDA_VISIBLE_DEVICES", "")
    node = environment.get("SLURMD_NODENAME", os.uname().nodename)
    if not environment.get("SLURM_JOB_GPUS") or shutil.which(TOOL, path=environment.get("PATH")) is None:
        return
    fault = _fault(given, environment)
    if fault is not None:
        write_text(results / FOLDER / "gpus" / node, fault)
        raise UserError(
            f"node {node}: the GPU that SLURM gave this job (CUDA_VISIBLE_DEVICES={given}) does not answer; {TOOL}: "
            f"{fault}; the next attempt goes to another node, tell the cluster's administrators"
        )


def avoided(results: Path) -> dict[str, str]:
    """Return the nodes whose GPUs did not answer within the last hour, and what was said."""
    found = {}
    for path in sorted((results / FOLDER / "gpus").glob("[!.]*")):
        if time.time() - path.stat().st_mtime < AVOIDED_S:
            found[path.name] = path.read_text()
    return found


def _fault(given: str, environment: Mapping[str, str]) -> str | None:
    """Return what NVIDIA's tool says against the given GPUs, None if they answer."""
    named = (
        [f"--id={given}"] if given and "MIG" not in given else []
    )  # parts of a GPU have no number of their own
    try:
        done = subprocess.run(
            [TOOL, *named, "--query-gpu=name", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWER_S,
            env=dict(environment),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {ANSWER_S:g} s"
    said = " ".join((done.stdout + done.stderr).split())
    return said[:300] or f"status {done.returncode}" if done.returncode or not done.stdout.strip() else None
