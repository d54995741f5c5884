"""Quadrupeds made of sines: cycles, references and rollouts with known gait figures."""

from collections.abc import Callable

import numpy as np
import pytest
from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.skeletons import AP10K

JOINTS = tuple(j for j in AP10K.joints if j not in ("L_Eye", "R_Eye"))
SCORED = tuple(j for j in JOINTS if j.endswith(("Elbow", "Paw", "Knee")))
PACE, TROT = (0.0, 0.5, 0.12, 0.62), (0.0, 0.5, 0.5, 0.0)  # left fore, right fore, left hind, right hind
PERIOD, DT, BODY_M = 0.765, 0.02, 0.9


def body(phase: np.ndarray, offsets: tuple[float, ...] = PACE, amplitude: float = 1.0) -> np.ndarray:
    """Return keypoints (n, 15, 2), body lengths about the trunk's middle, at phases in cycles."""
    x = np.zeros((len(phase), len(JOINTS), 2))
    x[:, 0], x[:, 1], x[:, 2] = (0.75, 0.3), (0.5, 0.05), (-0.5, -0.05)
    for leg, (hip, offset) in enumerate(zip((0.35, 0.35, -0.35, -0.35), offsets, strict=True)):
        p = 2 * np.pi * (phase + offset)
        swing, k = np.clip(np.sin(p), 0, None), 3 + 3 * leg
        x[:, k] = np.stack([hip + 0.03 * amplitude * np.cos(p), np.full_like(p, -0.1)], axis=-1)
        x[:, k + 1] = np.stack([hip + 0.12 * amplitude * np.cos(p + 0.3), -0.35 + 0.04 * swing], axis=-1)
        x[:, k + 2] = np.stack(
            [hip + 0.28 * amplitude * np.cos(p), -0.68 + 0.12 * amplitude * swing], axis=-1
        )
    return x


def rollout_of(keypoints: np.ndarray, heading: float = 0.0, fell_at: int | None = None) -> Rollout:
    """Put side-view keypoints (A, T, J, 2), body lengths, into the world, walking at 1 m/s along `heading`."""
    agents, steps = keypoints.shape[:2]
    forward = keypoints[..., 0] * BODY_M + (np.arange(steps) * DT)[None, :, None]
    world = np.stack(
        [forward * np.cos(heading), forward * np.sin(heading), keypoints[..., 1] * BODY_M + 0.7], axis=-1
    )
    return Rollout(
        qpos=np.zeros((agents, steps, 19)),
        keypoints=world,
        heading=np.full((agents, steps), heading),
        commands=np.zeros((agents, 3)),
        velocity=np.zeros((agents, steps, 3)),
        fell_at=np.full(agents, steps if fell_at is None else fell_at),
        dt=DT,
        keypoint_names=JOINTS,
        robot="sines",
    )


@pytest.fixture(scope="session")
def gait() -> Callable[..., np.ndarray]:
    return body


@pytest.fixture(scope="session")
def make_rollout() -> Callable[..., Rollout]:
    return rollout_of


@pytest.fixture(scope="session")
def reference() -> Reference:
    cycle = body(np.arange(64) / 64)
    return Reference(
        robot="sines",
        skeleton="ap10k",
        keypoint_names=JOINTS,
        scored=SCORED,
        target=cycle,
        cycle=cycle,
        standing=cycle.mean(axis=0),
        period_s=PERIOD,
        speed=1.4,
        body_length_m=BODY_M,
        time_scale=1.2,
        limb_names=tuple(limb.name for limb in AP10K.limbs),
        foot_names=AP10K.feet,
        touchdown=np.array([0.0, 0.5, 0.88, 0.38]),
        duty_factor=np.full(4, 0.6),
    )
