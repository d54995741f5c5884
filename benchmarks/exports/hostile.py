"""What stops hostile code: TorchScript against export, with the reading before them and without it."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from exports.backend import NotExportedError, export_source
from exports.corpora import State
from video2reward.reward import limits
from video2reward.reward.check import read_code
from video2reward.reward.compile import RewardError, compile_checked
from video2reward.reward.judgement import try_reward
from video2reward.signals import SIGNALS

WAYS = ("TorchScript", "export")
STAGES = ("definition", "compiling", "operators", "trial", "limits", "nothing")
STATIC = frozenset(STAGES[:3])
"""Stages before the reward runs as such; tracing runs its Python all the same."""
SECONDS, MEMORY_MB = 3.0, 1024
# Audit events (PEP 578) of what no reward may do; files that torch reads of itself do not count.
_EVENTS = ("os.", "subprocess.", "socket.", "shutil.", "ctypes.dlopen", "builtins.input", "pathlib.", "open")


def hostile_corpus(answers: Path | None) -> dict[str, str]:
    """Return the hostile candidates of the tests, and those of the attacks' folder beside the answers."""
    from tests.unit.reward.hostile import IN_PROCESS, LIMITED

    found = {name: case.code for name, case in (IN_PROCESS | LIMITED).items()}
    if answers is not None:
        folder = answers.parent / "cases" / "attacks"
        found |= {f"attacks/{path.stem}": path.read_text() for path in sorted(folder.glob("*.py"))}
    return found


def print_hostile(corpus: dict[str, str], states: list[State]) -> None:
    """Print which stage stops how many: those that pass the reading, then the others with the reading taken out."""
    _warm_up(states)
    readings = {name: read_code(code, SIGNALS) for name, code in corpus.items()}
    read = {name: reading.code for name, reading in readings.items() if reading.verdict is None}
    unread = {name: code for name, code in corpus.items() if name not in read}
    print(f"\n{len(corpus)} hostile candidates; the reading, common to all ways, stops {len(unread)}")
    _print_stages("passed the reading", read, states)
    _print_stages("without a reading", unread, states)


def _print_stages(head: str, codes: dict[str, str], states: list[State]) -> None:
    """Print the candidates that the ways treat differently, by way, with what they did; then how many each stage stops."""
    found: dict[str, dict[str, Outcome]] = {}
    print()
    for name, code in codes.items():
        outcomes = {way: in_child(partial(stage_of, way, code, states)) for way in WAYS}
        found[name] = outcomes
        stages = [outcomes[way].stage for way in WAYS]
        deeds = sorted({deed for outcome in outcomes.values() for deed in outcome.acted})
        if len({stage in STATIC for stage in stages}) > 1 or deeds or "nothing" in stages:
            done = f"; did: {', '.join(deeds)}" if deeds else ""
            print(f"  {name:<32}{' / '.join(stages)}{done}", flush=True)
    print(f"{head + ', ' + str(len(codes)):<24}" + "".join(f"{stage:>12}" for stage in (*STAGES, "acted")))
    for way in WAYS:
        counts = Counter(outcomes[way].stage for outcomes in found.values())
        acted = sum(bool(outcomes[way].acted) for outcomes in found.values())
        print(f"{way:<24}" + "".join(f"{counts[stage]:>12}" for stage in STAGES) + f"{acted:>12}", flush=True)


def stage_of(way: str, code: str, states: list[State]) -> str:
    """Return the stage that stops a candidate's code."""
    try:
        if way == "TorchScript":
            compile_checked(code)
            return "trial"  # which tests/unit/reward/test_hostile.py runs
        exported = _exported(code, states)
    except RewardError as error:
        return "operators" if "compiles to the operator" in str(error) else "compiling"
    except NotExportedError as error:
        return {"define": "definition", "export": "compiling", "targets": "operators"}[error.stage]
    except SyntaxError:
        return "compiling"
    try:
        try_reward(exported, states, 1)
    except Exception:  # whatever the candidate raises ends its trial
        return "trial"
    return "nothing"


def _exported(code: str, states: list[State]) -> Any:
    """Export code whose signature nobody has checked."""
    function = next(
        n for n in ast.parse(code).body if isinstance(n, ast.FunctionDef) and n.name == "compute_reward"
    )
    names = tuple(argument.arg for argument in function.args.args)
    if unknown := [name for name in names if name not in SIGNALS]:
        raise NotExportedError("define", f"no signal {unknown[0]}")
    numbers = frozenset(
        a.arg
        for a in function.args.args
        if a.annotation is not None and ast.unparse(a.annotation) in ("float", "int")
    )
    return export_source(code, names, numbers, states[0])


@dataclass(frozen=True)
class Outcome:
    """The stage that stopped a candidate, and what it did that no reward may."""

    stage: str
    acted: tuple[str, ...]


def in_child(work: Callable[[], str]) -> Outcome:
    """Run in a fork under the trial's limits -> the stage ("limits" if they ended it), what the candidate did meanwhile."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        acted: set[str] = set()
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        limits.limit_resources(SECONDS, MEMORY_MB)
        signal.setitimer(
            signal.ITIMER_REAL, 60 * SECONDS
        )  # processor time counts here: the machine may be busy
        limits.forbid_files_and_system_calls()
        sys.addaudithook(lambda event, details: _note(event, details, acted))
        result = "limits"
        with contextlib.suppress(MemoryError):
            try:
                result = work()
            except Exception:  # code that is no reward at all
                result = "definition"
        os.write(writer, json.dumps([result, sorted(acted)]).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        text = answer.read()
    os.waitpid(child, 0)
    stage, deeds = json.loads(text) if text else ("limits", [])
    return Outcome(stage, tuple(deeds))


def _note(event: str, details: tuple[Any, ...], acted: set[str]) -> None:
    """Note an event that the candidate's own code causes."""
    if not event.startswith(_EVENTS):
        return
    named = str(details[0]) if details else ""
    if named.endswith((".py", ".pyc", ".so")) or named.startswith(("<", sys.prefix, "/proc/self")):
        return
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename in ("<reward>", "<candidate>"):
            acted.add(f"{event} {named[:40]}")
            return
        frame = frame.f_back  # type: ignore[assignment]


def _warm_up(states: list[State]) -> None:
    """Load what torch loads at first use, as no file can be opened later."""
    code = (
        "def compute_reward(base_lin_vel: Tensor, base_height: Tensor, dt: float):\n"
        "    r = torch.exp(-torch.norm(base_lin_vel, dim=1)) * dt + torch.nn.functional.relu(base_height)\n"
        "    r[base_height > 1.0] = 0.0\n    return r, {'r': r}\n"
    )
    try_reward(_exported(code, states), states, 1)
    compile_checked(code)
