"""The conformance table: every simulator and robot, and each check of the suite that they must pass.

    python benchmarks/conformance.py [--only mujoco_warp]

Runs tests/conformance/test_simulators.py (about ten minutes of one core) and prints a row a check: worlds passed of
those tried, over tasks and controls; "-" where a check does not apply or the simulator cannot run here.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUITE = ROOT / "tests" / "conformance" / "test_simulators.py"
CASE = re.compile(r"test_(?P<check>\w+)\[(?P<simulator>\w+)-(?P<robot>\w+)-\w+-\w+\]")


def main() -> None:
    """Run the suite and print its table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="part of the tests' names, such as a simulator's")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record.xml"
        command = [sys.executable, "-m", "pytest", "-q", str(SUITE), f"--junitxml={record}", "-k", args.only]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        table = read(record)
    print_table(table)
    sys.exit(code)


def read(record: Path) -> dict[str, dict[tuple[str, str], Counter[str]]]:
    """Count outcomes in pytest's record: check -> (simulator, robot) -> "passed", "failed" or "skipped"."""
    table: dict[str, dict[tuple[str, str], Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for case in ET.parse(record).getroot().iter("testcase"):
        found = CASE.fullmatch(case.get("name", ""))
        if found:
            outcome = (
                "skipped" if case.find("skipped") is not None else "passed" if not len(case) else "failed"
            )
            place = found["simulator"], found["robot"]
            table[found["check"].replace("_", " ")][place][outcome] += 1
    return table


def print_table(table: dict[str, dict[tuple[str, str], Counter[str]]]) -> None:
    """Print the table in Markdown."""
    places = list(dict.fromkeys(place for row in table.values() for place in row))
    print("\n| check | " + " | ".join(f"{simulator}, {robot}" for simulator, robot in places) + " |")
    print("|---" * (len(places) + 1) + "|")
    for check, row in table.items():
        print(f"| {check} | " + " | ".join(_cell(row[place]) for place in places) + " |")


def _cell(outcomes: Counter[str]) -> str:
    tried = outcomes["passed"] + outcomes["failed"]
    return f"{outcomes['passed']} of {tried}" if tried else "-"


if __name__ == "__main__":
    main()
