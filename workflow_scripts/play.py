"""Serve a page on this machine on which a trained robot walks live, steered, pushed and slowed down by whoever looks."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from video2reward.errors import UserError
from video2reward.jobs.script import limit_threads, run_script
from video2reward.results.layout import ExperimentFolder, Results
from video2reward.settings.paths import expanded
from video2reward.settings.validation import read_yaml

if TYPE_CHECKING:
    from video2reward.play.candidates import Playable
    from video2reward.play.clip import Clip
    from video2reward.play.walk import Walker
    from video2reward.sim.locomotion import LocomotionEnv

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    from video2reward.play.server import PORT, loopback_server

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, help="results folder; default: that of config/config.yaml")
    parser.add_argument("--experiment", default="", help="default: the first with a trained candidate")
    parser.add_argument("--seed", type=int, help="default: the first of the experiment")
    parser.add_argument("--port", type=int, default=PORT, help="if it is taken, the next free one")
    args = parser.parse_args()
    limit_threads(1)

    from video2reward.play.candidates import chosen_loop, preselected, trained_loops
    from video2reward.play.page import PlayPage

    results = args.results or expanded(read_yaml(ROOT / "config" / "config.yaml").get("results", "results"))
    loops = trained_loops(results)
    name, seed = chosen_loop(loops, args.experiment, args.seed)
    candidates, experiment = loops[name, seed], Results(results).experiment(name)
    server = loopback_server(args.port)
    title = f"{name}, seed {seed}"
    page = PlayPage(
        server,
        title,
        candidates,
        preselected(candidates),
        lambda one: walker(one, experiment),
        clip(experiment, results),
    )
    others = [f"{other}, seed {number}" for other, number in loops if (other, number) != (name, seed)]
    if others:
        print(f"{title}; with EXPERIMENT= and SEED= also {'; '.join(others)}")
    address = f"http://127.0.0.1:{server.get_port()}"
    print(f"open {address} in a browser on this machine; Ctrl-C ends", flush=True)
    try:
        page.run(threading.Event())
    except KeyboardInterrupt:
        print("ended")
    finally:
        server.stop()


def walker(one: Playable, experiment: ExperimentFolder) -> Walker:
    """Return a candidate's policy, and the environment that it is judged in, with one agent."""
    from video2reward.artifacts.reference import read_reference
    from video2reward.config.robot import load_robot_file
    from video2reward.play.walk import Walker
    from video2reward.policy.network import load_policy, read_policy_file
    from video2reward.registry import TASKS, kind_of_task
    from video2reward.robots.model import build_model
    from video2reward.settings.task import Task
    from video2reward.settings.validation import validate
    from video2reward.sim.steering import command_ranges

    reference = read_reference(experiment.reference)
    robot = load_robot_file(reference.robot, ROOT)
    mjcf = ROOT / "resources" / "robots" / reference.robot / robot.mjcf
    parameters: Mapping[str, Any] = read_policy_file(one.policy)["provenance"].get("parameters", {})
    if "task" not in parameters:
        raise UserError(f"{one.policy} does not say for which task it was trained; train it again")
    task = validate(Task, parameters["task"], one.policy).on_flat_ground()
    logic = TASKS.load(task.name)(robot, task, reference.speed)

    def make(friction: float) -> LocomotionEnv:
        from video2reward.sim.locomotion import LocomotionEnv
        from video2reward.sim.mujoco_physics import MujocoPhysics
        from video2reward.sim.other_physics import PhysicsChange, changed

        physics = changed(MujocoPhysics, PhysicsChange(friction=friction))
        env = LocomotionEnv(physics, robot, mjcf, task, reference, None, 1, 0)
        env.auto_reset = False
        return env

    lowest, highest, start = command_ranges(logic, reference.speed)
    return Walker(
        make,
        load_policy(one.policy),
        robot.base,
        kind_of_task(task.name) == "single",
        lowest,
        highest,
        start,
        any(name.startswith("commands") for name in logic.observation_names),
        build_model(robot, mjcf, task.substeps, visual=True, dt=task.control_dt),
    )


def clip(experiment: ExperimentFolder, results: Path) -> Clip | None:
    """Return the experiment's clip; None, with a sentence, where its film is gone."""
    from video2reward.artifacts.motion import read_motion
    from video2reward.play.candidates import clip_of
    from video2reward.play.clip import make_clip
    from video2reward.video.decode import film_pictures

    video = clip_of(experiment, results)
    if video is None or not (video.motion.exists() and video.overlay.exists()):
        print("without the clip: its film with keypoints is not among the results")
        return None
    return make_clip(read_motion(video.motion), film_pictures(video.overlay))


if __name__ == "__main__":
    run_script(main)
