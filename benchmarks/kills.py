"""Crash safety: runs are killed at random moments, finished by the same command and compared.

    python benchmarks/kills.py [--kills 50] [--per-run 4] [--signal kill|int|both] [--seed 0] [--cores 2]
                               [--folder FOLDER]

A small run (tests/workflow/tiny.yaml with one candidate, checkpoints every third of a second) runs undisturbed
once. Then new runs are killed at random moments, from parsing the Snakefile to the report, and restarted at once
by the same command, up to `per-run` times each, before they may finish. `kill` is kill -9, of Snakemake alone
(its jobs must notice) or of all processes at once, as in a power failure; `int` is Ctrl-C.

Every artefact must equal the undisturbed run's (tests/workflow/same.py). Exit status 1 if one does not, if a run
cannot be finished, or if a process is left over.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.workflow.same import differences  # noqa: E402

SETTINGS = [
    "iterations=1",
    "samples=1",
    "training={base_steps: 49152, steps: 16384, checkpoint_s: 0.33}",
    "evaluation={seconds: 1.5, short_seconds: 1.5}",
]
TRIES = 3
WAYS = {"kill": ["alone", "all"], "int": ["int"], "both": ["alone", "all", "int"]}
WORDS = {"alone": "kill -9 of Snakemake", "all": "kill -9 of all its processes", "int": "Ctrl-C"}


@dataclass
class Kill:
    """One kill: `at` s after the command was given, while the scripts `during` were running."""

    number: int
    way: str
    at: float
    during: list[str]


@dataclass
class Killed:
    """One run and its kills.

    tries: of the same command after the last kill until it finished, 0 if it never did; seconds: of all
    commands together; left: processes that were still there afterwards
    """

    kills: list[Kill] = field(default_factory=list)
    tries: int = 0
    seconds: float = 0.0
    differences: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    messages: str = ""

    @property
    def good(self) -> bool:
        """Whether it was finished, whole and equal."""
        return self.tries > 0 and not self.differences and not self.left


def main() -> None:
    """Kill, finish, compare, and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--per-run", type=int, default=4, help="kills of one run before it may finish")
    parser.add_argument("--signal", choices=WAYS, default="both")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="folder for the runs; failed runs are kept")
    parser.add_argument("--config", nargs="*", default=[], help="KEY=VALUE of the configuration")
    args = parser.parse_args()
    folder = args.folder or Path(tempfile.mkdtemp(prefix="video2reward-kills-"))
    runs = Runs(folder, args.cores, [*SETTINGS, *args.config])
    killed = kill_many(runs, args.kills, args.per_run, WAYS[args.signal], random.Random(args.seed))
    print_figures(killed, runs.undisturbed_s)
    if not all(run.good for run in killed):
        raise SystemExit(1)
    if args.folder is None:
        shutil.rmtree(folder)


class Runs:
    """Runs of one small configuration, each in a folder of its own."""

    def __init__(self, folder: Path, cores: int, config: list[str]) -> None:
        """Say where and how they run."""
        self.folder, self._cores, self._config = folder, cores, config
        self.undisturbed_s = 0.0

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Start a run, as a terminal does: the leader of its own group of processes."""
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder),
            "--workflow-profile", str(ROOT / "profiles" / "default"), "--cores", str(self._cores),
            "--configfile", str(ROOT / "tests" / "workflow" / "tiny.yaml"), "--config", *self._config,
        ]  # fmt: skip
        with (folder / "output.txt").open("ab") as output:
            return subprocess.Popen(
                command, stdout=output, stderr=output, start_new_session=True, preexec_fn=_hear_interrupts
            )

    def undisturbed(self) -> Path:
        """Let one run finish -> its folder."""
        start = time.monotonic()
        if self.start("undisturbed").wait() != 0:
            raise SystemExit(f"error: the undisturbed run failed; see {self.folder}/undisturbed/output.txt")
        self.undisturbed_s = time.monotonic() - start
        return self.folder / "undisturbed"

    def killed(self, first: int, ways: list[str], moments: list[float]) -> Killed:
        """Start a run, kill it after each of `moments` s, finish it and compare it; an early end ends the kills.

        first: the number of its first kill
        """
        name = f"kill_{first:02d}"
        shutil.rmtree(self.folder / name, ignore_errors=True)
        found = Killed()
        begin = time.monotonic()
        for number, moment in enumerate(moments, first):
            run = self.start(name)
            with suppress(subprocess.TimeoutExpired):
                run.wait(timeout=moment)
                break
            way = ways[(number - 1) % len(ways)]
            found.kills.append(Kill(number, way, moment, scripts_under(run.pid)))
            send(run, way)
        for attempt in range(1, TRIES + 1):
            if self.start(name).wait() == 0:
                found.tries = attempt
                break
        found.seconds = time.monotonic() - begin
        found.left = _processes_in(self.folder / name)
        found.differences = differences(self.folder / "undisturbed/results", self.folder / name / "results")
        if not found.good:
            found.messages = (self.folder / name / "output.txt").read_text(errors="replace")[-3000:]
        else:
            shutil.rmtree(self.folder / name)
        return found


def kill_many(runs: Runs, count: int, per_run: int, ways: list[str], chance: random.Random) -> list[Killed]:
    """Kill runs at random moments, `count` times in all, telling how it goes."""
    runs.undisturbed()
    print(f"undisturbed: {runs.undisturbed_s:.0f} s", flush=True)
    found: list[Killed] = []
    start, done = time.monotonic(), 0
    while done < count:
        moments = [chance.uniform(0.0, runs.undisturbed_s) for _ in range(min(per_run, count - done))]
        killed = runs.killed(done + 1, ways, moments)
        if not killed.kills:  # it was faster than the undisturbed one
            continue
        found.append(killed)
        done += len(killed.kills)
        with (runs.folder / "kills.jsonl").open("a") as log:
            log.write(json.dumps(asdict(killed)) + "\n")
        rate = (time.monotonic() - start) / done
        print(f"{_lines(killed)}; {rate:.0f} s a kill, {rate * (count - done) / 60:.0f} min left", flush=True)
    return found


def print_figures(runs: list[Killed], undisturbed_s: float) -> None:
    """Print what came of all kills."""
    kills = [kill for run in runs for kill in run.kills]
    lost = [(run.seconds - undisturbed_s) / len(run.kills) for run in runs if run.tries]
    during = Counter(script for kill in kills for script in kill.during or ["between jobs"])
    ways = ", ".join(f"{WORDS[way]} {n}" for way, n in Counter(kill.way for kill in kills).items())
    print(f"killed: {len(kills)} times, {len(runs)} runs: {ways}")
    print(
        f"finished by the same command: {sum(run.tries > 0 for run in runs)} runs, "
        f"at once {sum(run.tries == 1 for run in runs)}"
    )
    print(f"equal to the undisturbed run: {sum(not run.differences for run in runs)}")
    print(f"with processes left over: {sum(bool(run.left) for run in runs)}")
    if lost:
        print(
            f"seconds lost by a kill: median {statistics.median(lost):.0f}, most {max(lost):.0f} "
            f"(undisturbed {undisturbed_s:.0f})"
        )
    print("killed during: " + ", ".join(f"{script} {n}" for script, n in during.most_common()))


def _lines(run: Killed) -> str:
    what = "equal" if not run.differences else f"DIFFERENT ({run.differences[0]})"
    if not run.tries:
        what = f"NOT FINISHED in {TRIES} tries"
    left = f", LEFT OVER {run.left}" if run.left else ""
    kills = [
        f"{kill.number}: {WORDS[kill.way]} at {kill.at:.1f} s ({'+'.join(kill.during) or 'between jobs'})"
        for kill in run.kills
    ]
    return "\n".join([*kills, f"   finished at try {run.tries}, {run.seconds:.0f} s in all, {what}{left}"])


def send(run: subprocess.Popen[bytes], way: str) -> None:
    """Send the signal; returns when the run is dead, its jobs may not be."""
    if run.poll() is None:
        if way == "int":
            os.killpg(run.pid, signal.SIGINT)
        elif way == "alone":
            run.kill()
        else:
            for process in [psutil.Process(run.pid), *psutil.Process(run.pid).children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
    run.wait()


def _hear_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ignored by what a shell starts in the background


def scripts_under(pid: int) -> list[str]:
    """Return the names of the workflow's scripts that run under a process."""
    found = set()
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                found |= {
                    Path(part).stem
                    for part in child.cmdline()[1:2]
                    if part.startswith(str(ROOT / "workflow_scripts"))
                }
    return sorted(found)


def _processes_in(folder: Path) -> list[str]:
    """Return the command lines of processes that work in a folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if Path(process.cwd()).is_relative_to(folder.resolve()):
                found.append(" ".join(process.cmdline())[:120])
    return found


if __name__ == "__main__":
    main()
