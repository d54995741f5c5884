"""`motion.h5`: the subject's motion in two normalisations, with the gait's figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from video2reward.artifacts.io import Provenance, read_h5, write_h5


@dataclass(frozen=True)
class Motion:
    """The motion in a clip, travelling to +x.

    times: (T,) s
    paper: (T, J, 2) x right, y down, 0..1 of the frame (camera fixed) or the subject's box (moving)
    body: (T, J, 2) x forward, y up, body lengths; origin midway between the trunk's ends in each frame
    confidence: (T, J) 0..1, 0 for filled-in positions
    cycle: (P, J, 2) mean cycle of `body`, uniform in phase; phase 0 is the first limb's touchdown
    period_s, period_confidence: stride period and the autocorrelation at it (1: exact repeat)
    legs_confidence: 0.5..1, that period and leg assignment are right, against the next likely reading; NaN if there
    is none
    camera: "fixed" or "moving"
    mirrored: True if the subject travelled to -x in the picture
    speed: body lengths/s; speed_error: half its 90 % interval, NaN with too few strides; body_length_px: the trunk's mean length
    leg_length: body lengths, height of the (hind) hips above the ground when standing
    limb_names, touchdown, duty_factor: (L,) per limb, touchdown in cycles 0..1 after the first limb's
    species: "dog", "human" ...; leg_length_m: the subject's hip height, m (given or the species')
    size: (width, height) of the clip's pictures, px
    kind: "cyclic", or "single" for one motion between two rests: then `cycle` is that motion and the return to its
    start, period_s the time of both and period_confidence 0
    phase: (T,) phase of each frame, cycles, an integer at each touchdown of the first limb
    trunk: (T, 2) the trunk's path over the ground, camera motion removed, body lengths, x forward, y up
    gait: its name, "" if unclear; gait_confidence: 0..1; gait_figures: what the name is based on
    camera_confidence: 0..1; view_angle: degrees between travel and the picture plane, NaN if unknown
    slow_motion: the file's seconds per real second, as declared; all times here are real
    changed: joint -> kind of repair -> number of frames
    warnings: sentences
    first_frame: the clip's first frame of the motion, which ends, for example, when the subject turns round
    """

    times: np.ndarray
    joint_names: tuple[str, ...]
    skeleton: str
    paper: np.ndarray
    body: np.ndarray
    confidence: np.ndarray
    cycle: np.ndarray
    period_s: float
    period_confidence: float
    camera: str
    mirrored: bool
    speed: float
    body_length_px: float
    leg_length: float
    limb_names: tuple[str, ...]
    touchdown: np.ndarray
    duty_factor: np.ndarray
    species: str
    leg_length_m: float
    size: tuple[int, int] = (0, 0)
    kind: str = "cyclic"
    phase: np.ndarray = field(default_factory=lambda: np.zeros(0))
    trunk: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))
    gait: str = ""
    gait_confidence: float = 0.0
    gait_figures: dict[str, float] = field(default_factory=dict)
    camera_confidence: float = float("nan")
    view_angle: float = float("nan")
    slow_motion: float = 1.0
    legs_confidence: float = float("nan")
    changed: dict[str, dict[str, int]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    first_frame: int = 0
    speed_error: float = float("nan")
    provenance: Provenance = field(default_factory=dict)

    @property
    def fps(self) -> float:
        """Mean frame rate, 1/s."""
        return float((len(self.times) - 1) / (self.times[-1] - self.times[0]))

    @property
    def frames(self) -> range:
        """The clip's frames that the motion covers, from `first_frame` on."""
        return range(self.first_frame, self.first_frame + len(self.times))

    @property
    def speed_m_s(self) -> float:
        """Speed, m/s, scaled by the subject's leg length."""
        return self.speed / self.leg_length * self.leg_length_m

    @property
    def speed_error_m_s(self) -> float:
        """Half the speed's 90 % interval, m/s, assuming that the leg length is right."""
        return self.speed_error / self.leg_length * self.leg_length_m

    @property
    def stride_length(self) -> float:
        """Ground covered in one stride, body lengths."""
        return self.speed * self.period_s


_ARRAYS = ("times", "paper", "body", "confidence", "cycle", "touchdown", "duty_factor", "phase", "trunk")
_TUPLES = ("joint_names", "limb_names", "size", "warnings")
# NaN is null in a file's JSON.
_NUMBERS = (
    "period_confidence", "legs_confidence", "speed", "speed_error", "leg_length", "camera_confidence", "view_angle",
)  # fmt: skip


def write_motion(path: Path, motion: Motion) -> None:
    """Write motion.h5."""
    fields = vars(motion)
    write_h5(
        path,
        {name: np.asarray(fields[name], float) for name in _ARRAYS},
        {name: value for name, value in fields.items() if name not in _ARRAYS} | {"fps": motion.fps},
    )


def read_motion(path: Path) -> Motion:
    """Read motion.h5."""
    arrays, attributes = read_h5(path)
    attributes.pop("fps")
    for name in _TUPLES:
        attributes[name] = tuple(attributes[name])
    for name in _NUMBERS:
        attributes[name] = _number(attributes.get(name))
    attributes["gait_figures"] = {name: _number(value) for name, value in attributes["gait_figures"].items()}
    fields: dict[str, Any] = {name: arrays[name] for name in _ARRAYS}
    return Motion(**fields, **attributes)


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
