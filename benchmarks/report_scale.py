"""Cost of a report with many loops: a finished loop is copied to many seeds, with all records.

    python benchmarks/report_scale.py [--results results] [--loops 60]

Prints processor time, peak memory and size of one loop's page and of the overview. Takes a few seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.artifacts.job_record import read_job_record  # noqa: E402

TEMPLATES = [str(path) for path in sorted((ROOT / "resources" / "report").iterdir())]


def main() -> None:
    """Make one page and the overview of many loops, and print what it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--loops", type=int, default=60)
    args = parser.parse_args()
    records = sorted(args.results.glob("*/seed*/logs/write_loop_page.json"))
    if not records:
        raise SystemExit(f"error: no finished loop under {args.results}; run the workflow first")
    first = records[0].parents[1]
    loop = json.loads(read_job_record(records[0]).params)["loop"]
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results"
        for shared in ("videos", "robots"):
            shutil.copytree(args.results / shared, results / shared)
        own = results / first.parent.name
        shutil.copytree(first.parent, own, ignore=shutil.ignore_patterns("seed*"))
        pages = [own / f"seed{seed}" / "report.html" for seed in range(args.loops)]
        for page in pages:
            shutil.copytree(first, page.parent, ignore=shutil.ignore_patterns("report.*"))
        params = {
            "results": str(results),
            "overview": str(results / "report.html"),
            "loop": loop | {"seed": 0},
        }
        files = ["--page", str(pages[0]), "--summary", str(pages[0].with_suffix(".json"))]
        made = run("write_loop_page", params, files)
        row = json.loads(pages[0].with_suffix(".json").read_text())
        for seed, page in enumerate(
            pages[1:], start=1
        ):  # the others' pages are as large; each is made by its own job
            shutil.copyfile(pages[0], page)
            page.with_suffix(".json").write_text(json.dumps(row | {"seed": seed}))
        report = results / "report.html"
        rows = [str(page.with_suffix(".json")) for page in pages]
        files = ["--pages", *map(str, pages), "--summaries", *rows, "--report", str(report)]
        overview = run("write_report", {"results": str(results)}, files)
        print(f"{'':24}{'processor s':>12}{'most MB':>9}{'MB':>8}")
        print(f"{'a loop and its page':24}{made[0]:12.1f}{made[1]:9.0f}{pages[-1].stat().st_size / 1e6:8.2f}")
        print(
            f"{f'overview of {args.loops} loops':24}{overview[0]:12.1f}{overview[1]:9.0f}{report.stat().st_size / 1e6:8.2f}"
        )


def run(script: str, params: dict[str, object], files: list[str]) -> tuple[float, float]:
    """Run one of the report's scripts -> its processor seconds and its most memory, MB."""
    command = [
        sys.executable,
        str(ROOT / "workflow_scripts" / f"{script}.py"),
        "--params",
        json.dumps(params),
    ]
    process = subprocess.Popen([*command, "--templates", *TEMPLATES, *files], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"error: {script} ended with status {os.waitstatus_to_exitcode(status)}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3


if __name__ == "__main__":
    main()
