"""Render the example clips and write their ground truth; needs MuJoCo's OpenGL, not the workflow."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from video2reward.artifacts.io import write_json, write_text
from video2reward.artifacts.keypoints import write_keypoints
from video2reward.errors import UserError, choices
from video2reward.jobs.script import run_script

YAML = """\
# {what}
file: {name}.mp4
behaviour: {behaviour}
subject:
  species: {species}
  leg_length_m: {leg}
pose:
  backend: {backend}
  skeleton: {skeleton}
source: >-
  Made by this project with MuJoCo from published {figures} figures (synthesis/{module}.py says which):
  python benchmarks/make_example_clips.py --out resources/videos --only {name}. Apache-2.0.
"""


def main() -> None:
    """Make every clip that is named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder, such as resources/videos")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this clip; may be repeated")
    args = parser.parse_args()
    os.environ.setdefault("MUJOCO_GL", "egl")

    from synthesis.clips import CLIPS

    for name in args.only or CLIPS:
        if name not in CLIPS:
            raise UserError(choices(name, CLIPS, "example clip"))
        make(name, args.out)


def make(name: str, folder: Path) -> None:
    """Write NAME.mp4, NAME.truth.h5, NAME.truth.json and NAME.yaml."""
    import numpy as np

    from synthesis.clips import CLIPS, shoot, stage, true_keypoints, true_motion
    from synthesis.jump import Jump
    from video2reward.video.film import write_film

    clip = CLIPS[name]
    figure, camera = stage(clip)
    seen = np.zeros((len(clip.times), len(figure.keypoints)), bool)
    film = folder / f"{name}.mp4"
    write_film(film, shoot(clip, figure, camera, seen), clip.fps, crf=22, repeatable=True)
    truth = true_keypoints(clip, figure, camera, seen)
    write_keypoints(folder / f"{name}.truth.h5", truth)
    write_json(folder / f"{name}.truth.json", true_motion(clip, figure, seen))
    subject = clip.subject
    jumps = isinstance(clip.gait, Jump)
    text = YAML.format(
        what=f"A {subject.species}, {clip.gait.name}, camera {'panning' if clip.pan else 'fixed'}.",
        name=name,
        behaviour=name.split("_")[1],
        species=subject.species,
        leg=subject.leg_length_m,
        backend=subject.backend,
        skeleton=subject.skeleton,
        figures="jump" if jumps else "gait",
        module="jump" if jumps else "gaits",
    )
    write_text(folder / f"{name}.yaml", text)
    print(f"{film}: {len(clip.times)} frames, {film.stat().st_size / 1e3:.0f} kB", flush=True)


if __name__ == "__main__":
    run_script(main)
