"""The environment as the model sees it: the catalogue's visible signals with this robot's shapes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from video2reward.settings.robot import Robot
from video2reward.signals import Signal, visible_signals


@dataclass(frozen=True)
class Words:
    """The control's and the task's own words.

    actions: what the policy's actions are; commands: what they ask for; one_command: all agents get the same command
    description: what the task asks the robot to do, "" where the robot's own description says it
    ground: what the ground of training is like, "" if flat
    """

    actions: str
    commands: str
    one_command: bool
    description: str = ""
    ground: str = ""


def signal_facts(groups: Iterable[str], robot: Robot, keypoints: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the facts on each visible signal, with D, F and J of this robot."""
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
    """Return one line per signal: `name: type (shape) [unit]; meaning; frame`."""
    lines = []
    for s in facts:
        frame = f"; {s['frame']}" if s["frame"] else ""
        shape = f" ({s['shape']})" if s["shape"] else ""
        lines.append(f"{s['name']}: {s['type']}{shape} [{s['unit']}]; {s['meaning']}{frame}")
    return "\n".join(lines)


def orders(groups: Iterable[str], robot: Robot, keypoints: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the order of joints, feet and (if visible) keypoints."""
    found = {"Order of the joints": robot.joints, "Order of the feet": robot.feet}
    if {"keypoints", "reference"} & set(groups):
        found["Order of the keypoints"] = keypoints
    return found


def example_arguments(facts: list[dict[str, Any]]) -> str:
    """Return the start of a signature with real signals: `base_lin_vel: torch.Tensor, ..., dt: float`."""
    chosen = facts[:3] + [s for s in facts if s["name"] == "dt"]
    return ", ".join(f"{s['name']}: {s['type']}" for s in chosen)


def _shape(signal: Signal, sizes: dict[str, int]) -> str:
    """Return a text like "N, 12"; N, the number of agents, stays a letter."""
    return ", ".join(str(sizes.get(part, part)) for part in signal.shape)
