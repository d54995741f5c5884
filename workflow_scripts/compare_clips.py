"""Gait distance of one clip's best policy to every clip that the robot learns in its group."""

from __future__ import annotations

from video2reward.artifacts.io import write_json
from video2reward.artifacts.reference import read_reference
from video2reward.artifacts.rollout import read_rollout
from video2reward.errors import UserError
from video2reward.jobs.script import Script, run_script


def main() -> None:
    script = Script(__doc__ or "").input("rollout").input("references", many=True).output("clips").parse()

    from video2reward.similarity.gait import DEFINITIONS, gait_similarity

    rollout = read_rollout(script.path("rollout"))
    found: dict[str, dict[str, float | str]] = {}
    for clip, path in zip(script.params["clips"], script.args.references, strict=True):
        if not len(rollout.fell_at):
            found[clip] = {"missing": str(rollout.info.get("reason") or "no policy could be recorded")}
            continue
        try:
            similarity = gait_similarity(rollout, read_reference(path))
        except UserError as error:
            found[clip] = {"missing": str(error)}
        else:
            found[clip] = {"distance": similarity.distance, "standing": similarity.standing}
    content = {
        "trained_on": script.params["trained_on"],
        "clips": found,
        "unit": "body lengths per aligned sample",
        "definition": f"From the recording at the speed of the clip that was trained on. {DEFINITIONS['distance']}",
    }
    write_json(script.path("clips"), content | {"provenance": script.provenance()})
    for clip, figures in found.items():
        print(f"gait distance to {clip}: {figures.get('distance', figures.get('missing'))}")


if __name__ == "__main__":
    run_script(main)
