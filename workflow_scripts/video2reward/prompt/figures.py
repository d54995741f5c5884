"""Figures of a cycle: mean, amplitude and phase per joint."""

from __future__ import annotations

from typing import Any

import numpy as np

from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.similarity.posture import APART, clip_knees, wanted_posture
from video2reward.skeletons import skeleton


def joint_figures(names: tuple[str, ...], cycle: np.ndarray) -> list[dict[str, Any]]:
    """Return name, mean, amplitude and phase of each joint of a cycle (P, J, 2), for x and y.

    amplitude: half the peak-to-peak range, body lengths
    phase: cycles 0..1 at which the first harmonic, a cos(2 pi (phase - p)), peaks
    """
    mean = cycle.mean(0)
    amplitude = np.ptp(cycle, axis=0) / 2
    first = np.fft.rfft(cycle, axis=0)[1]
    phase = (-np.angle(first) / (2 * np.pi)) % 1.0
    return [
        {"name": name, "mean": _round(mean[j]), "amplitude": _round(amplitude[j]), "phase": _round(phase[j])}
        for j, name in enumerate(names)
    ]


def motion_figures(reference: Reference, motion: Motion) -> dict[str, Any]:
    """Return the motion's figures on the robot: period s, speed m/s, body unit m, limbs, joints."""
    limbs = zip(
        reference.limb_names, reference.foot_names, reference.touchdown, reference.duty_factor, strict=True
    )
    return {
        "period_s": round(float(reference.period_s), 4),
        "video_period_s": round(float(motion.period_s), 4),
        "target_speed": round(float(reference.speed), 4),
        "body_length_m": round(float(reference.body_length_m), 4),
        "limbs": [
            {"name": name, "foot": foot, "touchdown": round(float(t), 4), "duty_factor": round(float(d), 4)}
            for name, foot, t, d in limbs
        ],
        "posture": posture_figures(reference),
        "joints": joint_figures(reference.keypoint_names, reference.cycle),
        "gait": motion.gait,
        "gait_figures": {name: round(float(value), 3) for name, value in motion.gait_figures.items()},
        "single": _single_figures(reference, motion) if reference.kind == "single" else None,
    }


def posture_figures(reference: Reference) -> dict[str, Any]:
    """Return the target posture: lean degrees and its sine, knees degrees (on the robot, in the video), legs, hip height.

    legs_aside: degrees, mean over legs of which some point ahead and others behind, as an insect's; 0 for others
    human: whether the lean is the clip's; for animals the target is the robot's standing trunk
    """
    wanted = wanted_posture(reference)
    legs = list(wanted.legs.values())
    apart = bool(legs) and max(legs) - min(legs) > APART
    legs_aside = float(np.mean(np.abs(legs))) if legs else 0.0
    rounded = {part: round(wanted.mean(part), 1) + 0.0 for part in ("lean", "legs", "knees")}
    return {
        **rounded,
        "legs_aside": round(legs_aside, 1) if apart else 0.0,
        "lean_sine": round(float(np.sin(np.radians(wanted.lean))), 3) + 0.0,
        "hip_height": round(wanted.hip_height, 3),
        "video_knees": round(clip_knees(reference), 1),
        "human": skeleton(reference.skeleton).subject == "human",
    }


def _single_figures(reference: Reference, motion: Motion) -> dict[str, float]:
    """Return a single motion's figures on the robot: duration, flight, s; the trunk's rise, drop and forward travel, m.

    take_off, landing: phases, cycles, if it flies
    """
    found, legs = motion.gait_figures, reference.time_scale**2
    metres = motion.leg_length_m / motion.leg_length * legs
    return {
        "duration": round(found["duration_s"] * reference.time_scale, 3),
        "flight": round(found["flight_s"] * reference.time_scale, 3),
        **{name: round(found[name] * metres, 3) for name in ("rise", "drop", "distance")},
        **(
            {
                "take_off": round(float(reference.flight[0]), 3),
                "landing": round(float(reference.flight[1]), 3),
            }
            if reference.flies
            else {}
        ),
    }


def _round(pair: np.ndarray) -> list[float]:
    return [round(float(v), 4) + 0.0 for v in pair]
