"""Every registered way of repair, under the same demands; the model is a real server."""

from pathlib import Path

import pytest
from tests.chat_server import ChatServer, Reply, completion

from video2reward.artifacts.check import Check
from video2reward.artifacts.completion import Completion
from video2reward.artifacts.prompt import Prompt
from video2reward.artifacts.repairs import read_repairs, write_repairs
from video2reward.registry import REPAIRERS
from video2reward.settings.llm import LLM

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
MESSAGES = ({"role": "system", "content": "rules"}, {"role": "user", "content": "task"})
FAILED = Check("failed", "allowlist", "line 1: import os is not allowed")
FIRST = Completion("bad", "m", "openai", True)


def verdict(answer):
    """Answers that say "good" pass."""
    passed = Check("ok", "done"), Check("failed", "compile", f"no {answer.text}")
    return f"code of {answer.text}", passed["good" not in answer.text]


@pytest.fixture(params=REPAIRERS.targets)
def repair(request, tmp_path):
    """Have an answer repaired by a server that answers `texts` in turn -> (the result, the server's requests)."""

    with ChatServer() as server:

        def call(*texts, check=FAILED, repairs=2):
            server.replies, server.requests = [Reply(completion(text)) for text in texts or ["good"]], []
            llm = LLM(provider="openai", model="gpt-4o", base_url=server.url, repairs=repairs)
            which = {"seed": 0, "iteration": 1, "candidate": 2}
            files = tmp_path / "store", RESOURCES / "prices.yaml", RESOURCES / "prompts" / "repair.j2"
            made = REPAIRERS.load(request.param)(Prompt(MESSAGES, {}), llm, which, *files)
            result = made.repair(FIRST, "code of bad", check, verdict)
            return result, [body for _, _, body in server.requests]

        yield call


def test_what_passes_is_left_alone(repair):
    (exchange, code, check), requests = repair("good", check=Check("ok", "done"))
    assert (exchange.repairs, exchange.why, code, check.ok) == ((), "", "code of bad", True) and not requests


def test_the_error_is_told_and_the_repaired_code_is_the_result(repair):
    (exchange, code, check), requests = repair("still bad", "good")
    assert check.ok and code == "code of good" and exchange.why == "" and len(requests) == 2
    for told, request in zip((FAILED.message, "no still bad"), requests, strict=True):
        assert told in request["messages"][-1]["content"]


def test_every_question_and_answer_is_kept(repair, tmp_path):
    (exchange, _, _), requests = repair("still bad", "good")
    assert [one.attempt for one in exchange.repairs] == [1, 2]
    assert [one.status for one in exchange.repairs] == ["failed", "ok"]
    assert [list(one.messages) for one in exchange.repairs] == [body["messages"] for body in requests]
    assert [one.completion.text for one in exchange.repairs] == ["still bad", "good"]
    write_repairs(tmp_path / "repairs_2.json", exchange)
    assert read_repairs(tmp_path / "repairs_2.json") == exchange


@pytest.mark.parametrize("repairs", [0, 1])
def test_no_more_is_asked_than_was_allowed(repair, repairs):
    (exchange, code, check), requests = repair("worse", repairs=repairs)
    assert len(requests) == len(exchange.repairs) == repairs and not check.ok
    assert code == ("code of worse" if repairs else "code of bad") and exchange.why


def test_nothing_is_paid_twice(repair):
    first, asked = repair("still bad", "good")
    again, more = repair("never asked")
    assert first == again and len(asked) == 2 and not more
