"""The second paper's figure (Mahesheka et al.): expert score, preference, one model against two, convergence."""

from __future__ import annotations

from functools import partial

from video2reward.tables.expert import EXPERT, LEVELS, in_round, measure_expert
from video2reward.tables.numbers import Quantity, Table, fill
from video2reward.tables.papers import YARDSTICK
from video2reward.tables.preferred import PREFERENCE, measure_preference, tally_films
from video2reward.tables.published import Published
from video2reward.tables.runs import ClipColumn
from video2reward.tables.study import Study

ONE_MODEL, TWO_MODELS = "bilevel_single", "bilevel"


def make_expert_tables(study: Study, paper: Published) -> list[Table]:
    """Return the second paper's tables in page order."""
    rows, beside = partial(_rows, study, paper), _beside(study, paper)
    score = partial(measure_expert, study)
    return [
        fill(
            "expert_score",
            "Mahesheka et al., Figure 5, left: expert score",
            "How much of an expert's performance each method's policies have. 0: all robots fall; 1/3: they stand still; 1: they "
            f"move by the clip's motion in their reach. {beside} {_elsewhere(study, paper)}",
            [(clip, EXPERT) for clip in study.clips],
            rows(EXPERT),
            score,
            YARDSTICK,
        ),
        fill(
            "preference",
            "Mahesheka et al., Figure 5, right: human preference",
            "Which method's robot moves more like the video, film against film of each method's seed with the median gait "
            f"distance. Interval: 95 %, Wilson's, over n comparisons. To ask: make prefer GROUP={study.group}. {beside}",
            [(clip, PREFERENCE) for clip in study.clips],
            rows(PREFERENCE),
            partial(measure_preference, study, {clip: tally_films(study, clip) for clip in study.clips}),
        ),
        fill(
            "levels",
            "Mahesheka et al., ablation: one model against two",
            "Expert score where the model that writes the reward looks at the pictures itself, and where another model looks "
            f"and it is told what that one says. g is here against one model. {beside}",
            [(clip, LEVELS) for clip in study.clips],
            [ONE_MODEL, TWO_MODELS],
            score,
            ONE_MODEL,
        ),
        fill(
            "convergence",
            "Mahesheka et al., convergence: expert score over rounds",
            "Expert score of each round's winner, judged over evaluation.short_seconds. Methods with one round are left out. "
            f"{beside}",
            [(clip, in_round(n)) for clip in study.clips for n in range(1, _rounds(study, clip) + 1)],
            [name for name in rows(in_round(1)) if name in _repeated(study)],
            score,
        ),
    ]


def _rounds(study: Study, clip: ClipColumn) -> int:
    """Return the number of columns of the convergence: of the plan's rounds or the paper's, whichever are more."""
    rounds = max(one.iterations for one in study.planned if one.clip == clip)
    while study.published(in_round(rounds + 1).name, TWO_MODELS, clip) is not None:
        rounds += 1
    return rounds


def _repeated(study: Study) -> set[str]:
    """Return the methods with several rounds, and the paper's."""
    return {one.method for one in study.planned if one.iterations > 1} | {TWO_MODELS}


def _rows(study: Study, paper: Published, quantity: Quantity) -> list[str]:
    """Return the methods of a table's rows, without the paper's that have neither a method here nor its number."""
    found = []
    for name in study.rows_of(paper):
        numbers = [study.published(quantity.name, name, clip) for clip in study.clips]
        if not study.row(name).missing or any(number is not None for number in numbers):
            found.append(name)
    return found


def _beside(study: Study, paper: Published) -> str:
    """Say which of the paper's tasks stand beside our clips."""
    places = [f"{clip.robot}/{clip.video}" for clip in study.clips]
    shown = [f"{paper.task(place)} beside {place}" for place in places if paper.task(place)]
    return f"The paper's numbers: {', '.join(shown)}." if shown else ""


def _elsewhere(study: Study, paper: Published) -> str:
    """Say which of the paper's tasks have no clip in this group."""
    own = {f"{clip.robot}/{clip.video}" for clip in study.clips}
    others = [f"{task} ({', '.join(at)})" for task, at in paper.tasks.items() if not own & {*at}]
    return f"Its tasks without a clip in this group: {', '.join(others)}." if others else ""
