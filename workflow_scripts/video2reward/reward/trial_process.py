"""The limited process that compiles and tries one candidate: `python -m video2reward.reward.trial_process`.

It reads one line of JSON from standard input (the files and limits) and prints one: the verdict.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from video2reward.reward import limits
from video2reward.signals import SIGNALS

if TYPE_CHECKING:
    from torch import Tensor

    from video2reward.reward.compile import CompiledReward

    Signals = dict[str, Tensor]

MAX_COMPONENTS = 40
MAX_SECONDS = 0.1
"""Of one call for the trial's few agents: what is slower would take most of a training's time."""


class TrialError(Exception):
    """A reward that runs but gives something unusable."""


def main() -> None:
    """Answer one job; whatever the candidate does ends up in the verdict."""
    held: dict[str, Any] = {"network": limits.leave_network()}
    import torch

    torch.set_num_threads(1)
    torch.jit.script(_warm_up)  # TorchScript's own start-up is not the candidate's time
    job = json.loads(sys.stdin.readline())
    states = torch.load(job["states"], weights_only=True)
    source = Path(job["reward"]).read_text()
    held |= limits.limit_resources(job["seconds"], job["memory_mb"])
    print(json.dumps({"limits": held}), flush=True)
    verdict = judge(source, states, held)
    print(json.dumps({"limits": held, **verdict}), flush=True)


def judge(source: str, states: list[Signals], held: dict[str, Any]) -> dict[str, Any]:
    """Compile and try the reward -> status, stage, message, traceback, needed, components, seconds."""
    from video2reward.reward.compile import RewardError, compile_source

    try:
        reward = compile_source(source)
    except RewardError as error:
        return {"status": "failed", "stage": error.stage, "message": str(error)}
    held["open_files"] = limits.forbid_new_files()
    try:
        seconds = try_reward(reward, states)
    except TrialError as error:
        return {"status": "failed", "stage": "trial", "message": str(error)}
    except Exception as error:  # whatever the candidate raises is its verdict
        text = traceback.format_exc(limit=-1)
        return {"status": "failed", "stage": "trial", "message": _raised(error), "traceback": text[:8000]}
    found = {"needed": reward.needed, "components": reward.component_names, "seconds_per_call": seconds}
    return {"status": "ok", "stage": "done", **found}


def try_reward(reward: CompiledReward, states: list[Signals]) -> float:
    """Run the reward on all states, the first agent alone and twice over -> seconds per call."""
    import torch

    totals = []
    with torch.no_grad():
        for state in states:
            before = {name: state[name].clone() for name in reward.needed}
            total, components = reward(state)
            _check_result(total, components, len(state["base_height"]))
            for name, value in before.items():
                if not torch.equal(value, state[name]):
                    raise TrialError(f"the reward changes its argument {name} in place")
            totals.append(total)
        again, _ = reward(states[0])
        if not torch.allclose(again, totals[0], rtol=1e-4, atol=1e-6):
            raise TrialError("the reward gives different values for the same state; it must be deterministic")
        _check_result(*reward(_first_agent(states[0])), 1)
        _check_varies(torch.cat(totals))
        seconds = _seconds(reward, states[0])
    if seconds > MAX_SECONDS:
        raise TrialError(
            f"one call takes {seconds:.2f} s for {len(totals[0])} agents, at most {MAX_SECONDS} s"
        )
    return seconds


def _first_agent(state: Signals) -> Signals:
    """Return the state of one agent: a reward must not be made for one number of agents."""
    return {n: v[:1] if SIGNALS[n].shape[:1] == ("N",) else v for n, v in state.items() if n in SIGNALS}


def _check_result(total: Any, components: Any, agents: int) -> None:
    _check_tensor("the total", total, agents)
    if not components:
        raise TrialError("the dictionary of components is empty; return each term under its name")
    if len(components) > MAX_COMPONENTS or any(len(name) > 60 for name in components):
        raise TrialError(f"more than {MAX_COMPONENTS} components, or a name of more than 60 characters")
    for name, value in components.items():
        _check_tensor(f"the component {name!r}", value, agents)


def _check_tensor(what: str, value: Tensor, agents: int) -> None:
    import torch

    if tuple(value.shape) != (agents,):
        raise TrialError(
            f"{what} has shape {tuple(value.shape)} for N = {agents} agents, it must be (N,): one number per agent"
        )
    if value.dtype != torch.float32:
        raise TrialError(f"{what} is of type {value.dtype}, it must be torch.float32")
    bad = int((~torch.isfinite(value)).sum())
    if bad:
        raise TrialError(
            f"{what} is NaN or infinite for {bad} of {agents} agents; look for divisions by zero, "
            "logarithms and roots of what can be zero or negative"
        )


def _check_varies(totals: Tensor) -> None:
    spread = float(totals.max() - totals.min())
    if spread <= 1e-7 * max(1.0, float(totals.abs().max())):
        raise TrialError(
            f"the total is constant ({float(totals[0]):.6g}) over {len(totals)} different states; "
            "it must depend on what the robot does"
        )


def _seconds(reward: CompiledReward, state: Signals, calls: int = 9) -> float:
    """Return the median time of a call after TorchScript has optimised it, s."""
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        reward(state)
        times.append(time.perf_counter() - start)
    return sorted(times)[calls // 2]


def _raised(error: Exception) -> str:
    """Return the line of TorchScript code at fault and the last line of what was raised."""
    lines = [line.rstrip() for line in str(error).splitlines() if line.strip()]
    memory = "it asks for more memory than it may have: " if "allocate memory" in str(error) else ""
    return f"{memory}{type(error).__name__} while running: " + "\n".join(lines[-12:])


def _warm_up(x: Tensor) -> Tensor:
    return x + 1


if __name__ == "__main__":
    main()
