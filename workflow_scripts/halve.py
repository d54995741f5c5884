"""Decide which of a round's candidates are trained on after a part of their steps, and for how many more."""

from __future__ import annotations

from video2reward.artifacts.check import read_check
from video2reward.artifacts.halving import Halving, read_halving, write_halving
from video2reward.artifacts.io import read_json
from video2reward.artifacts.selection import read_selection
from video2reward.jobs.script import Script, run_script
from video2reward.settings.halving import part_end
from video2reward.settings.method import Method
from video2reward.settings.noise import read_noise


def main() -> None:
    script = Script(__doc__ or "").input("evaluations", "trainings", "checks", many=True)
    script.input("noise").input("before", "previous", optional=True).output("halving").parse()

    from video2reward.policy.halving import Runner, halve
    from video2reward.policy.select import describe

    params = script.params
    records = zip(*(script.paths(name) for name in ("checks", "trainings", "evaluations")), strict=True)
    runners = []
    for k, (check, training, evaluation) in enumerate(records, 1):
        record = read_json(training)
        candidate = describe(int(params["iteration"]), k, read_check(check), record, read_json(evaluation))
        runners.append(Runner(candidate, int(record["steps"]), record["stopped_early"]))
    part, steps = int(params["part"]), int(params["steps"])
    builds_on = params["init"] == "best" and script.args.previous is not None
    behind = (read_selection(script.path("previous")).steps if builds_on else 0) + part_end(steps, part)
    halving = halve(
        runners,
        Method(**params["method"]),
        part,
        steps,
        read_halving(script.path("before")) if script.args.before is not None else None,
        read_noise(script.path("noise"), params["robot"], behind) if params["noise_known"] else None,
    )
    print(halving.why)
    for one in halving.contenders:
        print(f"candidate {one.figures.k}: {one.why}")
    write_halving(script.path("halving"), Halving(**{**vars(halving), "provenance": script.provenance()}))


if __name__ == "__main__":
    run_script(main)
