"""What is added to Snakemake's plugin for SLURM: jobs are submitted without keys, and not to nodes whose GPU is broken."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from video2reward.engine.gpus import avoided

PLUGIN = "snakemake_executor_plugin_slurm"


def withhold(variables: Iterable[str]) -> None:
    """Make the plugin, where it is in use, leave environment variables out of what jobs inherit.

    Its jobs inherit everything (`sbatch --export=ALL`), and it allows no other choice: SLURM would keep the keys
    of language models on its disks and hand them to nodes.
    """
    names = [f"--unset={shlex.quote(name)}" for name in variables]
    if names:
        _wrap(
            "with_all",
            lambda own, *arguments, **options: f"env {' '.join(names)} {own(*arguments, **options)}",
        )


def avoid_broken_gpus(results: Path) -> None:
    """Make the plugin, where it is in use, exclude the nodes whose GPUs did not answer jobs of `results`.

    The plugin itself excludes only nodes that went down.
    """
    told: set[str] = set()

    def submit(own: Callable[..., str], job: Any, *arguments: Any, **options: Any) -> str:
        nodes = avoided(results) if job.resources.get("gpu") or "gpu" in job.resources.get("gres", "") else {}
        for node in sorted(nodes.keys() - told):
            print(
                f"warning: the GPU of node {node} does not answer ({nodes[node]}); jobs avoid it",
                file=sys.stderr,
            )
        told.update(nodes)
        failed = {*(options.pop("failed_nodes", None) or ()), *nodes}
        return own(job, *arguments, failed_nodes=failed, **options)

    _wrap("with_broken", submit)


def _wrap(mark: str, change: Callable[..., str]) -> None:
    """Put `change` around the function that makes `sbatch` commands, or in place of an earlier one of this `mark`."""
    plugin: Any = sys.modules.get(PLUGIN)
    if plugin is None:
        return
    own = plugin.get_submit_command
    layers = dict(getattr(own, "layers", {})) | {mark: change}
    innermost = getattr(own, "innermost", own)
    call = innermost
    for layer in layers.values():
        call = _layer(layer, call)
    call.layers, call.innermost = layers, innermost  # type: ignore[attr-defined]
    plugin.get_submit_command = call


def _layer(change: Callable[..., str], inner: Callable[..., str]) -> Callable[..., str]:
    def submit_command(*arguments: Any, **options: Any) -> str:
        return change(inner, *arguments, **options)

    return submit_command
