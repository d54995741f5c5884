"""Causes of falls: the body that touched the ground, the time and the trunk's lean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from video2reward.artifacts.rollout import Rollout
from video2reward.geometry import rotate
from video2reward.robots.model import build_model
from video2reward.settings.robot import Robot

# A body touches the ground up to this height, m; the simulator's shapes differ slightly.
_NEAR = 0.02
# Lean below which a trunk is upright, degrees.
_LEVEL = 20.0
UNSTABLE = "the simulation became unstable"


@dataclass(frozen=True)
class Fall:
    """One agent's fall: time after the start, s; the body that touched the ground, or UNSTABLE; the trunk's lean."""

    seconds: float
    body: str
    lean: str


@dataclass(frozen=True)
class Falls:
    """falls: in agent order; agents: their number; seconds: length of the rollout."""

    falls: tuple[Fall, ...]
    agents: int
    seconds: float


def find_falls(rollout: Rollout, robot: Robot, mjcf: Path) -> Falls:
    """Find the cause of each fall: the forbidden body that is deepest in the ground at the step of the fall."""
    agents, steps = rollout.qpos.shape[:2]
    fallen = np.flatnonzero(rollout.fell)
    found: tuple[Fall, ...] = ()
    if len(fallen):
        states = rollout.qpos[fallen, rollout.fell_at[fallen]].astype(float)
        bodies = _touching(states, robot, mjcf)
        times = (rollout.fell_at[fallen] + 1) * rollout.dt
        found = tuple(
            Fall(float(time), body, UNSTABLE if body == UNSTABLE else lean(state[3:7]))
            for time, body, state in zip(times, bodies, states, strict=True)
        )
    return Falls(found, agents, steps * rollout.dt)


def lean(quaternion: np.ndarray) -> str:
    """Return the lean of a trunk's quaternion (w, x, y, z): "upright", "nose down", "nose up", "to its left/right"."""
    w, *turn = quaternion
    down = rotate(np.array([w, *(-part for part in turn)]), np.array([0.0, 0.0, -1.0]))
    if np.degrees(np.arccos(np.clip(-down[2], -1, 1))) < _LEVEL:
        return "upright"
    if abs(down[0]) >= abs(down[1]):
        return "nose down" if down[0] > 0 else "nose up"
    return "to its left" if down[1] > 0 else "to its right"


def _touching(states: np.ndarray, robot: Robot, mjcf: Path) -> list[str]:
    """Return for each state (n, nq) the forbidden body that is deepest in the ground."""
    model = build_model(robot, mjcf, 1)
    import mujoco  # after build_model, which imports it whatever OpenGL does

    forbidden = {model.body(name).id: name for name in robot.terminate_on_contact}
    model.geom_margin[:] = _NEAR
    data = mujoco.MjData(model)
    found = []
    for state in states:
        data.qpos[:] = state
        mujoco.mj_forward(model, data)
        contacts = sorted(
            (float(contact.dist), forbidden[body])
            for contact in data.contact
            for body in model.geom_bodyid[contact.geom]
            if body in forbidden
        )
        found.append(contacts[0][1] if contacts else UNSTABLE)
    return found


def falls_text(falls: Falls, training: Mapping[str, np.ndarray], single: bool = False) -> str:
    """Return the text on falls: number, cause, time, and rate during training; single: of a single motion."""
    lines = []
    length = f"{falls.seconds:.0f} s" + ("" if single else " at the video's speed")
    if not falls.falls:
        lines.append(f"Falls: none of {falls.agents} agents in {length}; all went on until time ran out.")
    else:
        times = np.array([fall.seconds for fall in falls.falls])
        when = f"{times.min():.1f} to {times.max():.1f} s after the start, half of them before {np.median(times):.1f} s"
        rest = falls.agents - len(falls.falls)
        lines.append(
            f"Falls: {len(falls.falls)} of {falls.agents} agents in {length}, {when}; "
            f"{rest or 'none'} went on until time ran out. What ended them: {_causes(falls)}."
        )
    known = training.get("terminated_fraction", np.zeros(0))
    known = known[np.isfinite(known)]
    if len(known):
        part = max(1, len(known) // 10)
        first, last = (f"{float(values.mean()):.2f}" for values in (known[:part], known[-part:]))
        lines.append(f"Falls per agent and update of the training: {first} at first, {last} at the end.")
    return "\n".join(lines)


def _causes(falls: Falls) -> str:
    """Return "LF_THIGH touched the ground 3 times (trunk nose down 2, upright 1); ...", most frequent first."""
    texts = []
    for body, count in sorted(
        Counter(fall.body for fall in falls.falls).items(), key=lambda c: (-c[1], c[0])
    ):
        times = "once" if count == 1 else f"{count} times"
        if body == UNSTABLE:
            texts.append(f"{UNSTABLE} {times}")
            continue
        leans = Counter(fall.lean for fall in falls.falls if fall.body == body)
        trunk = ", ".join(f"{name} {n}" for name, n in sorted(leans.items(), key=lambda c: (-c[1], c[0])))
        texts.append(f"{body} touched the ground {times} (trunk {trunk})")
    return "; ".join(texts)
