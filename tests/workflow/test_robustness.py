"""Robust policies with deployable observations through the real workflow, to the player of the folder that leaves."""

import json
import subprocess
import sys

import pytest

from video2reward.sim.robustness.table import TABLE

ROBUST = "task={robustness: full, observation: deployable, history: 3, command_vx: [0.0, 1.3]}"


@pytest.mark.slow
def test_a_robust_policy_is_trained_halved_judged_and_played(workflow):
    settings = ("--cores", "1", "--config", ROBUST, "training={halving: true}")
    run = workflow(*settings)
    assert run.status == 0, run.output[-6000:]
    base = json.loads((workflow / "robots/anymal_c/base.json").read_text())
    assert base["steps"] < 10_000, "the shipped one observes more: it was trained here"
    record = json.loads((workflow / "amble/seed0/iter2/training_1.json").read_text())
    assert record["status"] == "ok" and record["warm_start"]
    assert {row["name"] for row in record["robustness"]} == set(TABLE)
    folder = workflow / "amble/seed0/best/deploy"
    about = json.loads((folder / "deploy.yaml").read_text())
    assert about["needs"] == {} and about["observation"]["frames"] == 3
    assert about["observation"]["size"] == 3 * 47
    assert about["trained_for"]["robustness"] == record["robustness"]
    played = subprocess.run(
        [sys.executable, str(folder / "play.py"), "--headless", "--seconds", "2", "--speed", "0.5"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(played.stdout)["seconds"] == pytest.approx(2)
    assert workflow.planned(*settings) == set()


def test_a_round_in_one_process_is_refused_in_a_sentence(workflow):
    run = workflow("--dry-run", "--config", ROBUST, "training={together: round}")
    assert run.status != 0 and "set training.together: candidate" in run.output
    assert "Traceback" not in run.output


@pytest.mark.slow
def test_a_simulator_with_one_model_is_refused_before_it_trains(workflow):
    server = workflow.root / "resources" / "simulators" / "single.py"
    settings = f"training={{simulator: server, server: {server}}}"
    run = workflow(
        "--cores",
        "1",
        "--config",
        "task={robustness: light, command_vx: [0.0, 1.3]}",
        settings,
        "--",
        "results/robots/anymal_c/base.pth",
    )
    assert run.status != 0
    assert (
        "this simulator has one robot model for all agents and cannot vary friction, trunk_mass" in run.output
    )
    assert "Traceback" not in run.output and not (workflow / "robots/anymal_c/base.pth").exists()
