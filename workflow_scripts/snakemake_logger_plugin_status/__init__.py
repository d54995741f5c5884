"""`snakemake --dry-run --logger status`: what would run, why, how long and what it costs, in plain words.

Snakemake finds this package by its name and imports it at every start, so everything else is imported late. It reads
the settings' types, so annotations must not be postponed.
"""

import logging
import sys
import traceback
from dataclasses import dataclass, field
from typing import Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase


@dataclass
class LogHandlerSettings(LogHandlerSettingsBase):
    """What the page covers."""

    whole: bool = field(
        default=False,
        metadata={"help": "Estimate the whole configuration from scratch instead of what would run now."},
    )


class LogHandler(LogHandlerBase):
    """Keeps the job graph that Snakemake passes to loggers, and explains it at the end."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = False
    needs_rulegraph = False

    def __post_init__(self) -> None:
        """Subscribe to job events; refuse a real run, which would be silent."""
        if not self.common_settings.dryrun:
            raise SystemExit("error: --logger status only explains and runs nothing; add --dry-run")
        self.common_settings.debug_dag = True
        self._graph: Any = None
        self._failed = False

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the graph; pass on warnings and errors."""
        if self._graph is None and hasattr(record, "job"):
            # Not before: only the Snakefile says which checkout's library is meant.
            from video2reward.engine.graph import graph_of

            self._graph = graph_of(record.job)
        if record.levelno >= logging.WARNING:
            self._failed |= record.levelno >= logging.ERROR
            print(self.format(record), file=sys.stderr)

    def close(self) -> None:
        """Print the page, as Snakemake closes loggers at its end."""
        graph, self._graph = getattr(self, "_graph", None), None
        if graph is not None and not self._failed:
            try:
                from snakemake_logger_plugin_status.page import estimated, page

                told = estimated if self.settings and self.settings.whole else page
                print(told(graph), end="", flush=True)
            except Exception:  # Snakemake would swallow it
                traceback.print_exc()
        super().close()
