"""The script choose_parent: what a node takes over from the parent that was chosen, and from none."""

import json
import subprocess
import sys
from pathlib import Path

from tests.unit.policy.test_search import candidate, node

from video2reward.artifacts.curves import read_curves
from video2reward.artifacts.io import write_json
from video2reward.artifacts.parent import read_parent
from video2reward.artifacts.selection import read_selection, write_selection
from video2reward.policy.beginning import starting_policy
from video2reward.results.layout import RoundFolder

SCRIPT = Path(__file__).resolve().parents[3] / "workflow_scripts" / "choose_parent.py"
KINDS = ("selection", "best_policy", "best_reward", "best_curves", "feedback", "critique")
COPIES = (
    "parent_selection",
    "parent_policy",
    "parent_reward",
    "parent_curves",
    "parent_feedback",
    "parent_critique",
)
NAMES = ("selections", "policies", "rewards", "training-curves", "feedbacks", "critiques")


def written(folder, n, gait):
    """A node with one candidate of this gait distance; a standing robot has 0.2."""
    own = RoundFolder(folder / f"iter{n}")
    for kind in KINDS:
        getattr(own, kind).parent.mkdir(parents=True, exist_ok=True)
        getattr(own, kind).write_text(f"{kind} of node {n}")
    write_selection(own.selection, node(candidate(n, 1, gait), n=n))
    write_json(own.feedback, {"node": n, "gait": {"standing": 0.2}})
    return own


def chosen(folder, nodes, choices=(), critic=True, exploration=0.0):
    """The folder of the next node after its parent was chosen."""
    new = RoundFolder(folder / f"iter{len(nodes) + 1}")
    new.path.mkdir()
    words = ["--choices", *(one.parent for one in choices)]
    for name, kind in zip(NAMES if critic else NAMES[:-1], KINDS, strict=False):
        words += [f"--{name}", *(getattr(one, kind) for one in nodes)]
    words += ["--parent", new.parent, "--copies"]
    words += [getattr(new, copy) for copy in (COPIES if critic else COPIES[:-1])]
    search = {"kind": "tree", "exploration": exploration}
    params = json.dumps({"method": {"description": ""}, "search": search})
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, words), "--params", params],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return new


def test_the_chosen_parents_files_are_taken_over(tmp_path):
    first, second = written(tmp_path, 1, 0.1), written(tmp_path, 2, 0.05)
    write_json(second.parent, {"node": 2, "parent": 1, "depth": 2, "why": ""})
    new = chosen(tmp_path, [first, second], [second])
    choice = read_parent(new.parent)
    assert (choice.parent, choice.depth, choice.scores) == (2, 3, (0.5, 0.75))
    for kind, copy in zip(KINDS, COPIES, strict=True):
        assert getattr(new, copy).read_bytes() == getattr(second, kind).read_bytes()


def test_a_fresh_start_takes_nothing_over(tmp_path):
    """Node 1 is good, node 2 is a fresh start and better, node 3 continued it and is bad."""
    nodes = [written(tmp_path, n, gait) for n, gait in ((1, 0.1), (2, 0.09), (3, 0.19))]
    for n, parent in ((2, None), (3, 2)):
        write_json(nodes[n - 1].parent, {"node": n, "parent": parent, "depth": 1, "why": ""})
    new = chosen(tmp_path, nodes, nodes[1:], critic=False)
    choice = read_parent(new.parent)
    assert (choice.parent, choice.depth) == (None, 1) and not new.parent_critique.exists()
    assert read_selection(new.parent_selection).best is None
    base = tmp_path / "base.pth"
    assert starting_policy("best", base, new.parent_policy).policy == base
    assert (
        new.parent_reward.read_text().startswith("# a fresh start") and read_curves(new.parent_curves) == {}
    )
    assert json.loads(new.parent_feedback.read_text()) == {}
