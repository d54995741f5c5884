"""Download a video from its address, through the cache that all results share."""

from __future__ import annotations

import shutil

from video2reward.artifacts.io import atomic_path
from video2reward.jobs.script import Script, run_script
from video2reward.video.online import get_video


def main() -> None:
    script = Script(__doc__ or "").output("video").parse()
    source = get_video(script.params["address"])
    # A copy, not a hard link: Snakemake sets the time of its outputs, which differs between results.
    with atomic_path(script.path("video")) as aside:
        shutil.copyfile(source, aside)
    size = source.stat().st_size / 1e6
    print(f"{script.path('video')}: {size:.1f} MB, cached as {source}")


if __name__ == "__main__":
    run_script(main)
