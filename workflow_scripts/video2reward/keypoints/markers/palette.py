"""The marker colours: which colour each joint of a skeleton wears, and how a pixel's colour names its joint.

docs/markers.md explains how to mark an animal; its tables are `marker_table`'s. The left side uses the warm half of
the colour circle (red to green), the right side the cool half (cyan to violet), so that sides are never
confused; the three midline markers use the remaining colours.

Why hue: light and shade scale red, green and blue alike and leave hue and saturation unchanged (Smith 1978,
"Color gamut transform pairs"). Blending with a grey or brown coat, as chroma subsampling in JPEG and H.264
does at a marker's rim, lowers the saturation but hardly changes the hue. Hue therefore identifies the joint,
and saturation separates marker from coat. The hues are evenly spaced: 21 degrees apart for AP-10K's 17 joints, 13 for
a spider's 27. A left joint and its right twin, which cross in the picture, are nearly opposite: their blend is grey,
not a third joint's colour.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

from video2reward.skeletons import AP10K, INSECT, SPIDER, Skeleton

MIN_SATURATION = 0.55
MIN_VALUE = 0.2


@dataclass(frozen=True)
class Palette:
    """The colours of a skeleton's joints; steps: each joint's place on the circle of evenly spaced hues."""

    kind: Skeleton
    steps: tuple[int, ...]

    @property
    def spacing(self) -> float:
        """Distance between neighbouring hues, degrees."""
        return 360.0 / len(self.steps)

    @property
    def tolerance(self) -> float:
        """Largest distance from a joint's hue, degrees."""
        return 0.5 * self.spacing

    @property
    def hues(self) -> np.ndarray:
        """The joints' hues, (J,) degrees."""
        return np.array(self.steps) * self.spacing

    @property
    def colours(self) -> dict[str, tuple[float, float, float]]:
        """Joint -> red, green, blue in 0..1."""
        pairs = zip(self.kind.joints, self.hues, strict=True)
        return {joint: colorsys.hsv_to_rgb(hue / 360.0, 1.0, 1.0) for joint, hue in pairs}

    def joint_of_hue(self, hue: np.ndarray) -> np.ndarray:
        """Return the joint with the nearest hue (degrees): (...,) index into the skeleton's joints."""
        step = np.rint(np.asarray(hue, float) / self.spacing).astype(int) % len(self.steps)
        return np.argsort(self.steps)[step]


def hue_distance(a: np.ndarray, b: np.ndarray | float) -> np.ndarray:
    """Return the angle between two hues on the colour circle, degrees, 0..180."""
    return np.abs((np.asarray(a, float) - b + 180.0) % 360.0 - 180.0)


def web_colour(colour: tuple[float, float, float]) -> str:
    """Return red, green, blue in 0..1 as #rrggbb."""
    return f"#{''.join(f'{round(255 * part):02x}' for part in colour)}"


def marker_table(palette: Palette) -> str:
    """Return a printable table with one line per joint: name, web colour, hue in degrees."""
    width = max(13, *map(len, palette.kind.joints))
    rows = zip(palette.colours.items(), palette.hues, strict=True)
    return "\n".join(f"{joint:<{width}} {web_colour(rgb)}  hue {hue:3.0f}" for (joint, rgb), hue in rows)


def _palette(kind: Skeleton, left: str, between: str, after: str) -> Palette:
    """Order the circle: the left joints, one of the midline, the right joints in the same order, the others.

    left: names without their side. Joints of one bone must be at least two steps apart.
    """
    names = left.split()
    order = [*(f"L_{name}" for name in names), between, *(f"R_{name}" for name in names), *after.split()]
    return Palette(kind, tuple(order.index(joint) for joint in kind.joints))


PALETTES = {
    palette.kind.name: palette
    for palette in (
        # Neck and tail never meet in the picture.
        _palette(AP10K, "Shoulder B_Paw Hip Elbow Eye Knee F_Paw", "Nose", "Neck Root_of_tail"),
        _palette(
            INSECT,
            "Tarsus_1 Knee_3 Coxa_2 Tarsus_3 Knee_2 Coxa_1 Tarsus_2 Knee_1 Coxa_3",
            "Waist", "Head Abdomen",
        ),
        _palette(
            SPIDER,
            "Tarsus_1 Knee_3 Coxa_2 Tarsus_3 Knee_1 Coxa_4 Tarsus_2 Knee_4 Coxa_1 Tarsus_4 Knee_2 Coxa_3",
            "Waist", "Head Abdomen",
        ),
    )
}  # fmt: skip
"""Skeleton -> the colours of its markers."""
