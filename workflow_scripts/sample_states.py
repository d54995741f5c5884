"""Simulate the robot briefly with random actions, for the states on which candidates are tried."""

from __future__ import annotations

from video2reward.artifacts.reference import read_reference
from video2reward.artifacts.states import States, write_states
from video2reward.jobs.script import Script, limit_threads, run_script
from video2reward.robots.description import load_robot
from video2reward.settings.task import Task
from video2reward.sim.chosen import training_of

AGENTS = 32


def main() -> None:
    script = Script(__doc__ or "").input("reference", "robot", "mjcf")
    script.input("assets", optional=True, many=True).input("server", optional=True).output("states").parse()
    limit_threads(1)

    from video2reward.reward.states import sample_states
    from video2reward.sim.locomotion import make_env

    env = make_env(
        training_of(script),
        load_robot(script.path("robot")),
        script.path("mjcf"),
        Task(**script.params["task"]),
        read_reference(script.path("reference")),
        None,
        AGENTS,
        0,
        1,
    )
    try:
        states = sample_states(env, seed=0)
    finally:
        env.close()
    write_states(script.path("states"), States(states, script.provenance()))
    print(f"{script.path('states')}: {len(next(iter(states.values())))} states of {AGENTS} agents")


if __name__ == "__main__":
    run_script(main)
