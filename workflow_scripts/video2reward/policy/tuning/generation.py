"""A generation of variants: trained in one process from one start with the same noise, then judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from video2reward.artifacts.io import Provenance
from video2reward.artifacts.selection import Candidate
from video2reward.artifacts.tuning import TunedVariant
from video2reward.policy.beginning import Beginning
from video2reward.policy.early_stop import EarlyStop
from video2reward.policy.ties import within_limits
from video2reward.policy.together.members import Member
from video2reward.policy.together.rewards import SlicedReward
from video2reward.policy.together.train import train_together
from video2reward.policy.train import Trained
from video2reward.policy.tuning.search import DrawnVariant
from video2reward.settings.method import Method
from video2reward.settings.training import Training
from video2reward.sim.base import BatchedEnv, RewardFunction

_APART = 900
"""Added to the seeds of a loop's candidates, which begin at 1: no generation shares their noise."""
MANY = 100
"""More than a generation has variants."""
MakeEnv = Callable[[SlicedReward, int, Sequence[int]], BatchedEnv]
"""(reward, number of agents, a seed for each slice of them) -> environment."""


@dataclass(frozen=True)
class ShortTraining:
    """How variants are trained.

    training: its `steps` are those of each; seed: the loop's; work: folder of checkpoints, from which a killed run resumes
    provenance: what a killed run must share to go on; generations: how many there are
    """

    make_env: MakeEnv
    training: Training
    start: Beginning
    seed: int
    work: Path
    provenance: Provenance
    generations: int = 1

    def __call__(self, generation: int, rewards: Mapping[int, RewardFunction | str]) -> dict[int, Trained]:
        """Train each variant on its reward, or leave it with the reason why there is none -> number -> result."""
        noise, training = 1000 * self.seed + _APART + generation, self.training
        name = f"seed {self.seed} generation {generation} of {self.generations}"
        members = [
            Member(
                caller(generation, number),
                f"{name} variant {number}",
                noise,
                self.start,
                self.work / str(number),
            )
            for number in rewards
        ]
        failed = {caller(generation, n): why for n, why in rewards.items() if isinstance(why, str)}
        sliced = SlicedReward([None if isinstance(one, str) else one for one in rewards.values()])
        env = self.make_env(sliced, training.num_envs * len(members), [noise] * len(members))
        trained = train_together(
            env,
            sliced,
            training,
            members,
            work=self.work / f"generation_{generation}",
            steps=training.steps,
            label=name,
            stop=EarlyStop.of(env, training) if training.early_stop else None,
            failed=failed,
            provenance=self.provenance,
        )
        env.close()
        return dict(zip(rewards, trained, strict=True))


def caller(generation: int, number: int) -> int:
    """Return the number by which a variant's calls of its reward are marked."""
    return MANY * generation + number


def planned(
    generation: int, start: Sequence[float], margin: float | None, drawn: Sequence[DrawnVariant]
) -> list[TunedVariant]:
    """Return a generation before it is trained: the unchanged reward, then those drawn.

    margin: of the unchanged reward's screen
    """
    found = [TunedVariant(generation, 0, tuple(start), "ok", margin=margin)]
    for number, one in enumerate(drawn, 1):
        values = tuple(one.numbers.values())
        found.append(
            TunedVariant(generation, number, values, "refused" if one.refused else "ok", one.refused)
        )
    return found


def with_result(
    variant: TunedVariant,
    trained: Trained,
    judge: Callable[[TunedVariant, Trained], Candidate],
    method: Method,
) -> TunedVariant:
    """Return a variant with what its training and evaluation found; judge: evaluates the policy."""
    steps: dict[str, Any] = {"steps": trained.steps, "seconds": trained.seconds}
    if trained.policy is None:
        lines = trained.traceback.strip().splitlines()
        return replace(variant, status="failed", reason=lines[-1] if lines else "it was not trained", **steps)
    candidate = judge(variant, trained)
    return replace(
        variant,
        **steps,
        success=candidate.success,
        h_mts=candidate.h_mts,
        falls=candidate.falls,
        velocity_error_ratio=candidate.velocity_error_ratio,
        distance=candidate.distance,
        able=within_limits(candidate, method),
    )
