"""Pictures of a rollout: rendered by MuJoCo if OpenGL works, else a stick figure."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from video2reward.artifacts.rollout import Rollout
from video2reward.geometry import side_view
from video2reward.skeletons import Skeleton

SIZE = (640, 360)
FPS = 25.0
NO_OPENGL = (
    "no OpenGL for off-screen rendering: the video shows a stick figure; "
    "for the rendered robot install libegl1 and libgl1-mesa-dri (apt install libegl1 libgl1-mesa-dri)"
)


class NoPicturesError(Exception):
    """OpenGL rendered nothing; the message has the error of each backend."""


def rollout_pictures(
    rollout: Rollout, skeleton: Skeleton, robot_yaml: Path, mjcf: Path, seconds: float
) -> Iterator[np.ndarray]:
    """Yield (H, W, 3) uint8 RGB pictures of the most typical agent, FPS per second.

    A rollout without agents gives one picture with the reason. Without OpenGL, one sentence is printed.
    """
    if not len(rollout.fell_at):
        yield notice(rollout.info.get("reason", "no policy to show"))
        return
    agent = typical_agent(rollout)
    stride = max(1, round(1 / (FPS * rollout.dt)))
    steps = np.arange(0, min(rollout.qpos.shape[1], round(seconds / rollout.dt)), stride)
    pictures = rendered(rollout, agent, steps, robot_yaml, mjcf)
    try:
        first = next(pictures)
    except NoPicturesError as error:
        print(f"{NO_OPENGL} ({error})", file=sys.stderr, flush=True)
        pictures = drawn(rollout, agent, steps, skeleton)
        first = next(pictures)
    yield _captioned(first, rollout, agent, steps[0])
    for step, picture in zip(steps[1:], pictures, strict=False):
        yield _captioned(picture, rollout, agent, step)


def typical_agent(rollout: Rollout) -> int:
    """Return the agent with the median speed among those that stay up longest."""
    longest = np.flatnonzero(rollout.fell_at == rollout.fell_at.max())
    speeds = rollout.velocity[longest, :, 0].mean(axis=1)
    return int(longest[np.argsort(speeds)[len(speeds) // 2]])


def rendered(
    rollout: Rollout, agent: int, steps: np.ndarray, robot_yaml: Path, mjcf: Path
) -> Iterator[np.ndarray]:
    """Yield pictures of an agent, rendered by MuJoCo in a child process; `NoPicturesError` if no backend works."""
    heading = _smooth_heading(rollout.heading[agent], rollout.dt)
    poses = np.concatenate([rollout.qpos[agent], heading[:, None]], axis=1)[steps].astype(float)
    width, height = SIZE
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "poses.npy", poses)
        arguments = [str(robot_yaml), str(mjcf), f"{folder}/poses.npy", str(width), str(height)]
        faults = []
        for backend in [os.environ["MUJOCO_GL"]] if os.environ.get("MUJOCO_GL") else ["egl", "osmesa"]:
            given = 0
            with (Path(folder) / "messages.txt").open("w+") as messages:
                for picture in _child_pictures(arguments, backend, messages):
                    given += 1
                    yield picture
                if given:
                    return
                messages.seek(0)
                faults.append(f"{backend}: {(messages.read().strip().splitlines() or ['it died'])[-1]}")
    raise NoPicturesError("; ".join(faults))


def drawn(rollout: Rollout, agent: int, steps: np.ndarray, skeleton: Skeleton) -> Iterator[np.ndarray]:
    """Yield side views of an agent as a stick figure on striped ground, with a camera that follows it."""
    import cv2

    width, height = SIZE
    ground = int(0.85 * height)
    scale = min(width / 2.6, 0.9 * ground / float(rollout.keypoints[agent, ..., 2].max()))
    names = rollout.keypoint_names
    heading = _smooth_heading(rollout.heading[agent], rollout.dt)
    flat = side_view(rollout.keypoints[agent].astype(float), heading)
    walked = np.cumsum(rollout.velocity[agent, :, 0]) * rollout.dt
    for step in steps:
        points = flat[step]
        x = (points[:, 0] - points[:, 0].mean()) * scale + width / 2
        pixels = np.stack([x, ground - points[:, 1] * scale], axis=1).astype(int)
        picture = np.full((height, width, 3), 245, np.uint8)
        cv2.line(picture, (0, ground), (width, ground), (120, 120, 120), 2)
        for mark in np.arange(-4, 5) * 0.5 - walked[step] % 0.5:
            column = int(width / 2 + mark * scale)
            cv2.line(picture, (column, ground), (column - 12, ground + 12), (160, 160, 160), 2)
        for a, b in skeleton.bones:
            if a in names and b in names:
                colour = (60, 110, 180) if "R_" in a + b or "right" in a + b else (230, 140, 30)
                ends = [tuple(int(v) for v in pixels[names.index(joint)]) for joint in (a, b)]
                cv2.line(picture, ends[0], ends[1], colour, 4, cv2.LINE_AA)
        for x, y in pixels:
            cv2.circle(picture, (int(x), int(y)), 4, (40, 40, 40), -1, cv2.LINE_AA)
        yield picture


def notice(text: str) -> np.ndarray:
    """Return a picture with a sentence."""
    import cv2

    picture = np.full((SIZE[1], SIZE[0], 3), 245, np.uint8)
    for row, line in enumerate(textwrap.wrap(text, 58)[:10]):
        cv2.putText(
            picture, line, (24, 48 + 28 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (40, 40, 40), 1, cv2.LINE_AA
        )
    return picture


def _child_pictures(arguments: list[str], backend: str, messages: IO[str]) -> Iterator[np.ndarray]:
    library = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(p for p in (library, os.environ.get("PYTHONPATH", "")) if p)
    child = subprocess.Popen(
        [sys.executable, "-m", "video2reward.rollout.render", *arguments],
        env={**os.environ, "MUJOCO_GL": backend, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=messages,
    )
    assert child.stdout is not None
    width, height = SIZE
    size = width * height * 3
    try:
        while len(raw := child.stdout.read(size)) == size:
            yield np.frombuffer(raw, np.uint8).reshape(height, width, 3)
    finally:
        child.stdout.close()
        child.kill()
        child.wait()


def _captioned(picture: np.ndarray, rollout: Rollout, agent: int, step: int) -> np.ndarray:
    """Return the picture with time, current and commanded speed, and a mark after a fall."""
    import cv2

    half = max(1, round(0.25 / rollout.dt))
    speed = rollout.velocity[agent, max(0, step - half) : step + half, 0].mean()
    text = f"{step * rollout.dt:4.1f} s   {speed:.2f} m/s of {rollout.commands[agent, 0]:.2f}"
    if step >= rollout.fell_at[agent]:
        text += "   fallen"
    picture = picture.copy()
    cv2.putText(picture, text, (12, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (30, 30, 30), 1, cv2.LINE_AA)
    return picture


def _smooth_heading(heading: np.ndarray, dt: float) -> np.ndarray:
    """Return the heading averaged over about one second, so that the camera does not sway with the gait."""
    from scipy.ndimage import uniform_filter1d

    return uniform_filter1d(np.unwrap(heading.astype(float)), max(1, round(1 / dt)), mode="nearest")
