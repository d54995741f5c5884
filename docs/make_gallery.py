"""Write docs/gallery/ from finished runs: `python docs/make_gallery.py [--results results/gallery] [--films FOLDER]`.

For each loop its film as an animated picture that web pages show, its drawings, and the whole report; of the loops in FOLDER,
another results folder, the film and the figures alone.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.artifacts.io import read_json  # noqa: E402
from video2reward.artifacts.job_record import record_of  # noqa: E402
from video2reward.errors import UserError  # noqa: E402
from video2reward.jobs.script import run_script  # noqa: E402
from write_loop_page import film_workshop  # noqa: E402

if TYPE_CHECKING:
    from PIL import Image

    from video2reward.report.gather import LoopView

LIMIT = 5_000_000
"""Bytes of the whole gallery."""
STRIDES = 4
WIDTH = 720


def main() -> None:
    """Make the gallery anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("results/gallery"))
    parser.add_argument("--films", type=Path, help="results whose loops are shown by their films")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "gallery")
    args = parser.parse_args()
    report = args.results / "report.html"
    loops, films = gathered(args.results), gathered(args.films) if args.films else []
    shutil.rmtree(args.out, ignore_errors=True)
    args.out.mkdir(parents=True)
    shutil.copyfile(report, args.out / "report.html")
    sections = [section(loop, args.out) for loop in loops]
    sections += [section(loop, args.out, drawn=False) for loop in films]
    (args.out / "README.md").write_text("\n".join([INTRODUCTION, *sections]))
    size = sum(path.stat().st_size for path in args.out.iterdir())
    print(f"{args.out}: {len(sections)} loops, {size / 1e6:.1f} MB")
    if size > LIMIT:
        raise UserError(f"the gallery has {size / 1e6:.1f} MB, its limit is {LIMIT / 1e6:.1f} MB; show less")


def gathered(results: Path) -> list[LoopView]:
    """Return the finished loops of a results folder."""
    from video2reward.report.gather import gather_loop

    records = [record_of(page) for page in sorted(results.glob("*/seed*/report.html"))]
    if record_of(results / "report.html") is None or not records:
        raise UserError(
            f"{results / 'report.html'} is not there or has no record; make it first: make gallery"
        )
    return [gather_loop(results, json.loads(record.params)["loop"]) for record in records if record]


INTRODUCTION = """# An example

For those who want to see results before they run anything. Made by `make gallery`: the output of `make run` on two processor
cores, from a dog's clip and a runner's. In each film, left is the clip with the keypoints found in it, right
the robot under the learned policy at the same phase of the stride. Films of Unitree's Go2 and G1, which learn from the same
clips, stand at the end. The rewards were written by the `template` provider, which is no language model.
[report.html](report.html) is the whole report: save it and open it in a browser.
"""


def section(loop: LoopView, out: Path, drawn: bool = True) -> str:
    """Write one loop's film, and if `drawn` its drawings -> its part of the page."""
    animate(loop, out / f"{loop.experiment}.webp")
    lines = [
        f"## {loop.robot} learns {loop.video}",
        "",
        f"![The clip and the robot]({loop.experiment}.webp)",
        "",
    ]
    lines += table(read_json(Path(loop.folder.best_summary)))
    return "\n".join([*lines, *(drawings(loop, out) if drawn else []), ""])


def drawings(loop: LoopView, out: Path) -> list[str]:
    """Write one loop's drawings -> the lines that show them."""
    from video2reward.report.plots import joint_heatmap, learning_curves, trajectories

    drawn = {
        "learning": ("success and episode length while learning", learning_curves(loop.candidates)),
        "joints": ("difference from the video, joint by joint; 1 is standing still", joint_heatmap(loop)),
        "feet": ("the feet's paths, robot against video", trajectories(loop)),
    }
    lines = []
    for name, (words, svg) in drawn.items():
        file = f"{loop.experiment}_{name}.svg"
        (out / file).write_text(svg)
        lines.append(f"![{words}]({file})")
    return lines


def table(summary: dict[str, dict[str, float | None]]) -> list[str]:
    """Return the headline figures as Markdown."""
    names = {
        "gait_distance": "gait distance, body lengths (0 is the video's motion)",
        "falls": "part of the robots that fell in 20 s",
        "speed_ratio": "speed / the video's on this robot",
        "velocity_error": "velocity error, m/s",
    }
    rows = [
        f"| {words} | {summary['base'][name]:.3f} | {summary['best'][name]:.3f} |"
        for name, words in names.items()
    ]
    return ["| | base policy | learned from the clip |", "|---|---|---|", *rows, ""]


def animate(loop: LoopView, path: Path) -> None:
    """Write STRIDES strides of the loop's film as an animated WebP, which repeats without a jump."""
    from video2reward.report.films import make_film

    film = make_film(loop.footage(), film_workshop(), float("inf"))
    if film is None or film.pairing is None:
        raise UserError(f"{loop.folder} has no robot to show")
    content = io.BytesIO(base64.b64decode(film.address.partition(",")[2]))
    first = film.frames // 4
    last = first + round(STRIDES * loop.motion.period_s * film.fps)
    pictures = read(content, first, min(last, film.frames))
    shown = {"duration": round(1000 / film.fps), "loop": 0, "quality": 45, "method": 6}
    pictures[0].save(path, save_all=True, append_images=pictures[1:], **shown)


def read(film: io.BytesIO, first: int, last: int) -> list[Image.Image]:
    """Return pictures [first, last) of a film, WIDTH px wide."""
    import av
    from PIL import Image

    with av.open(film) as container:
        frames = [frame for i, frame in enumerate(container.decode(video=0)) if first <= i < last]
    size = (WIDTH, round(WIDTH * frames[0].height / frames[0].width))
    return [frame.to_image().resize(size, Image.Resampling.LANCZOS) for frame in frames]


if __name__ == "__main__":
    run_script(main)
