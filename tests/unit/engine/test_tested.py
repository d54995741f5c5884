"""Another Snakemake than the tested one is refused in a sentence, before anything starts."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from video2reward.engine.tested import TESTED, check_versions
from video2reward.errors import UserError

ROOT = Path(__file__).resolve().parents[3]


def none(package):
    raise PackageNotFoundError(package)


def test_the_installed_one_is_tested():
    check_versions()


@pytest.mark.parametrize("found", ["9.28.0", "9.2.7", "10.0", "9.26.1"])
def test_another_one_is_refused_with_the_way_out(found):
    with pytest.raises(UserError) as refused:
        check_versions({"snakemake": "9.27"}, lambda package: found)
    for part in (f"snakemake {found} is installed", "tested with 9.27", 'pip install "snakemake==9.27.*"'):
        assert part in str(refused.value)


def test_a_patch_release_and_a_missing_plugin_are_fine():
    check_versions({"snakemake": "9.27"}, lambda package: "9.27.99")
    check_versions({"snakemake-executor-plugin-slurm": "2.8"}, none)


def test_the_project_asks_for_what_was_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = " ".join([*project["dependencies"], *project["optional-dependencies"]["slurm"]])
    for package, minor in TESTED.items():
        major, number = minor.split(".")
        assert re.search(rf"\b{package}>={minor},<{major}\.{int(number) + 1}( |$)", asked), package
