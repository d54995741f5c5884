"""What every workflow script shares: named arguments, the stage's slice of the configuration, provenance."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import Provenance, provenance
from video2reward.errors import UserError


class Script:
    """A script's command line: `--NAME PATH` for each file, `--params JSON`, `--code DIGEST`."""

    def __init__(self, description: str) -> None:
        """Start a command line with the arguments that every script has."""
        self._parser = argparse.ArgumentParser(description=description)
        self._parser.add_argument("--params", default="{}", help="JSON: the settings this stage reads")
        self._parser.add_argument("--code", default="", help="digest of the code behind this stage")
        self._inputs: list[str] = []
        self.params: dict[str, Any] = {}
        self.args = argparse.Namespace()

    def input(self, *names: str, optional: bool = False, many: bool = False) -> Script:
        """Declare input files; their digests enter the provenance."""
        for name in names:
            self._parser.add_argument(
                f"--{name}", type=Path, required=not optional, nargs="*" if many else None
            )
            self._inputs.append(name)
        return self

    def output(self, *names: str) -> Script:
        """Declare output files."""
        for name in names:
            self._parser.add_argument(f"--{name}", type=Path, required=True)
        return self

    def option(self, name: str, kind: type, default: Any) -> Script:
        """Declare an option that does not change the result, such as a thread count."""
        self._parser.add_argument(f"--{name}", type=kind, default=default)
        return self

    def parse(self) -> Script:
        """Read the command line; inputs that do not exist are a `UserError`."""
        self.args = self._parser.parse_args()
        self.params = json.loads(self.args.params)
        for name, path in self._paths().items():
            if not path.exists():
                raise UserError(f"--{name} {path} does not exist")
        return self

    def path(self, name: str) -> Path:
        """Return a declared file's path."""
        value = getattr(self.args, name.replace("-", "_"))
        assert isinstance(value, Path)
        return value

    def provenance(self, extra: Mapping[str, Any] | None = None) -> Provenance:
        """Return the provenance of what this script writes."""
        return provenance(self._paths(), {**self.params, **(extra or {})}, self.args.code)

    def _paths(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for name in self._inputs:
            value = getattr(self.args, name.replace("-", "_"))
            for i, path in enumerate(value if isinstance(value, list) else [value]):
                if path is not None:
                    found[f"{name}{i or ''}"] = path
        return found


def limit_threads(threads: int) -> None:
    """Give numerical libraries `threads` threads; call before torch is imported.

    Passive waiting: spinning OpenMP threads cost 3-4x when trainings run side by side.
    """
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
