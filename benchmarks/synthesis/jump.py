"""A jump between two rests: its timing, and the way of the body, without a jerk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

GRAVITY = 9.81


@dataclass(frozen=True)
class Jump:
    """Times in s, lengths in m.

    rest: before and after; crouch, push, flight, land: the parts of the jump, in this order; dip, land_dip: of the body when
    crouching and landing; distance: forward; raised: how much higher than in standing the body takes off, on its toes
    landed: part of the landing until the body is at its lowest
    """

    name: str = "jumping"
    rest: float = 0.7
    crouch: float = 0.25
    push: float = 0.12
    flight: float = 0.36
    land: float = 0.35
    dip: float = 0.09
    land_dip: float = 0.09
    distance: float = 0.55
    raised: float = 0.0
    landed: float = 0.35

    @property
    def rise(self) -> float:
        """How high the body flies above where it takes off."""
        return GRAVITY * self.flight**2 / 8

    @property
    def takes_off(self) -> float:
        """When the feet leave the ground."""
        return self.rest + self.crouch + self.push

    @property
    def lands(self) -> float:
        """When they are back on it."""
        return self.takes_off + self.flight

    @property
    def duration(self) -> float:
        """From the first to the last movement."""
        return self.crouch + self.push + self.flight + self.land

    @property
    def moments(self) -> tuple[float, ...]:
        """When the crouch begins, is deepest, the flight begins, ends, the landing is deepest and ends."""
        crouched = self.rest + self.crouch
        deepest = self.lands + self.landed * self.land
        return self.rest, crouched, self.takes_off, self.lands, deepest, self.lands + self.land

    def flown(self, times: np.ndarray) -> np.ndarray:
        """Return the part of the flight that is over, 0..1, at times (T,)."""
        part: np.ndarray = np.clip((times - self.takes_off) / self.flight, 0.0, 1.0)
        return part

    def way(self, times: np.ndarray) -> np.ndarray:
        """Return how far ahead the body is of where it stood, (T,) m."""
        return np.asarray(self.path(times).real)

    def path(self, times: np.ndarray) -> np.ndarray:
        """Return the body's way from where it stands, complex forward + i up, m: (T,)."""
        from scipy.interpolate import CubicHermiteSpline

        up = GRAVITY * self.flight / 2
        on = self.distance / self.flight * 0.75
        before, after = 0.125 * self.distance, 0.875 * self.distance
        knots = (
            (0.0, 0.0, 0.0, 0.0),
            (0.0, 0.0, -self.dip, 0.0),
            (before, on, self.raised, up),
            (after, on, self.raised, -up),
            (self.distance, 0.0, -self.land_dip, 0.0),
            (self.distance, 0.0, 0.0, 0.0),
        )
        at, (x, speed, y, rise) = np.array(self.moments), np.array(knots).T
        within = np.clip(times, at[0], at[-1])
        forward, height = CubicHermiteSpline(at, x, speed)(within), CubicHermiteSpline(at, y, rise)(within)
        since = times - self.takes_off
        flown = (since > 0) & (times < self.lands)
        ballistic = self.raised + up * since - GRAVITY * since**2 / 2
        path: np.ndarray = forward + 1j * np.where(flown, ballistic, height)
        return path

    def through(self, degrees: tuple[float, ...], times: np.ndarray) -> np.ndarray:
        """Return an angle, rad, through one value at each of `moments`, without overshoot: (T,)."""
        from scipy.interpolate import PchipInterpolator

        at = np.array(self.moments)
        return np.radians(PchipInterpolator(at, degrees)(np.clip(times, at[0], at[-1])))


DOG_HOP = Jump(
    name="hopping",
    rest=0.6,
    crouch=0.26,
    push=0.15,
    flight=0.32,
    land=0.36,
    dip=0.09,
    land_dip=0.07,
    distance=0.42,
)
"""A dog that hops forward from standing, all four feet leaving the ground together.

The force platform of Alexander (1974, J. Zool. 173:549-573) has an Alsatian's standing and running jumps, at the limit of what
its muscles bear; nobody seems to have measured a small hop. So this one is ours: the trunk flies up by 0.25 hip heights, and
free fall makes its flight 0.32 s long. Push-off and landing take as long as their ways need at less than three body weights.
"""

HUMAN_JUMP = Jump(
    rest=0.6, crouch=0.48, push=0.28, flight=0.40, land=0.70, dip=0.26, land_dip=0.20, distance=0.45, raised=0.07,
    landed=0.3,
)  # fmt: skip
"""A person's countermovement jump with an arm swing, forward, not to the limit.

Linthorne (2001, Am. J. Phys. 69:1198-1204) has force plate records of standing vertical jumps: down in half a second, up in
0.3 s, in the air for half a second. People who jump as far as they can get 2.1 m with, 1.7 m without their arms (Ashby &
Heegaard 2002, J. Biomech. 35:1631-1637). They take off on their toes and land a few centimetres lower, with bent legs
(Yamashita et al. 2020, Appl. Sci. 10:776). Here the flight takes 0.40 s, which is 0.20 m up from the take-off.
"""

SPIDER_JUMP = Jump(
    rest=0.15, crouch=0.10, push=0.034, flight=0.080, land=0.11, dip=0.0031, land_dip=0.0026, distance=0.042,
    raised=0.004, landed=0.31,
)  # fmt: skip
"""A jumping spider's leap, to the size of the clips' tarantula and of what a robot can do.

Jumping spiders jump almost entirely by a sudden straightening of their last legs (Parry & Brown 1959, J. Exp. Biol. 36:654-664,
Sitticus pubescens across a gap of 5 cm). Over gaps of 2 to 5 body lengths Phidippus regius takes off the steeper the farther it
jumps, up to about the angle of least energy, 45 degrees (Nabawy et al. 2018, Sci. Rep. 8:7142). Theirs are the legs, the order
of their movements and 45 degrees. Ours is the size: at their take-off of more than half a metre a second a spider of 4 mm legs
flies several leg lengths high. Here the trunk flies up by 0.3 leg lengths, 7.8 mm, which with 45 degrees makes take-off at
0.55 m/s and a flight of 31 mm in 0.08 s (by free fall). Push-off and landing take as long as their ways of a quarter of a leg
length need at about three body weights. By equal Froude numbers lengths grow with the leg and times with its root, so that on
legs of 0.44 m the flight takes 0.33 s.
"""
