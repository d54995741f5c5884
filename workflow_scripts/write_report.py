"""Write the report: one self-contained page about all loops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from video2reward.artifacts.io import write_text
from video2reward.script import Script, run_script

if TYPE_CHECKING:
    from video2reward.report.films import Workshop


def main() -> None:
    script = Script(__doc__ or "").input("evaluations", "templates", many=True).output("report").parse()

    from video2reward.report.gather import gather_loop
    from video2reward.report.page import build_page
    from video2reward.report.rounds import round_costs, round_in_words

    results = Path(script.params["results"])
    loops = [gather_loop(results, loop) for loop in script.params["loops"]]
    templates = script.args.templates[0].parent
    page = build_page(loops, templates, results, script.provenance()["versions"], film_workshop())
    write_text(script.path("report"), page)
    for loop in loops:
        for cost in round_costs(loop):
            print(f"{loop.experiment}, seed {loop.seed}, {round_in_words(cost)}")
    print(f"wrote {script.path('report')}: {len(loops)} loops, {len(page.encode()) / 1e6:.1f} MB")


def film_workshop() -> Workshop:
    """Return what the report needs of the stages that make films."""
    from video2reward.report.films import Workshop
    from video2reward.rollout.film import FPS, typical_agent
    from video2reward.video.film import write_film

    return Workshop(read=_pictures, write=write_film, filmed=typical_agent, fps=FPS)


def _pictures(film: Path) -> Iterator[np.ndarray]:
    """Yield a film's pictures, (H, W, 3) RGB."""
    from video2reward.video.decode import decode

    return (picture.bgr[:, :, ::-1] for picture in decode(film))


if __name__ == "__main__":
    run_script(main)
