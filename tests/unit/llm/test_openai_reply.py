"""Where servers put an answer."""

import json

import pytest
from tests.chat_server import completion
from tests.unit.reward.conftest import extract_code

from video2reward.llm.openai_reply import answer_of, is_completion

CODE = "import torch\n\ndef compute_reward(dt: float):\n    return dt, {'r': dt}\n"
FENCED = f"```python\n{CODE}```"
THOUGHT = f"<think>\n{FENCED}\n</think>\n"


def call(arguments):
    return [{"id": "c", "type": "function", "function": {"name": "answer", "arguments": arguments}}]


@pytest.mark.parametrize(
    "message",
    [
        {"content": FENCED},
        {"content": [{"type": "text", "text": FENCED[:40]}, {"type": "output_text", "text": FENCED[40:]}]},
        {"content": [FENCED]},
        {"content": {"type": "text", "text": FENCED}},
        {"content": [{"type": "text", "text": {"value": FENCED, "annotations": []}}]},
        {"content": None, "tool_calls": call(json.dumps({"reason": "x", "code": CODE}))},
        {"content": "", "tool_calls": call({"code": CODE})},
        {"content": "Here.", "tool_calls": call(json.dumps({"lines": CODE.split("\n")}))},
        {"content": None, "tool_calls": call(json.dumps({"code": CODE})[:-1])},
        {"content": None, "tool_calls": call(CODE)},
        {"content": None, "function_call": {"name": "f", "arguments": json.dumps({"a": {"b": FENCED}})}},
        {"content": None, "reasoning_content": FENCED},
        {"content": "", "reasoning": FENCED},
        {"content": "Sorry.", "reasoning_content": FENCED},
        {"content": None, "reasoning_text": FENCED},
        {"content": "", "thinking_blocks": [{"type": "thinking", "thinking": FENCED}]},
        {"content": None, "tool_calls": [{"type": "custom", "custom": {"name": "f", "input": CODE}}]},
        {"content": None, "tool_calls": [{"name": "f", "arguments": {"code": CODE}}]},
        {"content": [{"type": "tool_use", "name": "f", "input": {"code": CODE}}]},
        {"content": None, "parsed": {"code": CODE}, "reasoning": FENCED.replace("'r'", "'draft'")},
        {"content": None, "reasoning_details": [{"type": "reasoning.text", "text": FENCED}]},
        {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": FENCED}]}, {"type": "text", "text": "So."}]},
    ],
)  # fmt: skip
def test_code_is_found_where_it_stands(message):
    reply = {"choices": [{"message": message, "finish_reason": "stop"}]}
    assert is_completion(reply)
    text, finish = answer_of(reply)
    assert extract_code(text) == CODE and finish == "stop"


@pytest.mark.parametrize(
    "choice", [{"delta": {"content": FENCED}}, {"text": FENCED}, {"message": None, "text": FENCED}]
)
def test_a_choice_may_look_like_a_part_of_a_stream_or_an_older_completion(choice):
    reply = {"choices": [choice]}
    assert is_completion(reply) and answer_of(reply) == (FENCED, "")


def test_thoughts_are_left_out_where_the_answer_holds_code():
    text, _ = answer_of(completion(FENCED, reasoning_content="def compute_reward(x): old"))
    assert text == FENCED
    assert answer_of(completion(None, reasoning="hm"))[0] == ""
    assert answer_of(completion(None, reasoning_content=FENCED))[0] == THOUGHT


def test_the_field_of_a_server_poses_as_nothing():
    _, finish = answer_of(completion("x", "stop\n\x1b[2Jerror: all is lost"))
    assert finish == "stop \\x1b[2Jerror: all is lost"


@pytest.mark.parametrize("content", [17, True, [[[]]], {"a": {"b": 1}}, [None, 3]])
def test_odd_contents_do_no_harm(content):
    assert isinstance(answer_of(completion(content))[0], str)


@pytest.mark.parametrize(
    "reply", [None, [], {}, {"choices": {}}, {"choices": [None]}, {"choices": [{"message": "x"}]}]
)
def test_what_is_no_completion(reply):
    assert not is_completion(reply)
