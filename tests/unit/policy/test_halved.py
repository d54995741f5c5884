"""What is left of a candidate that halving stops, and what the round's selection tells of it."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.policy.test_select import candidate

from select_policy import steps_of
from video2reward.artifacts.check import Check, write_check
from video2reward.artifacts.halving import Contender
from video2reward.artifacts.io import digest, read_json, write_json, write_text
from video2reward.artifacts.selection import Selection
from video2reward.feedback.candidates import candidates_text
from video2reward.policy.halved import halving_in_words, pass_on

SCRIPTS = Path(__file__).parents[3] / "workflow_scripts"


def test_one_that_stops_keeps_its_files_and_its_record_says_why(tmp_path):
    write_text(tmp_path / "before.csv", "step\n4096\n")
    record = {"status": "ok", "stopped_early": "", "steps": 4096, "definitions": {}, "provenance": {"a": 1}}
    write_json(tmp_path / "before.json", record)
    files = {tmp_path / f"before.{kind}": tmp_path / f"now.{kind}" for kind in ("csv", "json")}
    for stopped, why in ((1, "stopped by halving: place 2 of 2"), (None, "was stopped early")):
        entry = Contender(candidate(1), 2, 4096, 4096, False, stopped, why)
        pass_on(entry, files, tmp_path / "now.json", {"b": 2})
        now = read_json(tmp_path / "now.json")
        assert (tmp_path / "now.csv").read_text() == "step\n4096\n"
        assert now["provenance"] == {"b": 2} and (now["status"], now["steps"]) == ("ok", 4096)
        assert now.get("halved") == stopped and now["stopped_early"] == (why if stopped else "")
        assert ("halved" in now["definitions"]) == bool(stopped)


def test_the_next_prompt_says_who_was_stopped_when_and_at_what_distance():
    round_ = (candidate(1, gait=0.05), candidate(2, gait=0.12), candidate(3, status="failed"))
    records = [{"steps": 12_000}, {"steps": 4_096, "halved": 1}, {"steps": 500}]
    words = halving_in_words(round_, records)
    assert words == (
        "the round was halved: candidate 1 was trained for 12,000 steps, stopped were candidate 2 after 4,096 steps at "
        "gait distance 0.120"
    )
    selection = Selection("ok", "ok", "gait", words, 1, 1, round_[0], round_)
    assert words in candidates_text(selection)
    assert "nobody was trained to the end" in halving_in_words(round_[2:], records[2:])


def test_steps_add_up_over_rounds():
    before = Selection("ok", "ok", "gait", "", 1, 1, candidate(1), (), steps=20_000)
    new = replace(candidate(2), iteration=2, steps=4_096)
    assert steps_of(new, 2, 20_000, [before]) == 24_096
    assert steps_of(before.best, 2, 20_000, [before]) == 20_000  # the best stays that of round 1
    assert steps_of(None, 2, 0, []) == 0


def test_a_policy_that_has_not_changed_keeps_its_evaluation(tmp_path):
    names = ("policy", "training", "reference", "motion", "robot", "mjcf")
    for name in names:
        write_text(tmp_path / name, name)
    known = {"status": "ok", "h_mts": 0.5, "provenance": {"inputs": {"policy": digest(tmp_path / "policy")}}}
    write_json(tmp_path / "known", known)
    command = [
        sys.executable,
        str(SCRIPTS / "evaluate_policy.py"),
        "--evaluation",
        str(tmp_path / "out.json"),
    ]
    for name in (*names, "known"):
        command += [f"--{name}", str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out.json").read_text())
    assert (found["h_mts"], found["provenance"]["inputs"]["policy"]) == (0.5, digest(tmp_path / "policy"))


@pytest.mark.slow
@pytest.mark.parametrize("script", ["train_policy", "train_round"])
def test_a_failed_check_leaves_a_failed_training_and_no_state(tmp_path, script):
    write_check(tmp_path / "check.json", Check("failed", "allowlist", "imports os", "ImportError: os"))
    write_text(tmp_path / "empty", "")
    several = script == "train_round"
    outputs = (
        ("policies", "trainings", "curves", "checkpoints")
        if several
        else ("policy", "training", "curves", "checkpoint")
    )
    inputs = {"rewards" if several else "reward": "empty", "checks" if several else "check": "check.json"}
    inputs |= dict.fromkeys(("reference", "robot", "mjcf"), "empty")
    command = [sys.executable, str(SCRIPTS / f"{script}.py"), "--work", str(tmp_path)]
    if several:
        command[-2:] = ["--works", json.dumps([str(tmp_path)])]
    for name, file in {**inputs, **{name: f"{name}.out" for name in outputs}}.items():
        command += [f"--{name}", str(tmp_path / file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    record = read_json(tmp_path / f"{outputs[1]}.out")
    assert (record["status"], record["steps"], record["traceback"]) == ("failed", 0, "ImportError: os")
    assert (tmp_path / f"{outputs[3]}.out").read_bytes() == b""
