"""What each way costs: a call, a check from a cold process, memory, disk."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import torch
from torch.export.graph_signature import InputKind

from exports.backend import defined, export_source
from exports.corpora import ROOT, Candidate
from video2reward.reward.judgement import crowd

CALLED = ("human_velocity", "tracking", "human_run")
ROUNDS, CALLS = 30, 20
COLD = {
    "import torch": "",
    "TorchScript": "reward = compile_source(code)",
    "non-strict": "reward = export_source(code, needed, scalars, state)",
    "strict": "reward = export_source(code, needed, scalars, state, strict=True)",
}
_SCRIPT = """
import sys, time
sys.path[:0] = {paths!r}
import torch
torch.set_num_threads(1)
if {way!r}:
    code, needed, scalars, agents = {code!r}, {needed!r}, {scalars!r}, 32
    from video2reward.signals import SIGNALS
    from video2reward.reward.compile import compile_source
    size = {{'N': agents, '3': 3, '2': 2, 'D': 12, 'F': 4, 'J': 13}}
    state = {{n: torch.rand([size[k] for k in s.shape]) for n, s in SIGNALS.items()}}
    if 'export' in {way!r}:
        from torch.export.graph_signature import InputKind

from exports.backend import export_source
    {way}
    for _ in range(3):
        reward(state)
"""


def print_calls(candidates: list[Candidate], native: bool) -> None:
    """Print microseconds of processor time per call, each with its ratio to TorchScript's."""
    print(f"\n{'reward':<42}{'N':>6}  processor time per call, us, and as a multiple of TorchScript's")
    for candidate in candidates:
        for size in (256, 4096):
            state = crowd(candidate.states, size, torch.Generator().manual_seed(0))
            ways = _ways(candidate, state, native)
            times: dict[str, list[float]] = {name: [] for name in ways}
            for call in ways.values():
                for _ in range(5):
                    call()
            for _ in range(ROUNDS):
                for name, call in ways.items():
                    times[name].append(_timed(call))
            middle = {name: statistics.median(values) for name, values in times.items()}
            cells = [f"{name} {t * 1e6:.0f} ({t / middle['TorchScript']:.2f})" for name, t in middle.items()]
            print(f"{candidate.name[-40:]:<42}{size:>6}  {', '.join(cells)}", flush=True)


def _timed(call: Callable[[], Any]) -> float:
    start = time.process_time()
    for _ in range(CALLS):
        call()
    return (time.process_time() - start) / CALLS


def _ways(candidate: Candidate, state: dict[str, torch.Tensor], native: bool) -> dict[str, Callable[[], Any]]:
    """Return a call of each way, all on the same state."""
    reward = candidate.compiled
    exported = export_source(candidate.code, reward.needed, reward.scalars, state)
    values = [state[name] for name in exported.names]
    module = exported.program.module(check_guards=False)
    interpreter = torch.fx.Interpreter(module)
    bare = _bare(exported.program, values)
    function = defined(candidate.code)
    numbers = {n: float(state[n]) if n in reward.scalars else state[n] for n in reward.needed}
    ways: dict[str, Callable[[], Any]] = {
        "TorchScript": lambda: reward(state),
        "Python": lambda: function(**numbers),
        "exported": lambda: exported(state),
        "bare graph": bare,
        "interpreter": lambda: interpreter.run(*values),
    }
    if native:
        start = time.process_time()
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        compiled = torch.compile(module, dynamic=True)
        compiled(*values)
        spent = time.process_time() - start + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - children
        ways[f"torch.compile (made in {spent:.1f} s)"] = lambda: compiled(*values)
        start = time.process_time()
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        with tempfile.TemporaryDirectory() as folder:
            package = torch._inductor.aoti_compile_and_package(
                exported.program, package_path=f"{folder}/reward.pt2"
            )
            ahead = torch._inductor.aoti_load_package(package)
            spent = (
                time.process_time() - start + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - children
            )
            ways[f"AOTInductor (made in {spent:.1f} s)"] = lambda: ahead(*values)
            ahead(*values)
    return ways


def _bare(program: torch.export.ExportedProgram, values: list[torch.Tensor]) -> Callable[[], Any]:
    """Return a call of the graph's operators alone, as a reader of our own would make them: no checks, no dictionary."""
    given = iter(values)
    specs = program.graph_signature.input_specs
    inputs = [
        next(given) if s.kind is InputKind.USER_INPUT else program.constants[s.target or ""] for s in specs
    ]
    return lambda: program.graph_module.forward(*inputs)


def print_cold(candidate: Candidate, rounds: int) -> None:
    """Print what a process costs that compiles and calls one reward, from its start."""
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in COLD}
    for turn in range(rounds + 1):
        for name, way in COLD.items():
            measured = _cold(candidate, way)
            if turn:  # the first fills the disk's cache
                found[name].append(measured)
    print(f"\n{candidate.name}, a new process from its start, median of {rounds}")
    print(f"{'':<16}{'wall s':>8}{'processor s':>13}{'of import torch':>17}{'peak MB':>9}")
    base = statistics.median(row[1] for row in found["import torch"])
    for name, rows in found.items():
        wall, processor, memory = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"{name:<16}{wall:>8.2f}{processor:>13.2f}{processor / base:>17.2f}{memory:>9.0f}")


def _cold(candidate: Candidate, way: str) -> tuple[float, float, float]:
    reward = candidate.compiled
    paths = [str(ROOT / "workflow_scripts"), str(ROOT / "benchmarks")]
    script = _SCRIPT.format(
        paths=paths, way=way, code=candidate.code, needed=reward.needed, scalars=reward.scalars
    )
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"error: a process that compiles {candidate.name} ended with status {status}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
