"""The solids and colours of the person."""

from __future__ import annotations

from synthesis.figure import Colour, Part

SKIN: Colour = (0.86, 0.66, 0.54)
LIPS: Colour = (0.70, 0.42, 0.38)
HAIR: Colour = (0.23, 0.15, 0.10)
WHITE: Colour = (0.93, 0.93, 0.92)
BLACK: Colour = (0.08, 0.07, 0.07)
SHIRT: Colour = (0.62, 0.24, 0.22)
TROUSERS: Colour = (0.36, 0.40, 0.50)
SHOES: Colour = (0.86, 0.86, 0.84)


def parts() -> tuple[Part, ...]:
    """Return trunk, head, arms and legs."""
    return (*_TRUNK, *_HEAD, *_limbs("left"), *_limbs("right"))


_TRUNK = (
    Part("hips", "ellipsoid", "pelvis", "waist", 0.165, TROUSERS, depth=0.112, overlap=0.070),
    Part("abdomen", "ellipsoid", "waist", "belly", 0.152, SHIRT, depth=0.106, overlap=0.080),
    Part("chest", "ellipsoid", "belly", "collar", 0.165, SHIRT, depth=0.112, overlap=0.030),
    Part("yoke", "capsule", "left_shoulder_in", "right_shoulder_in", 0.058, SHIRT),
    Part("throat", "capsule", "neck", "nape", 0.053, SKIN),
)

_HEAD = (
    Part("skull", "ellipsoid", "nape", "crown", 0.074, SKIN, depth=0.094, overlap=0.022),
    Part("jaw", "ellipsoid", "jaw", "chin", 0.052, SKIN, depth=0.040, overlap=0.022),
    Part("face", "ellipsoid", "chin", "brow", 0.058, SKIN, depth=0.034, overlap=0.014),
    Part("nose", "capsule", "nose_root", "nose_tip", 0.011, SKIN),
    Part("lips", "capsule", "left_mouth_corner", "mouth", 0.0065, LIPS),
    Part("lips_right", "capsule", "mouth", "right_mouth_corner", 0.0065, LIPS),
    Part("hair", "ellipsoid", "hair_back", "hair_top", 0.082, HAIR, depth=0.070, overlap=0.035),
)


def _limbs(side: str) -> tuple[Part, ...]:
    def part(
        name: str, shape: str, start: str, end: str, width: float, colour: Colour, **more: float
    ) -> Part:
        return Part(
            f"{side}_{name}", shape, f"{side}_{start}", f"{side}_{end}" if end else "", width, colour, **more
        )

    return (
        part("eyeball", "sphere", "eye", "", 0.0125, WHITE),
        part("pupil", "sphere", "pupil", "", 0.0068, BLACK),
        part("brow", "capsule", "brow_in", "brow_out", 0.0045, HAIR),
        part("ear", "ellipsoid", "ear_low", "ear_top", 0.010, SKIN, depth=0.020, overlap=0.012),
        part("shoulder", "sphere", "shoulder", "", 0.062, SHIRT),
        part("sleeve", "capsule", "shoulder", "sleeve", 0.052, SHIRT),
        part("arm", "capsule", "sleeve", "elbow", 0.041, SKIN),
        part("forearm", "ellipsoid", "elbow", "wrist", 0.037, SKIN, depth=0.038, overlap=0.035),
        part("wrist", "capsule", "wrist", "hand", 0.026, SKIN),
        part("hand", "ellipsoid", "wrist", "hand", 0.022, SKIN, depth=0.040, overlap=0.035),
        part("thigh", "ellipsoid", "hip", "thigh", 0.078, TROUSERS, depth=0.090, overlap=0.080),
        part("lower_thigh", "capsule", "hip", "knee", 0.058, TROUSERS),
        part("knee", "sphere", "knee", "", 0.056, TROUSERS),
        part("calf", "ellipsoid", "knee", "ankle", 0.052, TROUSERS, depth=0.060, overlap=0.030),
        part("shin", "capsule", "knee", "ankle", 0.044, TROUSERS),
        part("heel", "sphere", "heel", "", 0.036, SHOES),
        part("shoe", "ellipsoid", "heel", "instep", 0.043, SHOES, depth=0.037, overlap=0.030),
        part("toes", "ellipsoid", "instep", "toe", 0.041, SHOES, depth=0.032, overlap=0.030),
        part("tongue", "capsule", "ankle", "instep", 0.032, SHOES),
    )
