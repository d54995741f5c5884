"""What Snakemake's process costs while jobs wait for cores: as it is, and with the library's `engine.scheduler`.

    python benchmarks/scheduler.py [--jobs 150] [--seconds 10] [--at-once 4]

Both run the same Snakefile of waiting jobs side by side, so that the machine's other work meets both. Counted is the
processor time of Snakemake's own process, without its jobs, from the first job's start to the last one's end, as a
share of one core. Aim: less than 1 % after.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AIM = 0.01

# Snakemake's process writes its processor time and the clock: when it starts jobs, and when all have ended.
SNAKEFILE = """\
import os, sys, time
sys.path.insert(0, {library!r})
from video2reward.engine.scheduler import let_sleep

def note():
    with open("times", "a") as file:
        file.write(f"{{time.process_time()}} {{time.monotonic()}}\\n")

rule all:
    input: [f"done/{{i}}" for i in range({jobs})]
rule one:
    output: "done/{{i}}"
    shell: "sleep {seconds}; touch {{output}}"
onstart:
    note()
    if {mended}:
        let_sleep(workflow)
onsuccess:
    note()
"""


@dataclass(frozen=True)
class Cost:
    """Of one run: processor time of Snakemake's process (s), length of the run (s)."""

    processor: float
    wall: float
    exit: float
    """From the last job's end to the process's (s)."""

    @property
    def share(self) -> float:
        """Of one core."""
        return self.processor / self.wall


def start(folder: Path, mended: bool, jobs: int, seconds: float, at_once: int) -> subprocess.Popen[str]:
    """Start Snakemake in a new folder, in the way of the default profile."""
    folder.mkdir()
    content = SNAKEFILE.format(
        library=str(ROOT / "workflow_scripts"), jobs=jobs, seconds=seconds, mended=mended
    )
    (folder / "Snakefile").write_text(content)
    command = [
        sys.executable, "-c", "import runpy, time, atexit; atexit.register(lambda: open('times', 'a').write("
        "f'{time.process_time()} {time.monotonic()}')); runpy.run_module('snakemake', run_name='__main__')",
        "--cores", str(at_once), "--workflow-profile", str(ROOT / "profiles" / "default"),
    ]  # fmt: skip
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def cost(folder: Path, run: subprocess.Popen[str]) -> Cost:
    """Wait for a run and read what it noted."""
    output, _ = run.communicate()
    if run.returncode:
        raise SystemExit(f"error: Snakemake failed:\n{output[-3000:]}")
    lines = [[float(value) for value in line.split()] for line in (folder / "times").read_text().splitlines()]
    (used, begun), (used_later, ended), (_, left) = lines
    return Cost(used_later - used, ended - begun, left - ended)


def main() -> None:
    """Measure and print; exit status 1 if the aim is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=150)
    parser.add_argument("--seconds", type=float, default=10, help="length of a job")
    parser.add_argument("--at-once", type=int, default=4, help="jobs that run at once; the others wait")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folders = {"as it is": Path(name) / "own", "with engine.scheduler": Path(name) / "mended"}
        runs = {
            kind: start(folder, kind != "as it is", args.jobs, args.seconds, args.at_once)
            for kind, folder in folders.items()
        }
        costs = {kind: cost(folders[kind], run) for kind, run in runs.items()}
    print(f"{args.jobs} jobs of {args.seconds:g} s, {args.at_once} at once")
    for kind, found in costs.items():
        print(
            f"{kind:<21} {found.share:6.1%} of a core: {found.processor:6.1f} s of processor time in "
            f"{found.wall:.0f} s; {found.exit:.1f} s from the last job to the end"
        )
    own, mended = costs.values()
    print(
        f"ratio                 {own.processor / mended.processor:.1f} (aim: less than {AIM:.0%} of a core)"
    )
    raise SystemExit(mended.share >= AIM)


if __name__ == "__main__":
    main()
