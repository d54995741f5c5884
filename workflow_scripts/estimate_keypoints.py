"""Find the subject's keypoints in every frame; runs in the pose backend's own environment."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from video2reward.artifacts.frames import read_frames
from video2reward.artifacts.keypoints import check_keypoints, write_keypoints
from video2reward.jobs.script import Script, run_script
from video2reward.keypoints.base import PoseBackend
from video2reward.keypoints.plausibility.plausible import check_plausible, figures_in_words
from video2reward.registry import POSE_BACKENDS
from video2reward.settings.video import Pose, Subject


def main() -> None:
    script = (
        Script(__doc__ or "")
        .input("frames")
        .input("summary", "imported", "environment", "model", "detector", "config", optional=True)
        .output("keypoints")
        .parse()
    )
    if script.args.environment is not None:
        continue_in(script.path("environment").with_suffix(""))
    pose, subject = Pose(**script.params["pose"]), Subject(**script.params["subject"])
    if script.args.imported is not None:
        pose = pose.model_copy(update={"keypoints": script.path("imported")})
    for name in ("model", "detector", "config"):
        # The settings give a known model by name; its file may be an input so that changes are noticed.
        if getattr(pose, name) is None and getattr(script.args, name) is not None:
            pose = pose.model_copy(update={name: str(script.path(name))})
    backend: PoseBackend = POSE_BACKENDS.load(pose.backend)()
    backend.threads = script.args.threads
    frames = read_frames(script.path("frames"))
    found = check_keypoints(backend.estimate(frames, pose, subject), pose.backend)
    figures = check_plausible(found, frames, pose.accept)
    found = replace(found, figures=figures, provenance=script.provenance(), start_s=frames.start_s)
    out = script.path("keypoints")
    write_keypoints(out, found)
    seen = (found.keypoints[..., 2] > 0).any(1)
    mean = np.mean(found.keypoints[..., 2])
    print(
        f"{out}: {backend.name}, subject seen in {seen.sum()} of {len(seen)} frames, mean confidence {mean:.2f}"
    )
    print(f"{out}: {figures_in_words(figures) or 'too little was detected to judge the skeleton'}")


def continue_in(environment: Path) -> None:
    """Re-execute the command in another Python environment, unless this is it."""
    # Without "..", as in sys.executable; links are kept, because they identify the environment.
    python = os.path.abspath(environment / "bin" / "python")
    if sys.executable != python:
        os.execv(python, [python, *sys.argv])


if __name__ == "__main__":
    run_script(main)
