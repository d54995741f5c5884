"""The first paper's tables 1, 2 and 3, the numbers of its bar chart, and our additional tables."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from video2reward.tables import quantities as q
from video2reward.tables.numbers import Quantity, Table, fill
from video2reward.tables.published import Published
from video2reward.tables.runs import ClipColumn
from video2reward.tables.study import Study

YARDSTICK = "human"
"""The method that effect sizes refer to."""


def make_tables(study: Study, paper: Published) -> list[Table]:
    """Return the tables in page order; paper: the first paper's rows."""
    measure, rows = partial(q.measure, study), study.rows_of(paper)
    make = partial(fill, methods=rows, measure=measure, against=YARDSTICK)
    ablation = [q.HNS_PUBLISHED, q.HNS, q.TABLE3_DTW, q.GAIT]
    standing = {(clip, q.GAIT.name): q.standing(study, clip) for clip in study.clips}
    first = make(
        "table1",
        "Table 1: how unlike the clip",
        "DTW distance of each method on each clip, by the paper's definition and by ours. The paper's compares "
        "survivors alone and hides tempo; ours charges falls and a wrong tempo.",
        q.per_clip(study, [q.PAPER_DTW, q.PAPER_DTW_MEAN, q.GAIT, q.GAIT_RATIO]),
    )
    return [
        replace(first, standing=standing),
        make(
            "table2",
            "Table 2: the experts' own terms",
            "Terms of the published hand-written reward as sums over an episode of the published length, with "
            "the commands of training; mean over the robot's clips.",
            _expert_columns(study),
        ),
        make(
            "table3",
            "Table 3: without video-assisted feedback",
            "Human-normalised score and DTW distance, mean over the robot's clips. Read the rows Eureka, without VAF "
            "and Video2Reward for the paper's ablation.",
            q.per_robot(study, ablation),
        ),
        make(
            "figure3",
            "Figure 3: human-normalised score and maximum training success",
            "By the published H_mts (the highest snapshot of the training) and by the unbiased success (deterministic "
            "policy, full episodes, trained commands). 0 is the sparse reward's, 1 the human's, each the mean of its "
            "seeds; their own spread is not in the intervals. Where the human's is worse than the sparse's, the paper's "
            "formula gives the human -1.",
            q.with_task_words(study, q.per_clip(study, [q.HNS_PUBLISHED, q.HNS, q.H_MTS, q.SUCCESS])),
        ),
        make(
            "gait",
            "How they walk",
            "Falls, speed and tempo at the clip's speed, every robot counted, the fallen too; smoothness of the feet's paths.",
            q.per_clip(study, [q.FALLS, q.SPEED, q.PERIOD, q.SMOOTHNESS, *q.wish(study)]),
            methods=[name for name in rows if name not in study.absent],
        ),
        make(
            "posture",
            "How they hold themselves",
            "Lean of the trunk, direction of the legs from hip to foot, bend of the knees and height of the hips against "
            "what the clip asks of the robot, mean over the stride and the robots that stay up; none of it is in the gait "
            "distance. With it: what the rule `gait` selects by.",
            q.per_clip(study, q.POSTURE),
            methods=[name for name in rows if name not in study.absent],
        ),
    ]


def _expert_columns(study: Study) -> list[tuple[ClipColumn, Quantity]]:
    return [(ClipColumn(robot, ""), term) for robot in study.robots for term in q.expert_terms(study, robot)]
