import json
from pathlib import Path

import pytest

from video2reward.artifacts.io import write_json
from video2reward.artifacts.job_record import JobRecord, write_job_record
from video2reward.engine.graph import PlannedJob
from video2reward.explain.duration import (
    DEFAULT_RUN_S,
    PastJob,
    duration_in_words,
    estimate,
    expected,
    history,
)

ROOT = Path(__file__).resolve().parents[3]


def training(steps, **more):
    return PlannedJob("train_policy", settings=json.dumps({"training": {"steps": steps}}), **more)


def write_past(folder, rule, seconds, outputs=()):
    path = folder / "logs" / f"{rule}.json"
    write_job_record(
        path, JobRecord(rule, "{}", "", outputs=dict.fromkeys(map(str, outputs), ""), seconds=seconds)
    )


def test_times_of_earlier_jobs(tmp_path):
    write_past(tmp_path / "a", "finish", 3.0)
    write_past(tmp_path / "a" / "b", "finish", 4.5)
    (tmp_path / "a" / "logs" / "broken.json").write_text("{")
    assert sorted(past.seconds for past in history(tmp_path)["finish"]) == [3.0, 4.5]


def test_trainings_know_what_their_steps_took(tmp_path):
    write_json(tmp_path / "training_1.json", {"steps": 1000, "seconds": 6.0})
    write_past(tmp_path, "train_policy", 10.0, [tmp_path / "training_1.json", tmp_path / "policy_1.pth"])
    assert history(tmp_path) == {"train_policy": [PastJob(10.0, 1000, 6.0)]}


def test_a_rounds_trainings_count_together(tmp_path):
    outputs = [
        tmp_path / f"{name}_{k}.{kind}"
        for k in (1, 2)
        for name, kind in (("policy", "pth"), ("training", "json"))
    ]
    for k, steps in ((1, 1000), (2, 500)):  # the second ended early
        write_json(tmp_path / f"training_{k}.json", {"steps": steps, "seconds": 6.0})
    write_past(tmp_path, "train_round", 10.0, outputs)
    past = history(tmp_path)["train_round"]
    assert past == [PastJob(10.0, 1500, 6.0)]
    settings = json.dumps({"training": {"steps": 3000}})
    assert expected(PlannedJob("train_round", settings=settings, outputs=tuple(outputs)), past) == 4 + 24


def test_the_short_trainings_of_a_tuning_count_together(tmp_path):
    write_json(tmp_path / "tuning.json", {"steps": 6000, "seconds": 6.0})
    write_past(tmp_path, "tune_reward", 10.0, [tmp_path / "tuned_reward.py", tmp_path / "tuning.json"])
    past = history(tmp_path)["tune_reward"]
    assert past == [PastJob(10.0, 6000, 6.0)]
    settings = json.dumps(
        {"training": {"steps": 1000}, "tuning": {"variants": 4, "generations": 3, "factor": 3.0}}
    )
    assert expected(PlannedJob("tune_reward", settings=settings), past) == 4 + 12


def test_trainings_are_scaled_by_their_steps_and_the_rest_of_them_is_not():
    past = [PastJob(10.0, 1000, 6.0), PastJob(20.0, 1000, 16.0), PastJob(11.0, 1000, 7.0)]
    assert expected(training(1000), past) == pytest.approx(11.0)
    assert expected(training(10_000), past) == pytest.approx(4 + 70)
    assert expected(PlannedJob("finish"), [PastJob(1.0), PastJob(3.0), PastJob(90.0)]) == 3.0


def test_cores_share_the_work_but_a_chain_is_a_chain():
    first = PlannedJob("a", runs=True)
    middle = [PlannedJob("b", runs=True, after=(first,)) for _ in range(4)]
    last = PlannedJob("c", runs=True, after=tuple(middle))
    past = {"a": [PastJob(10.0)], "b": [PastJob(20.0)], "c": [PastJob(5.0)]}
    jobs = [first, *middle, last]
    one, two, many = (estimate(jobs, past, cores) for cores in (1, 2, 8))
    assert one.seconds == 95 and one.work == 95
    assert two.seconds == 47.5
    assert many.seconds == many.chain == 35
    assert not many.unknown and many.known == 6


def test_what_is_done_takes_no_time_but_keeps_the_order():
    first = PlannedJob("a", runs=True)
    done = PlannedJob("b", runs=False, after=(first,))
    last = PlannedJob("a", runs=True, after=(done,))
    assert estimate([last, done, first], {"a": [PastJob(10.0)], "b": [PastJob(99.0)]}, 4).seconds == 20


def test_rules_without_a_time_are_named_and_other_lengths_too():
    jobs = [training(8192, runs=True), PlannedJob("report", runs=True), PlannedJob("done")]
    found = estimate(jobs, {"train_policy": [PastJob(10.0, 4096, 8.0)]}, 2)
    assert found.unknown == ("report",) and found.scaled and found.seconds == 18
    assert not estimate([training(4096, runs=True)], {"train_policy": [PastJob(10.0, 4096, 8.0)]}, 2).scaled


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "under 1 s"), (1.2, "1 s"), (59.4, "59 s"), (59.6, "1 min"), (125, "2 min"), (95, "1 min 40 s"), (3599, "1 h"), (5000, "1 h 23 min")],
)  # fmt: skip
def test_times_in_words(seconds, words):
    assert duration_in_words(seconds) == words


def test_the_default_runs_time_is_the_measured_one():
    line = next(
        line
        for line in (ROOT / "docs" / "measured.md").read_text().splitlines()
        if "`make run` on two cores" in line
    )
    assert f"{DEFAULT_RUN_S} s" in line


def test_a_part_of_a_training_took_what_was_not_there_before(tmp_path):
    folder = tmp_path / "results/amble/seed0/iter1"
    before, after = folder / "part1/training_1.json", folder / "training_1.json"
    for path, steps, seconds in ((before, 1000, 5.0), (after, 4000, 21.0)):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, {"steps": steps, "seconds": seconds})
    write_job_record(
        folder / "logs/train_rest_1.json",
        JobRecord("train_rest", "{}", "", {}, {str(before): ""}, {str(after): ""}, seconds=18.0),
    )
    write_job_record(  # another one was stopped: its files are copied
        folder / "logs/train_rest_2.json",
        JobRecord("train_rest", "{}", "", {}, {str(before): ""}, {str(before): ""}, seconds=0.5),
    )
    past = history(tmp_path)["train_rest"]
    assert sorted(past, key=lambda one: one.seconds) == [PastJob(0.5, 0, 0.0), PastJob(18.0, 3000, 16.0)]
    settings = {"training": {"steps": 4000}, "samples": 2, "candidate": 1}
    assert expected(PlannedJob("train_rest", settings=json.dumps(settings)), past) == 2 + 16.0 * 6000 / 3000
    settings["candidate"] = 2
    assert expected(PlannedJob("train_rest", settings=json.dumps(settings)), past) == 0.5
