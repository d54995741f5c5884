"""Explain how a file was made: which job, when, with which inputs, settings and code, back to the video."""

from __future__ import annotations

import argparse
from pathlib import Path

from video2reward.errors import UserError
from video2reward.explain.why import why_page
from video2reward.jobs.script import run_script


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", default="", help="a file that the workflow made")
    parser.add_argument(
        "--results", type=Path, default=Path("results"), help="where to look for similar names"
    )
    args = parser.parse_args()
    if not args.file:
        raise UserError("which file? For example: make why FILE=results/report.html")
    print(why_page(Path(args.file), args.results), end="")


if __name__ == "__main__":
    run_script(main)
