"""Choose which node a tree continues, or a fresh start -> parent.json, and copies of what the new node takes over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from video2reward.artifacts.io import atomic_path, read_json, write_json, write_text
from video2reward.artifacts.parent import read_parents, write_parent
from video2reward.artifacts.selection import Selection, read_selection, write_selection
from video2reward.jobs.script import Script, run_script
from video2reward.policy.promise import node_score, standing_distance
from video2reward.search.confidence import choose_parent
from video2reward.search.graph import grown
from video2reward.settings.method import Method
from video2reward.settings.search import Search

# What a node takes over, in the order of the copies; of methods without a critique there is none.
TAKEN = ("selections", "policies", "rewards", "training-curves", "feedbacks", "critiques")


def main() -> None:
    script = Script(__doc__ or "").input("choices", optional=True, many=True).input(*TAKEN[:-1], many=True)
    script.input("critiques", optional=True, many=True).output("parent").output("copies", many=True).parse()
    selections = [read_selection(path) for path in script.paths("selections")]
    method, search = Method(**script.params["method"]), Search(**script.params["search"])
    standing = standing_distance([read_json(path) for path in script.paths("feedbacks")])
    scores = [node_score(selection, standing, method) for selection in selections]
    graph = grown(read_parents(script.paths("choices")), len(selections))
    choice = choose_parent(graph, scores, search.exploration)
    copies = dict(zip(TAKEN, script.paths("copies"), strict=False))
    if choice.parent is None:
        write_nothing(script, copies, method.selection)
    else:
        for kind, copy in copies.items():
            with atomic_path(copy) as aside:
                aside.write_bytes(script.paths(kind)[choice.parent - 1].read_bytes())
    write_parent(script.path("parent"), choice.with_provenance(script.provenance()))
    print(f"node {choice.node}: {choice.why}")


def write_nothing(script: Script, copies: Mapping[str, Path], rule: str) -> None:
    """Write the copies of a fresh start, which takes nothing over: as if all candidates before it had failed."""
    from video2reward.policy.network import write_failed_policy

    why = "a fresh start: nothing is taken over"
    nothing = Selection("failed", "failed", rule, why, iteration=0, winner=None, best=None, candidates=())
    write_selection(copies["selections"], nothing)
    write_failed_policy(copies["policies"], why, script.provenance())
    write_text(copies["rewards"], f"# {why}\n")
    write_text(copies["training-curves"], "step\n")
    for kind in ("feedbacks", "critiques"):
        if kind in copies:
            write_json(copies[kind], {})


if __name__ == "__main__":
    run_script(main)
