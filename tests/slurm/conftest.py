"""A SLURM for the tests of this folder, and the workflow at work on it."""

import importlib.util
import sys
from dataclasses import dataclass

import pytest
from tests.slurm.cluster import Cluster, slurm
from tests.slurm.configuration import NotHereError
from tests.workflow.conftest import Workflow


@dataclass
class OnSlurm(Workflow):
    """The workflow at work in its folder by way of profiles/slurm."""

    def command(self, *arguments: str) -> list[str]:
        """The snakemake call of docs/cluster.md."""
        return [
            sys.executable, "-m", "snakemake", "--snakefile", str(self.root / "Snakefile"), "--directory", str(self.folder),
            "--profile", str(self.root / "profiles" / "slurm"),
            "--workflow-profile", str(self.root / "profiles" / "default"),
            "--configfile", str(self.configuration), *arguments,
        ]  # fmt: skip


@pytest.fixture
def on_slurm(tmp_path):
    if importlib.util.find_spec("snakemake_executor_plugin_slurm") is None:
        pytest.skip("Snakemake's plugin for SLURM is not installed: make slurm-test installs it")
    return OnSlurm(tmp_path)


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    try:
        with slurm() as running:
            yield running
    except NotHereError as error:
        pytest.skip(str(error))
