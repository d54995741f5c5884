"""The versions of Snakemake and its plugin that the library was tested with; with another one nothing starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version

from video2reward.errors import UserError

TESTED = {"snakemake": "9.27", "snakemake-executor-plugin-slurm": "2.8"}
"""Package -> minor release; pyproject.toml asks for the same. The plugin may be missing."""


def check_versions(tested: Mapping[str, str] = TESTED, installed: Callable[[str], str] = version) -> None:
    """Refuse releases whose inside may differ from what engine/private_names.py lists.

    Raises:
        UserError: one is installed that was not tested
    """
    for package, minor in tested.items():
        try:
            found = installed(package)
        except PackageNotFoundError:
            continue
        if found.split(".")[:2] != minor.split("."):
            raise UserError(
                f"{package} {found} is installed; Video2Reward relies on its internals and was tested with {minor} only; "
                f'install that one: python -m pip install "{package}=={minor}.*"'
            )
