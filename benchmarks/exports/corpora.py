"""Rewards to export, and states of the robots that they are for."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from video2reward.motion.retarget import neutral_reference
from video2reward.reward.check import read_code
from video2reward.reward.compile import CompiledReward, compile_source
from video2reward.reward.states import sample_states
from video2reward.robots.description import load_robot
from video2reward.robots.standing import standing_keypoints
from video2reward.settings.task import Task
from video2reward.sim.locomotion import make_env

ROOT = Path(__file__).resolve().parents[2]
ROBOTS = (("anymal_c", "velocity"), ("humanoid", "run"), ("anymal_c", "single"), ("ant", "run"))
State = dict[str, Tensor]


@dataclass(frozen=True)
class Candidate:
    """A reward that the project accepts: its corpus, its name, the code that would be compiled, the same compiled."""

    corpus: str
    name: str
    code: str
    compiled: CompiledReward
    states: list[State]


def accepted(answers: Path | None) -> Iterator[Candidate]:
    """Yield every reward of the corpora that TorchScript takes, with states of a robot that has its signals."""
    robots = [robot_states(*names) for names in ROBOTS]
    for corpus, name, source in sources(answers):
        reading = read_code(source, None)
        if reading.verdict is not None:
            continue
        try:
            compiled = compile_source(reading.code)
            states = next(s for s in robots if runs(compiled, s[0]))
        except (ValueError, RuntimeError, StopIteration) as error:
            print(f"left out, as TorchScript or no robot takes it: {corpus} {name}: {str(error)[:80]}")
            continue
        yield Candidate(corpus, name, reading.code, compiled, states)


def fixed(name: str) -> Candidate:
    """Return a reward that ships, with states of a robot that has its signals."""
    code = (ROOT / "resources" / "rewards" / f"{name}.py").read_text()
    compiled = compile_source(code)
    states = next(s for s in (robot_states(*names) for names in ROBOTS) if runs(compiled, s[0]))
    return Candidate("fixed rewards", name, code, compiled, states)


def runs(reward: CompiledReward, state: State) -> bool:
    """Tell whether a robot has the signals and joints that a reward wants."""
    try:
        reward(state)
    except (KeyError, RuntimeError, IndexError):
        return False
    return True


def sources(answers: Path | None) -> Iterator[tuple[str, str, str]]:
    """Yield corpus, name and source text of each reward."""
    if answers is not None:
        for path in sorted(answers.glob("**/reward_*.py")):
            yield "answers of a model", str(path.relative_to(answers)), path.read_text()
        for path in sorted((answers.parent / "cases" / "honest_rewards").glob("*.py")):
            yield "honest styles that were met", path.stem, path.read_text()
    for bundle in sorted((ROOT / "resources" / "bundles").glob("*.tar.xz")):
        with tarfile.open(bundle) as files:
            for member in files:
                if Path(member.name).match("reward_*.py") and (file := files.extractfile(member)):
                    yield "shipped bundles", f"{bundle.name}/{member.name}", file.read().decode()
    for path in sorted((ROOT / "resources" / "rewards").glob("*.py")):
        yield "fixed rewards", path.stem, path.read_text()
    from tests.unit.reward.good import GOOD
    from tests.unit.reward.styles import STYLES

    for name, source in (GOOD | STYLES).items():
        yield "styles of the tests", name, source


def robot_states(robot_name: str, task: str, agents: int = 32) -> list[State]:
    """Return a robot's states as the trial has them."""
    folder = ROOT / "resources" / "robots" / robot_name
    robot = load_robot(folder / "robot.yaml")
    skeleton = next(iter(robot.skeletons))
    standing = standing_keypoints(folder / robot.mjcf, robot, skeleton)
    reference = neutral_reference(robot, skeleton, *standing)
    env = make_env("mujoco", robot, folder / robot.mjcf, Task(name=task), reference, None, agents, 0)
    try:
        signals = sample_states(env, seed=0)
    finally:
        env.close()
    count = len(next(iter(signals.values())))
    return [{name: torch.from_numpy(value[i].copy()) if value[i].ndim else torch.tensor(value[i])
             for name, value in signals.items()} for i in range(count)]  # fmt: skip
