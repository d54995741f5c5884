"""Collect the best policy: reward, weights, ONNX, video and evaluation; if there is none, fail with the reason."""

from __future__ import annotations

import shutil
from pathlib import Path

from video2reward.artifacts.io import atomic_path, digest, read_json, write_json
from video2reward.artifacts.selection import read_selection
from video2reward.errors import UserError
from video2reward.jobs.script import Script, run_script
from video2reward.results.layout import BestFolder


def main() -> None:
    script = Script(__doc__ or "")
    script.input("policy", "reward", "selection", "rollout", "film", "evaluation")
    script.input("base").input("feedback", optional=True).output("best", "summary").parse()
    selection = read_selection(script.path("selection"))
    if selection.best is None:
        raise UserError(f"{script.path('best')} stays empty: {selection.why}; see {script.path('reward')}")

    from video2reward.policy.export import export_onnx
    from video2reward.policy.network import load_policy

    policy = load_policy(script.path("policy"))
    with atomic_path(script.path("best")) as folder:
        folder.mkdir()
        best = BestFolder(folder)
        copies = {
            "reward": best.reward,
            "policy": best.policy,
            "film": best.film,
            "evaluation": best.evaluation,
        }
        for source, copy in copies.items():
            shutil.copyfile(script.path(source), copy)
        difference = export_onnx(policy, best.onnx)
    print(
        f"{script.path('best')}: {selection.best.name}; ONNX differs from torch by at most {difference:.1e}"
    )
    judged, base = figures(script.path("evaluation")), figures(script.path("base"))
    write_json(
        script.path("summary"),
        {
            "candidate": selection.best.name,
            "best": judged,
            "base": base,
            "digest": digest(script.path("best")),
            "provenance": script.provenance(),
        },
    )
    print(
        f"gait distance {show(judged['gait_distance'])} body lengths, the base policy's "
        f"{show(base['gait_distance'])}; falls {show(judged['falls'])}; speed {show(judged['speed'])} m/s, "
        f"{show(judged['speed_ratio'])} of the clip's"
    )


def figures(evaluation: Path) -> dict[str, float | None]:
    """Return the main figures of a deterministic evaluation; None where it failed."""
    judged = read_json(evaluation).get("deterministic") or {}
    plain = {name: judged.get(name) for name in ("falls", "speed", "speed_ratio", "velocity_error")}
    gait, posture = ((judged.get(part) or {}).get("distance") for part in ("gait", "posture"))
    return {"gait_distance": gait, "posture_distance": posture, **plain}


def show(figure: float | None) -> str:
    """Return a figure with three decimals, or a dash for None."""
    return "-" if figure is None else f"{figure:.3f}"


if __name__ == "__main__":
    run_script(main)
