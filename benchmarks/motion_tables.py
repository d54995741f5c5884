"""The smaller tables of motion_accuracy.py: example clips, slow motion, angles, a jump, dogs' motion capture."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts"), str(ROOT / "benchmarks")]

from mocap_to_keypoints import JOINTS, film, hip_height, read_mocap  # noqa: E402
from synthesis import mistakes as wrong  # noqa: E402
from synthesis.cases import Condition, make_case  # noqa: E402
from synthesis.dog_jump import jump_keypoints  # noqa: E402
from synthesis.jump import Jump  # noqa: E402
from synthesis.more_gaits import GAITS  # noqa: E402
from video2reward.artifacts.keypoints import Keypoints, read_keypoints  # noqa: E402
from video2reward.artifacts.motion import Motion  # noqa: E402
from video2reward.motion.describe import describe_motion  # noqa: E402
from video2reward.settings.motion import MotionSettings  # noqa: E402
from video2reward.settings.video import Subject  # noqa: E402
from video2reward.similarity.period import estimate_period  # noqa: E402

REAL_AIM = 0.03
LEG_LENGTHS = {"dog": 0.5, "human": 0.93, "spider": 0.026}
ANGLES = (-30, -15, 0, 15, 30)
# Recording, first and last frame, what its gait is.
RECORDINGS = (("dog_walk00", 150, 400, "amble"), ("dog_walk03", 440, 547, "trot"))
CLIPS = {
    "dog_amble": "amble", "dog_run": "trot", "human_walk": "walk", "human_run": "run", "spider_walk": "alternating tetrapod",
}  # fmt: skip


def describe(keypoints: Keypoints, species: str, **known: object) -> Motion:
    """Describe the motion with the default settings."""
    subject = Subject(species=species, leg_length_m=LEG_LENGTHS[species])
    return describe_motion(keypoints, subject, MotionSettings(), 0.3, **known)  # type: ignore[arg-type]


def lag(cycles: np.ndarray) -> np.ndarray:
    """Return differences of phase within half a cycle either way."""
    return np.asarray((cycles + 0.5) % 1 - 0.5)


def clips() -> Iterator[str]:
    """Yield the table of the example clips' true keypoints."""
    yield "| clip | period | touchdowns, cycles | speed | camera | gait |"
    yield "|---|---|---|---|---|---|"
    folder = ROOT / "resources" / "videos"
    for path in sorted(folder.glob("*.truth.json")):
        true, clip = json.loads(path.read_text()), path.name.removesuffix(".truth.json")
        motion = describe(read_keypoints(folder / f"{clip}.truth.h5"), clip.split("_")[0])
        down = [true["touchdown"][limb] for limb in motion.limb_names]
        yield (
            f"| {clip} | {abs(motion.period_s / true['period_s'] - 1):.1%} "
            f"| {np.abs(lag(motion.touchdown - np.array(down))).max():.3f} "
            f"| {abs(motion.speed_m_s / true['speed_m_s'] - 1):.0%} "
            f"| {'right' if motion.camera == true['camera'] else 'wrong'} "
            f"| {motion.gait}, {'right' if motion.gait == CLIPS[clip.removesuffix('_pan')] else 'wrong'} |"
        )


def undeclared() -> Iterator[str]:
    """Yield what is said of slow motion that nobody declared, and of other angles."""
    slow = [Condition(f"{factor:g}x", fps=60.0, slow=factor) for factor in (1.0, 2.0, 4.0, 8.0)]
    yield "| gait | " + " | ".join(f"played {condition.name} slower" for condition in slow) + " |"
    yield "|---|" + "---|" * len(slow)
    for (species, name), gait in GAITS.items():
        cells = []
        for condition in slow:
            case = make_case(species, gait, condition)
            motion = describe(case.keypoints, species, background=case.background)
            said = [s for s in motion.warnings if "slow motion" in s]
            cells.append(
                f"suspected: {said[0].rsplit('slow_motion: ', 1)[1].split(' ')[0]}"
                if said
                else "nothing said"
            )
        yield f"| {species} {name} | " + " | ".join(cells) + " |"


MISTAKES: dict[str, wrong.Mistake] = {
    "none": lambda k, ends: k,
    "the foot in front is called left": wrong.named_by_place,
    "the foot behind is called left": partial(wrong.named_by_place, ahead=False),
    "knee and foot in front, each": wrong.joints_by_place,
    "the far leg drawn onto the near one": wrong.far_onto_near,
    "both drawn onto the one in front": wrong.onto_the_one_ahead,
}


def mistakes() -> Iterator[str]:
    """Yield how many of gaits, directions and noises keep their period and their name, mistake by mistake."""
    yield "| legs | period within 2 % | gait named right | doubts, or says what was mistaken |"
    yield "|---|---|---|---|"
    for name, mistake in MISTAKES.items():
        found = [
            (
                gait,
                told,
                describe(
                    wrong.noisy(mistake(case.keypoints, wrong.BOTH), noise),
                    species,
                    background=case.background,
                ),
            )
            for (species, told), gait in GAITS.items()
            for heading in (1, -1)
            for noise in (0.0, 0.02, 0.04)
            for case in [make_case(species, gait, Condition("30 /s", fps=30.0, heading=heading))]
        ]
        right = [abs(motion.period_s / gait.period_s - 1) < 0.02 for gait, _, motion in found]
        named = sum(motion.gait == told for _, told, motion in found)
        said = sum(bool(motion.warnings) for *_, motion in found)
        yield f"| {name} | {sum(right)} of {len(found)} | {named} of {len(found)} | {said} of {len(found)} |"


def angles() -> Iterator[str]:
    """Yield the estimated view angles."""
    yield "| gait | " + " | ".join(f"{angle}" for angle in (0, 15, 25, 35, 45, 60)) + " |"
    yield "|---|" + "---|" * 6
    for species, name in (("dog", "walk"), ("dog", "gallop"), ("human", "walk"), ("human", "run")):
        cells = []
        for angle in (0, 15, 25, 35, 45, 60):
            case = make_case(species, GAITS[species, name], Condition("turned", angle=angle, noise=0.01))
            motion = describe(case.keypoints, species, background=case.background)
            warned = any("picture's plane" in sentence for sentence in motion.warnings)
            cells.append(f"{motion.view_angle:.0f}{', warned' if warned else ''}")
        yield f"| {species} {name} | " + " | ".join(cells) + " |"


def jumps() -> Iterator[str]:
    """Yield the figures of a jump against what they are."""
    jump, unit = Jump(), 0.645  # the dog's trunk, m
    yield "| jump | found as | flight, s | rise | forward | lasts, s |"
    yield "|---|---|---|---|---|---|"
    yield (
        f"| truth | | {jump.flight:.2f} | {jump.rise / unit:.2f} | {jump.distance / unit:.2f} | {jump.duration:.2f} |"
    )
    for name, keywords in (
        ("60 frames/s", {}),
        ("30, left, noise", {"fps": 30.0, "heading": -1, "noise": 0.008}),
    ):
        motion = describe(jump_keypoints(jump, **keywords), "dog", camera="fixed")  # type: ignore[arg-type]
        found = motion.gait_figures
        yield (
            f"| {name} | {motion.kind}, {motion.gait} | {found['flight_s']:.2f} | {found['rise']:.2f} "
            f"| {found['distance']:.2f} | {found['duration_s']:.2f} |"
        )


def recordings(folder: Path) -> Iterator[str]:
    """Yield the dog recordings filmed from five sides against their own period in space."""
    yield "| recording | degrees | period, s | in space, s | differs | gait | speed, m/s (true) | angle found |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, first, last, gait in RECORDINGS:
        points = read_mocap(folder / "mocap" / f"{name}_joint_pos.txt", first, last)
        paws = [JOINTS[joint] for joint in ("L_F_Paw", "R_F_Paw", "L_B_Paw", "R_B_Paw")]
        middle = 0.5 * (points[:, JOINTS["Neck"]] + points[:, JOINTS["Root_of_tail"]])
        true = estimate_period(points[:, paws] - middle[:, None], 60.0).seconds
        step = points[-1, JOINTS["Root_of_tail"], :2] - points[0, JOINTS["Root_of_tail"], :2]
        speed = float(np.hypot(*step)) * 60 / (len(points) - 1)
        for angle in ANGLES:
            motion = replace(describe(film(points, angle), "dog"), leg_length_m=hip_height(points))
            miss = abs(motion.period_s / true - 1)
            yield (
                f"| {name} {first}-{last} | {angle} | {motion.period_s:.3f} | {true:.3f} | {miss:.1%}"
                f"{'' if miss < REAL_AIM else ', missed'} | {motion.gait}{'' if motion.gait == gait else ', wrong'} "
                f"| {motion.speed_m_s:.2f} ({speed:.2f}) | {motion.view_angle:.0f} |"
            )
