"""Make the states of known motions on a robot, on which rewards are screened before training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from video2reward.artifacts.reference import Reference, read_reference
from video2reward.artifacts.states import KnownStates, write_known_states
from video2reward.jobs.script import Script, limit_threads, run_script
from video2reward.robots.description import load_robot, torque_driven
from video2reward.settings.robot import Robot
from video2reward.settings.task import Task

AGENTS, SECONDS = 2, 4.0


def main() -> None:
    script = Script(__doc__ or "").input("reference", "robot", "mjcf")
    script.input("assets", optional=True, many=True).output("known").parse()
    limit_threads(1)

    states = make_known_states(
        load_robot(script.path("robot")),
        script.path("mjcf"),
        Task(**script.params["task"]),
        read_reference(script.path("reference")),
    )
    write_known_states(script.path("known"), replace(states, provenance=script.provenance()))
    for name, lasting in zip(states.motions, states.lasting.mean(axis=(1, 2)), strict=True):
        print(f"{name}: {states.motions[name]}; up for {lasting:.0%} of the time")


def make_known_states(robot: Robot, mjcf: Path, task: Task, reference: Reference) -> KnownStates:
    """Return the states of all motions on a robot under a task."""
    from video2reward.sim.known_states import KnownSignals
    from video2reward.sim.playback import Playback

    robot = torque_driven(robot) if task.actions == "torque" else robot
    playback = Playback(robot, mjcf, task, reference)
    return KnownSignals(playback, robot, task).read(AGENTS, max(SECONDS, 4 * reference.period_s))


if __name__ == "__main__":
    run_script(main)
