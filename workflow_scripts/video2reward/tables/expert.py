"""The expert scores of a method's policies, and of its winners round by round."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import read_json
from video2reward.artifacts.selection import read_selection
from video2reward.scores.expert_score import DEFINITION, expert_score
from video2reward.tables.numbers import Number, Quantity, Value, dig
from video2reward.tables.runs import ClipColumn, Run
from video2reward.tables.study import Study

EXPERT = Quantity("expert_score", "expert score", "0 to 1", "more", definition=DEFINITION, limits=(0.0, 1.0))
LEVELS = replace(EXPERT, name="expert_score_of_levels")


def in_round(n: int) -> Quantity:
    """Return the expert score of a round's winner."""
    return replace(EXPERT, name=f"{EXPERT.name}_round_{n}", label=f"expert score, round {n}")


def measure_expert(study: Study, method: str, clip: ClipColumn, quantity: Quantity) -> Number:
    """Return the expert scores of a method's policies on a clip, or of its winners in the quantity's round."""
    runs = study.of(method, clip)
    if quantity.name in (EXPERT.name, LEVELS.name):
        values = [_score(run, run.evaluation, run.folder.evaluation) for run in runs]
    else:
        values = [_score_in_round(run, int(quantity.name.rpartition("_")[2])) for run in runs]
    published = study.published(quantity.name, method, clip)
    return Number(quantity, method, clip, tuple(values), study.absence(method, clip), published)


def _score(run: Run, evaluation: Mapping[str, Any], file: Path) -> Value:
    """Return a policy's expert score by its evaluation, the content of `file`."""
    sources = (
        f"{run.source(file)}: deterministic",
        f"{run.source(run.reference_file)}: target, cycle",
    )
    if run.failure:
        return Value(run.name, run.seed, None, sources, run.failure)
    falls, speed, gait, posture, standing = (
        dig(evaluation, ("deterministic", *keys))
        for keys in (
            ("falls",),
            ("speed_ratio",),
            ("gait", "distance"),
            ("posture", "distance"),
            ("gait", "standing"),
        )
    )
    distance = gait if posture is None else posture  # an evaluation of an earlier version has no posture
    if falls is None or distance is None or standing is None:
        return Value(run.name, run.seed, None, sources, "falls or gait distance are not in the evaluation")
    score = expert_score(falls, speed, distance, standing, run.reach)
    if not math.isfinite(score):
        why = "the motion in the robot's reach is no nearer to the clip than standing still"
        return Value(run.name, run.seed, None, sources, why)
    return Value(run.name, run.seed, score, sources)


def _score_in_round(run: Run, n: int) -> Value:
    """Return the score of a round's winner; of islands, which have one each, the highest."""
    rounds = run.planned.iterations
    if n > rounds:
        return Value(run.name, run.seed, None, (), f"it has {rounds} round{'s' * (rounds > 1)}")
    found = [_score_of_node(run, node, n) for node in run.planned.graph.in_round(n)]
    return max(found, key=lambda one: -math.inf if one.value is None else one.value)


def _score_of_node(run: Run, node: int, n: int) -> Value:
    folder = run.folder.round(node)
    winner = read_selection(folder.selection).winner
    if winner is None:
        sources = (f"{run.source(folder.selection)}: winner",)
        return Value(run.name, run.seed, None, sources, f"all candidates of round {n} failed")
    file = folder.candidate(winner).evaluation
    return _score(run, read_json(file), file)
