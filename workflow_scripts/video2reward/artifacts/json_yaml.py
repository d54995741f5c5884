"""YAML that is JSON too, so that a robot's program may read it with either; rows of numbers stand on one line."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import atomic_path


def write_json_yaml(path: Path, content: Mapping[str, Any]) -> None:
    """Write plain values atomically; a number that is not finite is a `ValueError`."""
    with atomic_path(path) as aside:
        aside.write_text(json_yaml(content) + "\n", encoding="utf-8")


def json_yaml(value: Any, indent: str = "") -> str:
    """Return plain values (dictionaries, lists, texts, numbers, None) as text."""
    deeper = indent + "  "
    if isinstance(value, Mapping) and value:
        rows = [f"{deeper}{json.dumps(key)}: {json_yaml(each, deeper)}" for key, each in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if isinstance(value, list | tuple):
        if any(isinstance(each, Mapping | list | tuple) for each in value):
            rows = [deeper + json_yaml(each, deeper) for each in value]
            return "[\n" + ",\n".join(rows) + f"\n{indent}]"
        return f"[{', '.join(json_yaml(each) for each in value)}]"
    return _number(value) if isinstance(value, float) else json.dumps(value)


def _number(value: float) -> str:
    """Return a float with all its digits and a point, without which YAML 1.1 takes 1e-05 for a text."""
    if not math.isfinite(value):
        raise ValueError(f"{value} has no place in a file for robots")
    text = repr(float(value))
    return text if "." in text else text.replace("e", ".0e")
