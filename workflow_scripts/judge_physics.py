"""Judge a policy in other physics than it was trained in: solvers, time steps, contacts, friction, simulators."""

from __future__ import annotations

from functools import partial
from typing import Any

from evaluate_policy import judge, summary
from video2reward.artifacts.io import write_json
from video2reward.errors import UserError
from video2reward.jobs.script import Script, limit_threads, run_script
from video2reward.registry import SIMULATORS, simulator_of


def main() -> None:
    script = Script(__doc__ or "").input("policy", "reference", "motion", "robot", "mjcf")
    script.input("assets", optional=True, many=True).input("server", optional=True)
    script.output("physics").parse()
    limit_threads(script.args.threads)

    from video2reward.policy.evaluate import DEFINITIONS

    found = {name: judged(script, name) for name in script.params["physics"]}
    write_json(
        script.path("physics"),
        {"physics": found, "definitions": DEFINITIONS, "provenance": script.provenance()},
    )


def judged(script: Script, name: str) -> dict[str, Any]:
    """Return a policy's figures in one physics; where it cannot be judged, why."""
    from video2reward.policy.network import load_policy
    from video2reward.sim.other_physics import make_env_in, physics_in_words

    told = {"words": physics_in_words(name), "reason": ""}
    try:
        policy = load_policy(script.path("policy"), SIMULATORS.load(simulator_of(name)).usual_device())
        figures = judge(script, policy, partial(make_env_in, name))
    except UserError as error:  # no policy, no such simulator here, steps that cannot be halved
        print(f"{told['words']}: {error}")
        return told | {"reason": str(error)}
    print(f"{told['words']}: {summary('deterministic', figures['deterministic'])}", flush=True)
    return told | figures


if __name__ == "__main__":
    run_script(main)
