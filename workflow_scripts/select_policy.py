"""Choose a round's winner, and keep the best policy, reward and training curves so far."""

from __future__ import annotations

from pathlib import Path

from video2reward.artifacts.check import read_check
from video2reward.artifacts.io import atomic_path, read_json, write_text
from video2reward.artifacts.preferences import read_preferences
from video2reward.artifacts.selection import Candidate, Selection, read_selection, write_selection
from video2reward.artifacts.success import success_words
from video2reward.errors import UserError
from video2reward.jobs.script import Script, run_script
from video2reward.settings.method import Method

LISTS = ("evaluations", "policies", "rewards", "checks", "trainings", "training-curves")
KEPT = ("policy", "reward", "curves")


def main() -> None:
    script = Script(__doc__ or "").input(*LISTS, many=True)
    script.input("previous", *(f"previous-{name}" for name in KEPT), optional=True)
    script.input("films", many=True, optional=True).input("previous-film", "preferences", optional=True)
    script.output("selection", *KEPT).parse()
    iteration = int(script.params["iteration"])
    lists: dict[str, list[Path]] = {name: getattr(script.args, name.replace("-", "_")) for name in LISTS}
    if len({len(paths) for paths in lists.values()}) != 1:
        counts = ", ".join(f"{len(paths)} {name}" for name, paths in lists.items())
        raise UserError(f"each candidate needs one file of every kind, found {counts}")

    from video2reward.policy.select import describe, executed_in_words, select

    evaluations = [read_json(path) for path in lists["evaluations"]]
    candidates = [
        describe(iteration, k, read_check(check), read_json(training), evaluation)
        for k, (check, training, evaluation) in enumerate(
            zip(lists["checks"], lists["trainings"], evaluations, strict=True), start=1
        )
    ]
    previous: Candidate | None = None
    if script.args.previous is not None:
        previous = read_selection(script.path("previous")).best
    method = Method(**script.params["method"])
    if method.selection == "preference":
        candidates, previous = preferred(script, candidates, previous)
    selection = select(candidates, method, iteration, previous)
    print(selection.why)
    print(executed_in_words(selection.candidates))
    write_best(script, selection, lists)
    words = success_words(evaluations[0])
    write_selection(
        script.path("selection"),
        Selection(**{**vars(selection), "success_words": words, "provenance": script.provenance()}),
    )


def preferred(
    script: Script, candidates: list[Candidate], previous: Candidate | None
) -> tuple[list[Candidate], Candidate | None]:
    """Return the candidates and the best before with what people chose; a `UserError` while choices are missing."""
    from video2reward.policy.preference import contestants, with_preferences

    films = contestants(candidates, script.paths("films"), previous, script.args.previous_film)
    folder = script.path("selection").parent
    preferences = read_preferences(script.args.preferences)
    return with_preferences(candidates, previous, films, preferences, folder)


def write_best(script: Script, selection: Selection, lists: dict[str, list[Path]]) -> None:
    """Write the best policy, reward and curves so far; if there are none, files that say why."""
    best = selection.best
    if best is None:
        from video2reward.policy.network import write_failed_policy

        reasons = [f"{c.name}: {c.traceback.strip()}" for c in selection.candidates]
        text = "\n".join([selection.why, *reasons])
        write_failed_policy(script.path("policy"), text, script.provenance())
        write_text(script.path("reward"), "".join(f"# {line}\n" for line in text.splitlines()))
        write_text(script.path("curves"), "step\n")
        return
    for name, kind in zip(KEPT, ("policies", "rewards", "training-curves"), strict=True):
        this_round = best.iteration == selection.iteration
        source = lists[kind][best.k - 1] if this_round else script.path(f"previous-{name}")
        with atomic_path(script.path(name)) as aside:
            aside.write_bytes(source.read_bytes())


if __name__ == "__main__":
    run_script(main)
