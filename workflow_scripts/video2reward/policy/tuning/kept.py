"""The finished generations of a search, from which a killed one goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from video2reward.artifacts.io import Provenance, read_json, write_json
from video2reward.artifacts.tuning import TunedVariant
from video2reward.errors import UserError


class Kept:
    """One file in the work folder, replaced after each generation; one of other settings, code or inputs is not read."""

    def __init__(self, work: Path, provenance: Provenance) -> None:
        """Manage `work`/generations.json."""
        self.path = work / "generations.json"
        self._identity = json.dumps(provenance, sort_keys=True)

    def read(self) -> list[TunedVariant]:
        """Return the variants of all finished generations, in order; none if there is no such file."""
        try:
            content = read_json(self.path)
            if content["identity"] != self._identity:
                return []
            return [TunedVariant(**one | {"values": tuple(one["values"])}) for one in content["variants"]]
        except (UserError, KeyError, TypeError):
            return []

    def write(self, variants: Sequence[TunedVariant]) -> None:
        """Keep all variants so far."""
        write_json(self.path, {"identity": self._identity, "variants": [asdict(one) for one in variants]})
