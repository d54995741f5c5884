"""A tarantula with a hip height of 26 mm and coloured markers on its joints, walking."""

from __future__ import annotations

import numpy as np

from synthesis.figure import Colour, Figure, Part
from synthesis.footfall import foot_path
from synthesis.gaits import Gait
from synthesis.limbs import two_links
from video2reward.keypoints.markers.palette import PALETTES
from video2reward.skeletons import SPIDER

ENLARGED = 20.0
"""The figure's m in the film's room for 1 m of the spider."""
HIP_HEIGHT = 0.026
COAT: Colour = (0.36, 0.30, 0.26)
LEFT_COAT: Colour = (0.30, 0.25, 0.22)
DARK: Colour = (0.16, 0.15, 0.15)

# A tarantula of 18 g (Grammostola mollicoma: Biancardi et al. 2011): prosoma of 22 mm, legs of about 68 mm, in which femur
# and the rest from patella to tarsus are one link each. All lengths in m.
FEMUR, REST = 0.022, 0.046
# Of the trunk's points: ahead of the prosoma's middle, and above the hips.
TRUNK = {
    "prosoma_back": (-0.009, 0.0), "prosoma_front": (0.0065, 0.0), "eyes_low": (0.005, 0.004), "eyes": (0.006, 0.0065),
    "abdomen_front": (-0.025, 0.002), "abdomen_back": (-0.041, 0.003), "pedicel_front": (-0.010, 0.0), "pedicel_back": (-0.021, 0.001),
    "marker_Head": (0.0138, -0.0005), "marker_Waist": (-0.0150, 0.0), "marker_Abdomen": (-0.0505, 0.003),
}  # fmt: skip
# Of each pair: the coxa's place ahead of the prosoma's middle, and the foot's in the middle of its stance, ahead and aside.
PAIRS = {
    1: (0.008, 0.036, 0.030),
    2: (0.003, 0.013, 0.040),
    3: (-0.003, -0.010, 0.040),
    4: (-0.008, -0.036, 0.034),
}
COXA_ASIDE, FOOT_HEIGHT = 0.0085, 0.0022
MARKER_RADII = {"Coxa": 0.0028, "Knee": 0.0026, "Tarsus": FOOT_HEIGHT}


def spider(gait: Gait, times: np.ndarray) -> Figure:
    """Move the spider through `gait` at `times` (T,) s; it is `ENLARGED`, as if filmed through a macro lens."""
    cycle = gait.heaves * (times / gait.period_s - gait.heave_phase)
    heave = gait.heave_m * np.cos(2.0 * np.pi * cycle)
    points = trunk_points(gait.speed * times + 1j * heave)
    planted = {limb.name: _step(gait, limb.name, times, heave, points) for limb in SPIDER.limbs}
    return dressed(times, points, planted)


def dressed(times: np.ndarray, points: dict[str, np.ndarray], planted: dict[str, np.ndarray]) -> Figure:
    """Return the figure of these points (T, 3), m, `ENLARGED`; planted: limb -> (T,) bool."""
    keypoints = {joint: f"marker_{joint}" for joint in SPIDER.joints}
    return Figure(
        times=times,
        points={name: ENLARGED * point for name, point in points.items()},
        parts=_parts(),
        keypoints=keypoints,
        planted=planted,
        feet={limb.name: f"marker_{limb.foot}" for limb in SPIDER.limbs},
        seen_as=dict(keypoints),
    )


def trunk_points(way: np.ndarray) -> dict[str, np.ndarray]:
    """Return the level trunk's points; way: of the prosoma from where it stands, complex forward + i up, m: (T,)."""
    level = np.zeros_like(way.real)
    return {
        name: np.stack([way.real + ahead, level, HIP_HEIGHT + above + way.imag], axis=-1)
        for name, (ahead, above) in TRUNK.items()
    }


def leg_points(limb: str, way: np.ndarray, foot: np.ndarray, points: dict[str, np.ndarray]) -> None:
    """Add a leg's points, in the upright plane of coxa and foot; way: as above; foot: its own from where it stands."""
    side, pair = limb.split("_")
    sign, letter = (1.0, "L") if side == "left" else (-1.0, "R")
    root, foot_ahead, foot_aside = PAIRS[int(pair)]
    across = np.full_like(way.real, sign)
    coxa = np.stack([way.real + root, COXA_ASIDE * across, HIP_HEIGHT + way.imag], axis=-1)
    tip = np.stack([foot.real + foot_ahead, foot_aside * across, foot.imag + FOOT_HEIGHT], axis=-1)
    out = tip[:, :2] - coxa[:, :2]
    reach = np.linalg.norm(out, axis=-1)
    first, _ = two_links(1j * coxa[:, 2], reach + 1j * tip[:, 2], FEMUR, REST, forward=True)
    along = FEMUR * first.real / reach
    knee = coxa + np.stack([along * out[:, 0], along * out[:, 1], FEMUR * first.imag], axis=-1)
    for part, place in (("Coxa", coxa), ("Knee", knee), ("Tarsus", tip)):
        points[f"marker_{letter}_{part}_{pair}"] = place


def _step(
    gait: Gait, limb: str, times: np.ndarray, heave: np.ndarray, points: dict[str, np.ndarray]
) -> np.ndarray:
    """Add a walking leg's points -> (T,) bool, the foot is on the ground."""
    ahead, height, planted = foot_path(
        gait.phase(limb, times), gait.stride_m, gait.duty[limb], 0.0, gait.lift_m[limb]
    )
    foot = ahead + gait.touchdown[limb] * gait.stride_m + 1j * height
    leg_points(limb, gait.speed * times + 1j * heave, foot, points)
    return planted


def _parts() -> tuple[Part, ...]:
    """Return the body's solids and the markers, enlarged."""
    parts = [
        Part("prosoma", "ellipsoid", "prosoma_back", "prosoma_front", 0.0080, COAT, depth=0.006, overlap=0.002),
        Part("eyes", "capsule", "eyes_low", "eyes", 0.0022, DARK),
        Part("pedicel", "capsule", "pedicel_front", "pedicel_back", 0.0015, COAT),
        Part("abdomen", "ellipsoid", "abdomen_front", "abdomen_back", 0.0105, COAT, depth=0.009, overlap=0.006),
    ]  # fmt: skip
    for limb in SPIDER.limbs:
        coat = LEFT_COAT if limb.name.startswith("left") else COAT
        coxa, knee, foot = (f"marker_{joint}" for joint in (limb.hip, limb.knee, limb.foot))
        parts.append(Part(f"{limb.name}_femur", "capsule", coxa, knee, 0.0016, coat))
        parts.append(Part(f"{limb.name}_rest", "capsule", knee, foot, 0.0012, coat))
    for joint, colour in PALETTES[SPIDER.name].colours.items():
        radius = MARKER_RADII.get(joint.split("_")[1], 0.0028) if "_" in joint else 0.0036
        parts.append(Part(f"marker_{joint}", "sphere", f"marker_{joint}", "", radius, colour))
    return tuple(
        Part(
            part.name, part.shape, part.start, part.end, ENLARGED * part.width, part.colour,
            ENLARGED * part.depth, ENLARGED * part.overlap,
        )
        for part in parts
    )  # fmt: skip
