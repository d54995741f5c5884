"""How well the screen of rewards foretells what their training reaches, and what it would have saved.

    python benchmarks/screen.py results [OTHER RESULTS ...]

Looks at every candidate under the results folders that was trained and judged. Its screen is taken from check_<k>.json; of
runs without one it is made now, by the same trial, as of methods that show the gait. Outcome: gait distance of the
deterministic policy over that of standing still, ranked by clip. Prints per method, and over all, Spearman's rank correlation of margin and outcome with its 95 % interval
(Bonett and Wright 2000; candidates count as independent, though seeds of one reward are not), how many rewards violate the
order of known motions, and which part of those ended in the worse half of all trainings of their clip.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from make_known_states import make_known_states  # noqa: E402
from video2reward.artifacts.check import read_check  # noqa: E402
from video2reward.artifacts.io import read_json  # noqa: E402
from video2reward.artifacts.reference import read_reference  # noqa: E402
from video2reward.artifacts.screen import Screen  # noqa: E402
from video2reward.artifacts.states import write_known_states  # noqa: E402
from video2reward.jobs.script import limit_threads  # noqa: E402
from video2reward.results.layout import CandidateFiles, ExperimentFolder, RoundFolder  # noqa: E402
from video2reward.results.places import EVERY_CANDIDATE  # noqa: E402
from video2reward.reward.check import check_by_trial  # noqa: E402
from video2reward.reward.trial import Trial  # noqa: E402
from video2reward.robots.description import load_robot  # noqa: E402
from video2reward.settings.evaluation import TrialLimits  # noqa: E402
from video2reward.settings.task import Task  # noqa: E402


@dataclass(frozen=True)
class Trained:
    """A candidate: its name, its experiment, the clip on its robot, its screen, and its gait distance over standing's."""

    name: str
    experiment: str
    clip: str
    screen: Screen
    outcome: float


def main() -> None:
    """Read, screen where needed, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=Path, nargs="+")
    parser.add_argument("--each", action="store_true", help="also a line per candidate")
    args = parser.parse_args()
    limit_threads(1)
    with tempfile.TemporaryDirectory() as aside:
        found = [
            one
            for results in args.results
            for path in sorted(results.glob(str(EVERY_CANDIDATE.evaluation)))
            if (one := look_at(path, Path(aside))) is not None
        ]
    if not found:
        raise SystemExit(f"no judged candidate under {', '.join(map(str, args.results))}")
    report(found, args.each)


def look_at(path: Path, aside: Path) -> Trained | None:
    """Return an evaluated candidate with its screen; None if it failed."""
    evaluation = read_json(path)
    if evaluation["status"] != "ok":
        return None
    files = RoundFolder(path.parent).candidate(path.stem.removeprefix("evaluation_"))
    experiment = ExperimentFolder(path.parents[2])
    reference = read_reference(experiment.reference)
    screen = read_check(files.check).screen or screened_now(files, experiment, aside)
    gait = evaluation["deterministic"]["gait"]
    clip = f"{reference.robot} {reference.speed:.6f} m/s {reference.period_s:.6f} s"
    name = f"{experiment.path.name}/{path.parents[1].name}/{path.parent.name}/{files.k}"
    return Trained(name, experiment.path.name, clip, screen, 1 - gait["similarity"])


def screened_now(files: CandidateFiles, experiment: ExperimentFolder, aside: Path) -> Screen:
    """Screen a reward of a run that did not."""
    known = aside / f"{experiment.path.resolve().as_posix().replace('/', '_')}.npz"
    if not known.exists():
        reference = read_reference(experiment.reference)
        folder = ROOT / "resources" / "robots" / reference.robot
        robot = load_robot(folder / "robot.yaml")
        task = Task(**read_json(files.training)["provenance"]["parameters"]["task"])
        write_known_states(known, make_known_states(robot, folder / robot.mjcf, task, reference))
    trial = Trial(TrialLimits())
    check = check_by_trial(files.reward.read_text(), trial, experiment.states, known, sees_gait=True)
    if check.screen is None:
        raise SystemExit(f"{files.reward} does not pass its trial here: {check.message}")
    return check.screen


def report(found: list[Trained], each: bool) -> None:
    """Print the correlations and the savings."""
    clips = {one.clip for one in found}
    halves = {clip: statistics.median(one.outcome for one in found if one.clip == clip) for clip in clips}
    groups = defaultdict(list)
    for one in found:
        groups[one.experiment].append(one)
        if each:
            margin = "none" if one.screen.margin is None else f"{one.screen.margin:+.3f}"
            print(
                f"{one.name}: margin {margin} ({one.screen.nearest}), {len(one.screen.violations)} violations, distance {one.outcome:.2f} of standing"
            )
    for name, some in [*sorted(groups.items()), ("all", found)]:
        print(f"{name}: {in_words(some, halves)}")


def in_words(found: list[Trained], halves: dict[str, float]) -> str:
    """Return the figures of some candidates; halves: clip -> the median outcome of all its trainings."""
    known = [one for one in found if one.screen.margin is not None]
    said = [f"{len(found)} trainings"]
    if len(known) > 3:
        rho, low, high = spearman(
            ranks([one.screen.margin or 0.0 for one in known], [one.clip for one in known]),
            ranks([one.outcome for one in known], [one.clip for one in known]),
        )
        said.append(f"rank correlation of margin and distance {rho:+.2f} ({low:+.2f} to {high:+.2f})")
    wrong = [one for one in found if one.screen.faults]
    worse = sum(one.outcome > halves[one.clip] for one in wrong)
    said.append(f"{len(wrong)} violate the order ({len(wrong) / len(found):.0%})")
    if wrong:
        said.append(f"{worse} of these ended in the worse half")
    return ", ".join(said)


def ranks(values: list[float], clips: list[str]) -> np.ndarray:
    """Return each value's rank among those of its clip, 0 to 1: clips differ in what can be reached."""
    from scipy.stats import rankdata

    found = np.zeros(len(values))
    for clip in set(clips):
        rows = [row for row, other in enumerate(clips) if other == clip]
        found[rows] = rankdata([values[row] for row in rows]) / (len(rows) + 1)
    return found


def spearman(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    """Return Spearman's rank correlation with its 95 % interval, by Fisher's z with Bonett and Wright's variance."""
    from scipy.stats import spearmanr

    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return (float("nan"),) * 3
    rho = float(spearmanr(x, y).statistic)
    z, half = np.arctanh(np.clip(rho, -0.9999, 0.9999)), 1.96 * np.sqrt((1 + rho**2 / 2) / (len(x) - 3))
    return rho, float(np.tanh(z - half)), float(np.tanh(z + half))


if __name__ == "__main__":
    main()
