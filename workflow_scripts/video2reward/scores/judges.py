"""What is known about a judge of motions from the tests in a results folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from video2reward.artifacts.judge import JudgeTest, RankingError, read_judge_test
from video2reward.errors import UserError
from video2reward.results.places import EVERY_JUDGE
from video2reward.scores.ranking import known_pairs, pair_error, ranking_error_of

UNTESTED = "this judge has not been tested: snakemake judge_test"


def judge_tests(results: Path, provider: str, model: str) -> list[JudgeTest]:
    """Return the tests of the judge that answers by this name, one for each robot and clip; damaged files count as none."""
    found: dict[tuple[str, str, bool], JudgeTest] = {}
    for path in sorted(results.glob(str(EVERY_JUDGE.judgement))):
        try:
            one = read_judge_test(path)
        except UserError:
            continue
        if (one.provider, one.model) == (provider, model):
            found[one.robot, one.video, one.told] = one
    return list(found.values())


def pooled_error(tests: Iterable[JudgeTest]) -> RankingError:
    """Return the error over the pairs of several tests."""
    shares = []
    for one in tests:
        scores = {motion.name: motion.scores for motion in one.motions}
        pairs = known_pairs({motion.name: motion.place for motion in one.motions})
        shares += [pair_error(scores[a], scores[b]) for a, b in pairs]
    return ranking_error_of(shares)


def trust_in_words(tests: Iterable[JudgeTest]) -> str:
    """Return how far a judge's word can be trusted, in a sentence."""
    tests = list(tests)
    if not tests:
        return UNTESTED
    error = pooled_error(tests)
    said = (
        f"this judge misranks {100 * error.wrong:.0f} % of known pairs "
        f"({100 * error.low:.0f} to {100 * error.high:.0f} %; a coin: 50 %)"
    )
    if any(one.praises_falling for one in tests):
        said += "; it gave a falling robot more than half of an honest one's score"
    return said
