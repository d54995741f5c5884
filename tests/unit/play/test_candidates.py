"""What can be chosen on the page, in finished, unfinished and empty results."""

import pytest

from video2reward.artifacts.io import write_json
from video2reward.artifacts.selection import Candidate, Selection, write_selection
from video2reward.errors import UserError
from video2reward.play.candidates import chosen_loop, clip_of, preselected, trained_loops
from video2reward.results.layout import Results


def train(results, experiment, seed, n, k, gait=None, falls=0.0, status="ok"):
    files = Results(results).experiment(experiment).loop(seed).round(n).candidate(k)
    write_json(files.training, {"status": status})
    files.policy.touch()
    if gait is not None:
        write_json(files.evaluation, {"deterministic": {"gait": {"distance": gait}, "falls": falls}})


def select(results, experiment, seed, n, best):
    chosen = Candidate(*best, "ok") if best else None
    path = Results(results).experiment(experiment).loop(seed).round(n).selection
    write_selection(path, Selection("ok", "ok", "gait", "why", n, 1, chosen, ()))


def test_all_trained_candidates_of_a_loop_the_latest_round_first(tmp_path):
    train(tmp_path, "amble", 0, 1, 1, 0.2, 0.25)
    train(tmp_path, "amble", 0, 1, 2, 0.1)
    train(tmp_path, "amble", 0, 2, 1)  # its evaluation is still to come
    train(tmp_path, "amble", 0, 2, 2, status="failed")
    train(tmp_path, "amble", 1, 1, 1, 0.3)
    select(tmp_path, "amble", 0, 1, (1, 2))
    (tmp_path / "amble" / "seed0" / "iter2" / "part1").mkdir(parents=True)
    (
        tmp_path / "amble" / "seed0" / "iter2" / "part1" / "policy_1.pth"
    ).touch()  # of a halved training: not listed
    loops = trained_loops(tmp_path)
    assert {name: [one.words for one in loop] for name, loop in loops.items()} == {
        ("amble", 0): ["2.1: not judged yet", "1.1: gait 0.200, 25% fall", "1.2: gait 0.100, 0% fall, best"],
        ("amble", 1): ["1.1: gait 0.300, 0% fall"],
    }
    assert preselected(loops["amble", 0]).k == 2
    assert preselected(loops["amble", 1]).words == "1.1: gait 0.300, 0% fall"


def test_the_best_is_that_of_the_last_round_that_was_decided(tmp_path):
    train(tmp_path, "amble", 0, 1, 1, 0.1)
    train(tmp_path, "amble", 0, 2, 1, 0.05)
    select(tmp_path, "amble", 0, 1, (1, 1))
    assert preselected(trained_loops(tmp_path)["amble", 0]).n == 1
    select(tmp_path, "amble", 0, 2, (2, 1))
    assert preselected(trained_loops(tmp_path)["amble", 0]).n == 2


def test_a_loop_is_chosen_by_experiment_and_seed(tmp_path):
    for name, seed in (("amble", 0), ("amble", 2), ("trot", 1)):
        train(tmp_path, name, seed, 1, 1, 0.1)
    loops = trained_loops(tmp_path)
    assert chosen_loop(loops) == ("amble", 0)
    assert chosen_loop(loops, seed=1) == chosen_loop(loops, "trot") == ("trot", 1)
    assert chosen_loop(loops, "amble", 2) == ("amble", 2)
    with pytest.raises(UserError, match="unknown experiment .* 'ambel'.* Did you mean 'amble'"):
        chosen_loop(loops, "ambel")
    with pytest.raises(UserError, match="SEED=7 .* seeds that have one: 0, 2"):
        chosen_loop(loops, "amble", 7)


def test_nothing_to_play_is_one_sentence(tmp_path):
    with pytest.raises(UserError, match="no is not a results folder"):
        trained_loops(tmp_path / "no")
    train(tmp_path, "amble", 0, 1, 1, status="failed")
    with pytest.raises(UserError, match="no candidate in .* has been trained yet"):
        trained_loops(tmp_path)


def test_the_clip_is_the_one_that_the_reference_was_made_from(tmp_path):
    experiment = Results(tmp_path).experiment("amble")
    assert clip_of(experiment, tmp_path) is None
    record = {
        "rule": "retarget_motion",
        "params": "{}",
        "code": "",
        "inputs": {"results/videos/dog/motion.h5": "1"},
    }
    write_json(experiment.record("retarget_motion"), record)
    assert clip_of(experiment, tmp_path).motion == tmp_path / "videos" / "dog" / "motion.h5"
