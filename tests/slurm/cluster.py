"""A real SLURM on this machine, in a folder of its own: two nodes, stand-in GPUs, no systemd, nothing left behind.

`python -m tests.slurm.cluster` starts one, says how to use it and waits; Ctrl-C ends it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.slurm.configuration import NODES, NotHereError, at_default_place, configure, install, program
from tests.waiting import wait_until

DEADLINE_S = 60.0
MARK = "STAND_IN_SLURM"  # names the cluster's folder in all that belongs to it


@dataclass
class Cluster:
    """A SLURM at work.

    folder: its configuration, logs, state and sockets
    daemons: by name: munged, slurmctld and the nodes
    """

    folder: Path
    daemons: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which SLURM's commands find this cluster."""
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {"SLURM_CONF": str(self.folder / "slurm.conf"), MARK: str(self.folder), "PATH": path}

    def ask(self, *command: str) -> str:
        """Return what one of SLURM's commands prints."""
        environment = {**os.environ, **self.environment}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def start(self, name: str) -> None:
        """Start a daemon."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.daemons[name] = subprocess.Popen(
                self._command(name),
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Wait until all nodes take jobs."""
        deadline = time.monotonic() + DEADLINE_S
        while True:
            with suppress(RuntimeError, subprocess.TimeoutExpired):
                if self.ask("sinfo", "--noheader", "--Node", "--format=%t", "--partition=cpu").split() == [
                    "idle"
                ] * len(NODES):
                    return
            ended = [name for name, daemon in self.daemons.items() if daemon.poll() is not None]
            if ended or time.monotonic() > deadline:
                name = ended[0] if ended else "slurmctld"
                said = (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]
                raise NotHereError(f"SLURM does not start on this machine; {name} says:\n{said}")
            time.sleep(0.2)

    def kill(self, name: str) -> None:
        """Kill a daemon outright; with a node all that runs on it, as when its power fails."""
        victims = self._processes(on=name) if name in NODES else []
        daemon = self.daemons.pop(name)
        daemon.kill()
        daemon.wait()
        _kill(victims)

    def break_gpus(self, node: str) -> None:
        """Let no GPU of a node answer any more; SLURM does not notice."""
        self._broken(node).touch()

    def mend_gpus(self) -> None:
        """Let all GPUs answer again."""
        for node in NODES:
            self._broken(node).unlink(missing_ok=True)

    def _broken(self, node: str) -> Path:
        return self.folder / "bin" / f"nvidia-smi.broken.{node}"

    def restart_controller(self) -> None:
        """End the controller in order and start it again with what it knew."""
        old = self.daemons.pop("slurmctld")
        old.terminate()
        old.wait(DEADLINE_S)
        self.start("slurmctld")

    def stop(self) -> None:
        """End all daemons, and all that still runs of jobs and of commands that asked this cluster."""
        for name in reversed(list(self.daemons)):
            self.kill(name)
        _kill(self._processes())

    def _command(self, name: str) -> list[str]:
        if name == "munged":
            files = ("socket", "key", "pid", "log", "seed")
            options = ("socket", "key-file", "pid-file", "log-file", "seed-file")
            return [
                *(program("munged"), "--foreground", "--force"),
                *(
                    f"--{option}={self.folder / f'munge.{file}'}"
                    for option, file in zip(options, files, strict=True)
                ),
            ]
        if name == "slurmctld":
            return [program("slurmctld"), "-D"]
        return [program("slurmd"), "-D", "-N", name]

    def _processes(self, on: str | None = None) -> list[int]:
        """Return the processes that know this cluster; of a node: its jobs and those who watch over them."""
        found: list[int] = []
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                variables = (entry / "environ").read_bytes().decode(errors="replace").split("\0")
                if f"{MARK}={self.folder}" not in variables:
                    continue
                if on is None:
                    found.append(int(entry.name))
                elif f"SLURMD_NODENAME={on}" in variables:
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                    watcher = Path(f"/proc/{parent}/comm").read_text().startswith("slurmstepd")
                    found += [parent, int(entry.name)] if watcher else [int(entry.name)]
        return [pid for pid in dict.fromkeys(found) if pid != os.getpid()]


@contextmanager
def slurm() -> Iterator[Cluster]:
    """Run a cluster of two nodes until the block ends.

    Raises:
        NotHereError: this machine cannot
    """
    install()
    folder = Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp"))  # a socket's path must be short
    with ExitStack() as left:
        left.callback(shutil.rmtree, folder, ignore_errors=True)
        configure(folder)
        left.enter_context(at_default_place(folder))
        cluster = Cluster(folder)
        left.callback(cluster.stop)
        cluster.start("munged")
        with suppress(AssertionError):  # what is wrong then, the daemons say
            wait_until((folder / "munge.socket").exists, 10, "munge listens")
        for name in ("slurmctld", *NODES):
            cluster.start(name)
        cluster.wait_until_ready()
        yield cluster


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def main() -> None:
    """Run a cluster until Ctrl-C."""
    try:
        with slurm() as cluster:
            print(f"SLURM runs: export SLURM_CONF={cluster.environment['SLURM_CONF']}; Ctrl-C ends it")
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            signal.pause()
    except NotHereError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        print("ended")


if __name__ == "__main__":
    main()
