"""Installs what lock/ names, each file by its digest, and the project itself: python lock/install.py [test] [slurm].

Into the environment of the Python that runs it, with uv where it is installed, else with pip.
"""

import importlib.metadata
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TORCH, CUDA, RUN = HERE / "torch.txt", HERE / "cuda.txt", HERE / "run.txt"
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]


def installer() -> list[str]:
    """The install command of uv for this interpreter, or pip's."""
    uv = shutil.which("uv")
    return [uv, "pip", "install", "--quiet", "--python", sys.executable] if uv else PIP


def wants_cuda() -> bool:
    """Whether the installed torch is a build that needs CUDA's libraries, which are gigabytes."""
    needed = importlib.metadata.requires("torch") or []
    return any(line.startswith(("nvidia-", "cuda-")) for line in needed)


def install(command: list[str], *files: Path) -> None:
    """Install all that `files` list and nothing else: they are complete, so no dependency is looked for."""
    listed = [part for file in files for part in ("--requirement", str(file))]
    subprocess.run([*command, "--no-deps", "--require-hashes", *listed], check=True)


def main(extras: list[str]) -> None:
    """Install torch, the rest, and the project as an editable package."""
    unknown = [name for name in extras if not (HERE / f"{name}.txt").is_file()]
    if unknown:
        known = sorted({file.stem for file in HERE.glob("*.txt")} - {"torch", "cuda", "run"})
        sys.exit(f"error: lock/ has no {unknown[0]}.txt; there are {', '.join(known)}")
    # Always by pip: torch.txt holds the CPU builds too, "2.13.0+cpu", which uv does not take for 2.13.0.
    install(PIP, TORCH)
    importlib.invalidate_caches()
    rest = [RUN, *([CUDA] if wants_cuda() else []), *(HERE / f"{name}.txt" for name in extras)]
    install(installer(), *rest)
    project = ["--no-deps", "--no-build-isolation", "--editable", str(HERE.parent)]
    subprocess.run([*installer(), *project], check=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except subprocess.CalledProcessError as failed:
        sys.exit(
            f"error: {' '.join(map(str, failed.cmd[:4]))} ended with status {failed.returncode}; its message is above"
        )
