"""`selection.json`: who won a round, by which rule, and who is the best so far."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from video2reward.artifacts.io import Provenance, read_json, write_json
from video2reward.artifacts.success import SuccessWords
from video2reward.errors import UserError


@dataclass(frozen=True)
class SeedNoise:
    """Noise between seeds of one reward: sd of the trained gait distance, body lengths; freedom: degrees of freedom."""

    sd: float
    freedom: int


@dataclass(frozen=True)
class Candidate:
    """One candidate's verdict and figures (of the deterministic policy, None where there are none).

    iteration, k: its numbers, from 1; status: "ok" or "failed", traceback: why it failed
    success: per step, unbiased, over the trained commands; falls: fraction, at the clip's speed
    velocity_error: stride-averaged, m/s, velocity_error_ratio: the same as a fraction of the clip's speed
    gait: the gait distance, body lengths
    h_mts: maximum over the epochs of the training success at the rollout's last step
    posture: 0..1, the posture penalty; judged: the gait distance including it, body lengths
    repairs: how often its code was sent back to the model, whether or not it passed in the end
    preference: 0..1, the part of its comparisons by people that it won
    screen: what its reward pays for the wrong motion, by known motions; "" if nothing, or not asked
    kind: "cyclic", or "single" for one motion, which has no speed to keep
    wish: 0..1, how far the user's wish is fulfilled; wished: judged, moved towards standing by what is not
    steps: environment steps of its training, None if unknown
    origin: where its reward comes from if nobody wrote it, such as "tuned from round 1's best"
    """

    iteration: int
    k: int
    status: str
    traceback: str = ""
    success: float | None = None
    falls: float | None = None
    velocity_error: float | None = None
    gait: float | None = None
    h_mts: float | None = None
    repairs: int = 0
    velocity_error_ratio: float | None = None
    posture: float | None = None
    judged: float | None = None
    preference: float | None = None
    screen: str = ""
    kind: str = "cyclic"
    wish: float | None = None
    wished: float | None = None
    origin: str = ""
    steps: int | None = None

    @property
    def name(self) -> str:
        """The candidate in words."""
        return f"candidate {self.k} of iteration {self.iteration}"

    @property
    def distance(self) -> float | None:
        """The gait distance with the posture penalty and what is missing of the wish, where they were measured."""
        known = (value for value in (self.wished, self.judged) if value is not None)
        return next(known, self.gait)


@dataclass(frozen=True)
class Selection:
    """A round's outcome.

    status: "ok" if there is a best so far; round_status: "failed" if every candidate of the round failed
    rule: "success", "gait" or "preference"; why: a sentence; winner: the round's k; best: the best so far
    execute_rate: fraction of all candidates that could be trained and evaluated; execute_rate_unrepaired: the same
    without any repair
    success_words: how the task describes success
    noise: between seeds of one reward at this budget, None if unknown
    steps: environment steps since the base policy, or since scratch, that are behind the best
    tied: names of the candidates that are nearer to the chosen one than this noise, in the round and, of earlier
    ones, the best before
    """

    status: str
    round_status: str
    rule: str
    why: str
    iteration: int
    winner: int | None
    best: Candidate | None
    candidates: tuple[Candidate, ...]
    execute_rate: float | None = None
    execute_rate_unrepaired: float | None = None
    success_words: SuccessWords | None = None
    noise: SeedNoise | None = None
    tied: tuple[str, ...] = ()
    steps: int = 0
    provenance: Provenance = field(default_factory=dict)


def write_selection(path: Path, selection: Selection) -> None:
    """Write selection.json."""
    content = asdict(selection)
    for one in (content["best"] or {}, *content["candidates"]):
        if not one.get("origin"):
            one.pop("origin", None)
    write_json(path, content)


def read_selection(path: Path) -> Selection:
    """Read selection.json."""
    content = read_json(path)
    try:
        best = content["best"]
        candidates = tuple(Candidate(**candidate) for candidate in content["candidates"])
        words, noise = content.get("success_words"), content.get("noise")
        return Selection(
            **content
            | {
                "best": Candidate(**best) if best else None,
                "candidates": candidates,
                "success_words": SuccessWords(**words) if words else None,
                "noise": SeedNoise(**noise) if noise else None,
                "tied": tuple(content.get("tied", ())),
            }
        )
    except (KeyError, TypeError) as error:
        raise UserError(f"{path} is not a selection of this project: {error}") from None
