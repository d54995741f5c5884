"""training.halving: the worse half of a round stops, the others get its steps, and a kill loses nothing."""

import json

import pytest
import torch
from benchmarks.kills import send
from tests.waiting import wait_until
from tests.workflow.same import differences
from tests.workflow.test_bad_input import BAD, GOOD, HOSTILE, ask, hostile, read_round
from tests.workflow.test_killed import start

from video2reward.artifacts.curves import read_curves
from video2reward.artifacts.halving import read_halving
from video2reward.policy.network import load_policy

ROUND = "amble/seed0/iter1"
STEPS = 40_000


def settings(together, samples, steps=STEPS, halving=True):
    options = {
        "halving": halving,
        "together": together,
        "steps": steps,
        "checkpoint_s": 0.2,
        "early_stop": False,
    }
    return "--config", f"samples={samples}", "iterations=1", f"training={json.dumps(options)}"


@pytest.mark.parametrize(("samples", "parts"), [(1, 0), (2, 1), (3, 2)])
def test_the_graph_has_two_judgements_at_most_and_none_for_one_candidate(workflow, samples, parts):
    each = [f"1.{k}" for k in range(1, samples + 1)]
    planned = workflow.planned(*settings("candidate", samples))
    names = {job.split()[0] for job in planned}
    assert {f"sample_completion {k}" for k in each} <= planned
    assert ("halve 1" in planned) == bool(parts)
    if parts:
        assert {
            f"{rule} {k}" for rule in ("train_part", "train_rest", "evaluate_halved") for k in each
        } <= planned
        assert "select_policy 1" in planned and not names & {"train_policy", "evaluate_policy"}
    else:
        assert {"train_policy 1.1", "evaluate_policy 1.1", "select_policy 1"} <= planned
        assert not names & {"train_part", "train_rest", "evaluate_part", "evaluate_halved"}
    together = {job for job in workflow.planned(*settings("round", samples)) if job.startswith("train_r")}
    assert together == ({"train_round_part 1", "train_round_rest 1"} if parts else {"train_round 1"})


@pytest.mark.slow
@pytest.mark.parametrize("together", ["candidate", "round"])
def test_a_kill_in_the_second_part_loses_nothing_and_the_last_learns_as_if_it_had_never_stopped(
    finished, tmp_path, together
):
    killed, whole, plain = (finished.copy(tmp_path / name) for name in ("killed", "whole", "plain"))
    arguments = [*settings(together, 3), "--", f"results/{ROUND}/selection.json"]
    run = start(killed, *arguments)
    wait_until((killed / f"{ROUND}/part1/halving.json").exists, 600, "the first judgement", run)
    wait_until(
        lambda: list((killed / ROUND).glob("work_*/checkpoint.pt")), 120, "a checkpoint of part 2", run
    )
    send(run, "all")
    assert not (killed / f"{ROUND}/part2/halving.json").exists()
    again = killed(*arguments)
    assert again.status == 0 and "resuming at step" in again.output, again.output[-3000:]
    assert killed.planned(*arguments) == set()

    undisturbed = whole(*arguments)
    assert undisturbed.status == 0, undisturbed.output[-3000:]
    assert differences(whole / ROUND, killed / ROUND) == []

    first, second = (read_halving(whole / f"{ROUND}/part{part}/halving.json") for part in (1, 2))
    assert [len(one.order) for one in (first, second)] == [3, 2]
    (last,) = (one for one in second.contenders if one.goes_on)
    k, trainings = last.figures.k, {}
    for number in (1, 2, 3):
        trainings[number] = json.loads((whole / f"{ROUND}/training_{number}.json").read_text())
    rollout = 64 * 16
    assert sum(one["steps"] for one in trainings.values()) <= 3 * (STEPS + rollout)
    assert trainings[k]["steps"] > 2 * STEPS and not trainings[k]["stopped_early"]
    assert all("stopped by halving" in one["stopped_early"] for n, one in trainings.items() if n != k)
    told = json.loads((whole / f"{ROUND}/selection.json").read_text())["why"]
    assert "the round was halved" in told and f"candidate {k} was trained for" in told

    files = [f"results/{ROUND}/{name}" for name in (f"training_{k}.csv", f"policy_{k}.pth")]
    for file in files:  # of the finished run
        (plain.folder / file).unlink(missing_ok=True)
    unstopped = plain(*settings(together, 3, last.until, halving=False), "--", *files)
    assert unstopped.status == 0, unstopped.output[-3000:]
    mine, other = (read_curves(flow.folder / files[0]) for flow in (whole, plain))
    assert all(mine[name].tolist() == other[name].tolist() for name in {*mine, *other} - {"seconds"})
    mine, other = (load_policy(flow.folder / files[1]).state_dict() for flow in (whole, plain))
    assert all(torch.equal(mine[name], other[name]) for name in {*mine, *other})


@pytest.mark.slow
@pytest.mark.parametrize("together", ["candidate", "round"])
def test_those_that_fail_leave_their_steps_to_the_one_that_does_not(workflow, chat_server, together):
    """One fails its check, one ends the process that it is trained in; the good one goes on with all that is left."""
    crash = next(iter(HOSTILE))
    server = chat_server([BAD, GOOD, hostile(crash)])
    llm = f"llm={ask(server.url, repairs=0)}"
    run = workflow("--cores", "1", *settings(together, 3, 8192), llm)
    assert run.status == 0, run.output[-6000:]
    trainings = read_round(workflow, 1, "training")
    assert sorted(one["status"] for one in trainings) == ["failed", "failed", "ok"]
    assert sum(crash in one["traceback"] for one in trainings) == 1
    (steps,) = (one["steps"] for one in trainings if one["status"] == "ok")
    assert 3 * 8192 - 2 * 2048 <= steps <= 3 * 8192
    second = read_halving(workflow / f"{ROUND}/part2/halving.json")
    assert len(second.order) == 1 and "no other is left" in second.of(second.order[0]).why
    selection = json.loads((workflow / f"{ROUND}/selection.json").read_text())
    assert selection["winner"] == second.order[0]
    assert (workflow / "amble/seed0/best/policy.onnx").exists()
