"""The best reward's numbers are tuned between rounds: killed and resumed, told to the model, trained, replayed."""

import json

import pytest
from benchmarks.kills import send
from tests.workflow.test_bad_input import GOOD, ask
from tests.workflow.test_killed import start, wait_for

from video2reward.artifacts.completion import read_completion
from video2reward.artifacts.selection import read_selection
from video2reward.artifacts.tuning import read_tuning
from video2reward.reward.parameters import parameters

pytestmark = pytest.mark.slow
LOOP = "results/amble/seed0"
TUNING = "tuning={variants: 3, generations: 2, steps: 24576}"
HEAD = "def compute_reward(base_lin_vel: Tensor, base_height: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:\n"
PLAIN = f"```python\n{HEAD}    r = base_lin_vel[:, 0]\n    return r, {{'r': r}}\n```"
FAST = (
    f"```python\n{HEAD}    fast = 2.5 * base_lin_vel[:, 0]\n    high = 0.3 * torch.exp(-torch.abs(base_height - 0.5) / 0.2)\n"
    "    return fast + high, {'fast': fast, 'high': high}\n```"
)


def test_a_killed_tuning_goes_on_and_its_reward_is_trained_told_and_replayed(workflow, chat_server, tmp_path):
    server = chat_server([GOOD])
    configuration = ["--config", f"llm={ask(server.url)}", TUNING, "training={checkpoint_s: 0.1}"]
    first = workflow(*configuration, "--", f"{LOOP}/iter1/selection.json")
    assert first.status == 0, first.output[-6000:]
    run = start(workflow, *configuration)
    wait_for(workflow.folder / LOOP / "iter1/work_tuning/generations.json", run)
    send(run, "all")
    kept = json.loads((workflow.folder / LOOP / "iter1/work_tuning/generations.json").read_text())["variants"]
    assert not (workflow.folder / LOOP / "iter1/tuning.json").exists()

    done = workflow(*configuration)
    assert done.status == 0, done.output[-6000:]
    log = (workflow.folder / LOOP / "iter1/logs/tune_reward.log").read_text()
    assert "generation 1, variant" not in log and "generation 2, variant 2" in log
    tuning = read_tuning(workflow.folder / LOOP / "iter1/tuning.json")
    assert [list(one.values) for one in tuning.variants[: len(kept)]] == [one["values"] for one in kept]
    assert len(tuning.variants) == 6 and tuning.steps == 6 * 4096 and tuning.verdict != "none"
    assert not (workflow.folder / LOOP / "iter1/work_tuning").exists()

    # Its reward is the last candidate of round 2, for which nobody is asked, and is trained and judged like any other.
    assert len(server.requests) == 3
    answer = read_completion(workflow.folder / LOOP / "iter2/completion_2.json")
    assert (answer.provider, answer.input_tokens, answer.price_usd) == ("tuned", None, 0.0)
    tuned = (workflow.folder / LOOP / "iter1/tuned_reward.py").read_text()
    trained = {
        one.name: one.value for one in parameters((workflow.folder / LOOP / "iter2/reward_2.py").read_text())
    }
    assert {one.name: one.value for one in parameters(tuned)} == trained
    assert {one.name: one.value for one in tuning.numbers}.items() <= trained.items()
    second = read_selection(workflow.folder / LOOP / "iter2/selection.json").candidates
    assert [one.origin for one in second] == ["", "tuned from round 1's best"]
    asked = server.requests[-1][2]["messages"][-1]["content"]
    assert "Since then the numbers of the best reward were tuned: 4 variants of it" in asked
    page = (workflow.folder / LOOP / "report.html").read_text()
    assert "Tuned numbers" in page and "24,576 environment steps" in page

    # Replayed, with and without tuning, the same rewards are there and nobody is asked.
    replay = f"llm={{provider: recorded, recorded: {workflow.folder / 'results'}}}"
    for name, how in (("with", [TUNING]), ("without", [])):
        goal = [f"results_{name}/amble/seed0/iter2/reward_2.py"]
        again = workflow("--config", replay, f"results=results_{name}", *how, "--", *goal)
        assert again.status == 0, again.output[-6000:]
        assert (workflow.folder / goal[0]).read_text() == tuned
    assert len(server.requests) == 3


@pytest.mark.parametrize(("answer", "numbers"), [(PLAIN, 0), (FAST, 2)])
def test_a_reward_without_numbers_is_left_and_one_that_violates_the_order_gets_no_worse(
    workflow, chat_server, answer, numbers
):
    server = chat_server([answer])
    goal = f"{LOOP}/iter1/tuning.json"
    run = workflow("--config", f"llm={ask(server.url)}", "tuning={variants: 3, generations: 1}", "--", goal)
    assert run.status == 0, run.output[-6000:]
    tuning = read_tuning(workflow.folder / goal)
    before = (workflow.folder / LOOP / "iter1/best_reward.py").read_text()
    after = (workflow.folder / LOOP / "iter1/tuned_reward.py").read_text()
    check = json.loads((workflow.folder / LOOP / "iter1/check_1.json").read_text())
    assert check["screen"]["violations"]
    if not numbers:
        assert (tuning.verdict, tuning.steps, tuning.numbers) == ("none", 0, ()) and after == before
        assert tuning.why == "it has no number that may be tuned"
    else:
        assert len(tuning.numbers) >= numbers
        assert all(one.margin >= tuning.margin_before - 1e-6 for one in tuning.variants if one.status == "ok")
