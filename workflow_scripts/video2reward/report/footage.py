"""What a film shows: a clip, and a robot's recording beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from video2reward.artifacts.motion import Motion
from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout


@dataclass(frozen=True)
class Footage:
    """A clip and one recording of a robot that learns it.

    video, robot: their names; overlay: the clip's film with its keypoints; film: the robot's
    """

    video: str
    robot: str
    motion: Motion
    reference: Reference
    rollout: Rollout
    overlay: Path
    film: Path
