"""Savings of early stopping, its effect on the ranking, and the best initial policy for candidates.

    make run                                   # once: base policy, reference and the template's reward
    python benchmarks/early_stop.py [--steps 250000] [--agents 128] [--only NAME ...] [--part stops]
    python benchmarks/early_stop.py --curves results    # only: which trainings there the rule would have ended

Trains good and bad rewards on ANYmal C from the base policy to the end of a shortened budget; those that the rule
would stop are trained again with it. Prints both policies' figures, their ranks by the method's selection rule, and the
steps saved; then the figures of the template's reward by `training.init` (best: a second round). Gait in body lengths;
error: stride-averaged velocity error relative to the clip's speed. Finished trainings are kept.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.artifacts.check import Check, write_check  # noqa: E402
from video2reward.artifacts.io import read_json, write_text  # noqa: E402
from video2reward.artifacts.selection import Candidate  # noqa: E402
from video2reward.config.plan import load_plan  # noqa: E402

ROBOT = ROOT / "resources" / "robots" / "anymal_c"
REWARDS = ROOT / "resources" / "rewards"
# As models write them when they miss the point: (arguments, total).
BAD = {
    "speed alone": ("base_lin_vel: Tensor", "base_lin_vel[:, 0]"),
    "height alone": ("base_height: Tensor", "torch.exp(-torch.abs(base_height - 0.5) / 0.05)"),
    "negative effort": ("torques: Tensor", "-1e-3 * torch.sum(torch.square(torques), dim=1)"),
    "constant penalty": (
        "base_lin_vel: Tensor, joint_vel: Tensor",
        "-5.0 + 0.1 * base_lin_vel[:, 0] - 1e-3 * torch.sum(torch.square(joint_vel), dim=1)",
    ),
    "wrong sign of gravity": ("projected_gravity: Tensor", "torch.exp(-(1.0 - projected_gravity[:, 2]))"),
    "joint speed": ("joint_vel: Tensor", "torch.mean(torch.abs(joint_vel), dim=1)"),
    "high feet": ("foot_heights: Tensor", "torch.sum(foot_heights, dim=1)"),
}
SHORTEST = 50  # epochs; five in a tenth of the budget, which the rule asks for
JUDGED = ("gait", "falls", "velocity_error_ratio", "success")
HEADS = ("gait", "falls", "error", "success")


def main() -> None:
    """Train, judge and print, or look at curves that are there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, default=Path("results"), help="of a finished `make run`")
    parser.add_argument("--out", type=Path, default=Path("results/benchmarks/early_stop"))
    parser.add_argument("--steps", type=int, default=250_000)
    parser.add_argument("--agents", type=int, default=128)
    parser.add_argument("--only", nargs="*", help="names of rewards, all if not given")
    parser.add_argument("--part", choices=("stops", "inits", "both"), default="both")
    parser.add_argument("--curves", type=Path, nargs="*", help="results folders")
    args = parser.parse_args()
    if args.curves:
        replay(args.curves)
        return
    bench = Bench(args)
    if args.part != "inits":
        compare_stops(bench, args.only)
    if args.part != "stops":
        compare_inits(bench)


def rule(steps: int, episode_s: float, horizon: int, dt: float = 0.02) -> Any:
    """Return the early stop of a training."""
    from video2reward.policy.early_stop import EarlyStop

    return EarlyStop(steps, episode_s, horizon * dt)


def ended(rows: list[dict[str, float]], stop: Any) -> tuple[int | None, str]:
    """Return the epoch at which the rule ends a curve, None if it does not, and why."""
    for epoch in range(1, len(rows)):
        why = stop(rows[:epoch])
        if why:
            return epoch, why
    return None, ""


def read_rows(path: Path) -> list[dict[str, float]]:
    """Read the columns of a training table that the rule needs."""
    with path.open(newline="") as file:
        return [
            {k: float(row[k]) for k in ("step", "terminated_fraction", "success")}
            for row in csv.DictReader(file)
        ]


def replay(folders: list[Path]) -> None:
    """Print which trainings under `folders` the rule would have ended; base policies' too, which it never ends."""
    seen: set[str] = set()
    curves = (path for folder in folders for path in folder.glob("**/*.csv"))
    for path in sorted(path for path in curves if path.match("training_*.csv") or path.name == "base.csv"):
        record = read_json(path.with_suffix(".json"))
        rows = read_rows(path)
        if record["status"] != "ok" or len(rows) < SHORTEST or str(rows) in seen:
            continue
        seen.add(str(rows))
        settings = record["provenance"]["parameters"]
        training, task = settings["training"], settings["task"]
        steps = training["base_steps" if path.name == "base.csv" else "steps"]
        stop = rule(steps, task["episode_s"], training["horizon"], task.get("control_dt", 0.02))
        epoch, why = ended(rows, stop)
        if epoch is not None:
            print(f"{path}: ended at epoch {epoch} of {len(rows)}: {why}")
    print(f"{len(seen)} different trainings looked at, of {SHORTEST} epochs or more")


class Bench:
    """Trains and judges one reward at a time with the workflow's own scripts, in processes of their own."""

    def __init__(self, args: argparse.Namespace) -> None:
        """Read the default configuration; its results hold base policy, reference and motion."""
        self.results, self.out, self.steps = args.results, args.out, args.steps
        plan = load_plan(yaml.safe_load((ROOT / "config" / "config.yaml").read_text()), ROOT)
        self.method = plan.experiments["amble"].method
        self.loop = plan.experiments["amble"].loop
        self.task = plan.practices["anymal_c"].task.model_dump(mode="json")
        self.training = self.loop.training.model_dump(mode="json", exclude={"threads", "checkpoint_s"})
        self.training |= {"steps": args.steps, "num_envs": args.agents, "early_stop": False}
        self.base = self.results / "robots" / "anymal_c" / "base.pth"

    def files(self) -> list[str]:
        """Return the arguments that both scripts take."""
        reference = self.results / "amble" / "reference.h5"
        return ["--reference", str(reference), "--robot", str(ROBOT / "robot.yaml"),
                "--mjcf", str(ROBOT / "anymal_c.xml")]  # fmt: skip

    def candidate(self, name: str, reward: Path, best: Path | None = None, **training: Any) -> dict[str, Any]:
        """Train on a reward and judge the policy -> its figures, curve and policy file."""
        folder = self.out / name.replace(" ", "_")
        policy, record, curves = (folder / f for f in ("policy.pth", "training.json", "training.csv"))
        evaluation = folder / "evaluation.json"
        settings = {"training": self.training | training, "task": self.task, "seed": 0, "candidate": 1}
        if not record.exists():
            folder.mkdir(parents=True, exist_ok=True)
            write_check(folder / "check.json", Check("ok", "done"))
            given = ["--reward", reward, "--check", folder / "check.json", "--base", self.base]
            given += ["--best", best] if best else []
            outputs = ["--policy", policy, "--training", record, "--curves", curves]
            run("train_policy", settings, [*given, *outputs, *self.files()])
        if not evaluation.exists():
            judged = {"task": self.task, "training": {"simulator": self.training["simulator"]}, "seed": 0,
                      "evaluation": {"agents": self.loop.evaluation.agents},
                      "seconds": self.loop.evaluation.short_seconds, "sampled": False}  # fmt: skip
            given = ["--policy", policy, "--training", record, "--evaluation", evaluation]
            motion = self.results / "videos" / "dog_amble" / "motion.h5"
            run("evaluate_policy", judged, [*given, "--motion", motion, *self.files()])
        trained, found = read_json(record), read_json(evaluation)["deterministic"]
        return {
            "gait": found["gait"]["distance"],
            "falls": found["falls"],
            "velocity_error_ratio": found["velocity_error_ratio"],
            "success": found["success"]["mean"],
            "steps": trained["steps"],
            "seconds": trained["seconds"],
            "rows": read_rows(curves),
            "policy": policy,
        }


def run(script: str, settings: dict[str, Any], arguments: list[Any]) -> None:
    """Run a script of the workflow, its last words shown."""
    path = str(ROOT / "workflow_scripts" / f"{script}.py")
    command = [sys.executable, path, "--params", json.dumps(settings), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
    print(f"  {script}: {done.stdout.strip().splitlines()[-1]}", flush=True)


def rewards(bench: Bench) -> dict[str, Path]:
    """Return the rewards by name; the bad ones are written beside the results."""
    found = {
        "template": bench.results / "amble" / "seed0" / "iter1" / "reward_1.py",
        "human": REWARDS / "human_velocity.py",
        "sparse": REWARDS / "sparse_velocity.py",
    }
    for name, (arguments, total) in BAD.items():
        found[name] = bench.out / f"{name.replace(' ', '_')}.py"
        head = "import torch\nfrom torch import Tensor\n\n\ndef compute_reward("
        write_text(found[name], f'{head}{arguments}):\n    r = {total}\n    return r, {{"r": r}}\n')
    return found


def compare_stops(bench: Bench, only: list[str] | None) -> None:
    """Train every reward to the end and, where the rule ends it, with the rule; print both."""
    task, training = bench.task, bench.training
    stop = rule(bench.steps, task["episode_s"], training["horizon"], task.get("control_dt", 0.02))
    whole: dict[str, dict[str, Any]] = {}
    short: dict[str, dict[str, Any]] = {}
    for name, reward in rewards(bench).items():
        if only and name not in only:
            continue
        print(name, flush=True)
        whole[name] = short[name] = bench.candidate(name, reward)
        if ended(whole[name]["rows"], stop)[0] is not None:
            short[name] = bench.candidate(f"{name} stopped", reward, early_stop=True)
    ranks = [order(figures, bench.method) for figures in (whole, short)]
    print(f"\n{'reward':<22}{'':>10}{'rank':>6}" + "".join(f"{f:>9}" for f in HEADS) + f"{'steps':>10}")
    for name in ranks[0]:
        kinds = [("whole", whole, ranks[0])] + [("stopped", short, ranks[1])] * (
            short[name] is not whole[name]
        )
        for kind, figures, rank in kinds:
            row = "".join(f"{figures[name][f]:>9.3f}" for f in JUDGED)
            print(
                f"{name:<22}{kind:>10}{rank.index(name) + 1:>6}{row}{figures[name]['steps']:>10,}", flush=True
            )
    spent, budget = (sum(one["steps"] for one in figures.values()) for figures in (short, whole))
    print(f"steps saved {1 - spent / budget:.1%} of {budget:,}; same winner: {ranks[0][0] == ranks[1][0]}; "
          f"same ranking: {ranks[0] == ranks[1]}")  # fmt: skip


def order(figures: dict[str, dict[str, Any]], method: Any) -> list[str]:
    """Rank by the method's selection rule: the winner, the winner without it, and so on."""
    from video2reward.policy.select import RULES

    left = {
        name: Candidate(1, k, "ok", **{field: one[field] for field in JUDGED})
        for k, (name, one) in enumerate(figures.items(), start=1)
    }
    ranked: list[str] = []
    while left:
        best = RULES[method.selection](list(left.values()), method).candidate
        ranked.append(next(name for name, candidate in left.items() if candidate is best))
        del left[ranked[-1]]
    return ranked


def compare_inits(bench: Bench) -> None:
    """Print the template reward's figures by what its training begins as."""
    reward = rewards(bench)["template"]
    found = {"base": bench.candidate("template", reward)}
    found["scratch"] = bench.candidate("template from scratch", reward, init="scratch")
    found["best"] = bench.candidate("template from best", reward, best=found["base"]["policy"], init="best")
    print(f"\n{'template, init':<22}" + "".join(f"{f:>9}" for f in HEADS))
    for name, one in found.items():
        print(f"{name:<22}" + "".join(f"{one[f]:>9.3f}" for f in JUDGED))


if __name__ == "__main__":
    main()
