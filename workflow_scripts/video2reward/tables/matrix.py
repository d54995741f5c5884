"""Cross-comparison: the distance of a policy trained on one clip to each clip of its robot."""

from __future__ import annotations

from dataclasses import dataclass

from video2reward.artifacts.io import read_json
from video2reward.tables.numbers import Number, Quantity, Value, dig
from video2reward.tables.runs import ClipColumn, Run
from video2reward.tables.study import Study

DISTANCE = Quantity("gait_distance", "gait distance", "body lengths", "less")


@dataclass(frozen=True)
class Matrix:
    """The distances of one method's policies on one robot.

    clips: of rows and columns; numbers: (trained on, compared with) -> distance over seeds
    """

    method: str
    robot: str
    clips: tuple[str, ...]
    numbers: dict[tuple[str, str], Number]

    @property
    def verdict(self) -> str:
        """A sentence on whether each clip's own policy is the closest to it."""
        won, apart = [], []
        for clip in self.clips:
            own = self.numbers[clip, clip].interval
            others = [self.numbers[other, clip].interval for other in self.clips if other != clip]
            won.append(all(own.mean < other.mean for other in others))
            apart.append(all(own.high < other.low for other in others))
        if all(won):
            said = "The diagonal wins: the policy trained on a clip is the closest to it"
            return f"{said}; no intervals overlap." if all(apart) else f"{said}; some intervals overlap."
        lost = [clip for clip, well in zip(self.clips, won, strict=True) if not well]
        return f"The diagonal does not win: another clip's policy is as close to {' and '.join(lost)}, or closer."


def make_matrices(study: Study) -> list[Matrix]:
    """Return a matrix for every method with policies for at least two clips on one robot with one task.

    The recording of a gait has no jump to compare, and the other way round.
    """
    found = []
    for alike in dict.fromkeys((one.robot, one.practice) for one in study.planned):
        own = dict.fromkeys(one.clip for one in study.planned if (one.robot, one.practice) == alike)
        for row in study.rows:
            clips = [clip for clip in own if study.of(row.name, clip)]
            if len(clips) > 1:
                found.append(_matrix(study, row.name, clips))
    return found


def _matrix(study: Study, method: str, clips: list[ClipColumn]) -> Matrix:
    numbers = {}
    for trained in clips:
        runs = study.of(method, trained)
        for clip in clips:
            values = tuple(_distance(run, clip.video) for run in runs)
            numbers[trained.video, clip.video] = Number(DISTANCE, method, trained, values)
    return Matrix(method, clips[0].robot, tuple(clip.video for clip in clips), numbers)


def _distance(run: Run, clip: str) -> Value:
    """Return the distance of a policy's recording to a clip, from clips.json."""
    sources = (f"{run.source(run.folder.clips)}: clips.{clip}.distance",)
    if run.failure:
        return Value(run.name, run.seed, None, sources, run.failure)
    content = read_json(run.folder.clips)
    distance = dig(content, ("clips", clip, "distance"))
    missing = "" if distance is not None else str(content["clips"].get(clip, {}).get("missing"))
    return Value(run.name, run.seed, distance, sources, missing)
