"""One robot, several clips: how far a policy trained on one clip is from each of the others."""

from __future__ import annotations

from dataclasses import dataclass

from video2reward.artifacts.io import read_json
from video2reward.tables.numbers import Number, Quantity, Value, dig
from video2reward.tables.study import ClipColumn, Run, Study

DISTANCE = Quantity("gait_distance", "gait distance", "body lengths", "less")


@dataclass(frozen=True)
class Matrix:
    """The distances of one method's policies on one robot.

    clips: of both sides; numbers: (trained on, compared with) -> distance over seeds
    """

    method: str
    robot: str
    clips: tuple[str, ...]
    numbers: dict[tuple[str, str], Number]

    @property
    def verdict(self) -> str:
        """Whether each clip is met best by the policy that was trained on it, in a sentence."""
        won, apart = [], []
        for clip in self.clips:
            own = self.numbers[clip, clip].interval
            others = [self.numbers[other, clip].interval for other in self.clips if other != clip]
            won.append(all(own.mean < other.mean for other in others))
            apart.append(all(own.high < other.low for other in others))
        if all(won):
            said = "The diagonal wins: each clip is met best by the policy trained on it"
            return f"{said}, intervals apart." if all(apart) else f"{said}; not all intervals are apart."
        lost = [clip for clip, well in zip(self.clips, won, strict=True) if not well]
        return f"The diagonal does not win: another clip's policy comes as near to {' and '.join(lost)}, or nearer."


def make_matrices(study: Study) -> list[Matrix]:
    """Return a matrix for every method with policies on two clips or more of one robot."""
    found = []
    for robot in study.robots:
        for row in study.rows:
            clips = [c for c in study.clips if c.robot == robot and study.of(row.name, c)]
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
    """Return how far a policy's recording is from a clip, as clips.json has it."""
    sources = (f"{run.source(run.folder.clips)}: clips.{clip}.distance",)
    if run.failure:
        return Value(run.name, run.seed, None, sources, run.failure)
    content = read_json(run.folder.clips)
    distance = dig(content, ("clips", clip, "distance"))
    missing = "" if distance is not None else str(content["clips"].get(clip, {}).get("missing"))
    return Value(run.name, run.seed, distance, sources, missing)
