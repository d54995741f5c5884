"""What robustness and deployable observations cost, and what they bring: on flat ground, under pushes, on slippery ground.

    python benchmarks/robustness.py [--seeds 0 1 2] [--settings off light full deployable] [--cores 1]
    python benchmarks/robustness.py --judge results/a results/b      # only: trained results folders of anybody, again
    python benchmarks/robustness.py --cost                           # only: processor time of a training step

Runs the default dog on ANYmal C (the template's reward, one candidate a round, the default steps) once per setting, each in a
results folder of its own; for a deployable observation a base policy is trained first. Finished jobs are kept. Then each loop's best
policy is judged without retraining, deterministic, at the clip's speed, 64 agents: gait distance in body lengths, speed over the
clip's, falls; falls under pushes of several sizes, every 2.5 s on average for 10 s; falls and speed at several frictions; and
in the world of `robustness: full`.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.artifacts.io import read_json  # noqa: E402
from video2reward.artifacts.reference import read_reference  # noqa: E402
from video2reward.jobs.script import limit_threads  # noqa: E402
from video2reward.results.layout import Results  # noqa: E402
from video2reward.robots.description import load_robot  # noqa: E402
from video2reward.settings.task import Task  # noqa: E402
from video2reward.settings.training import Training  # noqa: E402
from video2reward.sim.robustness.table import Range, ranges  # noqa: E402
from walks import run_dog  # noqa: E402

SETTINGS: dict[str, str] = {
    "off": "{}",
    "light": "{robustness: light}",
    "full": "{robustness: full}",
    "deployable": "{observation: deployable}",
    "full, deployable": "{robustness: full, observation: deployable}",
}
AGENTS = 64
FLAT = "flat"
WORLDS: dict[str, tuple[float, dict[str, Range]]] = {
    FLAT: (20.0, {}),
    **{f"push {v} m/s": (10.0, {"push": (v, v), "push_interval": (2.5, 2.5)}) for v in (0.5, 1.0, 1.5)},
    **{f"friction {mu}": (10.0, {"friction": (mu, mu)}) for mu in (0.3, 0.6, 0.9, 1.2)},
    "full": (10.0, ranges("full")),
}
"""World -> seconds, and what is drawn there."""


def main() -> None:
    """Train what is missing, judge, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--settings", nargs="+", default=list(SETTINGS), choices=SETTINGS)
    parser.add_argument("--out", type=Path, default=Path("results/benchmarks/robustness"))
    parser.add_argument("--cores", default="1")
    parser.add_argument("--judge", type=Path, nargs="+", help="results folders of finished runs")
    parser.add_argument("--cost", action="store_true")
    args = parser.parse_args()
    limit_threads(1)
    if args.cost:
        print_costs(args.settings)
        return
    folders = {path.name: path for path in args.judge or ()}
    for setting in () if args.judge else args.settings:
        folders[setting] = args.out / setting.replace(", ", "_")
        changed = ("samples=1", f"task={SETTINGS[setting]}", "evaluation={film_seconds: 0.5}")
        run_dog(folders[setting], args.seeds, args.cores, *changed, quiet=True)
    for name, folder in folders.items():
        print_rows(name, [judge(best, folder) for best in sorted(folder.glob("*/seed*/best/policy.pth"))])


def judge(best: Path, folder: Path) -> dict[str, dict[str, float]]:
    """Return a policy's figures in every world."""
    import torch

    from video2reward.policy.evaluate import walking_figures
    from video2reward.policy.network import load_policy
    from video2reward.rollout.record import roll_out
    from video2reward.sim.locomotion import make_env
    from video2reward.similarity import gait_similarity

    experiment = best.parents[2]
    task = Task(**read_json(best.parent / "evaluation.json")["provenance"]["parameters"]["task"])
    policy = load_policy(best)
    home = ROOT / "resources" / "robots" / policy.meta["robot"]
    robot, reference = (
        load_robot(home / "robot.yaml"),
        read_reference(Results(folder).experiment(experiment.name).reference),
    )
    found = {}
    for world, (seconds, spans) in WORLDS.items():
        env = make_env("mujoco", robot, home / robot.mjcf, task, reference, None, AGENTS, 0)
        if spans:
            env.disturb(spans)
        env.set_commands(torch.tensor([reference.speed, 0.0, 0.0]).expand(AGENTS, 3).clone())
        rollout = roll_out(env, policy, seconds, robot.name, reference.keypoint_names)
        env.close()
        figures = walking_figures(rollout, reference.period_s)
        found[world] = {"falls": figures["falls"], "speed": figures["speed_ratio"]}
        if world == FLAT:
            found[world]["gait"] = gait_similarity(rollout, reference).distance
    return found


def print_rows(name: str, judged: list[dict[str, dict[str, float]]]) -> None:
    """Print a setting's figures, means and, of several seeds, each."""
    print(f"\n{name} ({len(judged)} seeds)")
    for world in WORLDS if judged else ():
        for figure in judged[0][world]:
            values = [one[world][figure] for one in judged]
            each = ", ".join(f"{value:.3f}" for value in values)
            print(f"    {world:<14} {figure:<6} {statistics.mean(values):.3f}  ({each})", flush=True)


def print_costs(settings: list[str], steps: int = 60_000, rounds: int = 3) -> None:
    """Print the processor time of an environment step, PPO included, in turn and as medians."""
    found: dict[str, list[float]] = {setting: [] for setting in settings}
    for _ in range(rounds):
        for setting in settings:
            found[setting].append(cost(SETTINGS[setting], steps))
    first = statistics.median(found[settings[0]])
    for setting, times in found.items():
        print(
            f"{setting:<18} {statistics.median(times):6.1f} us a step  {statistics.median(times) / first:.2f}"
        )


def cost(task: str, steps: int) -> float:
    """Return microseconds of processor time a step, of ANYmal C trained with the published human reward."""
    import yaml

    from video2reward.motion.retarget import neutral_reference
    from video2reward.policy.beginning import Beginning
    from video2reward.policy.failure import GuardedReward
    from video2reward.policy.train import train as train_policy
    from video2reward.reward.compile import compile_reward
    from video2reward.robots.standing import standing_keypoints
    from video2reward.sim.locomotion import make_env

    home, training = ROOT / "resources" / "robots" / "anymal_c", Training(mirror=True)
    robot = load_robot(home / "robot.yaml")
    reference = neutral_reference(
        robot, "ap10k", *standing_keypoints(home / robot.mjcf, robot, "ap10k"), froude=0.25
    )
    reward = GuardedReward(compile_reward(ROOT / "resources" / "rewards" / "human_velocity.py"))
    settings = Task(**yaml.safe_load(task))
    env = make_env(training, robot, home / robot.mjcf, settings, reference, reward, training.num_envs, 0)
    work = Path("results/benchmarks/work/robustness")
    shutil.rmtree(work, ignore_errors=True)
    began = time.process_time()
    trained = train_policy(env, training, seed=0, start=Beginning(), work=work, steps=steps, label=task)
    taken = time.process_time() - began
    env.close()
    return 1e6 * taken / trained.steps


if __name__ == "__main__":
    main()
