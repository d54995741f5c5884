"""A real SLURM on this machine, in a folder of its own: two nodes, stand-in GPUs, no systemd, nothing left behind.

`python tests/slurm/cluster.py` starts one, says how to use it and waits; Ctrl-C ends it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = ("slurmctld", "slurmd", "slurm-client", "munge")
PROGRAMS = ("slurmctld", "slurmd", "sbatch", "munged")
NODES = ("n1", "n2")
GPUS = 4  # of each node
DEADLINE_S = 60.0

# SlurmdTimeout, s: a node that is silent for longer is down; ReturnToService=2: one that comes back is used again.
# MinJobAge, s: so long squeue tells how a job ended. OverMemoryKill: looks every second what a job's processes hold and
# kills those that hold more than it asked for; control groups, which clusters use, need a systemd.
CONFIGURATION = """\
ClusterName=stand_in
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmdSpoolDir={folder}/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
GresTypes=gpu
SlurmdParameters=config_overrides
MinJobAge=7200
ReturnToService=2
SlurmdTimeout=20
KillWait=5
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill,UsePss
{nodes}
PartitionName=cpu Nodes=ALL Default=YES
PartitionName=gpu Nodes=ALL
"""
NODE = "NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=8 RealMemory=32000 Gres=gpu:fake:{gpus}"
GRES = "NodeName={nodes} Name=gpu Type=fake File={folder}/gpu[0-{last}] Flags=nvidia_gpu_env\n"
NULL = os.makedev(1, 3)  # what the stand-in GPUs are: /dev/null
# What NVIDIA's tool does: it asks the devices of the node it runs on, which may be broken (Cluster.break_gpus).
TOOL = """\
#!/bin/sh
if [ -e "$0.broken.$SLURMD_NODENAME" ]; then
    echo "Unable to determine the device handle for GPU0: GPU is lost. Reboot the system to recover this GPU"
    exit 15
fi
for device in {folder}/gpu?; do
    : > "$device" && echo "stand-in ${{device##*/}}"
done
"""
DEFAULT = Path("/etc/slurm")  # jobs look there alone: the plugin takes SLURM_CONF from them
MARK = "STAND_IN_SLURM"  # names the cluster's folder in all that belongs to it


class NotHereError(Exception):
    """This machine cannot run a SLURM of its own; the message says why and what helps."""


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
                *(_program("munged"), "--foreground", "--force"),
                *(
                    f"--{option}={self.folder / f'munge.{file}'}"
                    for option, file in zip(options, files, strict=True)
                ),
            ]
        if name == "slurmctld":
            return [_program("slurmctld"), "-D"]
        return [_program("slurmd"), "-D", "-N", name]

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
        left.enter_context(_at_default_place(folder))
        cluster = Cluster(folder)
        left.callback(cluster.stop)
        cluster.start("munged")
        for _ in range(100):
            if (folder / "munge.socket").exists():
                break
            time.sleep(0.1)
        for name in ("slurmctld", *NODES):
            cluster.start(name)
        cluster.wait_until_ready()
        yield cluster


def install() -> None:
    """Install SLURM from the system's packages where it is missing; the packages stay."""
    if os.geteuid() != 0:
        raise NotHereError("a SLURM of one's own needs root: its nodes start jobs as other users")
    if all(_found(name) for name in PROGRAMS):
        return
    manual = f"install {', '.join(PACKAGES)} yourself, version 22.05 or newer"
    if shutil.which("apt-get") is None:
        raise NotHereError(f"SLURM is not installed and there is no apt-get here; {manual}")
    running = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    commands = (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES])
    for arguments in commands:
        done = subprocess.run(["apt-get", "-qq", *arguments], env=running, capture_output=True, text=True)
    if done.returncode or not all(_found(name) for name in PROGRAMS):
        raise NotHereError(f"apt-get cannot install SLURM; {manual}. It says:\n{done.stderr[-1000:]}")


def configure(folder: Path) -> None:
    """Write the cluster's configuration, its key and its stand-in GPUs."""
    folder.chmod(0o755)
    (folder / "state").mkdir()
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    try:
        for number in range(GPUS):
            os.mknod(folder / f"gpu{number}", 0o020666, NULL)
    except OSError as error:
        raise NotHereError(f"stand-in GPUs are device nodes, which may not be made here ({error})") from error
    tool = folder / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    tool.write_text(TOOL.format(folder=folder))
    tool.chmod(0o755)
    host = socket.gethostname().partition(".")[0]
    controller, *ports = _free_ports(1 + len(NODES))
    nodes = [
        NODE.format(name=name, host=host, port=port, gpus=GPUS)
        for name, port in zip(NODES, ports, strict=True)
    ]
    content = CONFIGURATION.format(
        host=host, controller_port=controller, folder=folder, nodes="\n".join(nodes)
    )
    (folder / "slurm.conf").write_text(content)
    (folder / "gres.conf").write_text(GRES.format(nodes=",".join(NODES), folder=folder, last=GPUS - 1))


@contextmanager
def _at_default_place(folder: Path) -> Iterator[None]:
    """Let jobs find the configuration; whose computer belongs to another cluster is left alone."""
    links = [DEFAULT / name for name in ("slurm.conf", "gres.conf")]
    for link in links:
        if link.is_symlink() and not link.exists():  # of a cluster that was killed
            link.unlink()
        if link.exists():
            raise NotHereError(
                f"there is a SLURM on this machine already: {link}; its configuration is not touched"
            )
    DEFAULT.mkdir(exist_ok=True)
    try:
        for link in links:
            link.symlink_to(folder / link.name)
        yield
    finally:
        for link in links:
            link.unlink(missing_ok=True)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _found(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def _program(name: str) -> str:
    """Return a program's path; the daemons lie where not everybody's PATH leads."""
    found = _found(name)
    if found is None:
        raise NotHereError(f"{name} is not installed; it comes with {', '.join(PACKAGES)}")
    return found


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
