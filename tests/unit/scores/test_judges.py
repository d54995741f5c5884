"""A judge's tests are found by its name, and pooled."""

from dataclasses import replace

import pytest

from video2reward.artifacts.judge import JudgedMotion, JudgeTest, RankingError, write_judge_test
from video2reward.results.layout import Results
from video2reward.scores.judges import UNTESTED, judge_tests, pooled_error, trust_in_words

ERROR = RankingError(0.0, 0.0, 1.0, 1)


def judgement(experiment, video, scores, **other):
    places = {"honest": 1, "standing": 3, "falling": 4}
    motions = tuple(
        JudgedMotion(name, "", places[name], (score,), 0.0, 0.0, None, None) for name, score in scores.items()
    )
    made = JudgeTest(
        experiment, "anymal_c", video, "vlm", "openai", "eyes", True, motions, ERROR, ERROR, False, 0
    )
    return replace(made, **other)


@pytest.fixture
def results(tmp_path):
    def write(*judgements):
        for one in judgements:
            write_judge_test(Results(tmp_path).judge(one.experiment).judgement, one)
        return tmp_path

    return write


RIGHT = {"honest": 90.0, "standing": 20.0, "falling": 0.0}
WRONG = {"honest": 0.0, "standing": 20.0, "falling": 62.0}


def test_untested_is_said(results):
    assert trust_in_words(judge_tests(results(), "openai", "eyes")) == UNTESTED
    folder = results(
        judgement("a", "dog", RIGHT, model="other"), judgement("b", "dog", RIGHT, provider="manual")
    )
    assert judge_tests(folder, "openai", "eyes") == []


def test_tests_on_several_clips_count_together_and_one_clip_once(results):
    folder = results(
        judgement("a", "dog", RIGHT),
        judgement("b", "dog", RIGHT),
        judgement("c", "cat", WRONG, praises_falling=True),
    )
    tests = judge_tests(folder, "openai", "eyes")
    assert sorted(one.video for one in tests) == ["cat", "dog"]
    error = pooled_error(tests)
    assert error.pairs == 6 and error.wrong == pytest.approx(0.5)
    said = trust_in_words(tests)
    assert "misranks 50 % of known pairs" in said and "a falling robot more than half" in said


def test_a_damaged_test_counts_as_none(results):
    folder = results(judgement("a", "dog", RIGHT))
    Results(folder).judge("a").judgement.write_text("{}")
    assert judge_tests(folder, "openai", "eyes") == []
