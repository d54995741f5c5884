"""Accuracy of the camera motion in videos with captions and other people, and of the motion of small people.

    python benchmarks/film_accuracy.py [--out docs/accuracy-films.md] [--films FOLDER] [--environments .environments]

A walking person is filmed by a panning and by a fixed camera with something else in view (synthesis/disturbed.py); the
true joints go through the motion stage with the background tracked in the video. Then the example clip of that walk is
scaled down and goes through all stages, including mediapipe. Needs MuJoCo's OpenGL; ten minutes on one core, mostly for
rendering. The videos are kept in FOLDER, if given.

Exit status 1 if a camera is wrong, or if the error of period or speed exceeds `PERIOD_AIM` or `SPEED_AIM` for a person
of at least `SMALLEST` px.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts"), str(ROOT / "benchmarks")]

from motion_tables import describe  # noqa: E402
from pose_accuracy import VIDEOS, estimate  # noqa: E402
from synthesis.clips import CLIPS, Clip  # noqa: E402
from synthesis.disturbed import DISTURBANCES, Disturbance, disturbed  # noqa: E402
from video2reward.artifacts.frames import read_frames  # noqa: E402
from video2reward.artifacts.io import write_text  # noqa: E402
from video2reward.artifacts.keypoints import Keypoints, read_keypoints  # noqa: E402
from video2reward.artifacts.motion import Motion  # noqa: E402
from video2reward.errors import UserError  # noqa: E402
from video2reward.jobs.script import run_script  # noqa: E402
from video2reward.keypoints.pictures import keypoints_in  # noqa: E402
from video2reward.motion.camera import follow_camera  # noqa: E402
from video2reward.settings.validation import read_yaml, validate  # noqa: E402
from video2reward.settings.video import Video  # noqa: E402
from video2reward.skeletons import COCO17  # noqa: E402
from video2reward.video.film import write_film  # noqa: E402
from video2reward.video.frames import extract_frames  # noqa: E402

PERIOD_AIM, SPEED_AIM = 0.05, 0.15
HEIGHTS = (480, 240, 174, 140, 110)  # px of the picture; the person has 0.57 of them
SMALLEST = 60  # px of a person whose motion is to be right


def filmed(clip: Clip, what: Disturbance, film: Path) -> Motion:
    """Film a clip with something else in it, if it is not there yet, and describe its motion."""
    pictures, pixels = disturbed(clip, what)
    if not film.exists():
        write_film(film, pictures, clip.fps, crf=22, repeatable=True)
    with tempfile.TemporaryDirectory() as folder:
        extract_frames(film, Video(file=film), Path(folder) / "frames", {})
        frames = read_frames(Path(folder) / "frames")
        joints = np.concatenate([pixels, np.ones((*pixels.shape[:2], 1))], axis=-1)
        keypoints = keypoints_in(frames, COCO17, joints, "truth")
        return _described(keypoints, frames)


def _described(keypoints: Keypoints, frames: object) -> Motion:
    followed = follow_camera(frames, keypoints)  # type: ignore[arg-type]
    if followed is None:
        return describe(keypoints, "human")
    return describe(keypoints, "human", background=followed.shift, background_sure=followed.sure)


def cameras(folder: Path) -> Iterator[str]:
    """Yield the table of films with something else in them."""
    yield "| beside the walker | panning camera | its speed | fixed camera | its speed |"
    yield "|---|---|---|---|---|"
    for number, what in enumerate(DISTURBANCES):
        cells = [what.name]
        for name in ("human_walk_pan", "human_walk"):
            clip = CLIPS[name]
            clip = replace(clip, size=(clip.size[0] * 2 // 3 // 2 * 2, clip.size[1] * 2 // 3 // 2 * 2))
            motion = filmed(clip, what, folder / f"{name}_{number}.mp4")
            right = motion.camera == ("moving" if clip.pan else "fixed")
            cells.append(
                f"{motion.camera}, {motion.camera_confidence:.0%} sure" + ("" if right else ", wrong")
            )
            cells.append(_off(motion.speed_m_s / clip.gait.speed - 1, SPEED_AIM))
        yield "| " + " | ".join(cells) + " |"


def sizes(folder: Path, environments: Path) -> Iterator[str]:
    """Yield the table of an example clip in smaller and smaller pictures."""
    yield "| picture, px | person, px | frames that show the person | period | speed | gait |"
    yield "|---|---|---|---|---|---|"
    clip = CLIPS["human_walk"]
    video = validate(Video, read_yaml(VIDEOS / f"{clip.name}.yaml"), clip.name)
    tall = np.ptp(read_keypoints(VIDEOS / f"{clip.name}.truth.h5").keypoints[..., 1], axis=1).mean()
    for height in HEIGHTS:
        film = folder / f"{clip.name}_{height}_px.mp4"
        _smaller(VIDEOS / f"{clip.name}.mp4", film, height)
        found = estimate(film, video, environments)
        extract_frames(film, Video(file=film), folder / f"{film.stem}_frames", {})
        motion = _described(found, read_frames(folder / f"{film.stem}_frames"))
        seen = (found.keypoints[..., 2] > 0).any(1)
        pixels = tall * height / clip.size[1]
        period, speed = (PERIOD_AIM, SPEED_AIM) if pixels >= SMALLEST else (np.inf, np.inf)
        yield (
            f"| {found.size[0]}x{found.size[1]} | {pixels:.0f} | {seen.sum()} of {len(seen)} "
            f"| {_off(motion.period_s / clip.gait.period_s - 1, period)} "
            f"| {_off(motion.speed_m_s / clip.gait.speed - 1, speed)} | {motion.gait} |"
        )


def _off(part: float, aim: float) -> str:
    return f"{part:+.1%}" + (", missed" if abs(part) > aim else "")


def _smaller(film: Path, to: Path, height: int) -> None:
    import av
    import cv2

    with av.open(str(film)) as source:
        frames = [frame.to_ndarray(format="rgb24") for frame in source.decode(video=0)]
        fps = float(source.streams.video[0].average_rate or 30)
    size = (round(frames[0].shape[1] * height / frames[0].shape[0] / 2) * 2, height)
    write_film(to, (cv2.resize(f, size, interpolation=cv2.INTER_AREA) for f in frames), fps, crf=20)


def page(folder: Path, environments: Path) -> str:
    """Return the page."""
    lines = [
        "# Accuracy of the camera, and of small people",
        "",
        "Written by `python benchmarks/film_accuracy.py --out docs/accuracy-films.md`. For those whose film has captions, "
        "passers-by or a small subject.",
        "",
        "## Captions and other people",
        "",
        "A walk at 1.31 m/s, filmed in 426x320 (panning) and 640x320 px (fixed). The joints' positions are the true "
        "ones, so all errors come from the camera. Captions, logos and bars stand still in the picture, people cross or walk "
        "along, walls may be bare, and the hand may be unsteady.",
        "",
        *cameras(folder),
        "",
        "## Small people",
        "",
        "`human_walk` in smaller pictures, through `pose.backend: mediapipe`.",
        "",
        *sizes(folder, environments),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="write here instead of printing")
    parser.add_argument("--films", type=Path, help="folder to keep videos in, or to reuse them from")
    parser.add_argument("--environments", type=Path, default=ROOT / ".environments")
    args = parser.parse_args()
    os.environ.setdefault("MUJOCO_GL", "egl")
    with tempfile.TemporaryDirectory() as aside:
        folder = args.films or Path(aside)
        if not folder.is_dir():
            raise UserError(f"--films {folder}: there is no such folder")
        text = page(folder, args.environments)
    if args.out is None:
        print(text)
    else:
        write_text(args.out, text)
    if "wrong" in text or "missed" in text:
        raise SystemExit(1)


if __name__ == "__main__":
    run_script(main)
