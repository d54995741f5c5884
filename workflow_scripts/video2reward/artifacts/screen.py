"""The screen of a reward before it is trained: what it pays for known motions. A part of `check_<k>.json`."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST = 5
"""Faults that are listed."""


@dataclass(frozen=True)
class Screen:
    """What a reward pays for known motions, and where it pays more for the worse one.

    returns: motion -> mean total per step over agents and time, 0 after a fall; terms: motion -> name -> its part of that
    margin: the smallest lead of the clip's motion over a worse one, over the range of all returns; 1 at most
    nearest: that motion
    violations: a sentence each, worst first, on a pair of motions whose order is demanded
    fault: why the motions could not be judged by, "" if they could
    """

    returns: dict[str, float] = field(default_factory=dict)
    terms: dict[str, dict[str, float]] = field(default_factory=dict)
    margin: float | None = None
    nearest: str = ""
    violations: tuple[str, ...] = ()
    fault: str = ""

    @property
    def faults(self) -> str:
        """What is wrong, a line each, at most MOST; "" if nothing is."""
        found = [f"it fails {self.fault}"] if self.fault else list(self.violations)
        more = [f"- and {len(found) - MOST} more."] if len(found) > MOST else []
        return "\n".join([*(f"- {sentence}." for sentence in found[:MOST]), *more])

    @property
    def complaint(self) -> str:
        """The faults and all figures, for the reward's writer; "" if nothing is wrong."""
        paid = ", ".join(f"{motion} {value:.3g}" for motion, value in self.returns.items())
        figures = f"\nMean reward a step of each motion, 0 after a fall: {paid}." if paid else ""
        return f"{self.faults}{figures}" if self.faults else ""

    @property
    def outcome(self) -> str:
        """The outcome in one line."""
        if self.margin is None:
            return f"could not be screened: it fails {self.fault}"
        nearest = f"{self.nearest} comes nearest to the clip's motion, margin {self.margin:.2f}"
        count = len(self.violations)
        if not count:
            return nearest
        return f"{nearest}; {count} pair{'s' * (count > 1)} in the wrong order: {'; '.join(self.violations[:MOST])}"
