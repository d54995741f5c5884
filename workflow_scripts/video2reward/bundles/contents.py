"""Which files of an experiment a bundle takes along, and which names it may hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from video2reward.artifacts.selection import read_selection
from video2reward.errors import UserError
from video2reward.results.files import Folder
from video2reward.results.layout import LoopFolder, Results, RoundFolder
from video2reward.results.places import EVERY_RECORD, place_of

_ROUND = (
    "parent", "prompt", "prompt_record", "preferences", "selection", "best_policy", "best_reward", "best_curves", "feedback",
    "tuned_reward", "tuning", "critique_prompt", "critique_record", "critique",
)  # fmt: skip
_CANDIDATE = ("completion", "reward", "check", "repairs", "training", "curves", "evaluation")
_KINDS = {
    *_ROUND, *_CANDIDATE, "motion", "reference", "evaluation", "policy", "pictures", "training", "logs",
}  # fmt: skip


def contents(results: Path, experiment: str, practice: str, video: str) -> list[Path]:
    """Return an experiment's files that a bundle holds, below `results`.

    Raises:
        UserError: it has no finished loop
    """
    top = Results(results)
    own, base = top.experiment(experiment), top.robot(practice).base("base")
    found = [top.video(video).motion, own.reference, base.training, own.base("base").evaluation]
    found += [*_records(top.video(video)), *_records(base), *_records(own)]
    loops = finished_loops(results, experiment)
    if not loops:
        raise UserError(
            f"{results} holds no finished loop of the experiment {experiment}; run it first, or name another folder "
            "with RESULTS="
        )
    for loop in loops:
        found += [loop.evaluation, *_records(loop)]
        for number in range(1, last_round(loop) + 1):
            found += _of_round(loop.round(number))
    return sorted({path for path in found if path.is_file() and not path.is_symlink()})


def finished_loops(results: Path, experiment: str) -> list[LoopFolder]:
    """Return the loops of an experiment that were judged to the end, in the order of their seeds."""
    own = Results(results).experiment(experiment)
    found = own.path.glob(own.loop("*").path.name)
    seeds = [
        place.seed for path in found if (place := place_of(LoopFolder(path).evaluation.relative_to(results)))
    ]
    loops = [own.loop(seed) for seed in sorted(seed for seed in seeds if seed is not None)]
    return [loop for loop in loops if loop.evaluation.is_file() and last_round(loop)]


def last_round(loop: LoopFolder) -> int:
    """Return the number of a loop's rounds that have a winner or a failure, 0 if there is none."""
    number = 0
    while loop.round(number + 1).selection.is_file():
        number += 1
    return number


def may_hold(name: str) -> bool:
    """Tell whether a bundle may hold a file of this name."""
    place = place_of(Path(name))
    plain = not any(part.startswith(".") for part in Path(name).parts)
    return (
        plain
        and place is not None
        and place.file in _KINDS
        and (place.file != "logs" or name.endswith(".json"))
    )


def _of_round(folder: RoundFolder) -> Iterator[Path]:
    """Yield a round's files: all answers and figures, the policies of its winner and of the best so far."""
    yield from (getattr(folder, name) for name in _ROUND)
    selection = read_selection(folder.selection)
    for candidate in selection.candidates:
        files = folder.candidate(candidate.k)
        yield from (getattr(files, name) for name in _CANDIDATE)
    if selection.winner is not None:
        yield folder.candidate(selection.winner).policy
    if folder.critique.is_file():
        yield from folder.pictures.glob("[!.]*")  # Snakemake leaves a time stamp of its own there
    yield from _records(folder)


def _records(folder: Folder) -> Iterator[Path]:
    return folder.path.glob(str(EVERY_RECORD))
