"""A dog with a hip height of half a metre and coloured markers on its AP-10K joints, ambling or trotting."""

from __future__ import annotations

import numpy as np

from synthesis.figure import Colour, Figure, Part, in_plane
from synthesis.footfall import foot_path, lift_arc
from synthesis.gaits import Gait
from synthesis.limbs import Pantograph
from video2reward.keypoints.markers.palette import PALETTES
from video2reward.skeletons import AP10K

HIP_HEIGHT = 0.50
COAT: Colour = (0.63, 0.60, 0.56)
LEFT_COAT: Colour = (0.50, 0.475, 0.445)
DARK: Colour = (0.16, 0.15, 0.15)

# Segment lengths of a 0.5 m dog in proportion to Fischer & Lilje ("Dogs in Motion", 2011): scapula, humerus
# and forearm with paw; thigh, lower leg and metatarsus with paw. The offsets make the scapula and the thigh
# slope forward at mid-stance while forearm and metatarsus stand upright.
FORE = Pantograph(first=0.150, second=0.172, third=0.290, offset=np.radians(35.0))
HIND = Pantograph(first=0.200, second=0.205, third=0.160, offset=np.radians(28.0))

# Points of the rigid trunk, head and tail: forward and up from the ground below the hips, m.
TRUNK: dict[str, complex] = {
    "hip": 0.000 + 0.500j,
    "scapula": 0.510 + 0.545j,
    "rump": -0.065 + 0.490j,
    "loin": 0.200 + 0.485j,
    "belly": 0.120 + 0.470j,
    "chest": 0.335 + 0.445j,
    "breast": 0.580 + 0.445j,
    "withers": 0.520 + 0.545j,
    "neck_base": 0.545 + 0.500j,
    "tail_base": -0.125 + 0.540j,
}
HEAD: dict[str, complex] = {
    "poll": 0.700 + 0.700j,
    "skull_back": 0.680 + 0.715j,
    "skull_front": 0.810 + 0.690j,
    "muzzle_back": 0.780 + 0.675j,
    "muzzle_tip": 0.905 + 0.640j,
    "ear_top": 0.690 + 0.775j,
    "ear_tip": 0.665 + 0.655j,
}
TAIL: dict[str, complex] = {"tail_middle": -0.235 + 0.475j, "tail_tip": -0.330 + 0.475j}
TRACK = 0.075
PAW_HEIGHT = 0.036


def dog(gait: Gait, times: np.ndarray) -> Figure:
    """Move the dog through `gait` at `times` (T,) s."""
    points, planted = _trunk_and_head(gait, times), {}
    for limb in AP10K.limbs:
        planted[limb.name] = _limb(gait, limb.name, times, points)
    return dressed(times, points, planted)


def dressed(times: np.ndarray, points: dict[str, np.ndarray], planted: dict[str, np.ndarray]) -> Figure:
    """Return the figure of a dog whose points are known, with its markers."""
    keypoints = markers(points)
    return Figure(
        times=times,
        points=points,
        parts=_parts(),
        keypoints=keypoints,
        planted=planted,
        feet={limb: f"{limb}_foot" for limb in planted},
        seen_as={joint: f"marker_{joint}" for joint in keypoints},
    )


def _trunk_and_head(gait: Gait, times: np.ndarray) -> dict[str, np.ndarray]:
    """Carry the trunk forward at constant speed with its heave; head and tail swing a little against it."""
    cycle = 2.0 * np.pi * (times / gait.period_s)
    heave = gait.heave_m * np.cos(gait.heaves * (cycle - 2.0 * np.pi * gait.heave_phase))
    forward = gait.speed * times
    points = {name: in_plane(at + forward + 1j * heave, 0.0) for name, at in TRUNK.items()}
    nod = np.radians(2.5) * np.sin(2.0 * cycle)
    pivot = TRUNK["neck_base"]
    for name, at in HEAD.items():
        points[name] = in_plane(pivot + (at - pivot) * np.exp(1j * nod) + forward + 1j * heave, 0.0)
    wag = np.radians(12.0) * np.sin(cycle)
    base = TRUNK["tail_base"]
    for name, at in TAIL.items():
        back = (at - base).real
        tail = in_plane(
            base + 1j * (at - base).imag + back * np.cos(wag) + forward + 1j * heave, back * np.sin(wag)
        )
        points[name] = tail
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for ear in ("ear_top", "ear_tip"):
            points[f"{side}_{ear}"] = points[ear] + [0.0, sign * 0.055, 0.0]
    return points


def _limb(gait: Gait, limb: str, times: np.ndarray, points: dict[str, np.ndarray]) -> np.ndarray:
    """Add one limb's points, from the trunk to the toes -> (T,) bool, the paw is on the ground."""
    fore = limb.endswith("fore")
    side = TRACK if limb.startswith("left") else -TRACK
    root = points["scapula" if fore else "hip"]
    origin = gait.touchdown[limb] * gait.stride_m + (TRUNK["scapula"].real if fore else 0.0)
    phase = gait.phase(limb, times)
    # The fore paw lands in front of the shoulder joint, the hind paw swings about a point just behind the
    # hip.
    neutral = -0.025 if fore else -0.03
    ahead, height, planted = foot_path(phase, gait.stride_m, gait.duty[limb], neutral, gait.lift_m[limb])
    foot = ahead + origin + 1j * (height + PAW_HEIGHT)
    upper, lower = (FORE if fore else HIND).solve(root[:, 0] + 1j * root[:, 2], foot)
    swing = np.clip((phase % 1.0 - gait.duty[limb]) / (1.0 - gait.duty[limb]), 0.0, 1.0)
    toes = foot + 0.05 * np.exp(-1j * np.radians(18.0 + 65.0 * lift_arc(swing, 0.3)))
    named = {"root": root[:, 0] + 1j * root[:, 2], "upper": upper, "lower": lower, "foot": foot, "toes": toes}
    points.update({f"{limb}_{name}": in_plane(at, side) for name, at in named.items()})
    return planted


# Where each marker's centre sits and how large it is: the point it belongs to, how far to the outside of it,
# and its radius, m. Shoulders and hips wear a ball on the skin; elbows, knees and paws a cuff around the leg,
# which shows on the far legs too.
_LIMB_MARKERS = {
    "fore": {
        "Shoulder": ("upper", 0.048, 0.026),
        "Elbow": ("lower", 0.0, 0.038),
        "F_Paw": ("foot", 0.0, 0.036),
    },
    "hind": {"Hip": ("root", 0.058, 0.026), "Knee": ("upper", 0.0, 0.044), "B_Paw": ("foot", 0.0, 0.036)},
}
_HEAD_MARKER_RADIUS = 0.024
_MIDLINE_MARKER_RADIUS = 0.026


def markers(points: dict[str, np.ndarray]) -> dict[str, str]:
    """Add the markers' centres to the points -> joint to point."""
    at: dict[str, np.ndarray] = {}
    for side, sign, initial in (("left", 1.0, "L"), ("right", -1.0, "R")):
        for end, joints in _LIMB_MARKERS.items():
            for joint, (point, out, _) in joints.items():
                at[f"{initial}_{joint}"] = points[f"{side}_{end}_{point}"] + [0.0, sign * out, 0.0]
        at[f"{initial}_Eye"] = points["skull_front"] + [-0.025, sign * 0.055, 0.015]
    at["Nose"] = points["muzzle_tip"] + [0.042, 0.0, 0.010]
    at["Neck"] = points["withers"] + [0.010, 0.0, 0.096]
    at["Root_of_tail"] = points["tail_base"] + [0.0, 0.0, 0.045]
    keypoints = {joint: f"marker_{joint}" for joint in AP10K.joints}
    points.update({keypoints[joint]: at[joint] for joint in AP10K.joints})
    return keypoints


def _parts() -> tuple[Part, ...]:
    """Return the body's solids and the markers."""
    parts = [
        Part("croup", "ellipsoid", "rump", "loin", 0.085, COAT, depth=0.085, overlap=0.06),
        Part("loin", "ellipsoid", "belly", "chest", 0.080, COAT, depth=0.090, overlap=0.11),
        Part("chest", "ellipsoid", "chest", "breast", 0.090, COAT, depth=0.112, overlap=0.075),
        Part("shoulders", "ellipsoid", "chest", "withers", 0.075, COAT, depth=0.080, overlap=0.060),
        Part("neck", "capsule", "neck_base", "poll", 0.066, COAT),
        Part("skull", "ellipsoid", "skull_back", "skull_front", 0.060, COAT, depth=0.062, overlap=0.035),
        Part("muzzle", "capsule", "muzzle_back", "muzzle_tip", 0.034, COAT),
        Part("tail_root", "capsule", "tail_base", "tail_middle", 0.020, COAT),
        Part("tail", "capsule", "tail_middle", "tail_tip", 0.015, COAT),
    ]
    for side in ("left", "right"):
        ears = (f"{side}_ear_top", f"{side}_ear_tip")
        parts.append(Part(f"{side}_ear", "ellipsoid", *ears, 0.012, DARK, depth=0.034, overlap=0.01))
        for end in ("fore", "hind"):
            parts += _limb_parts(f"{side}_{end}")
    for joint, colour in PALETTES[AP10K.name].colours.items():
        parts.append(Part(f"marker_{joint}", "sphere", f"marker_{joint}", "", _marker_radius(joint), colour))
    return tuple(parts)


def _marker_radius(joint: str) -> float:
    for joints in _LIMB_MARKERS.values():
        if joint[2:] in joints:
            return joints[joint[2:]][2]
    return _MIDLINE_MARKER_RADIUS if joint in ("Neck", "Root_of_tail") else _HEAD_MARKER_RADIUS


def _limb_parts(limb: str) -> list[Part]:
    """Return the solids of one limb; the left limbs are a shade darker, as an aid to the eye."""
    coat = LEFT_COAT if limb.startswith("left") else COAT
    root, upper, lower, foot, toes = (f"{limb}_{p}" for p in ("root", "upper", "lower", "foot", "toes"))
    thick = 0.042 if limb.endswith("fore") else 0.048
    deep = 0.055 if limb.endswith("fore") else 0.080
    return [
        Part(f"{limb}_1", "ellipsoid", root, upper, thick, coat, depth=deep, overlap=0.045),
        Part(f"{limb}_2", "ellipsoid", upper, lower, 0.032, coat, depth=0.042, overlap=0.030),
        Part(f"{limb}_3", "capsule", lower, foot, 0.021, coat),
        Part(f"{limb}_paw", "ellipsoid", foot, toes, 0.028, coat, depth=0.024, overlap=0.018),
    ]
