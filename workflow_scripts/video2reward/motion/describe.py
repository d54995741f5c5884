"""From keypoints to a `Motion`: mean cycle, timing, speed, gait."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import numpy as np

from video2reward.artifacts.keypoints import Keypoints
from video2reward.artifacts.motion import Motion
from video2reward.motion import single
from video2reward.motion.cycle import fit_cycle
from video2reward.motion.filming import (
    GRAVITY,
    Filming,
    judge_camera,
    view_angle,
    warn_of_angle,
    warn_of_tempo,
)
from video2reward.motion.gait import name_gait
from video2reward.motion.once import Stretch, is_once
from video2reward.motion.reading import steadiest
from video2reward.motion.repairs import count_changes, refill, warn_of_repairs
from video2reward.motion.settled import Settled, settle
from video2reward.motion.speed import error_of, feet_speed, path_speed
from video2reward.motion.steady import SteadyPart, say_part, steady_parts
from video2reward.motion.stride import (
    find_direction,
    first_touchdown,
    footfalls,
    hip_height,
    is_sure,
    no_period,
    stride_phase,
    twin_joints,
)
from video2reward.motion.subject import leg_length
from video2reward.motion.swaps import unswap
from video2reward.motion.track import Track, ground_path, split
from video2reward.settings.motion import MotionSettings
from video2reward.settings.video import Subject
from video2reward.skeletons import Skeleton, skeleton

# Rounds of swapping mislabelled legs; each improves the mean cycle that the next round compares with.
_UNSWAPS = 3
# Confidence of a gait's name below which there is a warning.
_SURE_NAME = 0.8


def describe_motion(
    keypoints: Keypoints,
    subject: Subject,
    settings: MotionSettings,
    min_confidence: float,
    background: np.ndarray | None = None,
    source: str = "keypoints",
    camera: str = "auto",
    slow_motion: float = 1.0,
    background_sure: float = 1.0,
) -> Motion:
    """Describe the motion of the subject.

    background: displacement of the background, (T, 2) px, from `camera.follow_camera`; without it the subject's
        displacement, compared with its feet's, distinguishes a fixed camera from a moving one
    background_sure: 0..1, probability that it is the background
    source: name of the input in errors; camera: "auto", "fixed" or "moving"
    slow_motion: the keypoints' seconds per real second

    Raises:
        UserError: trunk or feet are not seen, or there is neither a period nor a single motion between rests
    """
    kind = skeleton(keypoints.skeleton)
    scene = _Scene(subject, settings, background, camera, slow_motion, background_sure)
    keypoints, shown = replace(keypoints, times=keypoints.times / slow_motion), keypoints.times
    whole = Stretch(
        lambda: split(keypoints, kind, settings, min_confidence, source), background, keypoints.fps
    )
    steady, auto = None, settings.kind == "auto"
    if settings.kind != "single":
        parts = steady_parts(keypoints, kind, min_confidence, background, camera == "fixed")
        steady = steadiest(parts, keypoints, kind, settings, min_confidence, source)
        known, seen = scene.within(steady.part), steady.keypoints
        settled = settle(
            seen, kind, settings, min_confidence, scene.leg_length_m, known.background, steady.track,
            lambda drawn: split(seen, kind, settings, min_confidence, source, drawn),
        )  # fmt: skip
        own = Stretch(lambda: steady.track, known.background, seen.fps)
        if is_sure(settled.period, settings) and not (auto and is_once(own, whole, settled.period.seconds)):
            motion = _cyclic(seen, settled, kind, known)
            said = say_part(steady.part, shown)
            return replace(motion, first_frame=steady.part.first, warnings=(*said, *motion.warnings))
    active = whole.active
    if active is not None and (settings.kind == "single" or (auto and active.rests)):
        pace = single.pace(scene.leg_length_m)
        slowed = replace(keypoints, times=keypoints.times / pace)
        track = whole.track if pace == 1 else split(slowed, kind, settings, min_confidence, source)
        return single.in_time(_single(slowed, track, kind, active, scene), keypoints.times, pace, auto)
    if steady is None:
        raise no_period(whole.track, keypoints, settings, kind, source)
    where = " ".join([f"{source}:", *say_part(steady.part, shown)]).rstrip(".:")
    raise no_period(steady.track, steady.keypoints, settings, kind, where)


class _Scene:
    """Everything known besides the keypoints."""

    def __init__(
        self,
        subject: Subject,
        settings: MotionSettings,
        background: np.ndarray | None,
        camera: str,
        slow_motion: float,
        background_sure: float,
    ) -> None:
        self.background_sure = background_sure
        self.species, self.leg_length_m = subject.species, leg_length(subject)
        self.settings, self.background = settings, background
        self.camera, self.slow_motion = camera, slow_motion

    def within(self, part: SteadyPart) -> _Scene:
        """Return the scene of a part of the clip."""
        known = copy(self)
        known.background = None if self.background is None else self.background[part.first : part.stop]
        return known


def _cyclic(keypoints: Keypoints, settled: Settled, kind: Skeleton, scene: _Scene) -> Motion:
    """Describe a gait."""
    settings, feet = scene.settings, [kind.index(foot) for foot in kind.feet]
    track, period = settled.track, settled.period
    phase = stride_phase(track.body[:, feet], keypoints.times, period.seconds)
    for _ in range(0 if settled.renamed else _UNSWAPS):
        track, changed = unswap(track, phase, kind)
        if not changed.any():
            break
        phase = stride_phase(track.body[:, feet], keypoints.times, period.seconds)
    to_right = path_speed(track, keypoints.times, scene.background, kind, phase)
    forward = np.array([find_direction(track, to_right.value, kind), 1.0])
    fall = footfalls(track, phase, period.seconds, forward[0], kind, settled.twins)
    travel = replace(to_right, value=to_right.value * forward[0])
    feet_go = feet_speed(track, phase, period.seconds, forward[0], fall, kind)
    start = first_touchdown(fall)
    seen_body = np.where(track.seen[..., None], track.body * forward, np.nan)
    cycle = fit_cycle(seen_body, phase - start, settings.cycle_points, twin_joints(kind, fall))
    longest = round(settings.max_gap_s * keypoints.fps)
    body, put = refill(track.body * forward, track.seen, cycle, phase - start, longest)
    filming = judge_camera(
        travel.value,
        feet_go.value,
        scene.background,
        keypoints.size[0],
        scene.camera,
        scene.background_sure,
    )
    motion = _motion(keypoints, track, kind, scene, filming, forward, body, cycle)
    touchdown = np.mod(np.round(fall.touchdown - start, 9), 1.0)
    height = hip_height(cycle, kind, fall, start)
    speed_m_s = filming.speed / height * scene.leg_length_m
    gait = name_gait(motion.limb_names, touchdown, fall.duty, speed_m_s**2 / (GRAVITY * scene.leg_length_m))
    motion = replace(
        motion,
        period_s=period.seconds,
        period_confidence=period.strength,
        legs_confidence=settled.sure,
        leg_length=height,
        speed_error=error_of(filming.speed, travel, feet_go),
        touchdown=touchdown,
        duty_factor=fall.duty,
        phase=phase - start,
        gait=gait.name,
        gait_confidence=gait.confidence,
        gait_figures=gait.figures,
        view_angle=view_angle(track, kind, height),
        changed=count_changes(track, put, keypoints.joint_names),
    )
    motion = replace(motion, gait_figures=motion.gait_figures | _stride_figures(motion))
    said = (*filming.warnings, *settled.warnings, *_warnings(motion, track, kind, scene, gait.other))
    return replace(motion, warnings=said)


def _single(
    keypoints: Keypoints, track: Track, kind: Skeleton, part: single.Movement, scene: _Scene
) -> Motion:
    """Describe a single motion between rests."""
    fps, settings = keypoints.fps, scene.settings
    travel = path_speed(track, keypoints.times, scene.background, kind).value
    forward = np.array([find_direction(track, travel, kind), 1.0])
    body, copied = single.like_the_other_side(track.body * forward, kind)
    cycle, period = single.loop_of(body, part, fps, settings.cycle_points)
    filming = judge_camera(
        travel, float("nan"), scene.background, keypoints.size[0], scene.camera, scene.background_sure
    )
    motion = _motion(keypoints, track, kind, scene, filming, forward, body, cycle)
    feet = body[:, [kind.index(foot) for foot in kind.feet]] + motion.trunk[:, None]
    on = single.without_push(single.contacts(feet, fps), motion.trunk, fps)
    fall = single.landings(on, part, fps, period, settings.cycle_points)
    found = single.movement_figures(motion.trunk, on, part, fps)
    height = hip_height(cycle, kind, fall, 0.0)
    name = single.name_of(found)
    motion = replace(
        motion,
        kind="single",
        period_s=period,
        period_confidence=0.0,
        speed=found["distance"] / period,
        leg_length=height,
        touchdown=fall.touchdown,
        duty_factor=fall.duty,
        phase=np.clip((np.arange(len(body)) - part.first) / fps / period, 0.0, 1.0),
        gait=name,
        gait_confidence=1.0,
        gait_figures=found,
        view_angle=view_angle(track, kind, height),
        changed=count_changes(track, np.zeros(track.seen.shape, bool), keypoints.joint_names),
    )
    rest = [*_warnings(motion, track, kind, scene, ""), *copied]
    return replace(motion, warnings=(*filming.warnings, *rest))


def _motion(
    keypoints: Keypoints,
    track: Track,
    kind: Skeleton,
    scene: _Scene,
    filming: Filming,
    forward: np.ndarray,
    body: np.ndarray,
    cycle: np.ndarray,
) -> Motion:
    """Return a `Motion` with the fields common to gaits and single motions; the rest is filled in later."""
    pixels = (body * forward * track.scale + track.middle[:, None]) * [1.0, -1.0]
    limbs = tuple(limb.name for limb in kind.limbs)
    trunk = ground_path(track, scene.background) * forward
    if filming.camera == "moving" and scene.background is None:
        trunk[:, 0] = filming.speed * (keypoints.times - keypoints.times[0])
    return Motion(
        times=keypoints.times,
        joint_names=keypoints.joint_names,
        skeleton=kind.name,
        paper=_paper(pixels, keypoints, filming.camera),
        body=body,
        confidence=np.where(track.seen, keypoints.keypoints[..., 2], 0.0),
        cycle=cycle,
        period_s=float("nan"),
        period_confidence=0.0,
        camera=filming.camera,
        mirrored=bool(forward[0] < 0),
        speed=filming.speed,
        body_length_px=float(track.scale.mean()),
        leg_length=float("nan"),
        limb_names=limbs,
        touchdown=np.full(len(limbs), np.nan),
        duty_factor=np.full(len(limbs), np.nan),
        species=scene.species,
        leg_length_m=scene.leg_length_m,
        size=keypoints.size,
        trunk=trunk,
        camera_confidence=filming.sure,
        slow_motion=scene.slow_motion,
    )


def _stride_figures(motion: Motion) -> dict[str, float]:
    """Return the stride length in leg and body lengths, and the Froude number."""
    return {
        "stride_leg_lengths": motion.stride_length / motion.leg_length,
        "stride_body_lengths": motion.stride_length,
        "froude": motion.speed_m_s**2 / (GRAVITY * motion.leg_length_m),
    }


def _warnings(motion: Motion, track: Track, kind: Skeleton, scene: _Scene, other: str) -> list[str]:
    """Return the warnings about the motion, a sentence each."""
    said = warn_of_angle(motion.view_angle, track.scale)
    if motion.kind == "cyclic":
        said += warn_of_tempo(motion)
        longest = scene.settings.max_period_s
        if motion.period_s > longest and not any("slow motion" in sentence for sentence in said):
            said.append(
                f"A stride takes {motion.period_s:.2f} s, longer than motion.max_period_s: {longest:g}."
            )
        if not motion.gait:
            known = np.isfinite(motion.touchdown).all()
            said.append(
                f"The gait has no name: {'its footfalls fit none' if known else 'not every foot was seen'}."
            )
        elif motion.gait_confidence < _SURE_NAME:
            said.append(f"The gait is called {motion.gait}, but nearly as likely it is: {other}.")
    legs = tuple(joint for limb in kind.limbs for joint in (limb.knee, limb.foot))
    return said + warn_of_repairs(motion.changed, legs, len(motion.times))


def _paper(pixels: np.ndarray, keypoints: Keypoints, camera: str) -> np.ndarray:
    if camera == "fixed":
        return pixels / np.asarray(keypoints.size, float)
    boxes = keypoints.boxes[:, None]
    return (pixels - boxes[..., :2]) / np.maximum(boxes[..., 2:] - boxes[..., :2], 1e-9)
