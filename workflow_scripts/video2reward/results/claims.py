"""One run at a time per results folder: a run leaves a claim, stops if another is alive, cleans up after a dead one."""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from video2reward.artifacts.io import write_json
from video2reward.errors import UserError
from video2reward.jobs.lifeline import VARIABLE, Process, processes, this_process
from video2reward.results.layout import Results

FOLDER = Results.claims.name
BEAT_S = 4.0
"""Interval at which a claim is touched, so that other machines see that its process is alive."""
SILENT_S = 15.0
FORGOTTEN_S = 3600.0
ENDING_S = 4.0  # time in which the jobs of a killed run end by themselves
SCHEDULER_JOB = "SLURM_JOB_ID"


@dataclass(frozen=True)
class Claim:
    """The content of a claim.

    process: the run's, as `Process` writes it; node, pid, since (local time), directory: for people
    job: the batch job's number if the claim is a job's that works for a run on another machine
    """

    process: str
    node: str
    pid: int
    since: str
    directory: str
    job: str = ""


def claim_as_job(results: Path, job: str) -> None:
    """Claim `results` for a batch job until this process ends, so that the next run sees the job if its run has died."""
    held = ExitStack()
    with suppress(OSError):  # the job itself reports what is wrong with the disk
        held.enter_context(_kept(results / FOLDER, job))
    atexit.register(held.close)


def in_use(results: Path) -> str | None:
    """Return a sentence about the run that is active in `results`, None if there is none."""
    living, _ = _sorted(results / FOLDER)
    return _sentence(results, next(iter(living.values()))) if living else None


@contextmanager
def claimed(results: Path, records: Path) -> Iterator[bool]:
    """Hold `results` exclusively; yields whether all other runs of this working directory, as in `records`, are dead.

        On entry, no job of a dead run is left on this machine; on exit, none of this run.

    Raises:
        UserError: another run is active there
        OSError: the folder cannot be written
    """
    with _registered(results / FOLDER, refuse=results), _registered(records) as (living, dead):
        try:
            yield bool(dead) and not living
        finally:
            with suppress(UserError):
                _end_jobs(this_process())


@contextmanager
def _registered(folder: Path, refuse: Path | None = None) -> Iterator[tuple[list[Claim], list[Claim]]]:
    """Keep a claim in `folder`; yields the other live runs, and the dead ones, whose claims are removed."""
    with ExitStack() as held:
        with _alone(folder):
            living, dead = _sorted(folder)
            if living and refuse is not None:
                raise UserError(_sentence(refuse, next(iter(living.values()))))
            for file, claim in dead.items():
                _end_jobs(Process.parse(claim.process))
                file.unlink(missing_ok=True)
            held.enter_context(_kept(folder))
        yield list(living.values()), list(dead.values())


@contextmanager
def _kept(folder: Path, job: str = "") -> Iterator[None]:
    """Keep this process's claim in `folder`, and touch it so that other machines see that it is alive."""
    own = this_process()
    since = datetime.now().astimezone().isoformat(" ", "seconds")
    claim = Claim(str(own), os.uname().nodename, own.pid, since, os.getcwd(), job)
    path = folder / f"{own.machine}-{own.pid}-{own.started}.json"
    write_json(path, asdict(claim))
    ended = threading.Event()
    threading.Thread(target=_beat, args=(path, ended), name="claim", daemon=True).start()
    try:
        yield
    finally:
        ended.set()
        path.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time look and claim, which takes milliseconds."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as file:
        with suppress(
            OSError
        ):  # no locks on this file system: only two starts within milliseconds would collide
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sorted(folder: Path) -> tuple[dict[Path, Claim], dict[Path, Claim]]:
    """Return the live and the dead claims; claims of other machines are watched for a heartbeat."""
    living: dict[Path, Claim] = {}
    dead: dict[Path, Claim] = {}
    elsewhere: dict[Path, float] = {}
    claims = {path: claim for path in sorted(folder.glob("*.json")) if (claim := _read(path)) is not None}
    for path, claim in claims.items():
        process, beat = Process.parse(claim.process), _last_beat(path)
        if process is not None and process.here:
            (living if process.alive else dead)[path] = claim
        elif process is None or beat is None or time.time() - beat > FORGOTTEN_S:
            dead[path] = claim
        else:
            elsewhere[path] = beat
    deadline = time.monotonic() + SILENT_S
    while elsewhere and time.monotonic() < deadline:
        time.sleep(0.5)
        for path in [path for path, beat in elsewhere.items() if _last_beat(path) != beat]:
            del elsewhere[path]
            if path.exists():
                living[path] = claims[path]
    return living, dead | {path: claims[path] for path in elsewhere}


def _read(path: Path) -> Claim | None:
    """Return a claim, None if it has just been removed or is damaged: claims are written atomically."""
    try:
        return Claim(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        return Claim("", "", 0, "", "")


def _last_beat(path: Path) -> float | None:
    try:
        with path.open() as file:  # network file systems refresh a file's times when it is opened
            return os.fstat(file.fileno()).st_mtime
    except FileNotFoundError:
        return None


def _beat(path: Path, ended: threading.Event) -> None:
    while not ended.wait(BEAT_S):
        with suppress(OSError):
            os.utime(path)


def _end_jobs(run: Process | None) -> None:
    """Wait until no job of a run is left on this machine; kill those that do not end by themselves."""
    if run is None or not run.here:
        return
    start = time.monotonic()
    while left := _jobs(run):
        waited = time.monotonic() - start
        if waited > 5 * ENDING_S:
            raise UserError(
                f"process {left[0]} of a killed run cannot be stopped; the system may be waiting for a disk: "
                "run the same command again later"
            )
        if waited > ENDING_S:
            kill_jobs(run)
        time.sleep(0.1)


def kill_jobs(run: Process) -> None:
    """Kill a run's remaining jobs on this machine."""
    for pid in _jobs(run):
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def _jobs(run: Process) -> list[int]:
    """Return the processes of a run's jobs, without batch jobs that run on this machine."""
    found = []
    for pid in processes():
        try:
            raw = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:  # has ended, or belongs to another user
            continue
        variables = dict(entry.partition("=")[::2] for entry in raw.decode(errors="replace").split("\0"))
        own_job = variables.get(SCHEDULER_JOB) == os.environ.get(SCHEDULER_JOB)
        if variables.get(VARIABLE) == str(run) and own_job and pid != os.getpid():
            found.append(pid)
    return found


def _sentence(results: Path, claim: Claim) -> str:
    who = f"process {claim.pid} on {claim.node}"
    if claim.job:
        return (
            f"job {claim.job} of an earlier run is still working in {results} ({who}, since {claim.since}); "
            f"wait for it or cancel it (scancel {claim.job}), then run the same command again"
        )
    return (
        f"{results} is in use: {who} has been running there since {claim.since}, started in "
        f"{claim.directory}; wait until it ends, stop it (kill -INT {claim.pid}), "
        "or give this run a folder of its own: --config results=another_folder"
    )
