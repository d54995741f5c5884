"""Python environments of individual rules, created on first use from a requirements file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from video2reward.errors import UserError

# Lines of the requirements file: a statement that must run in the environment, which may import this library;
# packages whose own dependencies are installed too, as they differ from machine to machine; and the Pythons that
# have wheels of everything, the best one first.
VERIFY, DEPENDENCIES, PYTHONS = "# verify:", "# with dependencies:", "# python:"
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
LIBRARY = Path(__file__).resolve().parents[2]
_VERSIONS = (
    "import importlib.metadata as m, json, sys;"
    "json.dump({d.name: d.version for d in m.distributions()}, sys.stdout, sort_keys=True)"
)


def create_environment(requirements: Path, environment: Path) -> dict[str, Any]:
    """Create or complete a virtual environment, and check that it works.

    It has the running Python, or, where `requirements` names others behind `PYTHONS`, one of those.

    Only wheels are installed, and only what `requirements` lists (pip's --no-deps), so the file names everything in
    the environment except the dependencies of packages marked with `DEPENDENCIES`. An existing environment, complete or
    not, is completed.

    Returns:
        python: the environment's interpreter; requirements: SHA-256 of the file; versions: by package

    Raises:
        UserError: no suitable Python is installed; venv or pip fails, or an installed package does not import;
            quotes the end of the message
    """
    base, version = find_python(requirements)
    python = Path(os.path.abspath(environment / "bin" / "python"))  # without "..", links kept
    if not _works(python, version):
        _make(environment, base, version)
    _install(requirements, environment, python)
    check = [str(python), "-c", "\n".join(_marked(requirements, VERIFY))]
    if subprocess.run(check, capture_output=True, env=_with_library()).returncode != 0:
        print(f"{environment} does not work (an interrupted installation?): creating it again", flush=True)
        _make(environment, base, version)
        _install(requirements, environment, python)
        _run(check, f"{environment} does not work", f"check {requirements} and run again", _with_library())
    versions = json.loads(_run([str(python), "-c", _VERSIONS], f"{environment} does not work", "run again"))
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    return {"python": str(python), "requirements": digest, "versions": versions}


def find_python(requirements: Path) -> tuple[str, str]:
    """Find an interpreter for the environment of `requirements`: its path and version, such as "3.12".

    The running one if it is suitable; else one on the path; else one of uv's, which fetches what it does not have.

    Raises:
        UserError: there is none
    """
    versions = " ".join(_marked(requirements, PYTHONS)).split()
    if not versions or RUNNING in versions:
        return sys.executable, RUNNING
    for version in versions:
        if python := _interpreter([f"python{version}"], version):
            return python, version
    if uv := shutil.which("uv"):
        for version in versions:
            if python := _interpreter(
                [uv, "run", "--no-project", "--quiet", "--python", version, "python"], version
            ):
                return python, version
    raise UserError(
        f"{requirements} needs Python {' or '.join(versions)} and this is {RUNNING}: install one of them beside it "
        f"(Debian, Ubuntu, as far as they have it: apt install python{versions[0]}-venv), or uv, which fetches one "
        f"({sys.executable} -m pip install uv), and run again"
    )


def _interpreter(command: list[str], version: str) -> str | None:
    """The path of the interpreter that `command` starts, if it is of `version` and can make environments."""
    # The base: what uv runs may be an environment that is gone with the call.
    asked = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2], sys._base_executable)"
    try:
        done = subprocess.run([*command, "-c", asked], capture_output=True, text=True)
    except OSError:
        return None
    found, _, path = done.stdout.strip().partition(" ")
    return path if done.returncode == 0 and found == version else None


def _make(environment: Path, base: str, version: str) -> None:
    print(f"creating {environment} with Python {version}", flush=True)
    _run(
        [base, "-m", "venv", "--clear", str(environment.absolute())],
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


def _works(python: Path, version: str) -> bool:
    """Return whether `python` is there, of `version`, and has pip."""
    if not python.exists():
        return False
    check = f"import pip, sys; sys.exit('%d.%d' % sys.version_info[:2] != {version!r})"
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
