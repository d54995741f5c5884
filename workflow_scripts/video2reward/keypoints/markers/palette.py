"""The marker colours: which colour each AP-10K joint wears, and how a pixel's colour names its joint.

Marking one's own dog: docs/markers.md, whose table is `marker_table()`. The left side wears the warm half of
the colour circle (red to green), the right side the cool half (cyan to violet), so that a marker never stands
for the wrong side; the three markers on the midline wear what is left.

Why hue. Light and shade scale red, green and blue alike and leave hue and saturation (Smith 1978, "Color
gamut transform pairs") where they are; blurring into a grey or brown coat, which chroma subsampling of JPEG
and H.264 does at a marker's rim, lowers the saturation and hardly moves the hue. So hue names the joint and
saturation tells marker from dog. The hues are 360/17 = 21 degrees apart; a left joint and its right twin,
which pass each other in the picture, are nearly opposite, so that their blend is grey and not a third joint's
colour.
"""

from __future__ import annotations

import colorsys

import numpy as np

from video2reward.skeletons import AP10K

# Position of each joint on the circle of 17 hues. Joints of one bone are at least two steps apart, but for
# neck and tail, which never meet in the picture.
_STEPS = {
    "L_Shoulder": 0, "L_B_Paw": 1, "L_Hip": 2, "L_Elbow": 3, "L_Eye": 4, "L_Knee": 5, "L_F_Paw": 6,
    "Nose": 7,
    "R_Shoulder": 8, "R_B_Paw": 9, "R_Hip": 10, "R_Elbow": 11, "R_Eye": 12, "R_Knee": 13, "R_F_Paw": 14,
    "Neck": 15, "Root_of_tail": 16,
}  # fmt: skip

HUE_SPACING = 360.0 / len(_STEPS)
HUES: dict[str, float] = {joint: _STEPS[joint] * HUE_SPACING for joint in AP10K.joints}
"""Joint -> hue, degrees."""

MARKERS: dict[str, tuple[float, float, float]] = {
    joint: colorsys.hsv_to_rgb(hue / 360.0, 1.0, 1.0) for joint, hue in HUES.items()
}
"""Joint -> red, green, blue in 0..1."""

HUE_TOLERANCE = 0.5 * HUE_SPACING
MIN_SATURATION = 0.55
MIN_VALUE = 0.2


def hue_distance(a: np.ndarray, b: np.ndarray | float) -> np.ndarray:
    """Return the angle between hues along the circle, degrees, 0..180."""
    return np.abs((np.asarray(a, float) - b + 180.0) % 360.0 - 180.0)


def joint_of_hue(hue: np.ndarray) -> np.ndarray:
    """Return the joint whose hue is nearest -> (...,) index into `AP10K.joints`; hue in degrees."""
    step = np.rint(np.asarray(hue, float) / HUE_SPACING).astype(int) % len(_STEPS)
    return _JOINT_AT_STEP[step]


def marker_table() -> str:
    """Return one line a joint with its web colour, to print and keep beside the dog."""
    lines = [
        f"{joint:<13} #{''.join(f'{round(255 * c):02x}' for c in rgb)}  hue {HUES[joint]:3.0f}"
        for joint, rgb in MARKERS.items()
    ]
    return "\n".join(lines)


_JOINT_AT_STEP = np.empty(len(_STEPS), int)
for _joint, _step in _STEPS.items():
    _JOINT_AT_STEP[_step] = AP10K.index(_joint)
