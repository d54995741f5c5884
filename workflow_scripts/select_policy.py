"""Choose a round's winner, and keep the best policy, reward and training curves so far; of a search's last node, of all lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from video2reward.artifacts.check import read_check
from video2reward.artifacts.io import atomic_path, read_json, write_text
from video2reward.artifacts.preferences import read_preferences
from video2reward.artifacts.selection import (
    Candidate,
    SeedNoise,
    Selection,
    read_selection,
    write_selection,
)
from video2reward.artifacts.success import success_words
from video2reward.errors import UserError
from video2reward.jobs.script import Script, run_script
from video2reward.settings.method import Method
from video2reward.settings.noise import read_noise

LISTS = ("evaluations", "policies", "rewards", "checks", "trainings", "training-curves")
# What is kept of the best, with the list that has it of each candidate.
KEPT = {"policy": "policies", "reward": "rewards", "curves": "training-curves"}
BEFORE = ("previous", *(f"previous-{name}" for name in KEPT))
OTHERS = ("others", "other-policies", "other-rewards", "other-curves")


def main() -> None:
    script = Script(__doc__ or "").input(*LISTS, many=True).input(*BEFORE, optional=True)
    script.input("films", *OTHERS, many=True, optional=True)
    script.input("previous-film", "preferences", "noise", optional=True).output("selection", *KEPT).parse()
    counts = {name: len(script.paths(name)) for name in LISTS}
    if len(set(counts.values())) != 1:
        found = ", ".join(f"{count} {name}" for name, count in counts.items())
        raise UserError(f"each candidate needs one file of every kind, found {found}")

    from video2reward.policy.across import select_across
    from video2reward.policy.halved import halving_in_words
    from video2reward.policy.select import describe, executed_in_words, select

    iteration, method = int(script.params["iteration"]), Method(**script.params["method"])
    evaluations, trainings = (
        [read_json(path) for path in script.paths(name)] for name in ("evaluations", "trainings")
    )
    candidates = [
        describe(iteration, k, read_check(check), training, evaluation)
        for k, (check, training, evaluation) in enumerate(
            zip(script.paths("checks"), trainings, evaluations, strict=True), start=1
        )
    ]
    if tuned := script.params.get("tuned"):
        origin = f"tuned from {script.params['tuned_from']}'s best"
        candidates = [replace(one, origin=origin) if one.k == tuned else one for one in candidates]
    before = read_selection(script.path("previous")) if script.args.previous is not None else None
    others = [read_selection(path) for path in script.paths("others")]
    best = before.best if before else None
    if method.selection == "preference":
        candidates, best = preferred(script, candidates, best)
    start = before.steps if before and script.params["init"] == "best" else 0
    noise = noise_of(script, start, candidates)
    selection = select(candidates, method, iteration, best, noise)
    selection = select_across(selection, others, method, noise) if others else selection
    told = [selection.why]
    if any(training.get("halved") for training in trainings):
        told.append(halving_in_words(candidates, trainings))
    selection = replace(
        selection,
        why="; ".join(told),
        steps=steps_of(selection.best, iteration, start, [*others, *([before] if before else [])]),
        success_words=success_words(evaluations[0]),
        provenance=script.provenance(),
    )
    print(selection.why)
    print(executed_in_words(selection.candidates))
    write_best(script, selection)
    write_selection(script.path("selection"), selection)


def noise_of(script: Script, start: int, candidates: Sequence[Candidate]) -> SeedNoise | None:
    """Return the noise between seeds of one reward after the round's longest training; None where it was not measured."""
    if script.args.noise is None or not script.params["noise_known"]:
        return None
    longest = max((one.steps or 0 for one in candidates if one.status == "ok"), default=0)
    return read_noise(script.path("noise"), script.params["robot"], start + longest)


def steps_of(best: Candidate | None, iteration: int, start: int, known: Sequence[Selection]) -> int:
    """Return the environment steps since the base policy that are behind the best; known: earlier selections."""
    if best is None:
        return 0
    if best.iteration == iteration:
        return start + (best.steps or 0)
    place = best.iteration, best.k
    return next(one.steps for one in known if one.best and (one.best.iteration, one.best.k) == place)


def preferred(
    script: Script, candidates: list[Candidate], previous: Candidate | None
) -> tuple[list[Candidate], Candidate | None]:
    """Return the candidates and the best before with what people chose; a `UserError` while choices are missing."""
    from video2reward.policy.preference import contestants, with_preferences

    films = contestants(candidates, script.paths("films"), previous, script.args.previous_film)
    folder = script.path("selection").parent
    preferences = read_preferences(script.args.preferences)
    return with_preferences(candidates, previous, films, preferences, folder)


def write_best(script: Script, selection: Selection) -> None:
    """Write the best policy, reward and curves so far; if there are none, files that say why."""
    if selection.best is None:
        from video2reward.policy.network import write_failed_policy

        reasons = [f"{c.name}: {c.traceback.strip()}" for c in selection.candidates]
        text = "\n".join([selection.why, *reasons])
        write_failed_policy(script.path("policy"), text, script.provenance())
        write_text(script.path("reward"), "".join(f"# {line}\n" for line in text.splitlines()))
        write_text(script.path("curves"), "step\n")
        return
    sources = dict(known_bests(script, selection))[selection.best.iteration, selection.best.k]
    for name, source in zip(KEPT, sources, strict=True):
        with atomic_path(script.path(name)) as aside:
            aside.write_bytes(source.read_bytes())


def known_bests(script: Script, selection: Selection) -> Iterator[tuple[tuple[int, int], tuple[Path, ...]]]:
    """Yield a candidate's round and number with its policy, reward and curves: the bests before, then the round's."""
    others = zip(*(script.paths(name) for name in OTHERS), strict=True)
    own = [tuple(script.path(name) for name in BEFORE)] if script.args.previous is not None else []
    for verdict, *files in (*others, *own):
        if (best := read_selection(verdict).best) is not None:
            yield (best.iteration, best.k), tuple(files)
    for candidate in selection.candidates:
        place = candidate.iteration, candidate.k
        yield place, tuple(script.paths(kind)[candidate.k - 1] for kind in KEPT.values())


if __name__ == "__main__":
    run_script(main)
