"""Running the real workflow, small, in a folder of its own."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.chat_server import ChatServer, completion

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Run:
    """A finished snakemake call."""

    status: int
    output: str
    seconds: float


@dataclass
class Workflow:
    """The project's Snakefile at work in `folder`."""

    folder: Path
    configuration: Path = ROOT / "tests" / "workflow" / "tiny.yaml"

    def command(self, *arguments: str) -> list[str]:
        """The snakemake call."""
        return [
            sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(self.folder),
            "--workflow-profile", str(ROOT / "profiles" / "default"), "--cores", "2",
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

    def __truediv__(self, path: str) -> Path:
        return self.folder / "results" / path


@pytest.fixture
def workflow(tmp_path):
    return Workflow(tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The tiny configuration, run once for all tests that look at its results."""
    flow = Workflow(tmp_path_factory.mktemp("finished"))
    run = flow()
    assert run.status == 0, run.output[-6000:]
    return flow


@pytest.fixture
def chat_server():
    """Start chat servers that answer given texts in turn, the last one for ever; all are closed at the end."""
    with ExitStack() as stack:
        yield lambda texts: stack.enter_context(ChatServer(*[(200, completion(text), 0) for text in texts]))
