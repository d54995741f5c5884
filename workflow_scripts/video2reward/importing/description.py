"""robot.yaml of an imported robot, with a comment on each line that was guessed."""

from __future__ import annotations

import json
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from video2reward.settings.base import Settings
from video2reward.settings.robot import Robot

_WIDTH = 118
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")


def robot_text(robot: Robot, comments: Mapping[str, str]) -> str:
    """Return robot.yaml; `comments`: key -> why its value is a guess, written above the key."""
    lines = [
        "# Written by `make robot`; a comment above a key says where its value comes from. Change what you know better."
    ]
    values = robot.model_dump(exclude_none=True)
    for key in Robot.model_fields:
        if key not in values or (key not in comments and values[key] == _default(key)):
            continue
        if key in comments:
            lines += textwrap.wrap(comments[key], _WIDTH, initial_indent="# ", subsequent_indent="# ")
        lines += _skeletons(robot) if key == "skeletons" else _entry(key, values[key])
    return "\n".join(lines) + "\n"


def _default(key: str) -> Any:
    value = Robot.model_fields[key].default
    return value.model_dump() if isinstance(value, Settings) else value


def grouped(table: Mapping[str, float]) -> dict[str, float]:
    """Return a gain table with one regular expression for all joints of one value."""
    names: dict[float, list[str]] = defaultdict(list)
    for name, value in table.items():
        names[value].append(name)
    if len(names) == 1:
        return {".*": next(iter(names))}
    return {"|".join(map(_escaped, group)): value for value, group in names.items()}


def _escaped(name: str) -> str:
    return name if re.fullmatch(r"\w+", name) else re.escape(name)


def _entry(key: str, value: Any) -> list[str]:
    if isinstance(value, Mapping | list | tuple):
        if isinstance(value, Mapping):
            lines = _filled((f"{_scalar(k)}: {_scalar(v)}" for k, v in value.items()), "{}")
        else:
            lines = _filled(map(_scalar, value), "[]")
        return [f"{key}: {lines[0].strip()}"] if len(lines) == 1 else [f"{key}:", *lines]
    if isinstance(value, str) and len(value) > 90:
        return [f"{key}: >-", *textwrap.wrap(value, _WIDTH, initial_indent="  ", subsequent_indent="  ")]
    return [f"{key}: {_scalar(value)}"]


def _filled(items: Iterable[str], brackets: str) -> list[str]:
    """Return items in a flow collection over as many lines as they need; no item is broken."""
    lines, line = [], f"  {brackets[0]}"
    for item in items:
        start = line.strip() == brackets[0]
        if not start and len(line) + len(item) + 2 > _WIDTH:
            lines.append(f"{line},")
            line = f"   {item}"
        else:
            line += item if start else f", {item}"
    return [*lines, line + brackets[1]]


def _scalar(value: Any) -> str:
    """Return a value in YAML's flow style; JSON is a part of it."""
    if (
        isinstance(value, str)
        and _PLAIN.fullmatch(value)
        and value.lower() not in ("yes", "no", "on", "off", "true", "false", "null", "y", "n")
    ):
        return value
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_scalar, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _skeletons(robot: Robot) -> list[str]:
    lines = ["skeletons:"]
    for name, table in robot.skeletons.items():
        lines += [f"  {name}:", "    sites:"]
        lines += [f"      {joint}: {_scalar(site)}" for joint, site in table.sites.items()]
        lines += [f"    scored: {_scalar(table.scored)}", "    limbs:"]
        for limb in table.limbs:
            parts = ", ".join(f"{k}: {_scalar(v)}" for k, v in limb.model_dump(exclude_none=True).items())
            lines.append(f"      - {{{parts}}}")
    return lines
