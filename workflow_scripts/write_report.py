"""Write the report: one self-contained page about all loops."""

from __future__ import annotations

from pathlib import Path

from video2reward.artifacts.io import write_text
from video2reward.script import Script, run_script

TEMPLATES = Path(__file__).resolve().parent.parent / "resources" / "report"


def main() -> None:
    script = Script(__doc__ or "").input("best", many=True).output("report").parse()

    from video2reward.report.gather import gather_loop
    from video2reward.report.page import build_page

    results = Path(script.params["results"])
    loops = [gather_loop(results, loop) for loop in script.params["loops"]]
    write_text(script.path("report"), build_page(loops, TEMPLATES, script.provenance()["versions"]))
    print(f"wrote {script.path('report')}: {len(loops)} loops")


if __name__ == "__main__":
    run_script(main)
