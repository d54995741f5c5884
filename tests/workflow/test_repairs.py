"""A model whose code fails its checks is told so and mends it, within the budget, and paid for once."""

import json

import pytest
from tests.chat_server import ChatServer, Reply, completion
from tests.workflow.test_bad_input import BAD, GOOD, ask

from video2reward.artifacts.repairs import read_repairs
from video2reward.artifacts.selection import read_selection

pytestmark = pytest.mark.slow
ROUND = "results/amble/seed0/iter1"


def mends(body):
    """What a model answers that forgets the rules at first."""
    told = body["messages"][-1]["content"].startswith("REPAIR")
    return Reply(completion(GOOD if told else BAD))


def test_candidates_are_repaired_and_nothing_is_paid_twice(workflow):
    with ChatServer(choose=mends) as server:
        llm = f"llm={ask(server.url, input_price=2.0, output_price=10.0)}"
        run = workflow("--config", llm, "--", f"{ROUND}/selection.json")
        assert run.status == 0, run.output[-6000:]
        assert len(server.requests) == 4  # two candidates, a repair of each
        selection = read_selection(workflow.folder / ROUND / "selection.json")
        assert (selection.execute_rate_unrepaired, selection.execute_rate) == (0.0, 1.0)
        assert [candidate.repairs for candidate in selection.candidates] == [1, 1]
        log = (workflow.folder / ROUND / "logs" / "select_policy.log").read_text()
        assert "0 of 2 candidates could be trained and judged as first written, 2 after 2 repairs" in log
        (exchange,) = read_repairs(workflow.folder / ROUND / "repairs_1.json").repairs
        assert "import of os" in exchange.error and exchange.completion.price_usd == pytest.approx(0.004)

        for path in (workflow.folder / ROUND).glob("*_?.*"):  # completions, rewards, checks, policies
            path.unlink()
        again = workflow("--config", llm, "--", f"{ROUND}/check_1.json", f"{ROUND}/check_2.json")
        assert again.status == 0, again.output[-6000:]
        assert len(server.requests) == 4


def test_the_limit_stops_the_run_before_it_is_exceeded_and_keeps_everything(workflow):
    with ChatServer(choose=mends) as server:
        known = {"input_price": 2.0, "output_price": 10.0, "max_tokens": 1000}
        checks = [f"{ROUND}/check_1.json", f"{ROUND}/check_2.json"]
        # An answer costs 0.004 USD, and before it is there at most about 0.04.
        run = workflow("--config", f"llm={ask(server.url, **known, max_cost=0.047)}", "--", *checks)
        assert run.status != 0 and "Traceback" not in run.output
        # One sentence or two: both candidates may have asked for more than is left.
        said = [line for line in run.output.splitlines() if "would be exceeded" in line]
        assert said and all("error: llm.max_cost = 0.047 USD would be exceeded" in line for line in said)
        assert all("raise llm.max_cost" in line for line in said)
        asked = len(server.requests)
        spent = [json.loads(p.read_text())["price_usd"] for p in (workflow / "completions").glob("*.json")]
        assert 0 < len(spent) == asked < 4 and sum(spent) <= 0.047
        assert not list((workflow / "completions").glob("*.asked"))
        done = workflow("--config", f"llm={ask(server.url, **known, max_cost=1.0)}", "--", *checks)
        assert done.status == 0, done.output[-6000:]
        assert len(server.requests) == 4
