"""Extract the reward from an answer, check it and have it repaired: completion_<k>.json -> reward_<k>.py, check_<k>.json."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from video2reward.artifacts.check import Check, write_check
from video2reward.artifacts.completion import Completion, read_completion
from video2reward.artifacts.io import write_text
from video2reward.artifacts.prompt import Prompt, read_prompt
from video2reward.artifacts.repairs import Repairs, write_repairs
from video2reward.jobs.script import Script, run_script
from video2reward.registry import REPAIRERS
from video2reward.reward.check import check_answer, check_by_trial
from video2reward.reward.trial import Trial
from video2reward.settings.evaluation import TrialLimits
from video2reward.settings.llm import LLM
from video2reward.text.visible import indented

if TYPE_CHECKING:
    from video2reward.llm.repair import Repairer, Verdict


def main() -> None:
    script = Script(__doc__ or "").input("completion", "record", "states")
    script.input("known", "repair", "recorded", optional=True).output("reward", "check", "repairs")
    script.option("store", Path, Path("completions")).option("prices", Path, Path("resources/prices.yaml"))
    script.option("asking", json.loads, {}).parse()
    prompt = read_prompt(script.path("record"))
    answer = read_completion(script.path("completion"))
    verdict = verdicts(script, prompt)
    code, check = verdict(answer)
    exchange = Repairs()
    if check.stage != "done" and "llm" in script.params:
        exchange, code, check = repairer(script, prompt).repair(answer, code, check, verdict)
    if check.stage == "screen":  # a guess, which does not keep it from being trained
        check = replace(check, stage="done", message="")
    check = replace(check, repairs=exchange.failures, provenance=script.provenance())
    write_text(script.path("reward"), code)
    write_repairs(script.path("repairs"), replace(exchange, provenance=script.provenance()))
    write_check(script.path("check"), check)
    asked = len(exchange.repairs)
    mended = f" after {asked} repair{'s' * (asked != 1)}" if asked else ""
    terms = (
        f", terms {', '.join(check.components)}"
        if check.ok
        else f" at {check.stage}: {indented(check.message)}"
    )
    print(f"{script.path('reward')}: {check.status}{mended}{terms}")
    if check.screen is not None:
        print(f"screen: {check.screen.outcome}")


def verdicts(script: Script, prompt: Prompt) -> Verdict:
    """Return a function that reads an answer -> (its code, the verdict)."""
    # A fixed reward is not a model's work, so the method hides no signals from it.
    method = script.params["method"]
    fixed = method.get("reward") is not None
    signals = {s["name"] for s in prompt.facts["signals"]}
    sees_gait = not fixed and "keypoints" in method["signals"]
    known = script.args.known

    def tried(code: str) -> Check:
        trial = Trial(TrialLimits(**script.params["check"]))
        try:
            return check_by_trial(code, trial, script.path("states"), known, sees_gait)
        finally:
            trial.stop()

    def verdict(answer: Completion) -> tuple[str, Check]:
        code, check = check_answer(answer.text, None if fixed else signals, tried)
        if answer.broken_off and not check.ok:
            check = replace(check, message=f"{answer.broken_off}; {check.message}")
        if script.params.get("screen") == "repair" and check.screen and check.screen.complaint:
            check = replace(check, stage="screen", message=check.screen.complaint)
        return code, check

    return verdict


def repairer(script: Script, prompt: Prompt) -> Repairer:
    """Return the repairer, which is loaded only for candidates that failed."""
    settings = LLM(**script.params["llm"], **script.args.asking)
    which = {name: int(script.params[name]) for name in ("seed", "iteration", "candidate")}
    template = script.path("repair")
    made: Repairer = REPAIRERS.load("ask")(
        prompt, settings, which, script.args.store, script.args.prices, template, script.args.recorded
    )
    return made


if __name__ == "__main__":
    run_script(main)
