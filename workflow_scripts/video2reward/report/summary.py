"""`report.json`: a loop's row in the overview of all loops."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import read_json, write_json
from video2reward.errors import UserError
from video2reward.report.gather import LoopView
from video2reward.report.scores import scores


@dataclass(frozen=True)
class Summary:
    """A loop's entry in the overview; figures are None where missing.

    best: whether any candidate could be used; distance, base_distance, standing: gait distances of the best policy,
    the base policy and a standing robot, body lengths; falls: fraction of robots; speed_ratio: to the clip's speed
    anchor: the loop's anchor on its page
    """

    experiment: str
    seed: int
    robot: str
    video: str
    best: bool
    distance: float | None
    base_distance: float | None
    standing: float | None
    falls: float | None
    speed_ratio: float | None
    failed: int
    candidates: int
    anchor: str

    def row(self) -> dict[str, Any]:
        """Return field -> value."""
        return asdict(self)


def summarise(loop: LoopView) -> Summary:
    """Return a loop's entry in the overview."""
    score = {row.name: row for row in scores(loop)}
    return Summary(
        experiment=loop.experiment,
        seed=loop.seed,
        robot=loop.robot,
        video=loop.video,
        best=loop.best is not None,
        distance=score["gait distance"].best,
        base_distance=score["gait distance"].base,
        standing=loop.standing,
        falls=score["falls"].best,
        speed_ratio=score["speed ratio"].best if "speed ratio" in score else None,
        failed=len(loop.failures),
        candidates=len(loop.candidates),
        anchor=loop.anchor,
    )


def write_summary(path: Path, summary: Summary, provenance: dict[str, Any]) -> None:
    """Write report.json."""
    write_json(path, {**summary.row(), "provenance": provenance})


def read_summary(path: Path) -> Summary:
    """Read report.json; a file with missing fields is a `UserError`."""
    found = read_json(path)
    names = [field.name for field in fields(Summary)]
    if missing := [name for name in names if name not in found]:
        raise UserError(f"{path} lacks {', '.join(missing)}; remove it and run again")
    return Summary(**{name: found[name] for name in names})
