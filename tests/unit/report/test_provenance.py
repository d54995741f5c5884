import json

import pytest
import yaml

from video2reward.artifacts.job_record import JobRecord, write_job_record
from video2reward.report.configuration import configuration, merged
from video2reward.report.provenance import read_jobs, stage_costs, versions
from video2reward.report.scores import scores


def job(results, name, params=None, **more):
    """Leave a job's record, a damaged one without settings."""
    path = (results.folder / name).with_suffix(".json")
    path.parent.mkdir(parents=True, exist_ok=True)
    if params is None:
        path.write_text("{")
        return
    rule = more.pop("rule", path.stem.rstrip("_0123456789"))
    write_job_record(path, JobRecord(rule, json.dumps(params), "", **more))


def used(seconds, peak_mb, processor_seconds):
    return {"seconds": seconds, "peak_mb": peak_mb, "processor_seconds": processor_seconds}


@pytest.fixture
def jobs(results):
    """A loop of one round with two trainings, one of another run's third candidate, one whose record is damaged."""
    loop = results.loop([["ok", "ok"]])
    training = {"training": {"steps": 512, "units": [64, 64]}, "seed": 0}
    place = "walk/seed0/iter1/logs"
    video = {"video": {"start_s": 0.0, "end_s": 2}}
    job(results, "videos/dog/logs/extract_frames", video, **used(1.5, 50.1, 1.2))
    job(results, "robots/sines/logs/train_base", training, versions={"numpy": "2.0"}, **used(9.0, 300.0, 8.0))
    for k in (1, 2, 3):
        cost = (
            used(float(k), 100.0 * k, 0.5) if k != 2 else {"seconds": 7.0}
        )  # as recorded by an older version
        job(
            results,
            f"{place}/train_policy_{k}",
            training | {"candidate": k},
            versions={"numpy": "2.1"},
            **cost,
        )
    job(results, f"{place}/select_policy", None)
    job(
        results,
        "walk/logs/evaluate_base",
        {"seconds": 5.0, "training": {"steps": 512, "units": [64, 64]}, "seed": 0},
    )
    job(results, "logs/report", {"results": "results"}, **used(3.0, 99.0, 3.0))
    return loop


def test_jobs_in_the_order_of_flow(results, jobs):
    found = read_jobs(results.folder)
    assert [(job.rule, job.stage) for job in found][:3] == [
        ("extract_frames", "frames"),
        ("train_base", "policy"),
        ("train_policy", "policy"),
    ]
    assert [job.seconds for job in found if job.rule == "train_policy"] == [1.0, 7.0, 3.0]
    assert [job.record is None for job in found if job.rule == "select_policy"] == [True]


def test_time_price_and_size_by_stage(results, jobs):
    costs = stage_costs(results.folder, read_jobs(results.folder))
    stages = {stage.stage: stage for stage in costs.stages}
    assert stages["policy"].jobs == 5
    assert stages["policy"].seconds == pytest.approx(9 + 1 + 7 + 3)
    assert stages["policy"].processor_seconds == pytest.approx(8 + 0.5 + 0.5)
    assert stages["policy"].peak_mb == 300
    assert stages["evaluation"].seconds == 0.0
    assert stages["evaluation"].processor_seconds is None
    assert (stages["completion"].input_tokens, stages["completion"].output_tokens) == (2000, 100)
    assert stages["completion"].price_usd == pytest.approx(0.04)
    assert stages["policy"].price_usd is None
    assert costs.total.price_usd == pytest.approx(0.04)
    assert costs.total.jobs == 7  # the report's own are left out
    assert stages["motion"].size.bytes == sum(
        (results.folder / path).stat().st_size for path in ("videos/dog/motion.h5", "walk/reference.h5")
    )


def test_an_answer_used_twice_was_paid_once(results, jobs):
    (results.folder / "completions").mkdir()
    answer = (results.folder / "walk/seed0/iter1/completion_1.json").read_bytes()
    (results.folder / "completions" / "abc.json").write_bytes(answer)
    (results.folder / "completions" / "bad.json").write_text("{")
    costs = stage_costs(results.folder, read_jobs(results.folder))
    assert costs.total.price_usd == pytest.approx(0.02)


def test_a_folder_without_jobs(tmp_path):
    costs = stage_costs(tmp_path, read_jobs(tmp_path))
    assert costs.stages == ()
    assert costs.total.seconds is None
    assert costs.total.size.bytes == 0


def test_a_damaged_record_counts_as_none(results, jobs):
    (results.folder / "walk/logs/evaluate_base.json").write_text("{")
    found = [job for job in read_jobs(results.folder) if job.rule == "evaluate_base"]
    assert found[0].record is None
    assert found[0].seconds is None


def test_versions_that_differ_are_shown_as_such(results, jobs):
    shown = versions(read_jobs(results.folder), {"numpy": "9", "jinja2": "3.1", "python": "3.12"})
    assert shown == {"python": "3.12", "jinja2": "3.1", "numpy": "2.0 (train_base); 2.1 (train_policy)"}


def test_the_settings_every_stage_ran_with(results, jobs):
    shown = yaml.safe_load(configuration([jobs], read_jobs(results.folder))["walk"])
    assert shown["extract_frames"] == {"video": {"start_s": 0.0, "end_s": 2}}
    assert shown["train_base"]["training"] == {"steps": 512, "units": [64, 64]}
    # The third candidate is of another run.
    assert shown["train_policy"] == {"training": "as in train_base", "seed": 0, "candidate": "1, 2"}
    assert shown["evaluate_base"]["seconds"] == 5.0
    assert shown["select_policy"] == "not recorded"
    assert "report" not in shown


def test_settings_of_several_seeds_and_experiments(results, jobs):
    second = results.loop([["ok", "ok"]], seed=1)
    other = results.loop([["ok", "ok"]], name="run")
    job(results, "walk/seed1/iter1/logs/train_policy_1", {"seed": 1, "candidate": 1})
    job(results, "run/seed0/iter1/logs/train_policy_1", {"seed": 0, "candidate": 1, "training": {"steps": 8}})
    shown = configuration([jobs, second, other], read_jobs(results.folder))
    assert list(shown) == ["walk", "run"]
    assert yaml.safe_load(shown["walk"])["train_policy"]["seed"] == "0, 1"
    assert yaml.safe_load(shown["run"])["train_policy"]["training"] == {"steps": 8}


def test_settings_that_some_jobs_did_not_record(results, jobs):
    (results.folder / "walk/seed0/iter1/logs/train_policy_2.json").write_text("{")
    shown = yaml.safe_load(configuration([jobs], read_jobs(results.folder))["walk"])
    assert shown["train_policy"]["not recorded"] == "1 of 2 jobs"


def test_settings_are_merged_key_by_key():
    assert merged([{"a": {"b": [1, 2], "c": 3}}, {"a": {"b": [1, 2], "c": 4}, "d": None}]) == {
        "a": {"b": [1, 2], "c": "3, 4"},
        "d": None,
    }
    assert merged(["x", "y", "x"]) == "x, y"


def test_scores_come_with_their_definitions(jobs):
    found = {score.name: score for score in scores(jobs)}
    assert "body lengths per aligned sample" in found["gait distance"].definition
    assert found["gait similarity"].definition.startswith("1 - distance")
    assert found["falls"].definition == "part of the agents that fell"
    assert found["gait distance"].best < found["gait distance"].base
    assert found["success"].interval == (-0.2, 0.0)
    assert found["H_mts"].best == -0.05
    falls = found["falls"]
    assert (falls.name, falls.base, falls.best) == ("falls", 0.0, 0.0)


def test_scores_of_a_loop_that_failed(results):
    found = scores(results.loop([["check"]]))
    assert {score.best for score in found} == {None}
    assert found[0].base > 0
    assert found[0].definition
