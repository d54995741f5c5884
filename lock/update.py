"""Writes lock/*.txt from pyproject.toml, by uv: python lock/update.py [--upgrade] [--cpu-index ADDRESS] (make lock).

Versions already locked are kept where they still fit, unless --upgrade is given. The files hold for every supported
Python on Linux and macOS, and hold no addresses: packages come from whatever index the installer is set to.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "pyproject.toml"
HEADER = "# Made by `make lock` from pyproject.toml; installed by lock/install.py.\n"
# What PyPI's Linux build of torch asks for, and its CPU build does not.
GPU = re.compile(r"(nvidia|cuda)-.*|triton")
# What uv writes behind each requirement that all environments of pyproject.toml share.
EVERYWHERE = re.compile(
    r" ; python_full_version < '3\.\d+' and \(sys_platform == 'darwin' or sys_platform == 'linux'\)(?= )"
)

Entries = dict[str, str]  # a requirement with its marker: its digests, as they stand in a file


def entries(text: str) -> Entries:
    """The requirements of a lock file's text."""
    blocks = re.findall(r"^([a-z0-9][^\n]*?) \\\n((?:    --hash=\S+(?: \\)?\n)+)", text, re.MULTILINE)
    return {requirement.strip(): digests for requirement, digests in blocks}


def name(requirement: str) -> str:
    """The package of a requirement: "torch" of "torch==2.13.0 ; python_version < '3.14'"."""
    return requirement.partition("==")[0]


def compiled(uv: str, source: Path, kept: str, *options: str) -> Entries:
    """What uv resolves `source` to, preferring the versions of the lock text `kept`."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "lock.txt"
        out.write_text(kept)
        command = [
            uv, "pip", "compile", str(source), "--output-file", str(out), "--quiet", "--generate-hashes", "--no-header",
            "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--fork-strategy", "fewest", *options,
        ]  # fmt: skip
        kinds = ("UV_", "PIP_") if "--index-url" not in options else ("PIP_",)
        environment = {key: value for key, value in os.environ.items() if not key.startswith(kinds)}
        if subprocess.run(command, env=environment, check=False).returncode:
            sys.exit("error: uv cannot resolve pyproject.toml; its message is above")
        return entries(EVERYWHERE.sub("", out.read_text()))


def digests(*texts: str) -> str:
    """The digests of all `texts`, each once, in order."""
    found = sorted({digest for text in texts for digest in re.findall(r"--hash=\S+", text)})
    return " \\\n".join(f"    {digest}" for digest in found) + "\n"


def torch_with_cpu(uv: str, plain: Entries, cpu_index: str) -> Entries:
    """The entry of torch with the digests of its CPU builds, which are on PyTorch's own index and not on PyPI.

    Those of the last lock are kept while the version is the same; for a new one `cpu_index` says where to look.
    """
    (requirement, published), = plain.items()  # fmt: skip
    kept = (
        entries((HERE / "torch.txt").read_text()).get(requirement, "")
        if (HERE / "torch.txt").exists()
        else ""
    )
    if cpu_index:
        with tempfile.NamedTemporaryFile("w", suffix=".in") as asked:
            asked.write(f"{requirement}+cpu")
            asked.flush()
            options = ("--no-deps", "--index-url", cpu_index, "--python-version", "3.11")
            kept = "".join(compiled(uv, Path(asked.name), "", *options).values())
    if not kept:
        sys.exit(
            f"error: lock/torch.txt has no CPU builds of {requirement}; run with --cpu-index ADDRESS, PyTorch's index"
        )
    return {requirement: digests(published, kept)}


def write(path: Path, found: Entries) -> None:
    """Write a lock file."""
    path.write_text(
        HEADER + "".join(f"{requirement} \\\n{found[requirement]}" for requirement in sorted(found))
    )


def main() -> None:
    """Resolve everything together, then sort it into one file for each need."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    parser.add_argument(
        "--cpu-index", default="", help="where torch's CPU builds of a new version are listed"
    )
    arguments = parser.parse_args()
    uv = shutil.which("uv") or sys.exit("error: make lock needs uv: pip install uv")
    # Without torch's, whose digests here are partly of builds off PyPI: uv takes a kept entry's digests for all there are.
    kept = (
        ""
        if arguments.upgrade
        else "".join(file.read_text() for file in sorted(HERE.glob("*.txt")) if file.name != "torch.txt")
    )
    extras = tomllib.loads(PROJECT.read_text())["project"].get("optional-dependencies", {})
    options = ("--universal", "--python-version", "3.11")
    whole = compiled(uv, PROJECT, kept, *options, "--all-extras")
    everything = "".join(f"{requirement} \\\n{hashes}" for requirement, hashes in whole.items())
    run = compiled(uv, PROJECT, everything, *options)
    write(
        HERE / "torch.txt",
        torch_with_cpu(uv, {r: h for r, h in run.items() if name(r) == "torch"}, arguments.cpu_index),
    )
    write(HERE / "cuda.txt", {r: h for r, h in run.items() if GPU.fullmatch(name(r))})
    main_part = {r: h for r, h in run.items() if name(r) != "torch" and not GPU.fullmatch(name(r))}
    write(HERE / "run.txt", main_part)
    for extra in extras:
        found = compiled(uv, PROJECT, everything, *options, "--extra", extra)
        write(HERE / f"{extra}.txt", {r: h for r, h in found.items() if r not in run})
    print(
        f"wrote {len(whole)} packages to {HERE.name}/: {', '.join(sorted(f.name for f in HERE.glob('*.txt')))}"
    )


if __name__ == "__main__":
    main()
