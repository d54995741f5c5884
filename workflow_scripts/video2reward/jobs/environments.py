"""Python environments of individual rules, created on first use from a requirements file."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from video2reward.errors import UserError

# Marked lines of the requirements file: a statement that must run in the environment and may import this library;
# packages to install with their own dependencies, which differ between machines.
VERIFY, DEPENDENCIES = "# verify:", "# with dependencies:"
LIBRARY = Path(__file__).resolve().parents[2]
_VERSIONS = (
    "import importlib.metadata as m, json, sys;"
    "json.dump({d.name: d.version for d in m.distributions()}, sys.stdout, sort_keys=True)"
)


def create_environment(requirements: Path, environment: Path) -> dict[str, Any]:
    """Create or complete a virtual environment of the running Python, and check that it works.

    Only wheels are installed, and only what `requirements` lists (pip's --no-deps), so the file names everything in
    the environment except the dependencies of packages marked with `DEPENDENCIES`. An existing environment, complete or
    not, is completed.

    Returns:
        python: the environment's interpreter; requirements: SHA-256 of the file; versions: by package

    Raises:
        UserError: venv or pip fails, or an installed package does not import; quotes the end of the message
    """
    python = Path(os.path.abspath(environment / "bin" / "python"))  # without "..", links kept
    if not _works(python):
        _make(environment)
    _install(requirements, environment, python)
    check = [str(python), "-c", "\n".join(_marked(requirements, VERIFY))]
    if subprocess.run(check, capture_output=True, env=_with_library()).returncode != 0:
        print(f"{environment} does not work (an interrupted installation?): creating it again", flush=True)
        _make(environment)
        _install(requirements, environment, python)
        _run(check, f"{environment} does not work", f"check {requirements} and run again", _with_library())
    versions = json.loads(_run([str(python), "-c", _VERSIONS], f"{environment} does not work", "run again"))
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    return {"python": str(python), "requirements": digest, "versions": versions}


def _make(environment: Path) -> None:
    print(f"creating {environment} with Python {sys.version.split()[0]}", flush=True)
    _run(
        [sys.executable, "-m", "venv", "--clear", str(environment.absolute())],
        f"cannot create the environment {environment}",
        "install Python's venv module (Debian, Ubuntu: apt install python3-venv) and run again",
    )


def _install(requirements: Path, environment: Path, python: Path) -> None:
    print(f"installing {requirements.name} into {environment}", flush=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--only-binary", ":all:"]
    whole = " ".join(_marked(requirements, DEPENDENCIES)).split()
    with_theirs = [[*pip, "--constraint", str(requirements), *whole]] if whole else []
    for command in [*with_theirs, [*pip, "--no-deps", "--requirement", str(requirements)]]:
        _run(
            command,
            f"cannot install {requirements} into {environment}",
            "check the network and pip's settings (pip config list) and run again; finished parts are kept",
        )


def _works(python: Path) -> bool:
    """Return whether `python` exists, has the running Python's version and has pip."""
    if not python.exists():
        return False
    check = f"import pip, sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    return subprocess.run([str(python), "-c", check], capture_output=True).returncode == 0


def _marked(requirements: Path, mark: str) -> list[str]:
    lines = requirements.read_text().splitlines()
    return [line.removeprefix(mark).strip() for line in lines if line.startswith(mark)]


def _with_library() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(LIBRARY)}


def _run(command: list[str], what: str, way_out: str, variables: dict[str, str] | None = None) -> str:
    """Run a command and return its output; if it fails, a `UserError` quotes the end of its message."""
    done = subprocess.run(command, capture_output=True, text=True, env=variables)
    if done.returncode == 0:
        return done.stdout
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")][-3:] or lines[-1:]
    raise UserError(f"{what}: {' | '.join(errors) or f'exit status {done.returncode}'}; {way_out}")
