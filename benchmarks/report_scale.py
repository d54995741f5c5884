"""What the report of many loops takes: a finished loop, copied under many seeds, through the report's own scripts.

    python benchmarks/report_scale.py [--results results] [--loops 60]

Prints processor seconds, most memory and bytes of one loop's page and of the overview. A few seconds a loop.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.artifacts.job_record import read_job_record  # noqa: E402

TEMPLATES = [str(path) for path in sorted((ROOT / "resources" / "report").iterdir())]


def main() -> None:
    """Copy, make all pages and the overview, and print what it took."""
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
        begun, pages = time.monotonic(), []
        for seed in range(args.loops):
            shutil.copytree(first, own / f"seed{seed}", ignore=shutil.ignore_patterns("report.*"))
            pages.append(own / f"seed{seed}" / "report.html")
            params = {
                "results": str(results),
                "overview": str(results / "report.html"),
                "loop": loop | {"seed": seed},
            }
            files = ["--page", str(pages[-1]), "--summary", str(pages[-1].with_suffix(".json"))]
            page = run("write_loop_page", params, files)
            print(f"{seed + 1} of {args.loops} pages, {time.monotonic() - begun:.0f} s", end="\r", flush=True)
        report = results / "report.html"
        rows = [str(page.with_suffix(".json")) for page in pages]
        files = ["--pages", *map(str, pages), "--summaries", *rows, "--report", str(report)]
        overview = run("write_report", {"results": str(results)}, files)
        print(f"{'':24}{'processor s':>12}{'most MB':>9}{'MB':>8}")
        print(f"{'a loop and its page':24}{page[0]:12.1f}{page[1]:9.0f}{pages[-1].stat().st_size / 1e6:8.2f}")
        print(
            f"{f'overview of {args.loops} loops':24}{overview[0]:12.1f}{overview[1]:9.0f}{report.stat().st_size / 1e6:8.2f}"
        )


def run(script: str, params: dict[str, object], files: list[str]) -> tuple[float, float]:
    """Run one of the report's scripts -> processor seconds and the most memory of any script so far, MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [
        sys.executable,
        str(ROOT / "workflow_scripts" / f"{script}.py"),
        "--params",
        json.dumps(params),
    ]
    subprocess.run([*command, "--templates", *TEMPLATES, *files], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, after.ru_maxrss / 1e3


if __name__ == "__main__":
    main()
