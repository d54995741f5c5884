"""How right the motion is: period, phase, gait and joints against what is known to be true.

    python benchmarks/motion_accuracy.py [--out docs/accuracy.md] [--only TEXT] [--local]

Synthetic keypoints of ten gaits under thirteen conditions (synthesis/cases.py), the example clips' true keypoints,
slow motion nobody declared, and a jump. --local: also the dog recordings under V2R_LOCAL_DATA, filmed from five sides, against their own
three-dimensional period. About a minute on one core. Exit status 1 if
more than a fiftieth of the cases misses an aim, or a recording does.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts"), str(ROOT / "benchmarks")]

from mocap_to_keypoints import JOINTS, film, hip_height, read_mocap  # noqa: E402

from video2reward.artifacts.io import write_text  # noqa: E402
from video2reward.artifacts.keypoints import Keypoints, read_keypoints  # noqa: E402
from video2reward.artifacts.motion import Motion  # noqa: E402
from video2reward.errors import UserError  # noqa: E402
from video2reward.motion.describe import describe_motion  # noqa: E402
from video2reward.script import run_script  # noqa: E402
from video2reward.settings import MotionSettings, Subject  # noqa: E402
from video2reward.similarity.period import estimate_period  # noqa: E402
from video2reward.skeletons import skeleton  # noqa: E402
from video2reward.synthesis.cases import CONDITIONS, Case, Condition, make_case  # noqa: E402
from video2reward.synthesis.jump import Jump, jump_keypoints  # noqa: E402
from video2reward.synthesis.more_gaits import GAITS  # noqa: E402

PERIOD_AIM, PHASE_AIM, REAL_AIM = 0.02, 0.05, 0.03
LEAST = 0.98  # part of the cases that reach every aim
LEG_LENGTHS = {"dog": 0.5, "human": 0.93}
# Of noise, hidden legs and swaps.
SEEDS = 3
ANGLES = (-30, -15, 0, 15, 30)
# Recording, first and last frame, what its gait is.
RECORDINGS = (("dog_walk00", 150, 400, "amble"), ("dog_walk03", 440, 547, "trot"))
CLIPS = {"dog_amble": "amble", "dog_run": "trot", "human_walk": "walk", "human_run": "run"}


@dataclass(frozen=True)
class Result:
    """One case. joint: median error of knees and feet, body lengths; period, speed: parts; phase, duty: cycles."""

    gait: str
    condition: str
    joint: float
    period: float
    phase: float
    duty: float
    speed: float
    named: str
    camera: bool
    warnings: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the gait has its name."""
        return self.named == self.gait.split()[-1]

    @property
    def reached(self) -> bool:
        """Whether every aim is reached."""
        return self.right and self.camera and self.period < PERIOD_AIM and self.phase < PHASE_AIM


def describe(keypoints: Keypoints, species: str, **known: object) -> Motion:
    """Describe the motion with the default settings."""
    subject = Subject(species=species, leg_length_m=LEG_LENGTHS[species])
    return describe_motion(keypoints, subject, MotionSettings(), 0.3, **known)  # type: ignore[arg-type]


def judge(case: Case, species: str, name: str) -> Result:
    """Describe a case and compare it with what is true."""
    condition, gait = case.condition, case.gait
    motion = describe(case.keypoints, species, background=case.background, slow_motion=condition.slow)
    kind = skeleton(motion.skeleton)
    legs = [kind.index(joint) for limb in kind.limbs for joint in (limb.knee, limb.foot)]
    clock = circular_mean(motion.phase - case.phase)
    limbs = lag(motion.touchdown - case.touchdown)
    return Result(
        gait=f"{species} {name}",
        condition=condition.name,
        joint=float(np.median(np.linalg.norm(motion.body - case.body, axis=-1)[:, legs])),
        period=abs(motion.period_s / gait.period_s - 1),
        phase=float(max(abs(clock), np.abs(limbs).max())),
        duty=float(np.abs(motion.duty_factor - case.duty).max()),
        speed=abs(motion.speed_m_s / gait.speed - 1),
        named=motion.gait,
        camera=motion.camera == ("moving" if condition.pan else "fixed")
        and motion.mirrored == (condition.heading < 0),
        warnings=motion.warnings,
    )


def lag(cycles: np.ndarray) -> np.ndarray:
    """Return differences of phase within half a cycle either way."""
    return np.asarray((cycles + 0.5) % 1 - 0.5)


def circular_mean(cycles: np.ndarray) -> float:
    """Return the mean of phases, -0.5..0.5 cycles."""
    return float(np.angle(np.exp(2j * np.pi * cycles).mean()) / (2 * np.pi))


def table(results: list[Result], key: Callable[[Result], str], head: str) -> Iterator[str]:
    """Yield a table with one line for each value of `key`."""
    yield f"| {head} | joints, body lengths | period | phase, cycles | duty factor | speed | gait named right |"
    yield "|---|---|---|---|---|---|---|"
    for value in dict.fromkeys(key(result) for result in results):
        rows = [result for result in results if key(result) == value]
        worst = {
            name: max(getattr(row, name) for row in rows) for name in ("period", "phase", "duty", "speed")
        }
        yield (
            f"| {value} | {np.median([row.joint for row in rows]):.3f} | {worst['period']:.1%} | {worst['phase']:.3f} "
            f"| {worst['duty']:.2f} | {worst['speed']:.0%} | {sum(row.right for row in rows)} of {len(rows)} |"
        )


def beyond(results: list[Result]) -> Iterator[str]:
    """Yield a line for each case that misses an aim."""
    missed = [result for result in results if not result.reached]
    yield (
        f"{len(results) - len(missed)} of {len(results)} cases reach every aim: period within {PERIOD_AIM:.0%}, phase "
        f"within {PHASE_AIM:g} of a cycle, gait, camera and direction right."
    )
    if missed:
        yield ""
    for row in missed:
        yield (
            f"- {row.gait}, {row.condition}: called {row.named or 'nothing'}, period {row.period:.1%}, "
            f"phase {row.phase:.3f}{'' if row.camera else ', camera or direction wrong'}"
        )


def false_alarms(results: list[Result]) -> str:
    """Count the warnings of cases in which nothing is wrong."""
    said = [result for result in results if result.warnings]
    kinds = sorted({sentence.split(":")[0][:60] for result in said for sentence in result.warnings})
    return f"{len(said)} of these {len(results)} cases carry a warning" + (
        f" ({'; '.join(kinds)})." if kinds else "."
    )


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


def page(only: str, local: bool) -> tuple[str, bool]:
    """Return the page and whether all aims are reached."""
    results = [
        judge(make_case(species, gait, condition, seed), species, name)
        for (species, name), gait in GAITS.items()
        for condition in CONDITIONS
        for seed in range(SEEDS if condition.noise or condition.hidden or condition.swaps else 1)
        if only in f"{species} {name} {condition.name}"
    ]
    lines = [
        "# How right the motion is",
        "",
        "Written by `python benchmarks/motion_accuracy.py --out docs/accuracy.md`. Keypoints with known truth go through the "
        "motion stage with its default settings. Joints: median error of knees and feet; period, phase (of the clock and "
        "of every touchdown), duty factor and speed: the worst case of the line.",
        "",
        *beyond(results),
        "",
        *table(results, lambda result: result.gait, "gait, over all conditions"),
        "",
        *table(results, lambda result: result.condition, "condition, over all gaits"),
        "",
        false_alarms(results),
        "At 25 degrees to the picture lengths along the path look a tenth shorter; joints and speed show it.",
        "",
    ]
    for title, part in (
        ("The example clips", clips),
        ("Slow motion that nobody declared", undeclared),
        ("Degrees between travel and the picture's plane, as found", angles),
        ("One motion instead of a gait, in body lengths", jumps),
    ):
        lines += [f"## {title}", "", *part(), ""] if not only else []
    if local:
        if "V2R_LOCAL_DATA" not in os.environ:
            raise UserError(
                "--local needs V2R_LOCAL_DATA, the folder that holds mocap/dog_walk00_joint_pos.txt"
            )
        lines += ["## Dogs' motion capture, filmed from five sides", ""]
        lines += [*recordings(Path(os.environ["V2R_LOCAL_DATA"])), ""]
    text = "\n".join(lines)
    reached = [result.reached for result in results]
    return text, sum(reached) >= LEAST * len(reached) and "wrong" not in text and "missed" not in text


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="write here instead of printing")
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose gait or condition holds this")
    parser.add_argument("--local", action="store_true", help="the recordings under V2R_LOCAL_DATA too")
    args = parser.parse_args()
    text, reached = page(args.only, args.local)
    if args.out is None:
        print(text)
    else:
        write_text(args.out, text)
        print(f"{args.out}: {'as right as it should be' if reached else 'not as right as it should be'}")
    if not reached:
        raise SystemExit(1)


if __name__ == "__main__":
    run_script(main)
