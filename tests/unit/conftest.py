"""Quadrupeds made of sines: cycles, references and rollouts with known gait figures."""

from collections.abc import Callable

import numpy as np
import pytest

from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout
from video2reward.geometry import sample_cycle
from video2reward.skeletons import AP10K

JOINTS = tuple(j for j in AP10K.joints if j not in ("L_Eye", "R_Eye"))
SCORED = tuple(j for j in JOINTS if j.endswith(("Elbow", "Paw", "Knee")))
PACE, TROT = (0.0, 0.5, 0.12, 0.62), (0.0, 0.5, 0.5, 0.0)  # left fore, right fore, left hind, right hind
PERIOD, DT, BODY_M, CLIP_PERIOD = 0.765, 0.02, 0.9, 0.62


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


def rollout_of(
    keypoints: np.ndarray, heading: float = 0.0, fell_at: int | None = None, speed: float = 1.0
) -> Rollout:
    """Put side-view keypoints (A, T, J, 2), body lengths, into the world, walking along `heading`, m/s."""
    agents, steps = keypoints.shape[:2]
    forward = keypoints[..., 0] * BODY_M + (np.arange(steps) * DT * speed)[None, :, None]
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
def sine_gait() -> Callable[..., np.ndarray]:
    return body


@pytest.fixture(scope="session")
def sine_rollout() -> Callable[..., Rollout]:
    return rollout_of


def motion_of(cycle: np.ndarray, camera: str = "moving", mirrored: bool = False, strides: int = 5) -> Motion:
    """Return the motion of a subject, 200 px long, that repeats a cycle (P, J, 2) of JOINTS at 60 frames/s."""
    times = np.arange(round(60 * strides * CLIP_PERIOD)) / 60
    phase = times / CLIP_PERIOD
    closed = np.full((len(times), len(AP10K.joints), 2), np.nan)
    mean = np.full((len(cycle), len(AP10K.joints), 2), np.nan)
    rows = [AP10K.index(joint) for joint in JOINTS]
    closed[:, rows], mean[:, rows] = sample_cycle(cycle, phase), cycle
    pixels = closed * [200.0, -200.0] * np.array([-1.0 if mirrored else 1.0, 1.0]) + [960, 300]
    pixels[..., 0] += (times * 300)[:, None] * (-1.0 if mirrored else 1.0) * (camera == "fixed")
    return Motion(
        times=times,
        joint_names=AP10K.joints,
        skeleton="ap10k",
        paper=pixels / [1920, 600],
        body=closed,
        confidence=np.isfinite(closed[..., 0]).astype(float),
        cycle=mean,
        period_s=CLIP_PERIOD,
        period_confidence=1.0,
        camera=camera,
        mirrored=mirrored,
        speed=1.5,
        body_length_px=200.0,
        leg_length=0.75,
        limb_names=tuple(limb.name for limb in AP10K.limbs),
        touchdown=np.array([0.0, 0.5, 0.88, 0.38]),
        duty_factor=np.full(4, 0.6),
        species="dog",
        leg_length_m=0.5,
        size=(1920, 600),
    )


@pytest.fixture(scope="session")
def sine_motion() -> Callable[..., Motion]:
    return motion_of


@pytest.fixture(scope="session")
def sine_reference() -> Reference:
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


@pytest.fixture(scope="session")
def jump_rollout(jump_reference) -> Callable[..., Rollout]:
    """Make a rollout of agents that jump as the hop's reference has it, or less high, less far, late; they start in the rest."""

    def make(high=1.0, far=1.0, late_s=0.0, fell_at=(10**6,) * 3, seconds=4.2) -> Rollout:
        reference, agents, steps = jump_reference, len(fell_at), round(seconds / DT)
        starts = np.linspace(0.7, 0.9, agents)
        clock = starts[:, None] + (np.arange(steps) * DT - late_s) / reference.period_s
        at = np.arange(65) / 64
        way = np.concatenate([reference.trunk, [[reference.trunk[-1, 0], 0.0]]])
        up = high * np.interp(clock % 1, at, way[:, 1])
        ahead = far * (np.interp(clock % 1, at, way[:, 0]) + np.floor(clock) * way[-1, 0])
        points = sample_cycle(reference.cycle, clock.ravel()).reshape(agents, steps, -1, 2)
        flat = (points + np.stack([ahead, up], axis=-1)[:, :, None]) * reference.body_length_m
        off, down = reference.flight
        flies = (clock % 1 >= off) & (clock % 1 < down) & (high > 0)
        return Rollout(
            qpos=np.zeros((agents, steps, 19)),
            keypoints=np.stack([flat[..., 0], 0 * flat[..., 0], flat[..., 1] + 0.55], axis=-1),
            heading=np.zeros((agents, steps)),
            commands=np.tile([reference.speed, 0.0, 0.0], (agents, 1)),
            velocity=np.zeros((agents, steps, 3)),
            fell_at=np.minimum(fell_at, steps),
            dt=DT,
            keypoint_names=reference.keypoint_names,
            robot=reference.robot,
            phase=starts,
            clearance=np.where(flies, 0.05, 0.0),
            standing_height=0.55,
        )

    return make
