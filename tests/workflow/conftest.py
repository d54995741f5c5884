"""Running the real workflow, small, in a folder of its own."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.chat_server import ChatServer, completion

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ("Snakefile", "rules", "workflow_scripts", "config", "resources", "envs", "profiles")


@dataclass
class Run:
    """A finished snakemake call."""

    status: int
    output: str
    seconds: float


@dataclass
class Workflow:
    """The Snakefile of the project at `root` at work in `folder`."""

    folder: Path
    root: Path = ROOT
    configuration: Path = ROOT / "tests" / "workflow" / "tiny.yaml"

    def command(self, *arguments: str) -> list[str]:
        """The snakemake call."""
        return [
            sys.executable, "-m", "snakemake", "--snakefile", str(self.root / "Snakefile"), "--directory", str(self.folder),
            "--workflow-profile", str(self.root / "profiles" / "default"), "--cores", "2",
            "--configfile", str(self.configuration), *arguments,
        ]  # fmt: skip

    def __call__(self, *arguments: str, timeout: float = 900, **environment: str) -> Run:
        start = time.monotonic()
        done = subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, **environment},
            check=False,
        )
        return Run(done.returncode, done.stdout + done.stderr, time.monotonic() - start)

    def planned(self, *arguments: str) -> set[str]:
        """What would run, by a dry run: a rule's name, with the round and candidate where it has them: "train_policy 1.2"."""
        run = self("--dry-run", "--quiet", "host", *arguments)
        assert run.status == 0, run.output[-3000:]
        jobs = set()
        for block in re.split(r"\n\n+|\n(?=\[)", run.output):
            named = re.search(r"^(?:local)?rule (\w+):$", block, re.MULTILINE)
            if named and named[1] != "all":
                found = dict(
                    re.findall(r"(\w+)=([^,\s]+)", (re.findall(r"wildcards: (.*)", block) or [""])[0])
                )
                number = ".".join(found[name] for name in ("n", "k") if name in found)
                jobs.add(f"{named[1]} {number}".strip())
        return jobs

    def copy(self, to: Path) -> "Workflow":
        """The same, all its files and times copied."""
        shutil.copytree(self.folder, to, symlinks=True)
        return Workflow(to, to if self.root == self.folder else self.root, self.configuration)

    def __truediv__(self, path: str) -> Path:
        return self.folder / "results" / path


@pytest.fixture
def workflow(tmp_path):
    return Workflow(tmp_path)


def copy_project(to: Path) -> None:
    """A clone of the project as it is now, without tests and documents."""
    for name in PROJECT:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copyfile(source, to / name)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A clone in which the tiny configuration has run, once for all tests and test processes; not to be changed."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "finished"
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        flow = Workflow(folder, folder)
        if not (folder / "done").exists():
            folder.mkdir()
            copy_project(folder)
            run = flow()
            assert run.status == 0, run.output[-6000:]
            (folder / "done").touch()
    return flow


@pytest.fixture
def chat_server():
    """Start chat servers that answer given texts in turn, the last one for ever; all are closed at the end."""
    with ExitStack() as stack:
        yield lambda texts: stack.enter_context(ChatServer(*[(200, completion(text), 0) for text in texts]))
