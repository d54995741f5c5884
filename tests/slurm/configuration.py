"""What a SLURM of one's own needs on a machine: its packages, its configuration, its stand-in GPUs."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PACKAGES = ("slurmctld", "slurmd", "slurm-client", "munge")
PROGRAMS = ("slurmctld", "slurmd", "sbatch", "munged")
NODES = ("n1", "n2")
GPUS = 4  # of each node

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


class NotHereError(Exception):
    """This machine cannot run a SLURM of its own; the message says why and what helps."""


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
def at_default_place(folder: Path) -> Iterator[None]:
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


def program(name: str) -> str:
    """Return a program's path; the daemons lie where not everybody's PATH leads."""
    found = _found(name)
    if found is None:
        raise NotHereError(f"{name} is not installed; it comes with {', '.join(PACKAGES)}")
    return found
