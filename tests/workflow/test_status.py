"""`make status`: what would run, why, how long and what it costs, of a finished tiny run and of changes to it."""

import base64
import json
import shutil

import pytest

pytestmark = pytest.mark.slow

OPENAI = {"provider": "openai", "model": "tiny", "input_price": 2.0, "output_price": 10.0, "max_tokens": 1000}


def status(flow, *arguments):
    """The page's lines, by the rule or entry they begin with; what goes on below one belongs to it."""
    run = flow("--dry-run", "--logger", "status", *arguments)
    assert run.status == 0 and "Traceback" not in run.output, run.output[-3000:]
    told, last = {"": ""}, ""
    for line in run.output.splitlines():
        words = line.split()
        if words and not line.startswith("   "):
            last = words[0]
            told[last] = ""
        told[last] = f"{told[last]} {' '.join(words)}".strip()
    return told


@pytest.fixture(scope="module")
def finished_copy(finished, tmp_path_factory):
    """A copy of the finished run that tests look at and do not change."""
    return finished.copy(tmp_path_factory.mktemp("status") / "clone")


@pytest.fixture
def changed(finished, tmp_path):
    """A copy of the finished run to change."""
    return finished.copy(tmp_path / "clone")


def test_nothing_changed(finished_copy):
    told = status(finished_copy)
    assert told["Nothing"] == "Nothing would run: all 37 jobs are done."
    assert "train_policy" not in told and "time" not in told


def test_nothing_made_yet(workflow):
    told = status(workflow)
    assert told["Nothing"].startswith("Nothing is made yet: all 37 jobs would run.")
    assert told["train_policy"] == "train_policy 4 of 4 would run: not made yet"
    assert "unknown until a first run" in told["time"] and "two idle cores" in told["time"]
    assert told["cost"] == "cost 0 USD: template is no language model"
    assert not (workflow.folder / "results").exists()


def test_a_training_parameter(finished_copy):
    told = status(finished_copy, "--config", "training={steps: 8192}")
    assert told["24"].startswith("24 of 37 jobs would run, 13 done.")
    assert told["train_policy"] == "train_policy 4 of 4 would run: training.steps 4096 -> 8192"
    assert told["evaluate_policy"] == "evaluate_policy 4 of 4 would run: because train_policy runs again"
    assert "1 of 2 would run (round 2): because select_policy" in told["write_prompt"]
    assert told["train_base"] == "train_base done" and told["extract_frames"] == "extract_frames done"
    assert "on 2 cores" in told["time"] and "trainings scaled by their steps" in told["time"]
    assert list(told).index("extract_frames") < list(told).index("train_policy") < list(told).index("report")


def test_another_feedback_setting(changed):
    path = changed.folder / "config" / "methods" / "video2reward.yaml"
    path.write_text(path.read_text().replace("description:", "feedback: [success, gait]\ndescription:", 1))
    told = status(changed)
    assert "feedback" in told["compare_motion"] and "success" in told["compare_motion"]
    assert "1 of 2 would run (round 2)" in told["write_prompt"]
    assert "2 of 4 would run (round 2, candidates 1 and 2)" in told["train_policy"]


def test_an_edited_reward(changed):
    path = changed / "amble/seed0/iter2/reward_1.py"
    path.write_text(path.read_text() + "\n# mine\n")
    told = status(changed)
    assert (
        told["train_policy"]
        == "train_policy 1 of 4 would run (round 2, candidate 1): input changed: reward_1.py was edited"
    )
    assert told["extract_reward"] == "extract_reward all 4 done"
    assert told["cost"] == "cost 0 USD: no completion is asked for"


def test_removed_files(changed):
    (changed / "report.html").unlink()
    (changed / "amble/seed0/iter1/rollout.h5").unlink()
    told = status(changed)
    assert told["1"].startswith("1 of 37 jobs would run")
    assert told["report"] == "report would run: report.html is gone"
    assert "iter1/rollout.h5: no job needs this" in told["gone"]


def test_changed_code_and_lost_records(changed):
    path = changed.folder / "workflow_scripts" / "video2reward" / "feedback" / "text.py"
    path.write_text(path.read_text() + "\n\nCHANGED = 1\n")
    told = status(changed)
    assert told["compare_motion"].startswith(
        "compare_motion 2 of 2 would run: code changed: feedback/text.py"
    )
    shutil.rmtree(changed.folder / ".snakemake")
    (changed / "amble/seed0/iter1/logs/train_policy_2.json").unlink()
    told = status(changed)
    assert "no record of how this was made" in told["train_policy"]


def test_a_job_that_was_cut_short(changed):
    name = "results/robots/anymal_c/base.pth"
    mark = changed.folder / ".snakemake" / "incomplete" / base64.b64encode(name.encode()).decode()
    mark.parent.mkdir(exist_ok=True)
    mark.touch()  # as Snakemake does when it starts a job, and undoes when the job ends
    assert status(changed)["train_base"] == "train_base would run: its last run was cut short"


def test_one_more_round(finished_copy):
    told = status(finished_copy, "--config", "iterations=3")
    assert told["train_policy"].endswith("2 of 6 would run (round 3, candidates 1 and 2): not made yet")
    assert "iter3/best.pth" in told["evaluate_best"] and "instead of iter2/best.pth" in told["evaluate_best"]
    assert "iterations 2 -> 3" in told["write_loop_page"]


def test_what_a_language_model_would_cost(changed):
    told = status(changed, "--config", f"llm={json.dumps(OPENAI)}")
    assert "llm.provider template -> openai" in told["sample_completion"]
    said = told["cost"]
    assert "at most 4 answers to ask of tiny and about 2 repairs (at most 4): about 0." in said
    assert (
        "(no answer so far to go by: the prompts that are written at 2.8 characters a token, 1,000 for an"
        in said
    )
    assert "llm.repairs" not in told["sample_completion"] and "llm.repairs 1" in told["extract_reward"]


def test_the_estimate_of_a_whole_configuration(finished_copy):
    wanted = ("--config", "iterations=5", "samples=4", f"llm={json.dumps(OPENAI | {'max_cost': 0.01})}")
    run = finished_copy("--dry-run", "--logger", "status", "--logger-status-whole", *wanted)
    said = " ".join(run.output.split())
    assert run.status == 0 and "Traceback" not in said, run.output[-3000:]
    assert "amble: 5 rounds of 4 candidates, 1 seed" in said
    assert "answers 20 of tiny, about 10 repairs (at most 20: llm.repairs)" in said
    assert "llm.max_cost = 0.01 USD: the run would stop before its end" in said
    assert "20 trainings of 4,096 steps and 1 base policy of 4,096 steps" in said
    assert "as these jobs took here before; trainings" in said and "not counted" not in said
    assert not (finished_copy / "amble/seed0/iter3").exists()


def test_a_force_option_and_mistakes(finished_copy):
    assert "asked for with a --force option" in status(finished_copy, "--forcerun", "finish")["finish"]
    wrong = finished_copy("--dry-run", "--logger", "status", "--config", "iteration=3")
    assert wrong.status != 0 and "Did you mean 'iterations'" in wrong.output
    assert "jobs" not in wrong.output
    real = finished_copy("--logger", "status")
    assert real.status != 0 and "add --dry-run" in real.output
