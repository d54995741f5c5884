"""The speed table of motion_accuracy.py: from the trunk's path, over a background, and from the feet alone, with noise."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts"), str(ROOT / "benchmarks")]

from motion_tables import describe  # noqa: E402
from synthesis.cases import NOISE, Condition, body_speed  # noqa: E402
from synthesis.journey import Leg, make_journey, on_treadmill  # noqa: E402
from synthesis.more_gaits import GAITS  # noqa: E402
from video2reward.artifacts.keypoints import Keypoints  # noqa: E402
from video2reward.errors import UserError  # noqa: E402
from video2reward.motion.steady import SteadyPart, cut  # noqa: E402

AIM = 0.1
# Part of a line's cases that reach it.
LEAST = 0.8
RATES, SEEDS = (15.0, 24.0, 30.0), 2
# In view, as in the other tables; of a clip that is halved, in either half.
_STRIDES = 4.3
# How speed is filmed: the condition, and what is made of its clip.
FILMED = {
    "fixed": (Condition("fixed"), "whole"),
    "panning": (Condition("panning", pan=True), "whole"),
    "panning, no background": (Condition("blind", pan=True, seen=False), "whole"),
    "the same, either half of a clip": (Condition("half", pan=True, seen=False), "halves"),
    "treadmill": (Condition("treadmill", seen=False), "treadmill"),
    "treadmill before a background": (Condition("treadmill"), "treadmill"),
}


@dataclass(frozen=True)
class Found:
    """error: of the speed, a part of it; held: the 90 % interval holds the truth, None if there is none."""

    error: float
    held: bool | None


def speeds() -> Iterator[str]:
    """Yield a line for each way to film and frame rate, over all gaits."""
    yield "Fixed: by the trunk's path; panning: between that over the background and the feet; else by the feet alone."
    yield ""
    yield "| filmed, frames/s | within 10 % | median | worst | 90 % interval holds the truth | period not found |"
    yield "|---|---|---|---|---|---|"
    for name in FILMED:
        for fps in RATES:
            found, missed = [], []
            for (species, gait), seed in ((key, seed) for key in GAITS for seed in range(SEEDS)):
                for one in _found(species, gait, name, fps, seed):
                    if one is None:
                        missed.append(f"{species} {gait}")
                    else:
                        found.append(one)
            errors = np.array([one.error for one in found])
            held = [one.held for one in found if one.held is not None]
            within = int((errors < AIM).sum())
            yield (
                f"| {name}, {fps:g} | {within} of {len(errors)}{'' if within >= LEAST * len(errors) else ', missed'} "
                f"| {np.median(errors):.1%} | {errors.max():.0%} | {sum(held)} of {len(held)} "
                f"| {', '.join(f'{gait} {missed.count(gait)}' for gait in dict.fromkeys(missed)) or '-'} |"
            )


def _found(species: str, gait: str, name: str, fps: float, seed: int) -> Iterator[Found | None]:
    condition, made = FILMED[name]
    going, filmed = GAITS[species, gait], replace(condition, fps=fps, noise=NOISE)
    seconds = max(_STRIDES * going.period_s, 1.6) * (2 if made == "halves" else 1)
    keypoints, background = make_journey(species, going, [Leg(seconds)], filmed, seed)
    true = body_speed(species, going)
    if made == "treadmill" and background is not None:
        background = np.zeros_like(background)
    for clip in _clips(keypoints, made):
        try:
            motion = describe(clip, species, background=background)
        except UserError:
            yield None
            continue
        if abs(motion.period_s / going.period_s - 1) > 0.05:
            yield None
            continue
        error = abs(motion.speed / true - 1)
        known = bool(np.isfinite(motion.speed_error))
        yield Found(error, error * true <= motion.speed_error if known else None)


def _clips(keypoints: Keypoints, made: str) -> list[Keypoints]:
    if made == "treadmill":
        return [on_treadmill(keypoints)]
    if made == "halves":
        middle, count = len(keypoints.times) // 2, len(keypoints.times)
        return [cut(keypoints, SteadyPart(0, middle)), cut(keypoints, SteadyPart(middle, count))]
    return [keypoints]
