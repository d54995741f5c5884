"""The marker colours: which colour each AP-10K joint wears, and how a pixel's colour names its joint.

docs/markers.md explains how to mark a dog; its table is `marker_table()`. The left side uses the warm half of
the colour circle (red to green), the right side the cool half (cyan to violet), so that sides are never
confused; the three midline markers use the remaining colours.

Why hue: light and shade scale red, green and blue alike and leave hue and saturation unchanged (Smith 1978,
"Color gamut transform pairs"). Blending with a grey or brown coat, as chroma subsampling in JPEG and H.264
does at a marker's rim, lowers the saturation but hardly changes the hue. Hue therefore identifies the joint,
and saturation separates marker from coat. The hues are 360/17 = 21 degrees apart. A left joint and its right
twin, which cross in the picture, are nearly opposite: their blend is grey, not a third joint's colour.
"""

from __future__ import annotations

import colorsys

import numpy as np

from video2reward.skeletons import AP10K

# Position of each joint on the circle of 17 hues. Joints of one bone are at least two steps apart, except
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
    """Return the angle between two hues on the colour circle, degrees, 0..180."""
    return np.abs((np.asarray(a, float) - b + 180.0) % 360.0 - 180.0)


def joint_of_hue(hue: np.ndarray) -> np.ndarray:
    """Return the joint with the nearest hue (degrees): (...,) index into `AP10K.joints`."""
    step = np.rint(np.asarray(hue, float) / HUE_SPACING).astype(int) % len(_STEPS)
    return _JOINT_AT_STEP[step]


def marker_table() -> str:
    """Return a printable table with one line per joint: name, web colour, hue in degrees."""
    lines = [
        f"{joint:<13} #{''.join(f'{round(255 * c):02x}' for c in rgb)}  hue {HUES[joint]:3.0f}"
        for joint, rgb in MARKERS.items()
    ]
    return "\n".join(lines)


_JOINT_AT_STEP = np.empty(len(_STEPS), int)
for _joint, _step in _STEPS.items():
    _JOINT_AT_STEP[_step] = AP10K.index(_joint)
