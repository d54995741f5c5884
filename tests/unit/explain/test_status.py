from dataclasses import replace
from pathlib import Path

import pytest

from video2reward.artifacts.io import write_json
from video2reward.engine.graph import PlannedJob
from video2reward.explain.duration import Estimate
from video2reward.explain.jobs import by_rule, places
from video2reward.explain.reasons import Reasons
from video2reward.explain.status import WIDTH, status_page, time_in_words

TIME = Estimate(seconds=70, work=130, chain=70, cores=2, known=3, unknown=(), scaled=False)


def loop(rule, after=(), rounds=(1, 2), candidates=(1, 2), **changes):
    return [
        PlannedJob(rule, {"experiment": "amble", "n": str(n), "k": str(k)}, after=tuple(after), **changes)
        for n in rounds
        for k in candidates
    ]


def page(jobs, why, time=TIME):
    return status_page(jobs, why, time, ["0 USD"])


def test_all_done():
    jobs = [*loop("train_policy"), PlannedJob("report")]
    assert page(jobs, {}) == "Nothing would run: all 5 jobs are done.\n"


def test_files_that_nothing_needs_are_named():
    jobs = [PlannedJob("train_policy", missing=(Path("results/policy_1.pth"),))]
    assert "gone  results/policy_1.pth: no job needs this" in page(jobs, {})


def test_trainings_ended_early_are_named(tmp_path):
    trained = loop("train_policy", rounds=(1, 2), candidates=(1, 2, 3))
    for number, job in enumerate(trained):
        path = tmp_path / f"training_{number}.json"
        write_json(path, {"status": "ok", "stopped_early": "falls" if number in (1, 2, 4) else ""})
        trained[number] = replace(job, outputs=(tmp_path / "p.pth", path), runs=number == 4)
    line = "early  2 of 6 trainings were ended early (round 1, candidates 2 and 3): their agents kept falling"
    assert line in page(trained, {})
    assert "early" not in page(trained[:1], {})


def test_trainings_of_rounds_that_ended_early_are_counted(tmp_path):
    rounds = []
    for n, early in ((1, ("falls", "", "falls")), (2, ("", "", ""))):
        files = [
            tmp_path / f"{n}_{name}" for name in ("1.pth", "2.pth", "3.pth", "1.json", "2.json", "3.json")
        ]
        for path, why in zip(files[3:], early, strict=True):
            write_json(path, {"status": "ok", "stopped_early": why})
        rounds.append(PlannedJob("train_round", {"experiment": "amble", "n": str(n)}, outputs=tuple(files)))
    assert "early  2 of 6 trainings were ended early (round 1): their agents kept falling" in page(rounds, {})


def test_trainings_stopped_by_halving_are_named_apart(tmp_path):
    trained = loop("train_rest", rounds=(1,), candidates=(1, 2, 3))
    for number, job in enumerate(trained):
        path = tmp_path / f"training_{number}.json"
        record = {"status": "ok", "stopped_early": "falls" if number < 2 else ""}
        write_json(path, record | ({"halved": 1} if number == 1 else {}))
        trained[number] = replace(job, outputs=(tmp_path / "p.pth", path), runs=False)
    told = page(trained, {})
    assert "early  1 of 3 trainings was ended early (candidate 1): their agents kept falling" in told
    assert (
        "early  1 of 3 trainings was stopped by halving (candidate 2): part<n>/halving.json says why" in told
    )


def test_rules_stand_in_the_order_of_flow_whatever_the_jobs_order():
    first = PlannedJob("make")
    second = PlannedJob("use", after=(first,))
    third = PlannedJob("tell", after=(second, first))
    assert list(by_rule([third, second, first])) == ["make", "use", "tell"]


def test_groups_reasons_and_what_follows():
    trained = loop("train_policy", runs=True)
    judged = loop("evaluate_policy", trained, runs=True)
    report = PlannedJob("report", after=tuple(judged), runs=True)
    done = PlannedJob("extract_frames")
    why = {job: Reasons(("training.steps 4096 -> 8192",)) for job in trained}
    why |= {job: Reasons((), ("train_policy",)) for job in judged}
    why[report] = Reasons((), ("evaluate_policy", "train_policy"))
    text = page([done, *trained, *judged, report], why)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[0] == "9 of 10 jobs would run, 1 done. Nothing has been started."
    assert "extract_frames done" in lines
    assert "train_policy 4 of 4 would run: training.steps 4096 -> 8192" in lines
    assert "evaluate_policy 4 of 4 would run: because train_policy runs again" in lines
    assert "report would run: because train_policy and evaluate_policy run again" in lines
    assert "cost 0 USD" in lines


def test_reasons_that_not_all_jobs_share_are_counted():
    jobs = loop("train_policy", runs=True)
    why = {job: Reasons(("not made yet",)) for job in jobs[:3]} | {
        jobs[3]: Reasons(("policy_2.pth is gone",))
    }
    text = page(jobs, why)
    assert "not made yet (3 of them)" in text and "policy_2.pth is gone (1 of them)" in text


def test_nothing_made_yet():
    jobs = loop("train_policy", runs=True, outputs=(Path("a"),), missing=(Path("a"),))
    text = page(jobs, {job: Reasons(("not made yet",)) for job in jobs})
    assert text.startswith("Nothing is made yet: all 4 jobs would run.")


def test_places_say_only_what_tells_jobs_apart():
    group = loop("train_policy", rounds=(1, 2, 10))
    chosen = [job for job in group if job.wildcards["n"] != "1"]
    assert places(chosen[::-1], group) == ["round 2, candidates 1 and 2", "round 10, candidates 1 and 2"]
    assert places(group[:1], group[:2]) == ["candidate 1"]
    assert places(group[:1], group[:1]) == []


def test_lines_are_no_wider_than_the_page():
    jobs = loop("train_policy", rounds=range(1, 30), runs=True) + loop("train_policy", rounds=(40,))
    long = "reads iter3/best.pth, iter3/best_reward.py and 4 more instead of iter2/best.pth and 5 more"
    text = page(jobs, {job: Reasons((long, long + " again")) for job in jobs if job.runs})
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "and 26 more" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "about 1 min 10 s on 2 cores (longest chain 1 min 10 s, all work 2 min 10 s"),
        ({"scaled": True}, "trainings scaled by their steps"),
        ({"unknown": ("report",)}, "at least 1 min 10 s"),
        ({"cores": 1}, "on one core"),
        ({"known": 0}, "unknown until a first run"),
    ],
)
def test_time_in_words(changes, words):
    assert words in time_in_words(Estimate(**{**vars(TIME), **changes}))
