"""Take the reward out of an answer and check it: completion_<k>.json -> reward_<k>.py, check_<k>.json."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from video2reward.artifacts.check import write_check
from video2reward.artifacts.completion import read_completion
from video2reward.artifacts.io import write_text
from video2reward.artifacts.prompt import read_prompt
from video2reward.artifacts.reference import read_reference
from video2reward.registry import SIMULATORS
from video2reward.reward.check import check_by_trial, check_text
from video2reward.reward.trial import Trial
from video2reward.robots import load_robot
from video2reward.script import Script, limit_threads, run_script
from video2reward.settings import Check as CheckSettings
from video2reward.settings import Task

if TYPE_CHECKING:
    from torch import Tensor

AGENTS = 32


def main() -> None:
    script = Script(__doc__ or "").input("completion", "record", "reference", "robot", "mjcf")
    script.output("reward", "check").parse()
    limit_threads(1)
    completion = read_completion(script.path("completion"))
    # A fixed reward is no model's work: a method hides nothing from it.
    fixed = script.params["method"].get("reward") is not None
    signals = {s["name"] for s in read_prompt(script.path("record")).facts["signals"]}
    code, check = check_text(completion.text, None if fixed else signals)
    if check is None:
        trial = Trial(CheckSettings(**script.params["check"]))
        try:
            check = check_by_trial(code, trial, real_states(script))
        finally:
            trial.stop()
    if completion.finish == "length" and not check.ok:
        check = replace(check, message=f"the answer was cut off at llm.max_tokens; {check.message}")
    write_text(script.path("reward"), code)
    write_check(script.path("check"), replace(check, provenance=script.provenance()))
    terms = f", terms {', '.join(check.components)}" if check.ok else f" at {check.stage}: {check.message}"
    print(f"{script.path('reward')}: {check.status}{terms}")


def real_states(script: Script) -> list[dict[str, Tensor]]:
    """Return states of a short simulation with random actions on the chosen simulator."""
    from video2reward.reward.states import sample_states

    env = SIMULATORS.load(script.params["training"]["simulator"])(
        load_robot(script.path("robot")),
        script.path("mjcf"),
        Task(**script.params["task"]),
        read_reference(script.path("reference")),
        None,
        AGENTS,
        0,
        1,
    )
    try:
        return sample_states(env, seed=0)
    finally:
        env.close()


if __name__ == "__main__":
    run_script(main)
