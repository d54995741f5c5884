"""Take the base policy that lies in the robot's folder instead of training one."""

from __future__ import annotations

import shutil

from video2reward.artifacts.io import atomic_path, read_json
from video2reward.jobs.script import Script, run_script


def main() -> None:
    script = Script(__doc__ or "").input("kept-policy", "kept-training", "kept-curves")
    script.output("policy", "training", "curves").parse()
    for name in ("policy", "training", "curves"):
        with atomic_path(script.path(name)) as aside:
            shutil.copyfile(script.path(f"kept-{name}"), aside)
    steps = read_json(script.path("training"))["steps"]
    print(
        f"{script.path('policy')}: the base policy of {script.path('kept-policy')}, {steps:,} steps, which was trained with "
        "the same settings; training.base_policy: trained trains it here"
    )


if __name__ == "__main__":
    run_script(main)
