"""Which rounds a page is about."""

import pytest

from video2reward.errors import UserError
from video2reward.people.rounds import chosen_rounds, round_files


@pytest.fixture
def results(tmp_path):
    for name in ("a/seed0/iter10", "a/seed0/iter2", "b/seed1/iter1"):
        (tmp_path / "results" / name).mkdir(parents=True)
    return tmp_path / "results"


def test_those_that_wait_come_round_by_round(results):
    found = chosen_rounds(None, results, lambda folder: folder.n > 1)
    assert [str(path.relative_to(results)) for path in found] == ["a/seed0/iter2", "a/seed0/iter10"]
    with pytest.raises(UserError, match="no round in .* waits for a person"):
        chosen_rounds(None, results, lambda folder: False)
    with pytest.raises(UserError, match="is not a results folder"):
        chosen_rounds(None, results / "no", lambda folder: True)


def test_one_that_is_named_need_not_wait(results):
    named = results / "b" / "seed1" / "iter1"
    assert chosen_rounds(named, results, lambda folder: False) == [named]
    for wrong in (named.parent, results / "b" / "seed1" / "iter7", results):
        with pytest.raises(UserError, match="is not a round's folder"):
            chosen_rounds(wrong, results, lambda folder: True)


def test_its_video_is_the_one_that_its_jobs_read(results):
    named = results / "b" / "seed1" / "iter1"
    files = round_files(named, ["elsewhere/results/videos/dog/motion.h5", "resources/x.yaml"])
    assert files.video.motion == results / "videos" / "dog" / "motion.h5"
    assert files.evaluation(None) == files.base_evaluation() == {}
    with pytest.raises(UserError, match="does not say which video"):
        round_files(named, ["resources/x.yaml"])
