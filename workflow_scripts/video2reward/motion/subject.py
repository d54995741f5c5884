"""How tall the subject is: what the picture cannot say."""

from __future__ import annotations

from dataclasses import dataclass

from video2reward.errors import UserError, choices
from video2reward.settings.video import Subject

# Hip height, m. Human: 0.530 of a stature of 1.75 m (Drillis & Contini 1966, in Winter, "Biomechanics and
# Motor Control of Human Movement", fig. 4.1). Animals: round figures for a large dog (a Labrador retriever is
# 0.55 to 0.62 m at the withers, FCI standard 122), a house cat (about 0.25 m) and a riding horse (about 1.55 m),
# with the hip joint at 0.85 of the withers' height. Individuals differ much: give subject.leg_length_m.
LEG_LENGTHS_M = {"human": 0.93, "dog": 0.50, "cat": 0.21, "horse": 1.30}


@dataclass(frozen=True)
class Foot:
    """What the joint that stands for a skeleton's foot is like.

    height: above the ground, as a part of the hip height
    roll: where lift-off lies between the joint's first rising and its rearmost place about the trunk, 0..1
    straight: the subject stands on straight legs, so the hip height is the greatest hip-foot distance, which
        a stride shows too; else it is taken from mid-stance
    """

    height: float
    roll: float
    straight: bool


# coco17: the ankle, 0.039 / 0.530 of stature (Drillis & Contini, as above); it leaves its place with the heel, long
# before the toes: three quarters suit the joint angles of walking (Winter 2009, lift-off at 0.62 of the stride) and of
# running (Novacheck 1998, 0.38). ap10k: the paw's label sits on the paw, not under it; between the toe of motion
# capture recordings (0) and the markers of our own dog (0.07).
FEET = {
    "coco17": Foot(height=0.074, roll=0.75, straight=True),
    "ap10k": Foot(height=0.05, roll=0.0, straight=False),
}


def leg_length(subject: Subject) -> float:
    """Return the subject's hip height, m: the one given, else its species'; unknown species: `UserError`."""
    if subject.leg_length_m is not None:
        return subject.leg_length_m
    if subject.species not in LEG_LENGTHS_M:
        known = choices(subject.species, LEG_LENGTHS_M, "species")
        raise UserError(f"subject.species: {known} Or give subject.leg_length_m, the hip height in m.")
    return LEG_LENGTHS_M[subject.species]
