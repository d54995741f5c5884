"""Rewards as graphs of torch.export against TorchScript: what exports, with which values, what stops hostile code, what it costs.

    python benchmarks/export_rewards.py [folder of answers]                      # all tables, half an hour on one core
    python benchmarks/export_rewards.py --parts language calls [--native]        # some; --native: compiled by gcc too

The folder of answers has reward_*.py anywhere below it; without one, the rewards that ship and the tests' styles are
exported. Numbers among a reward's arguments (dt, target_speed) become part of its graph; the number of agents stays free.
docs/reward-backends.md says what follows. Parts:

agreement  accepted rewards that export, strict and non-strict, and whether their values are TorchScript's, bit by bit
           (equal), within 1e-5 (close) or neither, on a robot's states, for 1 to 4096 agents
hostile    the tests' hostile candidates by the stage that stops them (non-strict), and how many did what no reward may
           while compiled; each in a process of its own under the trial's limits
language   what each way makes of loops, branches, writes and the rest, held against Python
calls      processor time of a call
cold       a check from a new process: time and memory
loading    whether a forged exported program runs code when it is read
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts"), str(ROOT)]

PARTS = ("loading", "language", "cold", "calls", "hostile", "agreement")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("answers", type=Path, nargs="?", help="folder of a model's answers")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--native", action="store_true", help="calls: torch.compile and AOTInductor as well")
    parser.add_argument("--rounds", type=int, default=5, help="of the cold processes")
    args = parser.parse_args()
    warnings.simplefilter("ignore", FutureWarning)
    import torch

    torch.set_num_threads(1)
    print(
        f"torch {torch.__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    for part in args.parts:
        _print_part(part, args)


def _print_part(part: str, args: argparse.Namespace) -> None:
    from exports import agreement, costs, hostile, language, loading
    from exports.corpora import accepted, fixed, robot_states

    if part == "loading":
        loading.print_loading()
    elif part == "language":
        language.print_language(robot_states("anymal_c", "velocity"))
    elif part == "cold":
        costs.print_cold(fixed("human_velocity"), args.rounds)
    elif part == "calls":
        costs.print_calls([fixed(name) for name in costs.CALLED], args.native)
    elif part == "hostile":
        hostile.print_hostile(hostile.hostile_corpus(args.answers), robot_states("anymal_c", "velocity"))
    else:
        agreement.print_agreement(list(accepted(args.answers)))


if __name__ == "__main__":
    main()
