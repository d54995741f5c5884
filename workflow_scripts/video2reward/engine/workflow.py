"""What the rules ask Snakemake's `workflow` for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def command_line_settings(workflow: Any) -> Mapping[str, Any]:
    """Return what `--config` was given, without the files of the configuration."""
    return dict(workflow.config_settings.config)


def plans(workflow: Any) -> bool:
    """Tell whether this process plans and starts jobs; those that it starts on a batch system do not."""
    return bool(workflow.is_main_process)
