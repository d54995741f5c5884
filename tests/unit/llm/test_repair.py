"""Repairs: what is sent back, what is kept, and when nothing is asked; the answers come from a real server."""

from pathlib import Path

import pytest
from tests.chat_server import ChatServer, completion

from video2reward.artifacts.check import Check
from video2reward.artifacts.completion import Completion
from video2reward.artifacts.prompt import Prompt
from video2reward.artifacts.repairs import read_repairs, write_repairs
from video2reward.artifacts.screen import Screen
from video2reward.errors import UserError
from video2reward.llm.repair import LONGEST_TRACEBACK, Repairer
from video2reward.settings.llm import LLM

ROOT = Path(__file__).resolve().parents[3]
MESSAGES = ({"role": "system", "content": "rules"}, {"role": "user", "content": "task"})
FAILED = Check("failed", "allowlist", "line 1: import os is not allowed")


def verdict(answer):
    """Answers that say "good" pass; others fail in compiling."""
    ok = "good" in answer.text
    return f"code of {answer.text}", Check("ok", "done") if ok else Check(
        "failed", "compile", f"no {answer.text}"
    )


STANDS = "standing earns 1.3 times what honest earns"


def screened(answer):
    """Answers that say "stands" may be trained but pay for standing; others as by `verdict`."""
    if "stands" not in answer.text:
        return verdict(answer)
    found = Screen(margin=-0.1, nearest="standing", violations=(STANDS,) * answer.text.count("stands"))
    return f"code of {answer.text}", Check("ok", "screen", found.complaint, screen=found)


@pytest.fixture
def repair(tmp_path):
    """Have an answer repaired by a server that answers `texts` in turn -> (the result, the server's requests)."""

    def call(*texts, answer="bad", check=FAILED, judged=verdict, **settings):
        with ChatServer(*[(200, completion(text), 0) for text in texts]) as server:
            known = {"provider": "openai", "model": "gpt-4o", "base_url": server.url, "repairs": 1}
            prices = ROOT / "resources" / "prices.yaml"
            template = ROOT / "resources" / "prompts" / "repair.j2"
            which = {"seed": 0, "iteration": 1, "candidate": 2}
            llm = LLM(**{**known, **settings})
            asked = Repairer(Prompt(MESSAGES, {}), llm, which, tmp_path / "store", prices, template)
            first = Completion(answer, "m", "openai", True)
            result = asked.repair(first, f"code of {answer[:9]}", check, judged)
        return result, [body for _, _, body in server.requests]

    return call


def test_the_answer_and_its_exact_error_go_back(repair, tmp_path):
    (exchange, code, check), (request,) = repair("good")
    assert code == "code of good" and check.ok and exchange.why == ""
    roles = [message["role"] for message in request["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert request["messages"][:2] == list(MESSAGES) and request["messages"][2]["content"] == "bad"
    told = request["messages"][3]["content"]
    assert (
        told.startswith("REPAIR\n") and "It does what the rules forbid:\n\nline 1: import os is not" in told
    )
    (one,) = exchange.repairs
    assert list(one.messages) == request["messages"] and one.error == FAILED.message
    assert (one.attempt, one.status, one.completion.text, one.completion.input_tokens) == (
        1,
        "ok",
        "good",
        1000,
    )
    assert one.completion.price_usd == pytest.approx(1000 * 2.5e-6 + 200 * 10e-6)
    write_repairs(tmp_path / "repairs_1.json", exchange)
    assert read_repairs(tmp_path / "repairs_1.json") == exchange


def test_each_repair_carries_the_last_answer_and_no_other(repair):
    (exchange, _, check), requests = repair("worse", "good", repairs=3)
    assert check.ok and [one.stage for one in exchange.repairs] == ["compile", "done"]
    assert len(requests[1]["messages"]) == 4 and requests[1]["messages"][2]["content"] == "worse"
    assert "does not compile with torch.jit.script:\n\nno worse" in requests[1]["messages"][3]["content"]


def test_after_the_last_repair_the_verdict_stands(repair):
    (exchange, code, check), requests = repair("worse", repairs=2)
    assert len(requests) == 2 and (code, check.stage) == ("code of worse", "compile")
    assert exchange.why == "llm.repairs = 2: no further repairs"


def test_the_same_answer_again_is_a_question_of_its_own_and_a_rerun_asks_nothing(repair, tmp_path):
    (exchange, _, _), requests = repair("bad", "bad", "good", repairs=3)
    # The second answer and its error are the same as the first's; without a key of its own it would be answered by it.
    assert len(requests) == 3 and len(list((tmp_path / "store").glob("*.json"))) == 3
    assert [one.completion.text for one in exchange.repairs] == ["bad", "bad", "good"]


def test_an_answer_without_words_is_a_turn_all_the_same(repair):
    _, (request,) = repair("good", answer="  ")
    assert request["messages"][2]["content"] == "(an empty answer)"


def test_of_a_long_traceback_the_last_whole_lines_are_told(repair):
    lines = [f"line {i} of the traceback" for i in range(500)]
    _, (request,) = repair("good", check=Check("failed", "trial", "it raised", "\n".join(lines)))
    told = request["messages"][3]["content"].split("it raised")[1].split("Find the cause")[0].strip()
    assert told.endswith(lines[-1]) and told.splitlines()[0] in lines and len(told) <= LONGEST_TRACEBACK


def test_a_question_beyond_the_window_is_not_sent(repair):
    (exchange, code, check), requests = repair("good", answer="x" * 200_000)
    assert not requests and not check.ok and code == "code of xxxxxxxxx"
    assert "do not fit into llm.context_tokens = 32768" in exchange.why


def test_repairs_count_against_the_limit(repair):
    with pytest.raises(UserError, match=r"llm\.max_cost = 0\.01 USD would be exceeded"):
        repair("good", max_cost=0.01)


def test_a_reward_for_the_wrong_motion_is_sent_back_with_the_figures(repair):
    start = screened(Completion("stands", "m", "openai", True))[1]
    (exchange, code, check), (request,) = repair("good", answer="stands", check=start, judged=screened)
    assert (code, check.stage) == ("code of good", "done")
    told = request["messages"][3]["content"]
    assert told.startswith("REPAIR\nThe reward function above can be used, but it pays for the wrong motion.")
    assert f"- {STANDS}." in told
    assert (exchange.repairs[0].cause, exchange.failures) == ("screen", 0)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [("worse", "stands"), ("stands stands", "stands"), ("stands still", "stands still")],
)
def test_what_may_be_trained_is_never_given_up_for_less(repair, answer, kept):
    start = screened(Completion("stands", "m", "openai", True))[1]
    (exchange, code, check), _ = repair(answer, answer="stands", check=start, judged=screened)
    assert code == f"code of {kept}" and check.ok and check.screen.violations
    assert exchange.why == "llm.repairs = 1: no further repairs"


def test_a_failure_that_is_mended_may_be_screened_next(repair):
    (exchange, code, check), requests = repair("stands", "good", repairs=2, judged=screened)
    assert len(requests) == 2 and (code, check.stage) == ("code of good", "done")
    assert [one.cause for one in exchange.repairs] == ["allowlist", "screen"] and exchange.failures == 1
