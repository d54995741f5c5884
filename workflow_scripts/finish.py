"""Gather the best policy: reward, weights, ONNX, film and evaluation; without one, say why and fail."""

from __future__ import annotations

import shutil

from video2reward.artifacts.io import atomic_path, read_json
from video2reward.artifacts.selection import read_selection
from video2reward.errors import UserError, run_script
from video2reward.script import Script


def main() -> None:
    script = Script(__doc__ or "")
    script.input("policy", "reward", "selection", "rollout", "film", "evaluation")
    script.input("base", optional=True).output("best").parse()
    selection = read_selection(script.path("selection"))
    if selection.best is None:
        raise UserError(f"{script.path('best')} stays empty: {selection.why}; see {script.path('reward')}")

    from video2reward.policy.export import export_onnx
    from video2reward.policy.network import load_policy

    policy = load_policy(script.path("policy"))
    with atomic_path(script.path("best")) as folder:
        folder.mkdir()
        names = {"reward": "reward.py", "policy": "policy.pth", "film": "rollout.mp4"}
        names["evaluation"] = "evaluation.json"
        for source, name in names.items():
            shutil.copyfile(script.path(source), folder / name)
        difference = export_onnx(policy, folder / "policy.onnx")
    print(
        f"{script.path('best')}: {selection.best.name}; ONNX differs from torch by at most {difference:.1e}"
    )
    if script.args.base is not None:
        print(compare(script))


def compare(script: Script) -> str:
    """Say how the best policy and the base policy move, next to each other."""
    found = {}
    for name in ("evaluation", "base"):
        record = read_json(script.path(name))
        if record["status"] != "ok":
            return f"no comparison: the {name} failed"
        found[name] = record["deterministic"]
    best, base = found["evaluation"], found["base"]
    return (
        f"gait distance {best['gait']['distance']:.3f} body lengths, the base policy's "
        f"{base['gait']['distance']:.3f}; falls {best['falls']:.1%}; speed {best['speed']:.2f} m/s, "
        f"{best['speed_ratio']:.2f} of the clip's"
    )


if __name__ == "__main__":
    run_script(main)
