from pathlib import Path

import pytest

from video2reward.config.plan import load_plan
from video2reward.config.recordings import check_recordings, recorded_answer, recorded_critique
from video2reward.errors import UserError

ROOT = Path(__file__).resolve().parents[3]


def check(tmp_path, recorded, **more):
    llm = {"provider": "recorded"} | ({"recorded": str(recorded)} if recorded else {})
    content = {
        "experiments": ["amble"],
        "seeds": [0, 1],
        "llm": llm,
        "results": str(tmp_path / "now"),
        **more,
    }
    check_recordings(load_plan(content, ROOT))


@pytest.fixture
def recording(tmp_path):
    places = [
        recorded_answer(tmp_path / "then", "amble", *which)
        for which in [(s, n, k) for s in (0, 1) for n in (1, 2) for k in (1, 2)]
    ]
    for path in places:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    return places


def test_all_there(tmp_path, recording):
    check(tmp_path, tmp_path / "then")
    check(tmp_path, tmp_path / "then", iterations=1, samples=1)


def test_one_that_is_missing_is_named_before_anything_runs(tmp_path, recording):
    recording[5].unlink()
    with pytest.raises(UserError) as caught:
        check(tmp_path, tmp_path / "then")
    assert f"{recording[5]} does not exist (1 of 8 answers are missing)" in str(caught.value)
    assert "holds 7 answers, of amble/seed0, amble/seed1" in str(caught.value)


def test_more_rounds_than_were_recorded(tmp_path, recording):
    with pytest.raises(UserError, match=r"seed0/iter3/completion_1\.json does not exist \(4 of 12"):
        check(tmp_path, tmp_path / "then", iterations=3)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (None, "needs llm.recorded"),
        ("gone", "gone is not a folder"),
        ("now", "this run's own results folder"),
        ("empty", "holds no answers"),
    ],
)
def test_what_cannot_be_replayed(tmp_path, name, sentence):
    for folder in ("now", "empty"):
        (tmp_path / folder).mkdir()
    with pytest.raises(UserError, match=sentence):
        check(tmp_path, tmp_path / name if name else None)


def test_a_fixed_reward_needs_no_recording(tmp_path):
    content = {
        "video": "dog_amble",
        "method": "human",
        "llm": {"provider": "recorded"},
        "results": str(tmp_path),
    }
    check_recordings(load_plan(content, ROOT))


def test_critiques_that_are_missing_are_named_too(tmp_path):
    then = tmp_path / "then"
    own = {"experiments": [], "video": "dog_amble", "method": "bilevel", "seeds": [0]}
    name = "anymal_c-dog_amble-bilevel"
    for n, k in ((1, 1), (1, 2), (2, 1), (2, 2)):
        path = recorded_answer(then, name, 0, n, k)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    with pytest.raises(
        UserError, match=r"vlm\.provider: recorded: .*iter1/critique\.json does not exist \(1 of 1 critiques"
    ):
        check(tmp_path, then, **own)
    recorded_critique(then, name, 0, 1).write_text("{}")
    check(tmp_path, then, **own)


def test_for_the_tuned_candidate_nobody_was_asked(tmp_path, recording):
    for seed in (0, 1):
        recorded_answer(tmp_path / "then", "amble", seed, 2, 2).unlink()
    check(tmp_path, tmp_path / "then", tuning=True)
    with pytest.raises(UserError, match="2 of 8 answers are missing"):
        check(tmp_path, tmp_path / "then")
