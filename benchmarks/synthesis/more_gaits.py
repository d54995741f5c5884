"""Additional gaits from published data, as ground truth for the motion analysis."""

from __future__ import annotations

from dataclasses import replace

from synthesis.gaits import DOG_AMBLE, DOG_RUN, HUMAN_RUN, HUMAN_WALK, Gait


def _dog(
    name: str,
    period_s: float,
    speed: float,
    touchdown: tuple[float, float, float, float],
    duty: float,
    lift: float,
    heaves: int = 2,
) -> Gait:
    """Return a dog's gait; touchdown: left fore, right fore, left hind, right hind."""
    limbs = ("left_fore", "right_fore", "left_hind", "right_hind")
    return Gait(
        name=name,
        period_s=period_s,
        speed=speed,
        touchdown=dict(zip(limbs, touchdown, strict=True)),
        duty=dict.fromkeys(limbs, duty),
        lift_m=dict.fromkeys(limbs, lift),
        heave_m=0.01,
        heave_phase=0.2,
        heaves=heaves,
    )


# Footfalls after Hildebrand's diagrams: walk and pace, part of the stride by which a fore foot follows the hind
# foot of its side 0.25 and 0 (1968, J. Morphol. 124:353-360; 1989, BioScience 39:766-775); canter, gallop and bound
# from the gallops and bounds of 1977 (J. Mammal. 58:131-156): the canter's three beats with one diagonal pair
# together, the dog's rotary gallop with four beats, the bound with both pairs. Speeds and strides lie within
# the scatter about 2.4 h Fr^0.34 (Alexander & Jayes 1983), duty factors on their curves: 0.65 at Fr 0.16, 0.4
# at Fr 1.4, below 0.3 where dogs gallop (Maes et al. 2008, J. Exp. Biol. 211:138-149).
DOG_WALK = _dog("walk", 0.80, 0.88, (0.0, 0.5, 0.75, 0.25), 0.66, 0.06)
DOG_PACE = _dog("pace", 0.48, 2.1, (0.0, 0.5, 0.98, 0.48), 0.42, 0.10)
DOG_CANTER = _dog("canter", 0.44, 2.6, (0.0, 0.28, 0.70, 0.98), 0.34, 0.11, heaves=1)
DOG_GALLOP = _dog("gallop", 0.38, 3.6, (0.0, 0.11, 0.50, 0.38), 0.26, 0.12, heaves=1)
DOG_HOP = _dog("hop", 0.42, 1.6, (0.0, 0.0, 0.02, 0.02), 0.40, 0.10, heaves=1)
HUMAN_HOP = replace(
    HUMAN_RUN,
    name="hopping",
    period_s=0.50,
    speed=2.0,
    touchdown={"left": 0.0, "right": 0.01},
    heave_m=0.03,
    heave_phase=0.72,
    heaves=1,
)
"""Both legs together, as in hopping forward at 2 /s, the human's preferred rate (Farley et al. 1991, J. Appl.
Physiol. 71:2127-2132); the joint angles are those of running."""

# What motion analysis should call each: subject, gait's name -> the gait.
GAITS: dict[tuple[str, str], Gait] = {
    ("dog", "walk"): DOG_WALK,
    ("dog", "amble"): DOG_AMBLE,
    ("dog", "pace"): DOG_PACE,
    ("dog", "trot"): DOG_RUN,
    ("dog", "canter"): DOG_CANTER,
    ("dog", "gallop"): DOG_GALLOP,
    ("dog", "hop"): DOG_HOP,
    ("human", "walk"): HUMAN_WALK,
    ("human", "run"): HUMAN_RUN,
    ("human", "hop"): HUMAN_HOP,
}
