"""Write the report: one self-contained page about all loops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from video2reward.artifacts.io import write_text
from video2reward.script import Script, run_script

TEMPLATES = Path(__file__).resolve().parent.parent / "resources" / "report"


def main() -> None:
    script = Script(__doc__ or "").input("evaluations", many=True).output("report").parse()

    from video2reward.report.films import Workshop
    from video2reward.report.gather import gather_loop
    from video2reward.report.page import build_page
    from video2reward.rollout.film import FPS, typical_agent
    from video2reward.video.film import write_film

    results = Path(script.params["results"])
    loops = [gather_loop(results, loop) for loop in script.params["loops"]]
    workshop = Workshop(read=_pictures, write=write_film, filmed=typical_agent, fps=FPS)
    page = build_page(loops, TEMPLATES, results, script.provenance()["versions"], workshop)
    write_text(script.path("report"), page)
    print(f"wrote {script.path('report')}: {len(loops)} loops, {len(page.encode()) / 1e6:.1f} MB")


def _pictures(film: Path) -> Iterator[np.ndarray]:
    """Yield a film's pictures, (H, W, 3) RGB."""
    from video2reward.video.decode import decode

    return (picture.bgr[:, :, ::-1] for picture in decode(film))


if __name__ == "__main__":
    run_script(main)
