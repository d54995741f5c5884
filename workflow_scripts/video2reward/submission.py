"""Jobs are submitted to SLURM without the keys of language models: it would keep them on its disks and hand them to nodes."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from typing import Any

PLUGIN = "snakemake_executor_plugin_slurm"


def withhold(variables: Iterable[str]) -> None:
    """Make Snakemake's plugin for SLURM, where it is in use, leave environment variables out of what jobs inherit.

    Its jobs inherit everything (`sbatch --export=ALL`), and it allows no other choice.
    """
    plugin: Any = sys.modules.get(PLUGIN)
    names = [f"--unset={shlex.quote(name)}" for name in variables]
    if plugin is None or not names:
        return
    own = getattr(plugin.get_submit_command, "with_all", plugin.get_submit_command)

    def submit_command(*arguments: Any, **options: Any) -> str:
        return f"env {' '.join(names)} {own(*arguments, **options)}"

    submit_command.with_all = own  # type: ignore[attr-defined]
    plugin.get_submit_command = submit_command
