"""The gaits of the example clips, from published data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Gait:
    """The timing of a steady gait.

    name: the gait, in a word
    period_s: stride duration; speed: m/s
    touchdown: limb -> touchdown in cycles, 0..1, after the first limb's
    duty: limb -> part of the stride that the foot is on the ground
    lift_m: limb -> greatest height of the foot's joint above its stance height; empty if angle curves give it
    heave_m, heave_phase: amplitude of the trunk's vertical oscillation, and the phase in cycles of its highest
        point; heaves: how often a stride it oscillates
    """

    name: str
    period_s: float
    speed: float
    touchdown: dict[str, float]
    duty: dict[str, float]
    lift_m: dict[str, float]
    heave_m: float
    heave_phase: float
    heaves: int = 2

    @property
    def stride_m(self) -> float:
        """Ground covered in one stride, m."""
        return self.speed * self.period_s

    def way(self, times: np.ndarray) -> np.ndarray:
        """Return how far ahead the body is, (T,) m."""
        return self.speed * times

    def phase(self, limb: str, times: np.ndarray) -> np.ndarray:
        """Return the limb's phase in cycles: integers are touchdowns, any real number; times in s."""
        return times / self.period_s - self.touchdown[limb]


def _limbs(fore: float, hind: float) -> dict[str, float]:
    return {"left_fore": fore, "right_fore": fore, "left_hind": hind, "right_hind": hind}


DOG_AMBLE = Gait(
    name="ambling",
    period_s=0.62,
    speed=1.13,
    touchdown={"left_fore": 0.0, "left_hind": 0.90, "right_fore": 0.50, "right_hind": 0.40},
    duty=_limbs(fore=0.62, hind=0.60),
    lift_m=_limbs(fore=0.075, hind=0.065),
    heave_m=0.008,
    heave_phase=0.06,
)
"""A long-legged dog ambling: a fast lateral-sequence walk in lateral couplets, close to the pace.

Footfalls: the fore foot follows the hind foot of its side by 0.10 of the stride, between the pace (0) and the
single-foot (0.25), where Hildebrand (1968, J. Morphol. 124:353-360; 1989, BioScience 39:766-775) plots the
fast walks of long-legged dogs. Speed and period: Froude number v^2/(g h) = 0.26 at hip height h = 0.5 m. The
stride of 0.70 m = 1.4 h lies within the scatter about 2.4 h Fr^0.34 = 1.5 h of Alexander & Jayes (1983, J.
Zool. 201:135-152). Duty factors: about 0.6 at this Froude number, the fore feet's the longer (same source;
Jayes & Alexander 1978, J. Zool. 185:289-308).
"""

DOG_RUN = Gait(
    name="trotting",
    period_s=0.44,
    speed=2.6,
    touchdown={"left_fore": 0.0, "right_hind": 0.98, "right_fore": 0.50, "left_hind": 0.48},
    duty=_limbs(fore=0.40, hind=0.37),
    lift_m=_limbs(fore=0.13, hind=0.11),
    heave_m=0.016,
    heave_phase=0.455,
)
"""A dog running: a trot with two suspensions a stride, diagonal feet together.

Footfalls: diagonal pairs, the hind foot up to 0.02 of the stride first (Hildebrand 1968: running trots lie at
a fore-hind lag of 0.5 and duty factors below 0.5). Speed and period: Froude number 1.38 at h = 0.5 m, beyond
the walk; a stride frequency of 2.3 /s and 2.3 to 2.6 m/s are the preferred trot of a 30 kg quadruped (Heglund
& Taylor 1988, J. Exp. Biol. 138:301-318); the stride of 1.14 m = 2.3 h lies within the scatter about 2.4 h
Fr^0.34 = 2.7 h of Alexander & Jayes (1983). Duty factors about 0.4, the fore feet's the longer (Jayes &
Alexander 1978). The trunk is lowest in the middle of each diagonal's stance, as in all bouncing gaits
(Cavagna et al. 1977, Am. J. Physiol. 233:R243).
"""

HUMAN_WALK = Gait(
    name="walking",
    period_s=1.08,
    speed=1.30,
    touchdown={"left": 0.0, "right": 0.5},
    duty={"left": 0.62, "right": 0.62},
    lift_m={},
    heave_m=0.0155,
    heave_phase=0.31,
)
"""A person of 1.75 m walking: 111 steps a minute, stride 1.40 m, toe-off at 62 % (Winter 2009).

The hips are highest in the middle of each stance, lowest in double support; the foot's path comes from the
joint-angle curves in `walking`.
"""

HUMAN_RUN = Gait(
    name="running",
    period_s=0.72,
    speed=3.1,
    touchdown={"left": 0.0, "right": 0.5},
    duty={"left": 0.38, "right": 0.38},
    lift_m={},
    heave_m=0.021,
    heave_phase=0.455,
)
"""A person of 1.75 m running: 3.1 m/s, 167 steps a minute, toe-off at 38 % (Novacheck 1998: 39 % at
3.2 m/s).

The hips are lowest in the middle of each stance, highest in flight.
"""

SPIDER_WALK = Gait(
    name="walking",
    period_s=0.40,
    speed=0.125,
    touchdown={
        "left_1": 0.0, "right_2": 0.98, "left_3": 0.96, "right_4": 0.94,
        "right_1": 0.5, "left_2": 0.48, "right_3": 0.46, "left_4": 0.44,
    },
    duty={f"{side}_{pair}": 0.60 for side in ("left", "right") for pair in range(1, 5)},
    lift_m={f"{side}_{pair}": 0.0045 for side in ("left", "right") for pair in range(1, 5)},
    heave_m=0.0003,
    heave_phase=0.05,
)  # fmt: skip
"""A tarantula walking fast: an alternating tetrapod, rear legs first, without flight.

Footfalls: L1 R2 L3 R4 against R1 L2 R3 L4, on each side from the rear to the front (Wilson 1967, J. Exp. Biol. 47:133-151;
Biancardi et al. 2011, J. Exp. Biol. 214:3433-3442); the sets of four land slightly staggered (Spagna et al. 2011, J.
Arachnol. 39:84-91). Speed: in the faster of the two gaits of Grammostola mollicoma, above 0.11 m/s (Biancardi et al.), and
within the 0.03 to 0.69 m/s of Haplopelma hainanum (Hao et al. 2020, Biol. Open 9:bio055301). Large spiders have no flight
phase and hardly heave (Weihmann 2013, PLoS ONE 8:e65788), and their duty factor falls with speed (Spagna et al.): 0.6.
Ours: the stride of 50 mm, two thirds of a leg, and with it the period; the foot's lift.
"""
