"""The subject's hip height, which cannot be measured from the picture."""

from __future__ import annotations

from dataclasses import dataclass

from video2reward.errors import UserError, choices
from video2reward.settings.video import Subject

# Hip height, m. Human: 0.530 of a stature of 1.75 m (Drillis & Contini 1966, in Winter, "Biomechanics and
# Motor Control of Human Movement", fig. 4.1). Animals: round figures for a large dog (a Labrador retriever is
# 0.55 to 0.62 m at the withers, FCI standard 122), a house cat (about 0.25 m) and a riding horse (about 1.55 m),
# with the hip joint at 0.85 of the withers' height; a tarantula with legs of 6 cm; a cockroach of 4 cm. Individuals vary
# a lot: set subject.leg_length_m.
LEG_LENGTHS_M = {
    "human": 0.93, "dog": 0.50, "cat": 0.21, "horse": 1.30, "spider": 0.026, "insect": 0.008,
}  # fmt: skip


@dataclass(frozen=True)
class Foot:
    """Properties of the joint used as a skeleton's foot.

    height: height above the ground, fraction of the hip height
    roll: position of lift-off between the joint's first rise and its rearmost place about the trunk, 0..1
    straight: the subject stands on straight legs, so the hip height is the largest hip-foot distance of a
        stride; otherwise it is measured at mid-stance
    """

    height: float
    roll: float
    straight: bool


# coco17: the ankle, 0.039 / 0.530 of stature (Drillis & Contini, as above). It rises with the heel, long before the
# toes: roll 0.75 fits the joint angles of walking (Winter 2009, lift-off at 0.62 of the stride) and of running
# (Novacheck 1998, 0.38). ap10k: the paw's label is on the paw, not under it: between the toe of motion capture
# recordings (0) and the markers of the synthetic dog (0.07). Tips of tarsi: likewise, the synthetic spider's at 0.085.
FEET = {
    "coco17": Foot(height=0.074, roll=0.75, straight=True),
    "ap10k": Foot(height=0.05, roll=0.0, straight=False),
    "insect": Foot(height=0.06, roll=0.0, straight=False),
    "spider": Foot(height=0.06, roll=0.0, straight=False),
}


def leg_length(subject: Subject) -> float:
    """Return the subject's hip height, m: `leg_length_m`, else its species' default; `UserError` if unknown."""
    if subject.leg_length_m is not None:
        return subject.leg_length_m
    if subject.species not in LEG_LENGTHS_M:
        known = choices(subject.species, LEG_LENGTHS_M, "species")
        raise UserError(f"subject.species: {known} Or give subject.leg_length_m, the hip height in m.")
    return LEG_LENGTHS_M[subject.species]
