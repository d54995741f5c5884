"""Motions of known quality, by which a judge of motions is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SLOWER = 0.5**0.5
"""Of both stride length and rate at half the speed: animals slow down by both."""
FASTER = 1.5**0.5
"""The same at one and a half times the speed."""


@dataclass(frozen=True)
class KnownMotion:
    """A way to move by the clip's stride, and how good that is.

    words: for people; place: 1 is best, motions of one place are not compared
    tempo, amplitude, speed: factors on the clip's stride rate, joint angles about their mean and forward speed
    legs: whose keypoints move as those of the other side
    shake: of every joint, rad; falls_s: when all drives lose their power, s
    pose: about which the joints move: the stride's mean, or the robot's default
    """

    name: str
    words: str
    place: int
    tempo: float = 1.0
    amplitude: float = 1.0
    speed: float = 1.0
    legs: Literal["own", "mirrored", "hind swapped"] = "own"
    shake: float = 0.0
    falls_s: float | None = None
    pose: Literal["stride", "default"] = "stride"


KNOWN = (
    KnownMotion("honest", "moves as the clip", 1),
    KnownMotion("mirrored", "moves as the clip, left and right exchanged", 1, legs="mirrored"),
    KnownMotion(
        "half_speed", "at half the speed, by shorter and rarer strides", 2, SLOWER, SLOWER, speed=0.5
    ),
    KnownMotion("half_amplitude", "all joints swing half as far, so at half the speed", 2, 1.0, 0.5, 0.5),
    KnownMotion("hind_swapped", "hind legs, of people the legs, exchanged: another gait", 2, legs="hind swapped"),
    KnownMotion("standing", "stands still", 3, amplitude=0.0, speed=0.0),
    KnownMotion("sliding", "glides at the clip's speed with still legs", 3, amplitude=0.0),
    KnownMotion("trembling", "stands and shakes all joints", 3, amplitude=0.0, speed=0.0, shake=0.12),
    KnownMotion("falling", "moves as the clip for a second, then collapses", 4, falls_s=1.0),
)  # fmt: skip
"""Best first. Along each line of faults the fault grows: amplitude 1, half, none; speed 1, half, none; a fall is worst.

Motions of one place have no known order: what is worse, half the speed or half the amplitude, is a matter of taste.
"""


SCREENED = (
    *KNOWN,
    KnownMotion("reversed", "steps backwards while it is carried forward: the clip mirrored in time", 2, tempo=-1.0),
    KnownMotion("quick_steps", "at the clip's speed by steps half as long and twice as often", 2, 2.0, 0.5),
    KnownMotion("hasty", "at one and a half times the clip's speed, by longer and more frequent strides", 2, FASTER, FASTER, speed=1.5),
    KnownMotion("resting", "stands still in its default pose", 3, amplitude=0.0, speed=0.0, pose="default"),
    KnownMotion("collapsing", "loses all power at once and falls", 4, amplitude=0.0, speed=0.0, falls_s=0.0),
)  # fmt: skip
"""Motions that rewards are screened on: a judge's, and others that rewards have been mistaken in."""
STILL = ("standing", "resting", "trembling")
FALLEN = ("falling", "collapsing")
SPEEDS = ("half_speed", "half_amplitude", "hasty")
"""Whether they are worse than the clip's motion is for the task to say."""
GAITS = ("hind_swapped", "quick_steps", "sliding")
"""Motions at the clip's speed that only a reward which sees the legs can tell from the clip's.

Not `reversed`: which way legs swing in the air is more than the keypoints' places at a phase may tell.
"""


def place_on(motion: KnownMotion, symmetric: bool) -> int:
    """Return a motion's place for a clip; symmetric: whether its gait is alike on both sides half a stride later.

    A mirrored gallop is on the other lead: a gait with a fault, not the clip's.
    """
    return motion.place if symmetric or motion.legs != "mirrored" else 2
