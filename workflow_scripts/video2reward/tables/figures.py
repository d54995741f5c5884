"""The papers' figures: bars, curves over rounds, film strips, foot trajectories; numbered as in the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from video2reward.similarity.foot_paths import aligned_feet
from video2reward.tables import quantities as q
from video2reward.tables.curves import curves
from video2reward.tables.drawings import Panel, bars, foot_drawing, matrices
from video2reward.tables.expert import EXPERT, LEVELS
from video2reward.tables.matrix import Matrix
from video2reward.tables.numbers import Table
from video2reward.tables.preferred import PREFERENCE
from video2reward.tables.runs import ClipColumn, Run
from video2reward.tables.strips import Projector, Strip, make_strips
from video2reward.tables.study import Study

QUADRUPEDS, BIPEDS = "figure4", "figure6"
"""The paper's film strips: Figure 4 for quadrupeds, Figure 6 for humanoids."""


@dataclass(frozen=True)
class Figures:
    """drawings: file name -> SVG; strips: figure -> strips; feet_sources: of figure 5, relative to the results."""

    drawings: dict[str, str]
    strips: dict[str, list[Strip]]
    feet_sources: tuple[str, ...]


def make_figures(
    study: Study, tables: Sequence[Table], found: Sequence[Matrix], projector: Projector
) -> Figures:
    """Make all figures; one without data says so."""
    labels = {row.name: row.label for row in study.rows}
    by_name = {table.name: table for table in tables}
    terms = [term for robot in study.robots for term in q.expert_terms(study, robot)]
    drawings = {
        "figure3": bars(by_name["figure3"], [q.HNS_PUBLISHED, q.HNS, q.H_MTS, q.SUCCESS], labels),
        "table1": bars(by_name["table1"], [q.PAPER_DTW, q.GAIT], labels),
        "table2": bars(by_name["table2"], terms, labels),
        "table3": bars(by_name["table3"], [q.HNS_PUBLISHED, q.HNS, q.TABLE3_DTW, q.GAIT], labels),
        "expert_score": bars(by_name["expert_score"], [EXPERT], labels),
        "preference": bars(by_name["preference"], [PREFERENCE], labels),
        "levels": bars(by_name["levels"], [LEVELS], labels),
        "convergence": curves(by_name["convergence"], labels),
        "matrix": matrices(found, labels),
    }
    strips: dict[str, list[Strip]] = {}
    sources: list[str] = []
    panels: list[Panel] = []
    for clip in study.clips:
        runs = [(row.label, study.median(row.name, clip)) for row in study.rows]
        able = [(label, run) for label, run in runs if run is not None]
        drawn, read = _feet(able, named=len(study.clips) > 1)
        panels += drawn
        sources += read
        kind = QUADRUPEDS if _legs(study, clip) > 2 else BIPEDS
        strips.setdefault(kind, []).extend(make_strips(study, clip, projector))
    drawings["figure5"] = foot_drawing(panels)
    return Figures(drawings, strips, tuple(sources))


def right_foot(run: Run) -> int:
    """Return the index of the reference's foot that the paper shows: the right one, of four the right hind one."""
    names = run.reference.limb_names
    right = [place for place, name in enumerate(names) if name.lower().startswith("r")]
    return right[-1] if right else len(names) - 1


def _feet(able: Sequence[tuple[str, Run]], named: bool) -> tuple[list[Panel], list[str]]:
    """Return a clip's panels and their source artefacts; named: whether titles include the clip."""
    panels: list[Panel] = []
    sources: list[str] = []
    for label, run in able:
        rollout = run.rollout()
        if not len(rollout.fell_at):
            continue
        _, robot, video = aligned_feet(rollout, run.reference)
        foot = right_foot(run)
        title = f"{label}\n{run.planned.video}" if named else label
        panels.append((title, robot[:, foot], video[:, foot]))
        sources.append(run.source(run.last.rollout))
    return panels, sources


def _legs(study: Study, clip: ClipColumn) -> int:
    run = next(run for run in study.runs if run.planned.clip == clip)
    return len(run.reference.limb_names)
