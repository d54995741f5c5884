"""The quantities in the tables, and their computation from the loops' evaluations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from video2reward.artifacts.success import success_words
from video2reward.scores.normalised import human_normalised
from video2reward.tables.numbers import Number, Quantity, Value, evaluated, over_clips
from video2reward.tables.runs import ClipColumn
from video2reward.tables.study import Study

PAPER_DTW = Quantity(
    "paper_dtw",
    "paper's DTW",
    "parts of the picture or box, summed",
    "less",
    ("deterministic", "paper", "raw_sum"),
)
PAPER_DTW_MEAN = Quantity(
    "paper_dtw_per_sample", "paper's DTW, per sample", "parts of the picture or box", "less",
    ("deterministic", "paper", "per_sample"),
)  # fmt: skip
GAIT = Quantity(
    "gait_distance", "gait distance", "body lengths", "less", ("deterministic", "gait", "distance")
)
STANDING = Quantity(
    "standing_distance", "standing still", "body lengths", "less", ("deterministic", "gait", "standing")
)
PERIOD = Quantity(
    "period_ratio", "stride period / clip's", "1 is right", "", ("deterministic", "gait", "period_ratio")
)
JUDGED = Quantity(
    "judged_distance",
    "gait distance with posture",
    "body lengths",
    "less",
    ("deterministic", "posture", "distance"),
)
LEAN = Quantity(
    "lean_error",
    "lean off",
    "degrees, forward +; 0 is right",
    "",
    ("deterministic", "posture", "errors", "lean"),
)
LEGS = Quantity(
    "legs_error",
    "feet off",
    "degrees, ahead +; 0 is right",
    "",
    ("deterministic", "posture", "errors", "legs"),
)
KNEES = Quantity(
    "knees_error",
    "knees off",
    "degrees, bent +; 0 is right",
    "",
    ("deterministic", "posture", "errors", "knees"),
)
HIPS = Quantity(
    "hip_height_error", "hips off", "standing leg lengths, high +; 0 is right", "",
    ("deterministic", "posture", "errors", "hip_height"),
)  # fmt: skip
POSTURE = (JUDGED, LEAN, LEGS, KNEES, HIPS)
FALLS = Quantity("falls", "falls", "part of the robots", "less", ("deterministic", "falls"))
SPEED = Quantity("speed_ratio", "speed / clip's", "1 is right", "", ("deterministic", "speed_ratio"))
H_MTS = Quantity("h_mts", "H_mts", "success a step, highest of the training", "more", ("h_mts",))
SUCCESS = Quantity(
    "success",
    "success, unbiased",
    "a step, deterministic, full episodes",
    "more",
    ("deterministic", "success", "mean"),
)
SMOOTHNESS = Quantity(
    "smoothness",
    "feet's smoothness",
    "log dimensionless jerk",
    "more",
    ("deterministic", "smoothness", "mean"),
)
WISH = Quantity("wish", "wish fulfilled", "part, 0 to 1", "more", ("deterministic", "wish", "success"))
HNS_PUBLISHED = Quantity("hns_published", "human-normalised, by H_mts", "0 sparse, 1 human", "more")
HNS = Quantity("hns", "human-normalised, unbiased", "0 sparse, 1 human", "more")
TABLE3_DTW = Quantity(
    "table3_dtw", "paper's DTW", "parts of the picture or box, summed", "less", PAPER_DTW.keys
)
GAIT_RATIO = Quantity("gait_ratio", "gait distance / Human's", "", "less")
_SCORE = {HNS_PUBLISHED.name: H_MTS, HNS.name: SUCCESS}


def with_task_words(
    study: Study, columns: Sequence[tuple[ClipColumn, Quantity]]
) -> list[tuple[ClipColumn, Quantity]]:
    """Return the columns with the unit and best value of success taken from each robot's evaluations."""
    told = {run.planned.robot: success_words(run.evaluation) for run in study.runs if not run.failure}
    found = []
    for clip, quantity in columns:
        words = told.get(clip.robot)
        if words and quantity.name in (H_MTS.name, SUCCESS.name):
            quantity = replace(quantity, unit=f"{words.unit}, {quantity.unit}; {words.best}")
        found.append((clip, quantity))
    return found


def expert_terms(study: Study, robot: str) -> list[Quantity]:
    """Return the terms of the expert's reward for a robot, from its evaluations and the paper."""
    found: dict[str, None] = {}
    for run in study.runs:
        if run.planned.robot == robot:
            found |= dict.fromkeys((run.evaluation.get("deterministic") or {}).get("expert") or {})
    for name in ("r_lin", "r_ang", "r_up", "r_alive"):
        numbers = [places for paper in study.papers for places in paper.numbers.get(name, {}).values()]
        if any(robot in places for places in numbers):
            found.setdefault(name)
    found.pop("definitions", None)
    return [
        Quantity(name, name, "sum over a published episode", "more", ("deterministic", "expert", name))
        for name in found
    ]


def wish(study: Study) -> list[Quantity]:
    """Return the column of the user's wish, if something of one was measured."""
    told = ((run.evaluation.get("deterministic") or {}).get("wish") for run in study.runs if not run.failure)
    return [WISH] if any(told) else []


def measure(study: Study, method: str, clip: ClipColumn, quantity: Quantity) -> Number:
    """Return a method's number on a clip, or over all of the robot's clips if `clip` has no video."""
    published = study.published(quantity.name, method, clip)
    if not clip.video:
        parts = [measure(study, method, one, quantity) for one in study.clips if one.robot == clip.robot]
        return over_clips(parts, clip, published)
    absent = study.absence(method, clip)
    if quantity.name == GAIT_RATIO.name:
        values = _relative(study, method, clip)
    elif quantity.name in _SCORE:
        values = _normalised(study, method, clip, _SCORE[quantity.name])
    else:
        values = tuple(evaluated(run, quantity) for run in study.of(method, clip))
    return Number(quantity, method, clip, values, absent, published)


def _normalised(study: Study, method: str, clip: ClipColumn, score: Quantity) -> tuple[Value, ...]:
    """Return each seed's human-normalised score, relative to the mean scores of human and sparse."""
    own = [evaluated(run, score) for run in study.of(method, clip)]
    human, sparse = (_anchor(study, name, clip, score) for name in ("human", "sparse"))
    values = []
    for one in own:
        sources = (*one.sources, *human.sources, *sparse.sources)
        missing = one.missing or human.missing or sparse.missing
        value = None
        if one.value is not None and human.value is not None and sparse.value is not None:
            value = human_normalised(one.value, human.value, sparse.value)
            if not np.isfinite(value):
                value, missing = None, "human and sparse score the same"
        values.append(Value(one.loop, one.seed, value, sources, missing))
    return tuple(values)


def _relative(study: Study, method: str, clip: ClipColumn) -> tuple[Value, ...]:
    """Return each seed's gait distance divided by the mean of human's seeds."""
    human = _anchor(study, "human", clip, GAIT)
    values = []
    for one in (evaluated(run, GAIT) for run in study.of(method, clip)):
        known = one.value is not None and human.value
        value = one.value / human.value if known else None  # type: ignore[operator]
        sources = (*one.sources, *human.sources)
        values.append(Value(one.loop, one.seed, value, sources, one.missing or human.missing))
    return tuple(values)


def standing(study: Study, clip: ClipColumn) -> Number:
    """Return the gait distance of a standing robot, which is the same in every evaluation of a clip."""
    found = [evaluated(run, STANDING) for run in study.runs if run.planned.clip == clip and not run.failure]
    known = [value for value in found if value.value is not None]
    return Number(STANDING, "", clip, tuple(known[:1]), "" if known else "no policy was judged")


def _anchor(study: Study, method: str, clip: ClipColumn, score: Quantity) -> Value:
    """Return the mean score of human or sparse, with the artefacts of all its seeds."""
    values = [evaluated(run, score) for run in study.of(method, clip)]
    known = [value.value for value in values if value.value is not None]
    sources = tuple(f"{source} ({method})" for value in values for source in value.sources)
    if not known:
        why = study.absence(method, clip) or f"{method} has no score"
        return Value(method, -1, None, sources, f"needs the score of {method}, {why}")
    return Value(method, -1, float(np.mean(known)), sources)


def per_clip(study: Study, quantities: Sequence[Quantity]) -> list[tuple[ClipColumn, Quantity]]:
    """Return the columns: every quantity for every clip."""
    return [(clip, quantity) for clip in study.clips for quantity in quantities]


def per_robot(study: Study, quantities: Sequence[Quantity]) -> list[tuple[ClipColumn, Quantity]]:
    """Return the columns: every quantity, averaged over each robot's clips."""
    return [(ClipColumn(robot, ""), quantity) for robot in study.robots for quantity in quantities]
