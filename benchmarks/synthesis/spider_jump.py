"""The spider of the clips in a jump between two rests: the hind legs straighten, the fore legs reach for the ground."""

from __future__ import annotations

import numpy as np

from synthesis.figure import Figure
from synthesis.footfall import minimum_jerk
from synthesis.jump import Jump
from synthesis.spider import dressed, leg_points, trunk_points
from video2reward.skeletons import SPIDER

# Of the first to the last pair: the parts of the flight at which a foot starts and stops to swing forward, and how much higher
# than the trunk it is drawn up on the way, m. Hind legs trail, fore legs are stretched out early.
SWINGS = {1: (0.0, 0.65, 0.004), 2: (0.1, 0.75, 0.003), 3: (0.2, 0.95, 0.002), 4: (0.25, 1.0, 0.002)}
# The left feet stand closer together than the right ones, those of the first two pairs behind and the others ahead, m.
CLOSER = 0.0045


def spider_jump(jump: Jump, times: np.ndarray) -> Figure:
    """Move the spider through a jump at `times` (T,) s; it is `ENLARGED`."""
    way, flown = jump.path(times), jump.flown(times)
    airborne = (flown > 0) & (flown < 1)
    points = trunk_points(way)
    for limb in SPIDER.limbs:
        side, pair = limb.name.split("_")
        starts, stops, drawn = SWINGS[int(pair)]
        closer = (-CLOSER if pair in "12" else CLOSER) * (side == "left")
        swung = minimum_jerk(np.clip((flown - starts) / (stops - starts), 0.0, 1.0))
        lift = np.maximum(way.imag - jump.raised, 0.0) + drawn * np.sin(np.pi * flown) ** 2
        leg_points(
            limb.name, way, closer + jump.distance * swung + 1j * np.where(airborne, lift, 0.0), points
        )
    return dressed(times, points, {limb.name: ~airborne for limb in SPIDER.limbs})
