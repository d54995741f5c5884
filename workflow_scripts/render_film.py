"""Render the film of a recorded rollout."""

from __future__ import annotations

from video2reward.artifacts.reference import read_reference
from video2reward.artifacts.rollout import read_rollout
from video2reward.jobs.progress import progress
from video2reward.jobs.script import Script, run_script
from video2reward.rollout.film import FPS, rollout_pictures
from video2reward.skeletons import skeleton
from video2reward.video.film import write_film


def main() -> None:
    script = Script(__doc__ or "").input("rollout", "reference", "robot", "mjcf").output("film")
    script.input("assets", optional=True, many=True).parse()
    seconds = float(script.params["seconds"])
    rollout = read_rollout(script.path("rollout"))
    kind = skeleton(read_reference(script.path("reference")).skeleton)
    pictures = rollout_pictures(rollout, kind, script.path("robot"), script.path("mjcf"), seconds)
    count = round(seconds * FPS) if len(rollout.fell_at) else 1
    write_film(script.path("film"), progress(pictures, "film", count, "pictures"), FPS)


if __name__ == "__main__":
    run_script(main)
