"""Clips of known gaits on our robots, and the states of known motions there."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from make_known_states import AGENTS, SECONDS
from synthesis.cases import Condition, make_case
from synthesis.more_gaits import GAITS
from video2reward.artifacts.reference import Reference
from video2reward.artifacts.states import KnownStates
from video2reward.motion.describe import describe_motion
from video2reward.motion.retarget import retarget
from video2reward.robots.description import load_robot
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.motion import MotionSettings
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task
from video2reward.settings.video import Subject
from video2reward.sim.known_states import KnownSignals
from video2reward.sim.playback import Playback

ROOT = Path(__file__).resolve().parents[2]
ROBOTS = {
    ("dog", "amble"): ("anymal_c", "velocity", 0.5),
    ("human", "run"): ("humanoid", "run", 0.93),
}


@dataclass(frozen=True)
class Clip:
    """A clip's motion on a robot."""

    robot: Robot
    mjcf: Path
    task: Task
    reference: Reference
    playback: Playback


@cache
def clip_on_robot(species: str, gait: str) -> Clip:
    """Return a clip of ROBOTS on its robot."""
    name, task, leg = ROBOTS[species, gait]
    case = make_case(species, GAITS[species, gait], Condition("as it is"))
    subject = Subject(species=species, leg_length_m=leg)
    motion = describe_motion(case.keypoints, subject, MotionSettings(), 0.3, background=case.background)
    folder = ROOT / "resources" / "robots" / name
    robot = load_robot(folder / "robot.yaml")
    standing = standing_keypoints(folder / robot.mjcf, robot, motion.skeleton)
    reference = retarget(motion, robot, *standing, robot.reach)
    settings = Task(name=task)
    playback = Playback(robot, folder / robot.mjcf, settings, reference)
    return Clip(robot, folder / robot.mjcf, settings, reference, playback)


@cache
def known_states_of(species: str, gait: str) -> KnownStates:
    """Return the known motions of such a clip as the rule makes them."""
    clip = clip_on_robot(species, gait)
    return KnownSignals(clip.playback, clip.robot, clip.task).read(AGENTS, SECONDS)
