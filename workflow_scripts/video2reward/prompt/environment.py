"""The environment as the model sees it: the catalogue's visible_signals signals with this robot's shapes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from video2reward.settings.robot import Robot
from video2reward.signals import Signal, visible_signals


@dataclass(frozen=True)
class Words:
    """The control's and the task's own words.

    actions: what the policy's actions are; commands: what they ask for; one_command: all agents are commanded alike
    """

    actions: str
    commands: str
    one_command: bool


def signal_facts(groups: Iterable[str], robot: Robot, keypoints: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return what is known of each visible_signals signal, with sizes for D, F and J of this robot."""
    sizes = {"D": len(robot.joints), "F": len(robot.feet), "J": len(keypoints)}
    return [
        {
            "name": signal.name,
            "type": signal.annotation,
            "shape": _shape(signal, sizes),
            "unit": signal.unit,
            "frame": signal.frame,
            "meaning": signal.meaning,
        }
        for signal in visible_signals(groups)
    ]


def signal_table(facts: list[dict[str, Any]]) -> str:
    """Return one line a signal: `name: type (shape) [unit]; meaning; frame`."""
    lines = []
    for s in facts:
        frame = f"; {s['frame']}" if s["frame"] else ""
        shape = f" ({s['shape']})" if s["shape"] else ""
        lines.append(f"{s['name']}: {s['type']}{shape} [{s['unit']}]; {s['meaning']}{frame}")
    return "\n".join(lines)


def orders(groups: Iterable[str], robot: Robot, keypoints: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the orders in which joints, feet and (if they may be seen) keypoints are stored."""
    found = {"Order of the joints": robot.joints, "Order of the feet": robot.feet}
    if {"keypoints", "reference"} & set(groups):
        found["Order of the keypoints"] = keypoints
    return found


def example_arguments(facts: list[dict[str, Any]]) -> str:
    """Return the beginning of a signature with real signals: `base_lin_vel: torch.Tensor, ..., dt: float`."""
    chosen = facts[:3] + [s for s in facts if s["name"] == "dt"]
    return ", ".join(f"{s['name']}: {s['type']}" for s in chosen)


def _shape(signal: Signal, sizes: dict[str, int]) -> str:
    """Return "N, 12"-like text: N stays a letter, it is the number of agents."""
    return ", ".join(str(sizes.get(part, part)) for part in signal.shape)
