"""Write a loop's page: its video, scores, curves and rewards, and its row of the overview."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from video2reward.artifacts.io import write_text
from video2reward.jobs.script import Script, run_script

if TYPE_CHECKING:
    from video2reward.report.films import Workshop


def main() -> None:
    script = Script(__doc__ or "").input("templates", many=True).output("page", "summary")
    script.input("evaluation", "base", "rollout", "film", "overlay", "physics", optional=True)
    script.input(
        "selections", "feedbacks", "critiques", "tunings", "pictures", "judges", optional=True, many=True
    ).parse()

    from video2reward.report.gather import gather_loop
    from video2reward.report.loop_page import build_loop_page
    from video2reward.report.provenance import folders_of_loop, read_jobs
    from video2reward.report.rounds import round_costs, round_in_words
    from video2reward.report.summary import summarise, write_summary

    results, plan = Path(script.params["results"]), script.params["loop"]
    loop = gather_loop(results, plan)
    jobs = read_jobs(results, folders_of_loop(loop.experiment, loop.seed, loop.practice, loop.video))
    page_path, templates = script.path("page"), script.args.templates[0].parent
    overview = os.path.relpath(script.params["overview"], page_path.parent)
    page = build_loop_page(loop, jobs, templates, film_workshop(), overview)
    write_text(page_path, page)
    write_summary(script.path("summary"), summarise(loop), script.provenance())
    for cost in round_costs(loop):
        print(f"{loop.experiment}, seed {loop.seed}, {round_in_words(cost)}")
    print(f"wrote {page_path}: {len(page.encode()) / 1e6:.1f} MB")


def film_workshop() -> Workshop:
    """Return the functions of the video-rendering stages that the page needs."""
    from video2reward.report.films import Workshop
    from video2reward.rollout.film import FPS, typical_agent
    from video2reward.video.decode import film_pictures
    from video2reward.video.film import write_film

    return Workshop(read=film_pictures, write=write_film, filmed=typical_agent, fps=FPS)


if __name__ == "__main__":
    run_script(main)
