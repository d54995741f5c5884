"""The limited process that compiles and tries one candidate: `python -m video2reward.reward.trial_process`.

It reads one line of JSON from standard input (the candidate, the file of states, the limits) and prints two: the
limits in force, before it touches the candidate, and the verdict.
"""

from __future__ import annotations

import hashlib
import json
import linecache
import os
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from video2reward.artifacts import states as artifact
from video2reward.jobs.garbage import keep_all, look_rarely
from video2reward.reward import limits
from video2reward.reward.compile import RewardError, compile_source
from video2reward.reward.judgement import try_reward
from video2reward.reward.screen import screen
from video2reward.reward_contract import ContractError
from video2reward.text.foreign import raised
from video2reward.text.visible import visible

if TYPE_CHECKING:
    from torch import Tensor

_EXAMPLE = """
import torch.nn.functional as F

def helper(x: Tensor, t: float = 1.0) -> Tensor:
    return F.relu(torch.norm(x, dim=-1) / t)

def compute_reward(x: Tensor, dt: float) -> Tuple[Tensor, Dict[str, Tensor]]:
    y = helper(x) * dt
    return y, {"y": y}
"""
MAX_MESSAGE = 4000
"""Longest message or traceback, characters, as it goes into the next prompt."""


def main() -> None:
    """Handle one trial; whatever the candidate does ends up in the verdict."""
    held: dict[str, Any] = {"network": limits.leave_network()}
    answers = _own_output()
    look_rarely()
    import torch

    torch.set_num_threads(1)
    _warm_up()
    job = json.loads(sys.stdin.readline())
    states = load_states(Path(job["states"]))
    known = artifact.read_known_states(Path(job["known"])) if job["known"] else None
    held |= limits.limit_resources(job["seconds"], job["memory_mb"])
    held |= limits.forbid_files_and_system_calls()
    print(json.dumps({"limits": held}), file=answers, flush=True)
    verdict = judge(job["source"], states, known, job["sees_gait"])
    print(json.dumps({"limits": held, **verdict}), file=answers, flush=True)
    keep_all()


def load_states(path: Path) -> list[dict[str, Tensor]]:
    """Read states.npz as one dictionary of tensors per moment."""
    import torch

    states = artifact.read_states(path)
    return [{n: torch.from_numpy(v) for n, v in states[i].items()} for i in range(len(states))]


def judge(
    source: str,
    states: list[dict[str, Tensor]],
    known: artifact.KnownStates | None = None,
    sees_gait: bool = False,
) -> dict[str, Any]:
    """Compile and try the reward -> status, stage, message, traceback, needed, components, seconds, screen."""
    try:
        reward = compile_source(source)
    except RewardError as error:
        return _failed(error.stage, str(error))
    try:
        seconds = try_reward(reward, states, seed_of(source, states))
    except ContractError as error:
        return _failed("trial", str(error))
    except Exception as error:  # whatever the candidate raises is its verdict
        return _failed("trial", _raised(error), traceback.format_exc(limit=-1))
    found: dict[str, Any] = {
        "needed": reward.needed,
        "components": reward.component_names,
        "seconds_per_call": seconds,
    }
    if known is not None:
        found["screen"] = asdict(screen(reward, known, sees_gait))
    return {"status": "ok", "stage": "done", **found}


def seed_of(source: str, states: list[dict[str, Tensor]]) -> int:
    """Return the seed of a candidate's trial: the same in every rerun, but unknown to its code."""
    sha = hashlib.sha256(source.encode(errors="surrogatepass"))
    for state in states:
        sha.update(state["base_height"].numpy().tobytes())
    return int.from_bytes(sha.digest()[:7], "little")


def _failed(stage: str, message: str, details: str = "") -> dict[str, Any]:
    texts = {"message": visible(message)[:MAX_MESSAGE], "traceback": visible(details)[:MAX_MESSAGE]}
    return {"status": "failed", "stage": stage, **texts}


def _own_output() -> TextIO:
    """Reserve standard output for the verdict: everything else printed goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def _warm_up() -> None:
    """Make TorchScript load its lazy parts now, as no file can be opened later.

    Through linecache, TorchScript reads the source of torch functions that a candidate uses.
    """
    import torch
    import torch.nn._reduction
    import torch.nn.functional

    for module in (torch.functional, torch.nn.functional, torch.nn._reduction, torch._jit_internal):
        linecache.getlines(str(module.__file__))
    compile_source(_EXAMPLE)({"x": torch.ones(2, 3), "dt": torch.tensor(1.0)})


def _raised(error: Exception) -> str:
    """Return an exception in one line, with the failing line of TorchScript code and the end of its message."""
    cause, details = raised(error)
    memory = "it asks for more memory than it may have: " if "allocate memory" in cause else ""
    kind = "" if cause.startswith(type(error).__name__) else f"{type(error).__name__} "
    ending = "\n".join(details.splitlines()[-12:])
    return f"{memory}{kind}while running: {cause}\n{ending}".rstrip()


if __name__ == "__main__":
    main()
