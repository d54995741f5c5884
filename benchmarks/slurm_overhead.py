"""Overhead of SLURM, Snakemake and the workflow per job, on a dedicated cluster: the table in docs/cluster.md.

    python benchmarks/slurm_overhead.py [--levels 4] [--wide 40]

Runs a chain of dependent empty jobs, submitted and locally; many independent jobs, for the submission rate; and the
training and evaluation of a tiny base policy, submitted and locally. Overhead is a job's time minus its script's time
in the job record.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Container
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.slurm.cluster import Cluster, slurm  # noqa: E402
from tests.slurm.configuration import NotHereError  # noqa: E402
from tests.slurm.conftest import OnSlurm  # noqa: E402
from tests.workflow.conftest import Workflow  # noqa: E402

CHAIN = """\
rule all:
    input: "{levels}.txt"
rule level:
    input: lambda wildcards: [] if wildcards.level == "1" else f"{{int(wildcards.level) - 1}}.txt"
    output: "{{level}}.txt"
    shell: "touch {{output}}"
"""
WIDE = """\
rule all:
    input: expand("{{number}}.txt", number=range({count}))
rule one:
    output: "{{number}}.txt"
    shell: "touch {{output}}"
"""
TARGET = "results/amble/base_evaluation.json"
JOBS = {
    "train_base": "robots/anymal_c/logs/train_base.json",
    "evaluate_base": "amble/logs/evaluate_base.json",
}
ASKED = ("squeue", "--states=all", "--noheader", "--format=%i|%k|%V|%S|%e")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--levels", type=int, default=4)
    parser.add_argument("--wide", type=int, default=40, help="empty jobs at once")
    args = parser.parse_args()
    try:
        with slurm() as cluster, tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            empty(cluster, folder, args.levels)
            many(cluster, folder, args.wide)
            own(cluster, folder)
    except NotHereError as error:
        sys.exit(f"error: {error}")


def empty(cluster: Cluster, folder: Path, levels: int) -> None:
    """Run chains of empty jobs."""
    for kind in ("slurm", "here"):
        wall = run(cluster, folder / f"empty_{kind}", kind, CHAIN.format(levels=levels))
        print(f"empty jobs, {kind}: {levels} levels in {wall:.1f} s, {wall / levels:.1f} s a level")
    show("empty", jobs_of(cluster))


def many(cluster: Cluster, folder: Path, count: int) -> None:
    """Run empty jobs that wait for nothing."""
    before = jobs_of(cluster)
    wall = run(cluster, folder / "many", "slurm", WIDE.format(count=count))
    jobs = jobs_of(cluster, without=before)
    asked = sorted(datetime.fromisoformat(job[1]).timestamp() for job in jobs.values())
    print(
        f"{len(jobs)} empty jobs at once, slurm: submitted within {asked[-1] - asked[0]:.0f} s, done in {wall:.1f} s"
    )


def run(cluster: Cluster, folder: Path, kind: str, snakefile: str) -> float:
    """Run a Snakefile with the project's profile, on the cluster ("slurm") or "here" -> seconds."""
    folder.mkdir()
    flow = (OnSlurm if kind == "slurm" else Workflow)(folder)
    (folder / "Snakefile").write_text(snakefile)
    command = [part.replace(str(ROOT / "Snakefile"), "Snakefile") for part in flow.command("--quiet")]
    start = time.monotonic()
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **cluster.environment}, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(done.stdout[-3000:] + done.stderr[-3000:])
    return time.monotonic() - start


def own(cluster: Cluster, folder: Path) -> None:
    """Run two stages of the workflow."""
    for kind in ("slurm", "here"):
        (folder / f"own_{kind}").mkdir()
        flow = (OnSlurm if kind == "slurm" else Workflow)(folder / f"own_{kind}")
        before = jobs_of(cluster)
        done = flow("--", TARGET, **cluster.environment)
        if done.status:
            raise SystemExit(done.output[-3000:])
        took = {name: json.loads((flow / path).read_text())["seconds"] for name, path in JOBS.items()}
        if kind == "slurm":
            jobs = jobs_of(cluster, without=before)
            for name, seconds in took.items():
                show(name, {number: job for number, job in jobs.items() if f"_{name}" in job[0]}, seconds)
        else:
            kept = [json.loads(path.read_text()) for path in (flow.folder / ".snakemake/metadata").iterdir()]
            started = {job["rule"]: job["starttime"] for job in kept}
            for name, path in JOBS.items():
                whole = (flow / path).stat().st_mtime - started[name]
                print(f"{name}, here: {whole - took[name]:.1f} s beside the script's {took[name]:.1f} s")


def show(what: str, jobs: dict[str, list[str]], script: float = 0.0) -> None:
    """Print what jobs waited and took on the cluster, medians in s."""
    times = [[datetime.fromisoformat(moment).timestamp() for moment in job[1:]] for job in jobs.values()]
    waited = statistics.median(started - asked for asked, started, _ in times)
    took = statistics.median(ended - started for _, started, ended in times)
    print(
        f"{what}, slurm: started after {waited:.0f} s, took {took - script:.0f} s beside the script's {script:.1f} s"
    )


def jobs_of(cluster: Cluster, without: Container[str] = ()) -> dict[str, list[str]]:
    """Return number -> comment, times of submission, start and end of each job that the cluster remembers."""
    rows = (line.split("|") for line in cluster.ask(*ASKED).splitlines())
    return {number: job for number, *job in rows if number not in without}


if __name__ == "__main__":
    main()
