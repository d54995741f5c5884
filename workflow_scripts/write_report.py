"""Write the report: an overview of all loops, with their pages inside if they are few."""

from __future__ import annotations

from pathlib import Path

from video2reward.artifacts.io import write_text
from video2reward.jobs.script import Script, run_script


def main() -> None:
    script = (
        Script(__doc__ or "").input("pages", "summaries", "templates", many=True).output("report").parse()
    )

    from video2reward.report.loop_page import build_overview
    from video2reward.report.provenance import read_jobs
    from video2reward.report.summary import read_summary

    results, args = Path(script.params["results"]), script.args
    page = build_overview(
        [read_summary(path) for path in args.summaries],
        args.pages,
        read_jobs(results),
        args.templates[0].parent,
        results,
        script.provenance()["versions"],
    )
    write_text(script.path("report"), page)
    print(f"wrote {script.path('report')}: {len(args.pages)} loops, {len(page.encode()) / 1e6:.1f} MB")


if __name__ == "__main__":
    run_script(main)
