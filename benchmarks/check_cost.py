"""Cost of checking one candidate, compared with importing torch, interleaved in one run.

    python benchmarks/check_cost.py [--rounds 7]

A check is the rule's script from start to written verdict: the syntax check, then the sandboxed process that compiles
the reward and tries it on the experiment's states. Aim: at most 1.5 times `python -c "import torch"`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.artifacts.check import read_check  # noqa: E402
from video2reward.artifacts.completion import Completion, write_completion  # noqa: E402
from video2reward.artifacts.prompt import Prompt, write_prompt  # noqa: E402
from video2reward.artifacts.reference import write_reference  # noqa: E402
from video2reward.motion.retarget import neutral_reference  # noqa: E402
from video2reward.robots.description import load_robot  # noqa: E402
from video2reward.robots.standing import standing_keypoints  # noqa: E402
from video2reward.settings.evaluation import TrialLimits  # noqa: E402
from video2reward.settings.method import Method  # noqa: E402
from video2reward.settings.task import Task  # noqa: E402
from video2reward.signals import CATALOGUE  # noqa: E402

AIM = 1.5


def main() -> None:
    """Measure and print medians over the rounds; exit status 1 if the aim is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--robot", type=Path, default=ROOT / "resources/robots/anymal_c/robot.yaml")
    parser.add_argument("--reward", type=Path, default=ROOT / "resources/rewards/human_velocity.py")
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "import torch": [sys.executable, "-c", "import torch"],
            "check": check_command(Path(folder), args.robot, args.reward),
        }
        for command in commands.values():  # once for the disk's cache
            seconds_of(command)
        verdict = read_check(Path(folder) / "check.json")
        if not verdict.ok:
            raise SystemExit(f"error: {args.reward} fails its check at {verdict.stage}: {verdict.message}")
        times = {name: [] for name in commands}
        for _ in range(args.rounds):
            for name, command in commands.items():
                times[name].append(seconds_of(command))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, median of {args.rounds}")
    print(f"{'':<14}{'wall s':>8}{'processor s':>13}")
    middle = {
        name: [statistics.median(column) for column in zip(*rows, strict=True)]
        for name, rows in times.items()
    }
    for name, (wall, processor) in middle.items():
        print(f"{name:<14}{wall:>8.2f}{processor:>13.2f}")
    wall, processor = (c / t for c, t in zip(middle["check"], middle["import torch"], strict=True))
    print(f"{'ratio':<14}{wall:>8.2f}{processor:>13.2f}   aim: {AIM} of wall time")
    sys.exit(wall > AIM)


def check_command(folder: Path, robot_yaml: Path, reward: Path) -> list[str]:
    """Write a candidate's inputs into `folder` -> the command of its check, as the rule gives it."""
    robot = load_robot(robot_yaml)
    mjcf = robot_yaml.parent / robot.mjcf
    skeleton = next(iter(robot.skeletons))
    reference = neutral_reference(robot, skeleton, *standing_keypoints(mjcf, robot, skeleton))
    write_reference(folder / "reference.h5", reference)
    facts = {"signals": [{"name": signal.name} for signal in CATALOGUE]}
    write_prompt(folder / "prompt.txt", folder / "prompt.json", Prompt((), facts))
    answer = Completion(f"```python\n{reward.read_text()}\n```", "none", "fixed", is_language_model=False)
    write_completion(folder / "completion.json", answer)
    simulated = {"task": Task().model_dump(mode="json"), "training": {"simulator": "mujoco"}}
    files = {"reference": folder / "reference.h5", "robot": robot_yaml, "mjcf": mjcf}
    subprocess.run(script("sample_states", files | {"states": folder / "states.npz"}, simulated), check=True)
    params = {
        "check": TrialLimits().model_dump(mode="json"),
        "method": Method(description="", reward=reward.stem).model_dump(mode="json"),
    }
    names = ("completion.json", "states.npz", "reward.py", "check.json", "repairs.json")
    files = {name.split(".")[0]: folder / name for name in names} | {"record": folder / "prompt.json"}
    return script("extract_reward", files, params)


def script(name: str, files: dict[str, Path], params: dict[str, Any]) -> list[str]:
    """Return the command of a workflow script."""
    named = [part for option, path in files.items() for part in (f"--{option}", str(path))]
    path = str(ROOT / "workflow_scripts" / f"{name}.py")
    return [sys.executable, path, *named, "--code", "x", "--params", json.dumps(params)]


def seconds_of(command: list[str]) -> tuple[float, float]:
    """Run `command` -> wall time and processor time, its children's included, s."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
