"""How much processor time a gait costs: training levers alone and together, on both robots.

    make run SET="experiments=[amble,trot,human_run]"     # once: base policies, references and the template's rewards
    python benchmarks/sample_efficiency.py [--results results] [--cases amble] [--levers plain mirror] [--seeds 0 1 2]
    python benchmarks/sample_efficiency.py --table        # only print what was measured

Each cell trains the template's first reward from the robot's base policy (or from scratch, where the lever says so) and
judges the deterministic policy at several budgets: gait distance in body lengths, falls, speed over the clip's, with
the training's processor seconds until then. Finished cells are kept.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.artifacts.io import read_json, write_json  # noqa: E402
from video2reward.jobs.script import limit_threads  # noqa: E402

BUDGETS = {"anymal_c": (125, 250, 375, 500, 750), "humanoid": (250, 500, 750, 1000)}
"""Thousands of environment steps."""
PLAIN = {"training": {"mirror": False}}
LEVERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "scratch": {"training": {"init": "scratch"}},
    "starts": {"task": {"reference_starts": 0.5}},
    "mirror": {"training": {"mirror": True}},
    "residual": {"task": {"actions": "residual"}},
    "residual from scratch": {"task": {"actions": "residual"}, "training": {"init": "scratch"}},
    "mirror, residual": {"training": {"mirror": True}, "task": {"actions": "residual"}},
    "128 agents": {"training": {"num_envs": 128}},
    "3 epochs": {"training": {"mini_epochs": 3}},
    "larger steps": {"training": {"kl_threshold": 0.04}},
}
"""What each changes of the default configuration without mirror images; the humanoid has `starts` and `larger steps` in it."""
AGENTS, SECONDS = 64, 8.0


def main() -> None:
    """Measure what is missing and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, default=Path("results"), help="of a finished run")
    parser.add_argument("--out", type=Path, default=Path("results/benchmarks/sample_efficiency"))
    parser.add_argument("--cases", nargs="+", default=["amble", "trot", "human_run"])
    parser.add_argument("--levers", nargs="+", default=list(LEVERS), choices=LEVERS)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--cell", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.cell:
        case, lever, seed = args.cell
        limit_threads(1)
        write_json(cell(args.out, case, lever, int(seed)), measure(args.results, case, lever, int(seed)))
        return
    for seed in args.seeds:
        for case in args.cases:
            for lever in args.levers:
                if not args.table and not cell(args.out, case, lever, seed).exists():
                    print(f"{case} {lever} seed {seed}", flush=True)
                    command = [
                        sys.executable,
                        __file__,
                        "--results",
                        str(args.results),
                        "--out",
                        str(args.out),
                    ]
                    subprocess.run([*command, "--cell", case, lever, str(seed)], check=True)
    print_table(args)


def cell(out: Path, case: str, lever: str, seed: int) -> Path:
    """Return the file of one measurement."""
    return out / case / f"{lever.replace(' ', '_')}_{seed}.json"


def measure(results: Path, case: str, lever: str, seed: int) -> dict[str, Any]:
    """Train one candidate -> its figures at each budget."""
    import torch

    from video2reward.artifacts.check import read_check
    from video2reward.artifacts.reference import read_reference
    from video2reward.config.layers import merge
    from video2reward.config.plan import load_plan
    from video2reward.policy.beginning import Beginning
    from video2reward.policy.failure import GuardedReward
    from video2reward.policy.network import Policy
    from video2reward.policy.train import train
    from video2reward.reward.compile import compile_reward
    from video2reward.robots.description import load_robot
    from video2reward.settings.validation import read_yaml
    from video2reward.sim.locomotion import make_env

    torch.set_num_threads(1)
    asked = merge(merge({"experiments": [case]}, PLAIN), LEVERS[lever])
    plan = load_plan(merge(read_yaml(ROOT / "config" / "config.yaml"), asked), ROOT, asked)
    (experiment,) = plan.experiments.values()
    task, training = plan.practices[experiment.practice].task, experiment.loop.training
    folder = ROOT / "resources" / "robots" / experiment.robot
    robot = load_robot(folder / "robot.yaml")
    reference = read_reference(results / case / "reference.h5")
    written = results / case / "seed0" / "iter1"
    check = read_check(written / "check_1.json")
    reward = GuardedReward(compile_reward(written / "reward_1.py"), check.components)

    def environment(of: Any, agents: int, of_seed: int) -> Any:
        mjcf = folder / robot.mjcf
        return make_env(training, robot, mjcf, task, reference, of, agents, of_seed)

    budgets = [1000 * thousand for thousand in BUDGETS[experiment.robot]]
    rows: list[dict[str, float]] = []
    judging = 0.0
    began = time.process_time()

    def watch(steps: int, policy: Any) -> None:
        nonlocal judging
        if len(rows) == len(budgets) or steps < budgets[len(rows)]:
            return
        here = time.process_time()
        judged: Policy = policy()
        figures = judge(environment(None, AGENTS, 0), judged, reference, robot.name)
        rows.append({"steps": steps, "seconds": here - began - judging, **figures})
        judging += time.process_time() - here

    base = results / "robots" / experiment.robot / "base.pth"
    start = Beginning() if training.init == "scratch" else Beginning("base", base)
    env = environment(reward, training.num_envs, 1000 * seed + 1)
    work = results / "benchmarks" / "work" / f"{case}_{lever}_{seed}"
    shutil.rmtree(
        work, ignore_errors=True
    )  # a cell that was killed starts again: its seconds count as one training's
    trained = train(
        env,
        training,
        seed=1000 * seed + 1,
        start=start,
        work=work,
        steps=budgets[-1],
        label=lever,
        after_epoch=watch,
    )
    trained.forget_checkpoint()
    return {"rows": rows, "status": trained.status, "lever": LEVERS[lever]}


def judge(env: Any, policy: Any, reference: Any, robot: str) -> dict[str, float]:
    """Return the gait distance, falls and speed at the clip's speed."""
    import torch

    from video2reward.policy.evaluate import walking_figures
    from video2reward.rollout.record import roll_out
    from video2reward.similarity import gait_similarity

    command = torch.tensor([reference.speed, 0.0, 0.0])
    env.set_commands(command.expand(env.num_envs, 3).clone())
    rollout = roll_out(env, policy, SECONDS, robot, reference.keypoint_names)
    env.close()
    figures = walking_figures(rollout, reference.period_s)
    gait = gait_similarity(rollout, reference).as_dict()
    return {"gait": gait["distance"], "falls": figures["falls"], "speed": figures["speed_ratio"]}


def print_table(args: argparse.Namespace) -> None:
    """Print a row per case and lever, means over the seeds that are there."""
    for case in args.cases:
        for lever in args.levers:
            found = [cell(args.out, case, lever, seed) for seed in args.seeds]
            runs = [read_json(path)["rows"] for path in found if path.exists()]
            if not runs:
                continue
            print(f"{case:<10} {lever} ({len(runs)} seeds)")
            for at in zip(*runs, strict=False):
                mean = {key: statistics.mean(row[key] for row in at) for key in at[0]}
                gaits = ", ".join(f"{row['gait']:.3f}" for row in at)
                print(f"    {mean['steps'] / 1e6:.2f}M {mean['seconds']:6.1f} s  gait {mean['gait']:.3f} ({gaits})  "
                      f"falls {mean['falls']:.1%}  speed {mean['speed']:.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
