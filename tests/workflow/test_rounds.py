"""training.together: round: all candidates of a round are trained by one job, and what follows does not notice."""

import html
import json

import pytest
from tests.workflow.test_bad_input import BAD, GOOD, HOSTILE, ask, hostile, read_round

TOGETHER = "training={together: round}"


def test_a_round_is_one_job_and_each_number_of_candidates_a_rule(workflow):
    several = workflow.planned("--config", TOGETHER, "experiments=[amble, human_run]", "samples=2")
    trainings = {job for job in several if job.startswith("train_")}
    assert trainings == {"train_base", "train_round 1", "train_round 2"}
    assert "evaluate_policy 1.2" in several
    mixed = workflow.planned("--config", TOGETHER, "experiments=[amble, human_run]")
    assert {job for job in mixed if job.startswith("train_r")} == {
        f"{rule} {n}" for rule in ("train_round", "train_round_1") for n in (1, 2)
    }


@pytest.mark.slow
def test_a_round_with_bad_candidates(workflow, chat_server):
    """One fails its check, one ends the process that all are trained in; the good one is trained, judged and wins."""
    crash = next(iter(HOSTILE))
    server = chat_server([BAD, GOOD, hostile(crash)])
    settings = ("--config", f"llm={ask(server.url, repairs=0)}", "samples=3", "iterations=1", TOGETHER)
    run = workflow("--cores", "1", *settings)
    assert run.status == 0, run.output[-6000:]
    trainings = read_round(workflow, 1, "training")
    assert sorted(one["status"] for one in trainings) == ["failed", "failed", "ok"]
    reasons = [one["traceback"] for one in trainings]
    assert (
        sum(crash in reason for reason in reasons) == sum("import of os" in reason for reason in reasons) == 1
    )
    selection = json.loads((workflow / "amble/seed0/iter1/selection.json").read_text())
    assert trainings[selection["best"]["k"] - 1]["status"] == "ok"
    assert (workflow / "amble/seed0/best/policy.onnx").exists()
    report = html.unescape((workflow / "report.html").read_text())
    assert crash in report and "train_round" in report
    record = json.loads((workflow / "amble/seed0/iter1/logs/train_round.json").read_text())
    assert record["rule"] == "train_round" and len(record["outputs"]) == 9

    assert workflow.planned(*settings) == set()
    reward = workflow / "amble/seed0/iter1/reward_2.py"
    reward.write_text("# mine\n" + reward.read_text())
    planned = workflow.planned(*settings)
    assert planned >= {"train_round 1", "select_policy 1", *(f"evaluate_policy 1.{k}" for k in (1, 2, 3))}
    assert not {job for job in planned if job.startswith(("extract_reward", "train_policy"))}
