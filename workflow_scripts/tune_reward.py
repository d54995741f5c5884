"""Tune the numbers of a round's best reward on the screen and by short trainings: tuned_reward.py, tuning.json."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from video2reward.artifacts.check import Check
from video2reward.artifacts.io import write_text
from video2reward.artifacts.reference import Reference, read_reference
from video2reward.artifacts.screen import Screen
from video2reward.artifacts.selection import Candidate, SeedNoise, read_selection
from video2reward.artifacts.states import read_known_states
from video2reward.artifacts.tuning import TunedNumber, TunedVariant, TuningRecord, write_tuning
from video2reward.jobs.script import Script, limit_threads, run_script
from video2reward.policy.supervise import CallMark, run_supervised
from video2reward.registry import SIMULATORS, TASKS, kind_of_task
from video2reward.reward.check import check_by_trial
from video2reward.reward.kept_screen import effects, lost_against, most_effective
from video2reward.reward.parameters import Parameter, parameters, with_values
from video2reward.reward.trial import Trial
from video2reward.robots.description import load_robot
from video2reward.settings.evaluation import Evaluation, TrialLimits
from video2reward.settings.method import Method
from video2reward.settings.noise import read_noise
from video2reward.settings.task import Task
from video2reward.settings.wish import MeasuredWish
from video2reward.sim.chosen import training_of

if TYPE_CHECKING:
    from video2reward.policy.failure import GuardedReward
    from video2reward.policy.train import Trained
    from video2reward.policy.tuning.search import DrawnVariant

MOST = 12
"""Numbers that are tuned: those that matter most for what known motions are paid."""
SCREENING = -1
"""Who calls a reward, besides the variants, which have their generation and number."""


def main() -> None:
    script = Script(__doc__ or "").input(
        "reward", "selection", "states", "reference", "motion", "robot", "mjcf", "noise"
    )
    script.input("known", "base", "best", "server", optional=True).input("assets", optional=True, many=True)
    script.output("tuned", "tuning").option("checkpoint-s", float, 15.0).option(
        "work", Path, Path("work")
    ).parse()
    limit_threads(script.args.threads)
    best = read_selection(script.path("selection")).best
    if best is None:
        leave(script, "nobody", "no candidate could be used, so there is no reward to tune")
        return
    lost: dict[int, str] = {}
    mark = CallMark()
    while (reason := run_supervised(mark)) is not None:
        print(f"caller {mark.caller}: failed: {reason}", flush=True)
        if mark.caller == SCREENING:
            leave(script, best.name, f"on the known motions, {reason}")
            return
        lost[mark.caller] = reason
    tune(script, best.name, mark, lost)  # in the child, which goes on from the last generation and checkpoint


def leave(script: Script, source: str, why: str, **known: Any) -> None:
    """Write the outputs of a tuning that changes nothing."""
    write(script, script.path("reward").read_text(), TuningRecord(source, "none", why, **known))


def write(script: Script, code: str, record: TuningRecord) -> None:
    """Write the outputs, then delete what a killed job would have gone on from."""
    print(f"tuning of {record.source}: {record.verdict}: {record.why}", flush=True)
    write_text(script.path("tuned"), code)
    write_tuning(script.path("tuning"), replace(record, provenance=script.provenance()))
    shutil.rmtree(script.args.work, ignore_errors=True)


def tune(script: Script, source: str, mark: CallMark, lost: dict[int, str]) -> None:
    """Choose the numbers, search, and write what was found."""
    from video2reward.policy.tuning.choice import MEASURES, choose_variant

    code = script.path("reward").read_text()
    bench = Bench(script, code, mark, lost)
    if not bench.check.ok:
        leave(script, source, f"its check failed: {bench.check.message}")
        return
    found, effect = bench.numbers()
    if not found:
        margins = {"margin_before": bench.margin, "margin_after": bench.margin}
        leave(script, source, "it has no number that may be tuned", **margins)
        return
    variants = search(script, bench, found)
    rule = Method(**script.params["method"]).selection
    choice = choose_variant(variants, rule, noise_of(script))
    values = dict(zip((one.name for one in found), choice.variant.values, strict=True))
    factor = float(script.params["tuning"]["factor"])
    record = TuningRecord(
        source,
        choice.verdict,
        choice.why,
        rule,
        MEASURES[rule],
        choice.before,
        choice.after,
        choice.limit,
        (choice.variant.generation, choice.variant.number),
        tuple(tuned_number(one, values[one.name], factor, effect.get(one.name)) for one in found),
        tuple(variants),
        bench.margin,
        choice.variant.margin,
        *spent(variants),
    )
    write(script, with_values(code, values), record)


def spent(variants: Sequence[TunedVariant]) -> tuple[int, float]:
    """Return the environment steps of all trainings, and their wall time, s; those of a generation run together."""
    seconds: dict[int, float] = {}
    for one in variants:
        seconds[one.generation] = max(one.seconds, seconds.get(one.generation, 0.0))
    return sum(one.steps for one in variants), sum(seconds.values())


def tuned_number(one: Parameter, value: float, factor: float, effect: float | None) -> TunedNumber:
    """Return a number's line of the record."""
    from video2reward.policy.tuning.search import bounds_of

    return TunedNumber(one.name, one.value, value, *bounds_of(one.value, factor), one.lines, effect)


def noise_of(script: Script) -> SeedNoise | None:
    """Return the noise between seeds of one reward after a short training; None where it was not measured."""
    steps = int(script.params["steps"])
    return read_noise(script.path("noise"), script.params["robot"], steps) if steps else None


def search(script: Script, bench: Bench, found: list[Parameter]) -> list[TunedVariant]:
    """Search for better numbers -> all variants that were tried."""
    from video2reward.policy.tuning.generation import planned, with_result
    from video2reward.policy.tuning.kept import Kept
    from video2reward.policy.tuning.run import search_numbers
    from video2reward.policy.tuning.search import NumberSearch

    asked, method = script.params["tuning"], Method(**script.params["method"])
    start = {one.name: one.value for one in found}

    def try_out(generation: int, drawn: Sequence[DrawnVariant]) -> list[TunedVariant]:
        variants = planned(generation, list(start.values()), bench.margin, drawn)
        codes = {
            one.number: with_values(bench.code, dict(zip(start, one.values, strict=True)))
            for one in variants
            if one.status == "ok"
        }
        trained = bench.train(generation, codes)
        done = []
        for one in variants:
            if one.number in trained:
                if bench.known and one.number:
                    one = replace(one, margin=bench.screened(codes[one.number]).margin)
                one = with_result(one, trained[one.number], bench.judge, method)
            print(f"generation {generation}, variant {one.number}: {in_words(one)}", flush=True)
            done.append(one)
        return done

    return search_numbers(
        NumberSearch(start, float(asked["factor"]), int(asked["variants"]) - 1, int(script.params["seed"])),
        int(asked["generations"]),
        bench.refusal,
        try_out,
        Kept(script.args.work, bench.provenance),
        method.selection,
    )


def in_words(variant: TunedVariant) -> str:
    """Return what a variant reached."""
    if variant.status != "ok":
        return f"{variant.status}: {variant.reason}"
    distance = math.nan if variant.distance is None else variant.distance
    success = math.nan if variant.success is None else variant.success
    return f"gait distance {distance:.3f}, {variant.falls or 0.0:.0%} fell, success {success:.3f}"


@dataclass
class Bench:
    """Where variants of a reward are screened, trained and judged.

    lost: caller -> why, of variants that have ended this process before
    """

    script: Script
    code: str
    mark: CallMark
    lost: dict[int, str]

    def __post_init__(self) -> None:
        """Check and screen the unchanged reward, as every candidate is."""
        script, method = self.script, self.script.params["method"]
        self.sees_gait = "keypoints" in method["signals"]
        trial = Trial(TrialLimits(**script.params["check"]))
        self.check: Check = check_by_trial(
            self.code, trial, script.path("states"), script.args.known, self.sees_gait
        )
        self.known = read_known_states(script.args.known) if script.args.known else None

    @property
    def provenance(self) -> dict[str, Any]:
        """What a killed job must share with this one to go on from its checkpoints: not what happens to be imported yet."""
        return {**self.script.provenance(), "versions": {}}

    @property
    def margin(self) -> float | None:
        """The unchanged reward's margin."""
        return self.check.screen.margin if self.check.screen else None

    def numbers(self) -> tuple[list[Parameter], dict[str, float]]:
        """Return the numbers to tune, and name -> effect on the known motions; the first ones where these are unknown."""
        found, start = parameters(self.code), self.check.screen
        if start is None or start.fault:
            return found[:MOST], {}
        effect = effects(
            self.code, found, float(self.script.params["tuning"]["factor"]), start, self.screened
        )
        chosen = most_effective(found, effect, MOST)
        print(
            f"tuned: {', '.join(one.name for one in chosen) or 'nothing'}, of {len(found)} numbers",
            flush=True,
        )
        return chosen, effect

    def screened(self, code: str) -> Screen:
        """Return what a variant pays for the known motions."""
        from video2reward.reward.screen import screen

        reward = self.guarded(code, SCREENING)
        if isinstance(reward, str):
            return Screen(fault=reward)
        return screen(reward, self.known, self.sees_gait)

    def refusal(self, numbers: dict[str, float]) -> str:
        """Return what the screen has against numbers, "" if nothing."""
        start = self.check.screen
        return (
            lost_against(start, self.screened(with_values(self.code, numbers)))
            if start and not start.fault
            else ""
        )

    def guarded(self, code: str, caller: int) -> GuardedReward | str:
        """Compile a variant, held to what the trial showed; or why it does not compile."""
        from video2reward.policy.failure import guarded_reward
        from video2reward.reward.compile import RewardError, compile_reward

        path = self.script.args.work / f"variant_{max(caller, 0)}.py"
        write_text(path, code)
        try:
            return guarded_reward(
                compile_reward, path, self.check.components, self.mark.of(caller), self.limits
            )
        except RewardError as error:
            return str(error)

    @property
    def limits(self) -> list[Any]:
        """The limits on each call of a reward."""
        from video2reward.reward.limits import CallMemory

        device = SIMULATORS.load(training_of(self.script).simulator).usual_device()
        return [CallMemory()] if device == "cpu" else []

    def train(self, generation: int, codes: dict[int, str]) -> dict[int, Trained]:
        """Train variants, their codes by number, side by side."""
        from video2reward.policy.beginning import starting_policy
        from video2reward.policy.tuning.generation import ShortTraining, caller
        from video2reward.sim.locomotion import make_env

        script, args = self.script, self.script.args
        training = training_of(script).model_copy(update={"checkpoint_s": args.checkpoint_s})
        robot, task = load_robot(script.path("robot")), Task(**script.params["task"])
        reference = read_reference(script.path("reference"))
        short = ShortTraining(
            lambda reward, agents, seeds: make_env(
                training, robot, script.path("mjcf"), task, reference, reward, agents, seeds, args.threads
            ),
            training,
            starting_policy(training.init, args.base, args.best),
            int(script.params["seed"]),
            args.work,
            self.provenance,
            int(script.params["tuning"]["generations"]),
        )
        callers = {number: caller(generation, number) for number in codes}
        return short(
            generation,
            {n: self.lost.get(callers[n]) or self.guarded(code, callers[n]) for n, code in codes.items()},
        )

    def judge(self, variant: TunedVariant, trained: Trained) -> Candidate:
        """Judge a variant's policy by the short evaluation that candidates get."""
        import torch

        from video2reward.artifacts.motion import read_motion
        from video2reward.policy.evaluate import evaluate
        from video2reward.policy.select import describe
        from video2reward.rollout.record import roll_out
        from video2reward.scores.expert import expert_sums
        from video2reward.sim.locomotion import make_env

        script, params = self.script, self.script.params
        robot, mjcf = load_robot(script.path("robot")), script.path("mjcf")
        reference, training = read_reference(script.path("reference")), training_of(script)
        task = Task(**{name: value for name, value in params["task"].items() if name not in Task.TRAINED})
        agents, wish = Evaluation(**params["evaluation"]).agents, params.get("wish")
        policy = trained.policy.to(SIMULATORS.load(training.simulator).usual_device()).eval()
        with torch.no_grad():
            figures = evaluate(
                policy,
                lambda seed, flat: make_env(
                    training,
                    robot,
                    mjcf,
                    task.on_flat_ground() if flat else task,
                    reference,
                    None,
                    agents,
                    seed,
                    script.args.threads,
                ),
                reference,
                read_motion(script.path("motion")),
                lambda env, act, seconds: roll_out(env, act, seconds, robot.name, reference.keypoint_names),
                success_of(task.name, reference),
                partial(expert_sums, task.name),
                seconds=float(params["seconds"]),
                seed=int(params["seed"]),
                sampled=False,
                wish=MeasuredWish(**wish) if wish else None,
            )
        done = {"status": "ok", "traceback": "", "h_mts": trained.h_mts}
        return describe(variant.generation, variant.number, self.check, done, {"status": "ok", **figures})


def success_of(task: str, reference: Reference) -> Callable[..., Any]:
    """Return the task's success of a rollout; that of single motions needs the reference."""
    judge: Callable[..., Any] = TASKS.load(task).rollout_success
    return partial(judge, reference=reference) if kind_of_task(task) == "single" else judge


if __name__ == "__main__":
    run_script(main)
