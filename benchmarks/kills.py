"""Kill it anywhere: runs killed at random moments, each finished by the same command and compared.

    python benchmarks/kills.py [--kills 50] [--signal kill|int|both] [--seed 0] [--cores 2] [--folder FOLDER]

A small run (tests/workflow/tiny.yaml with one candidate, checkpoints every third of a second) is left alone
once. Then, for each kill, a fresh one is killed at a random moment of its life, from the parsing of
the Snakefile to the report, and finished by the same command, given again at once. `kill` is kill -9, of
Snakemake alone (its jobs have to notice) or of everything at once, as in a power cut; `int` is Ctrl-C.
Every artefact must equal the undisturbed run's (tests/workflow/same.py). Ends with status 1 if one does not,
or if a run could not be finished, or a process was left.
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
    """One killed run.

    at: s after its start; during: scripts that were running; tries: of the same command until it finished, 0
    if it never did; seconds: of those; left: processes that were still there afterwards
    """

    number: int
    way: str
    at: float
    during: list[str]
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
    parser.add_argument("--signal", choices=WAYS, default="both")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the runs go; runs that went wrong stay there")
    parser.add_argument("--config", nargs="*", default=[], help="KEY=VALUE of the configuration")
    args = parser.parse_args()
    folder = args.folder or Path(tempfile.mkdtemp(prefix="video2reward-kills-"))
    runs = Runs(folder, args.cores, [*SETTINGS, *args.config])
    kills = kill_many(runs, args.kills, WAYS[args.signal], random.Random(args.seed))
    print_figures(kills, runs.undisturbed_s)
    if not all(kill.good for kill in kills):
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

    def kill(self, number: int, way: str, at: float) -> Kill | None:
        """Start a run, kill it after `at` s, finish it and compare it; None if it ended before."""
        name = f"kill_{number:02d}"
        shutil.rmtree(self.folder / name, ignore_errors=True)
        run = self.start(name)
        with suppress(subprocess.TimeoutExpired):
            run.wait(timeout=at)
            return None
        killed = Kill(number, way, at, scripts_under(run.pid))
        send(run, way)
        begin = time.monotonic()
        for attempt in range(1, TRIES + 1):
            if self.start(name).wait() == 0:
                killed.tries = attempt
                break
        killed.seconds = time.monotonic() - begin
        killed.left = _processes_in(self.folder / name)
        killed.differences = differences(self.folder / "undisturbed/results", self.folder / name / "results")
        if not killed.good:
            killed.messages = (self.folder / name / "output.txt").read_text(errors="replace")[-3000:]
        else:
            shutil.rmtree(self.folder / name)
        return killed


def kill_many(runs: Runs, count: int, ways: list[str], chance: random.Random) -> list[Kill]:
    """Kill `count` runs at random moments, telling how it goes."""
    runs.undisturbed()
    print(f"undisturbed: {runs.undisturbed_s:.0f} s", flush=True)
    kills: list[Kill] = []
    start = time.monotonic()
    for number in range(1, count + 1):
        killed = None
        while killed is None:  # a run may be faster than the undisturbed one was
            moment = chance.uniform(0.0, runs.undisturbed_s)
            killed = runs.kill(number, ways[(number - 1) % len(ways)], moment)
        kills.append(killed)
        with (runs.folder / "kills.jsonl").open("a") as log:
            log.write(json.dumps(asdict(killed)) + "\n")
        rate = (time.monotonic() - start) / number
        print(f"{_line(killed)}; {rate:.0f} s each, {rate * (count - number) / 60:.0f} min left", flush=True)
    return kills


def print_figures(kills: list[Kill], undisturbed_s: float) -> None:
    """Print what came of all kills."""
    finished = [kill for kill in kills if kill.tries]
    lost = [kill.at + kill.seconds - undisturbed_s for kill in finished]
    during = Counter(script for kill in kills for script in kill.during or ["between jobs"])
    print(
        f"killed: {len(kills)}, "
        + ", ".join(f"{WORDS[w]} {n}" for w, n in Counter(k.way for k in kills).items())
    )
    print(f"finished by the same command: {len(finished)}, at once {sum(k.tries == 1 for k in kills)}")
    print(f"equal to the undisturbed run: {sum(not k.differences for k in kills)}")
    print(f"with processes left over: {sum(bool(k.left) for k in kills)}")
    if lost:
        print(
            f"seconds lost: median {statistics.median(lost):.0f}, most {max(lost):.0f} (undisturbed {undisturbed_s:.0f})"
        )
    print("killed during: " + ", ".join(f"{script} {n}" for script, n in during.most_common()))


def _line(killed: Kill) -> str:
    what = "equal" if not killed.differences else f"DIFFERENT ({killed.differences[0]})"
    if not killed.tries:
        what = f"NOT FINISHED in {TRIES} tries"
    left = f", LEFT OVER {killed.left}" if killed.left else ""
    during = "+".join(killed.during) or "between jobs"
    return (
        f"{killed.number}: {WORDS[killed.way]} at {killed.at:.1f} s ({during}), "
        f"finished at try {killed.tries} in {killed.seconds:.0f} s, {what}{left}"
    )


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
