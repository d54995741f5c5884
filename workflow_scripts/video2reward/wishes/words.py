"""A measured wish in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def asked_in_words(figure: Mapping[str, Any]) -> str:
    """Return what was asked of one measure (`Asked` as a mapping): "2.00 times the motion in reach's (0.156 m)"."""
    if figure["relation"] == "times":
        return f"{figure['asked']:.2f} times the motion in reach's ({figure['limit']:.3g} {figure['unit']})"
    return f"{figure['relation'].replace('_', ' ')} {figure['asked']:.3g} {figure['unit']}"


def reached_in_words(figure: Mapping[str, Any]) -> str:
    """Return what a policy reached (`Reached` as a mapping), as a multiple where it was asked for as one."""
    value = figure["value"]
    if value is None:
        return "not measured, no agent stayed up"
    shown = f"{value:.3g} {figure['unit']}"
    relative = figure["relation"] == "times" and figure["base"]
    return f"reached {value / figure['base']:.2f} times ({shown})" if relative else f"reached {shown}"
