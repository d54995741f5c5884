"""Accuracy of the pose backends on the example clips, whose keypoints are known exactly.

    python benchmarks/pose_accuracy.py [CLIP ...] [--environments .environments]

Every clip goes through the workflow's own scripts: extract_frames, estimate_keypoints in the backend's
environment (made on first use), then PCK at a tenth of the torso length over the joints visible in the truth.
Exit status 1 if an animal is below 0.98 or the humans' mean is below 0.9.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "workflow_scripts"
VIDEOS = ROOT / "resources" / "videos"
sys.path.insert(0, str(SCRIPTS))

from synthesis.keypoint_accuracy import hits, pck, torso_lengths  # noqa: E402
from video2reward.artifacts.keypoints import Keypoints, read_keypoints  # noqa: E402
from video2reward.errors import UserError, choices  # noqa: E402
from video2reward.jobs.environments import create_environment  # noqa: E402
from video2reward.jobs.script import run_script  # noqa: E402
from video2reward.settings.validation import read_yaml, validate  # noqa: E402
from video2reward.settings.video import Video  # noqa: E402

THRESHOLDS = {"dog": 0.98, "human": 0.9, "spider": 0.98}


def main() -> None:
    """Print a row per clip, and the mean per species."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = sorted(path.name.removesuffix(".truth.h5") for path in VIDEOS.glob("*.truth.h5"))
    parser.add_argument("clips", nargs="*", metavar="CLIP")
    parser.add_argument("--environments", type=Path, default=ROOT / ".environments")
    args = parser.parse_args()
    for clip in args.clips:
        if clip not in known:
            raise UserError(choices(clip, known, "example clip"))
    print(f"{'clip':<16}{'backend':<11}{'frames':>7}{'PCK@0.1':>9}{'PCK@0.2':>9}{'error':>8}  weakest joints")
    scores: dict[str, list[float]] = {}
    for clip in args.clips or known:
        video = validate(Video, read_yaml(VIDEOS / f"{clip}.yaml"), VIDEOS / f"{clip}.yaml")
        found = estimate(VIDEOS / f"{clip}.mp4", video, args.environments)
        truth = read_keypoints(VIDEOS / f"{clip}.truth.h5")
        scores.setdefault(video.subject.species, []).append(pck(found, truth))
        print(row(clip, found, truth), flush=True)
    failed = False
    for species, values in scores.items():
        # Every animal has to reach the mark; people on average.
        reached = float(np.mean(values)) if species == "human" else min(values)
        failed |= reached < THRESHOLDS[species]
        print(f"{species}: mean {np.mean(values):.3f}, worst {min(values):.3f} (aim {THRESHOLDS[species]})")
    if failed:
        raise SystemExit(1)


def row(clip: str, found: Keypoints, truth: Keypoints) -> str:
    """Return a clip's line; the error is the median over found joints, in torso lengths."""
    near, judged = hits(found, truth)
    both = judged & (found.keypoints[..., 2] > 0)
    distance = np.linalg.norm(found.keypoints[..., :2] - truth.keypoints[..., :2], axis=-1)
    error = float(np.median((distance / torso_lengths(truth)[:, None])[both]))
    part = {
        joint: float(near[judged[:, j], j].mean())
        for j, joint in enumerate(truth.joint_names)
        if judged[:, j].any()
    }
    weakest = sorted(part, key=lambda joint: part[joint])[:3]
    return (
        f"{clip:<16}{found.backend:<11}{len(truth.times):>7}{pck(found, truth):>9.3f}"
        f"{pck(found, truth, 0.2):>9.3f}{error:>8.3f}  " + ", ".join(f"{j} {part[j]:.2f}" for j in weakest)
    )


def estimate(film: Path, video: Video, environments: Path) -> Keypoints:
    """Run a film through the workflow's scripts."""
    requirements = ROOT / "envs" / f"{video.pose.backend}.txt"
    python = sys.executable
    if requirements.exists():
        environment = environments / video.pose.backend
        python = str(environment / "bin" / "python")
        if not Path(python).exists():
            create_environment(requirements, environment)
    with tempfile.TemporaryDirectory() as folder:
        frames, keypoints = Path(folder) / "frames", Path(folder) / "keypoints.h5"
        settings = video.model_dump(mode="json")
        made = {"frames": str(frames), "summary": str(Path(folder) / "frames.json")}
        run(sys.executable, "extract_frames", {"video": settings}, video=str(film), **made)
        run(
            python,
            "estimate_keypoints",
            {name: settings[name] for name in ("pose", "subject")},
            frames=str(frames),
            keypoints=str(keypoints),
        )
        return read_keypoints(keypoints)


def run(python: str, script: str, params: dict[str, object], **files: str) -> None:
    """Run one workflow script; its messages appear only if it fails."""
    arguments = [part for name, path in files.items() for part in (f"--{name}", path)]
    command = [python, str(SCRIPTS / f"{script}.py"), *arguments, "--params", json.dumps(params)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise UserError(f"{script} failed: {done.stderr.strip().splitlines()[-1]}")


if __name__ == "__main__":
    run_script(main)
