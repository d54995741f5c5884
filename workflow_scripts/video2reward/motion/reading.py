"""Choosing the part of a clip to describe: the longest steady one with a periodic stride."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from video2reward.artifacts.keypoints import Keypoints
from video2reward.errors import UserError
from video2reward.motion.steady import SteadyPart, cut
from video2reward.motion.stride import find_period, is_sure
from video2reward.motion.track import Track, split
from video2reward.settings.motion import MotionSettings
from video2reward.similarity.period import Period
from video2reward.skeletons import Skeleton


@dataclass(frozen=True)
class Reading:
    """A part of a clip, its keypoints, track and stride period."""

    part: SteadyPart
    keypoints: Keypoints
    track: Track
    period: Period


def steadiest(
    parts: Iterable[list[SteadyPart]],
    keypoints: Keypoints,
    kind: Skeleton,
    settings: MotionSettings,
    min_confidence: float,
    source: str,
) -> Reading:
    """Return the most periodic part of the first list with a reliable period, else the very first part.

    parts: from `steady_parts`

    Raises:
        UserError: trunk or feet are not seen in any part
    """
    first, fault = None, None
    for alike in parts:
        read = []
        for part in alike:
            seen = cut(keypoints, part)
            try:
                track = split(seen, kind, settings, min_confidence, source)
            except UserError as error:
                fault = fault or error
                continue
            read.append(Reading(part, seen, track, find_period(track, seen, settings, kind)))
        if read:
            best = max(read, key=lambda reading: reading.period.strength)
            if is_sure(best.period, settings):
                return best
            first = first or best
    if first is None:
        raise fault or UserError(f"{source}: no part of the clip shows the subject")
    return first
