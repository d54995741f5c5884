"""Write the tables of docs/robustness.md from what is drawn: `python docs/make_robustness.py`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from video2reward.sim.robustness.table import NOISE, TABLE, Range  # noqa: E402

PAGE = ROOT / "docs" / "robustness.md"
BEGIN, END = "<!-- made by docs/make_robustness.py -->", "<!-- end -->"


def main() -> None:
    """Replace what lies between the marks."""
    PAGE.write_text(page(PAGE.read_text()))


def page(text: str) -> str:
    """Return the page with the tables as they are now."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{rest.partition(END)[2]}"


def tables() -> str:
    """Return what is drawn, and the noise, as two tables."""
    rows = ["| quantity | meaning | unit | `light` | `full` | source |", "|---|---|---|---|---|---|"]
    for name, own in TABLE.items():
        cells = (f"`{name}`", own.meaning, own.unit, _ends(own.light), _ends(own.full), own.source)
        rows.append(f"| {' | '.join(cells)} |")
    rows += ["", "| block of the observation | noise, at most | unit | source |", "|---|---|---|---|"]
    rows += [
        f"| `{block}` | ±{most:g} | {unit} | {source} |" for block, (most, unit, source) in NOISE.items()
    ]
    return "\n".join(rows)


def _ends(ends: Range | None) -> str:
    if ends is None:
        return "-"
    low, high = ends
    if not isinstance(low, tuple) or not isinstance(high, tuple):
        return f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return ", ".join(f"±{top:g}" for top in high)


if __name__ == "__main__":
    main()
