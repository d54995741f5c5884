"""Planning cost of a large run, compared with a bare Snakefile with as many jobs, interleaved in one run.

    python benchmarks/dry_run.py [--methods 8] [--seeds 5] [--iterations 5] [--samples 16] [--rounds 3]

Both are dry runs with nothing done yet. The bare Snakefile has the same stages with one file each, without
parameters, digests, logs, records or configuration checks. Aim: at most twice its processor time.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AIM = 2.0
VIDEO, ROBOT = "dog_amble", "anymal_c"

BARE = """\
LOOPS, N, K = range({loops}), {iterations}, {samples}
ROUND = "bare/{{s}}/iter{{n}}"
of_before = lambda w: f"bare/{{w.s}}/iter{{int(w.n) - 1}}/feedback" if w.n != "1" else "bare/reference"
each = lambda w: [f"bare/{{w.s}}/iter{{w.n}}/evaluation_{{k}}" for k in range(1, K + 1)]
rule all:
    input: "bare/report"
rule frames:
    output: "bare/frames"
    shell: "touch {{output}}"
rule reference:
    input: "bare/frames"
    output: "bare/reference"
    shell: "touch {{output}}"
rule base:
    output: "bare/base"
    shell: "touch {{output}}"
rule prompt:
    input: of_before
    output: ROUND + "/prompt"
    shell: "touch {{output}}"
rule completion:
    input: ROUND + "/prompt"
    output: ROUND + "/completion_{{k}}"
    shell: "touch {{output}}"
rule reward:
    input: ROUND + "/completion_{{k}}"
    output: ROUND + "/reward_{{k}}"
    shell: "touch {{output}}"
rule policy:
    input: ROUND + "/reward_{{k}}", "bare/base"
    output: ROUND + "/policy_{{k}}"
    shell: "touch {{output}}"
rule evaluation:
    input: ROUND + "/policy_{{k}}"
    output: ROUND + "/evaluation_{{k}}"
    shell: "touch {{output}}"
rule selection:
    input: each
    output: ROUND + "/selection"
    shell: "touch {{output}}"
rule rollout:
    input: ROUND + "/selection"
    output: ROUND + "/rollout"
    shell: "touch {{output}}"
rule feedback:
    input: ROUND + "/rollout"
    output: ROUND + "/feedback"
    shell: "touch {{output}}"
rule best:
    input: f"bare/{{{{s}}}}/iter{{N}}/feedback"
    output: "bare/{{s}}/evaluation"
    shell: "touch {{output}}"
rule finish:
    input: "bare/{{s}}/evaluation"
    output: "bare/{{s}}/best"
    shell: "touch {{output}}"
rule report:
    input: [f"bare/{{s}}/best" for s in LOOPS]
    output: "bare/report"
    shell: "touch {{output}}"
"""


@dataclass(frozen=True)
class Campaign:
    """How many of what: videos x robots x methods are the experiments."""

    videos: int = 1
    robots: int = 1
    methods: int = 8
    seeds: int = 5
    iterations: int = 5
    samples: int = 16

    @property
    def experiments(self) -> int:
        """Videos x robots x methods."""
        return self.videos * self.robots * self.methods

    @property
    def candidates(self) -> int:
        """Trainings, but for the robots' base policies."""
        return self.experiments * self.seeds * self.iterations * self.samples

    @property
    def settings(self) -> list[str]:
        """What `--config` is told."""
        experiments = ",".join(f"e{number}" for number in range(self.experiments))
        return [
            f"experiments=[{experiments}]",
            f"seeds=[{','.join(map(str, range(self.seeds)))}]",
            f"iterations={self.iterations}",
            f"samples={self.samples}",
        ]


@dataclass(frozen=True)
class Cost:
    """Of one Snakemake call: jobs in its plan, processor time (s), largest memory (MB)."""

    jobs: int
    seconds: float
    memory_mb: float


def make_project(folder: Path, campaign: Campaign) -> Path:
    """Make a project whose configuration holds the campaign's experiments -> its Snakefile; the rest is this one's."""
    for name in ("rules", "workflow_scripts", "profiles", "envs"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copyfile(ROOT / "Snakefile", folder / "Snakefile")
    shutil.copytree(ROOT / "config", folder / "config")
    resources = folder / "resources"
    for entry in (ROOT / "resources").iterdir():
        if entry.name not in ("videos", "robots"):
            resources.mkdir(exist_ok=True)
            (resources / entry.name).symlink_to(entry)
    for kind in ("videos", "robots"):
        (resources / kind).mkdir()
    (resources / "videos" / f"{VIDEO}.mp4").symlink_to(ROOT / "resources" / "videos" / f"{VIDEO}.mp4")
    for number in range(campaign.videos):
        (resources / "videos" / f"v{number}.yaml").symlink_to(ROOT / "resources" / "videos" / f"{VIDEO}.yaml")
    for number in range(campaign.robots):
        (resources / "robots" / f"r{number}").symlink_to(ROOT / "resources" / "robots" / ROBOT)
    # A fixed reward asks for fewer jobs.
    names = [
        file.stem
        for file in sorted((ROOT / "config" / "methods").glob("*.yaml"))
        if "\nreward:" not in file.read_text()
    ]
    for number in range(campaign.experiments):
        rest, method = divmod(number, campaign.methods)
        video, robot = divmod(rest, campaign.robots)
        (folder / "config" / "experiments" / f"e{number}.yaml").write_text(
            f"robot: r{robot}\nvideo: v{video}\nmethod: {names[method % len(names)]}\n"
        )
    return folder / "Snakefile"


def make_bare(folder: Path, campaign: Campaign) -> Path:
    """Write the bare Snakefile of a campaign -> its path."""
    folder.mkdir(parents=True, exist_ok=True)
    loops = campaign.experiments * campaign.seeds
    content = BARE.format(loops=loops, iterations=campaign.iterations, samples=campaign.samples)
    (folder / "Snakefile").write_text(content)
    return folder / "Snakefile"


def dry_run(snakefile: Path, *arguments: str) -> Cost:
    """Let Snakemake plan, in the way of the default profile."""
    return run(snakefile, "--dry-run", "--quiet", "rules", "host", *arguments)


def run(snakefile: Path, *arguments: str) -> Cost:
    """Call Snakemake in the Snakefile's folder; time and memory are of this process and the jobs it waited for."""
    command = [
        sys.executable, "-m", "snakemake", "--snakefile", str(snakefile), "--directory", str(snakefile.parent),
        "--workflow-profile", str(ROOT / "profiles" / "default"), "--cores", "2", *arguments,
    ]  # fmt: skip
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "MUJOCO_GL": "egl"},
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    total = re.search(r"^total +(\d+)$", output, re.MULTILINE)
    if process.returncode:
        raise SystemExit(f"error: Snakemake failed:\n{output[-3000:]}")
    return Cost(int(total[1]) if total else 0, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def main() -> None:
    """Measure and print the medians over the rounds; exit status 1 if the aim is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for field in ("videos", "robots", "methods", "seeds", "iterations", "samples"):
        parser.add_argument(f"--{field}", type=int, default=getattr(Campaign, field))
    parser.add_argument("--rounds", type=int, default=3)
    args = vars(parser.parse_args())
    rounds = args.pop("rounds")
    campaign = Campaign(**args)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole"
        whole.mkdir()
        files = {
            "bare": make_bare(Path(folder) / "bare", campaign),
            "video2reward": make_project(whole, campaign),
        }
        options = {"bare": [], "video2reward": ["--config", *campaign.settings]}
        costs: dict[str, list[Cost]] = {name: [] for name in files}
        for _ in range(rounds):
            for name, file in files.items():
                costs[name].append(dry_run(file, *options[name]))
    medians = {name: statistics.median(cost.seconds for cost in found) for name, found in costs.items()}
    for name, found in costs.items():
        print(
            f"{name:<13} {found[0].jobs:6d} jobs, {medians[name]:5.1f} s of processor time, "
            f"{found[0].memory_mb:.0f} MB"
        )
    ratio = medians["video2reward"] / medians["bare"]
    print(f"ratio         {ratio:.2f} (aim: at most {AIM:g}), {rounds} rounds, alternating")
    raise SystemExit(ratio > AIM)


if __name__ == "__main__":
    main()
