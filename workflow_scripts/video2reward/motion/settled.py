"""Choosing the most likely hypothesis about the legs, with its confidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from video2reward.artifacts.keypoints import Keypoints
from video2reward.motion.assignment import NAMED, ONTO, RELABELLED, STATES, Assignment
from video2reward.motion.hypotheses import Hypothesis, Scene, periods
from video2reward.motion.likelihood import alternate
from video2reward.motion.speed import path_speed
from video2reward.motion.stride import find_direction, find_period, is_sure, period_near, stride_phase
from video2reward.motion.track import Drawn, Track, about_trunk
from video2reward.settings.motion import MotionSettings
from video2reward.similarity.period import Period
from video2reward.skeletons import Skeleton

# Nats by which another hypothesis must beat the one found: in general; if only names differ, which the mean cycle also
# corrects; if legs seem to move together. Lead over the runner-up below which there is a warning.
_BETTER, _BETTER_NAMES, _BETTER_TOGETHER, _CLOSE = 8.0, 20.0, 1.0, 1.5
# Largest misfit per joint and frame, nats (about 1 for a good fit), to accept a hypothesis if no period was found.
_FITS = 2.0
# Fraction of frames with coinciding legs above which there is a warning.
_TWICE = 0.15
# Leg names carry no information if they are right in half of the frames, plus or minus _BY_PLACE. In a walk, fore feet
# follow the hind feet by about _WALKS of the stride; a gait is a walk if feet move back for more than _WALKING of it.
_BY_PLACE, _WALKS, _WALKING = 0.25, 0.2, 0.66
# Factor by which slow motion may exceed the longest stride period, as in `find_period`.
_SLOWER = 6.0


@dataclass(frozen=True)
class Settled:
    """The chosen track and period.

    sure: 0.5..1, relative to the next hypothesis, NaN without one
    renamed: a hypothesis other than the one found is used
    twins: (2, J) as for `fit_cycle`, for coinciding legs; warnings: sentences
    """

    track: Track
    period: Period
    sure: float = float("nan")
    renamed: bool = False
    twins: np.ndarray | None = None
    warnings: tuple[str, ...] = ()


def settle(
    keypoints: Keypoints,
    kind: Skeleton,
    settings: MotionSettings,
    min_confidence: float,
    leg_length_m: float,
    background: np.ndarray | None,
    track: Track,
    again: Callable[[Drawn], Track],
) -> Settled:
    """Keep the track, or replace it by that of a more likely hypothesis.

    track: as found; again: builds the track of another hypothesis
    """
    period = find_period(track, keypoints, settings, kind)
    scene, states = _scene(keypoints, kind, min_confidence, leg_length_m, background, track)
    if scene is None:
        return Settled(track, period)
    feet = [kind.index(foot) for foot in kind.feet]
    sure = is_sure(period, settings)
    phase = np.zeros(len(keypoints.times))
    if np.isfinite(period.seconds):
        phase = stride_phase(track.body[:, feet], keypoints.times, period.seconds)
    hypotheses = [
        hypothesis
        for seconds, at in periods(
            scene, period.seconds, phase, settings.min_period_s, _SLOWER * settings.max_period_s
        )
        for hypothesis in scene.explain(seconds, at, states)
    ]
    if sure:
        hypotheses.append(scene.keep(period.seconds, phase, states))
    if not hypotheses:
        return Settled(track, period)
    hypotheses = scene.cooled(hypotheses)
    best = max(hypotheses, key=lambda one: one.score)
    if sure:
        found = hypotheses[-1]
        needed = _BETTER_NAMES if best.same_stride(found) else _BETTER
        needed = _BETTER_TOGETHER if scene.coincide else needed
        if best.score - found.score < needed or best.like(found):
            if not any(flipped(found.ends)):
                chance, said = doubt(found, hypotheses)
                return Settled(track, period, chance, warnings=said)
            best = found
    elif scene.misfit(best) > _FITS:
        return Settled(track, period)
    drawn, twins = _drawn(best, scene, kind)
    renamed = again(drawn)
    better = period_near(renamed, keypoints, settings, kind, best.period_s)
    if not is_sure(better, settings):
        return Settled(track, period)
    chance, said = doubt(best, hypotheses)
    return Settled(renamed, better, chance, True, twins, (*_told(best, scene, kind), *said))


def _scene(
    keypoints: Keypoints,
    kind: Skeleton,
    min_confidence: float,
    leg_length_m: float,
    background: np.ndarray | None,
    track: Track,
) -> tuple[Scene | None, list[np.ndarray]]:
    """Return the scene and the track's states, (T,) per pair; no scene if a leg is never seen."""
    points, middle, trunk = about_trunk(keypoints, kind, min_confidence)
    heave = middle[:, 1] / trunk
    if background is not None:
        heave = heave + background[:, 1] / trunk
    needed = [kind.index(joint) for limb in kind.limbs for joint in (limb.knee, limb.foot)]
    if not np.isfinite(points[:, needed]).all(axis=-1).any(axis=0).all():
        return None, []
    forward = find_direction(track, path_speed(track, keypoints.times, background, kind).value, kind)
    scene = Scene(points * [forward, 1.0], heave, keypoints.times, leg_length_m, kind)
    exchanged = [track.exchanged[:, kind.index(left.foot)] & ~scene.coincide for left, _ in scene.pairs]
    return scene, [np.where(one, 1, NAMED) for one in exchanged]


def _drawn(hypothesis: Hypothesis, scene: Scene, kind: Skeleton) -> tuple[Drawn, np.ndarray | None]:
    """Return the column to read for each joint, the joints in another's place, and their twins."""
    count, joints = len(hypothesis.phase), len(kind.joints)
    columns, hidden = np.tile(np.arange(joints), (count, 1)), np.zeros((count, joints), bool)
    twins = np.full((2, joints), np.nan)
    flips = flipped(hypothesis.ends)
    for end, pair, flip in zip(hypothesis.ends, scene.pairs, flips, strict=True):
        rows = np.array([[kind.index(leg.knee), kind.index(leg.foot)] for leg in pair])
        states = RELABELLED[end.states] if flip else end.states
        for joint in (0, 1):
            first = STATES[states, joint, 0]
            exchanged = (first == 1) & ~np.isin(states, ONTO)
            columns[exchanged[:, None] & np.isin(np.arange(joints), rows[0, joint])] = rows[1, joint]
            columns[exchanged[:, None] & np.isin(np.arange(joints), rows[1, joint])] = rows[0, joint]
            for leg in (0, 1):
                hidden[np.isin(states, ONTO) & (first != leg), rows[leg, joint]] = True
        if end.twice > _TWICE:
            lag = -end.lag if flip else end.lag
            for leg, lead in ((0, -lag), (1, lag)):
                joints_of = [kind.index(getattr(pair[leg], part)) for part in ("hip", "knee", "foot")]
                others = [kind.index(getattr(pair[1 - leg], part)) for part in ("hip", "knee", "foot")]
                twins[0, joints_of], twins[1, joints_of] = others, lead
    return Drawn(columns, hidden), twins if np.isfinite(twins).any() else None


def flipped(ends: tuple[Assignment, ...]) -> list[bool]:
    """Return for each pair whether its second leg is the left one.

    The majority of frames decides. If the names of a quadruped's pair carry no information, the more usual gait decides:
    fore feet follow the hind feet of their side by less than half a stride in a walk, and by half a stride in a trot
    (Hildebrand 1989, BioScience 39:766-775).
    """
    flips = [end.named < 0.5 for end in ends]
    unsure = [abs(end.named - 0.5) for end in ends]
    if len(ends) != 2 or min(unsure) > _BY_PLACE or not all(alternate(end) for end in ends):
        return flips
    fore, hind = (end.foremost(int(flip)) for end, flip in zip(ends, flips, strict=True))
    backward = np.mean([(np.roll(end.feet, -1, axis=0) < end.feet).mean() for end in ends])
    usual = _WALKS if backward > _WALKING else 0.5
    if abs((fore - hind - usual + 0.5) % 1 - 0.5) > 0.25:
        least = int(np.argmin(unsure))
        flips[least] = not flips[least]
    return flips


def _told(hypothesis: Hypothesis, scene: Scene, kind: Skeleton) -> list[str]:
    """Return a sentence for each pair of coinciding legs."""
    return [
        f"{left.foot} and {right.foot} are detected on one leg in {end.twice:.0%} of the frames; the other leg is then "
        "taken from its twin. Look at overlay.mp4; another pose backend may tell them apart."
        for end, (left, right) in zip(hypothesis.ends, scene.pairs, strict=True)
        if end.twice > _TWICE
    ]


def doubt(chosen: Hypothesis, hypotheses: list[Hypothesis]) -> tuple[float, tuple[str, ...]]:
    """Return the confidence in the chosen hypothesis against the runner-up, and a warning if it is close."""
    rivals = [one for one in hypotheses if not one.same_stride(chosen)]
    if not rivals:
        return 1.0, ()
    rival = max(rivals, key=lambda one: one.score)
    ahead = max(one.score for one in hypotheses if one.same_stride(chosen)) - rival.score
    sure = float(np.clip(1 / (1 + np.exp(-np.clip(ahead, -50, 50))), 0.5, 1.0))
    if ahead > _CLOSE:
        return sure, ()
    return sure, (
        f"The legs are read as {_words(chosen)}, {sure:.0%} sure; nearly as likely is {_words(rival)}. "
        "Look at overlay.mp4 and motion.png; another pose backend may tell left from right.",
    )


def _words(hypothesis: Hypothesis) -> str:
    how = "alternating" if hypothesis.alternate else "not alternating"
    twice = max(end.twice for end in hypothesis.ends)
    drawn = ", both detected as one" if twice > 0.5 else ""
    return f"{how}{drawn}, with a stride of {hypothesis.period_s:.2f} s"
