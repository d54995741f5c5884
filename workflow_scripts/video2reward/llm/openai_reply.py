"""Extract the answer's text from a chat completion's JSON, wherever the server puts it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from video2reward.text.visible import in_one_line

CODE = "def compute_reward"
_THOUGHTS = re.compile(r"thought|think|reason|analysis", re.I)
"""Words in the names of fields that hold the model's reasoning."""
_DEEPEST = 20  # levels of nesting


def is_completion(reply: Any) -> bool:
    """Tell whether a reply's JSON is a chat completion."""
    try:
        return _message(reply["choices"][0]) is not None
    except (KeyError, IndexError, TypeError):
        return False


def _message(choice: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return a choice's message; some servers use the field names of streams or of older completions."""
    if not isinstance(choice, dict):
        return None
    found = next((choice[name] for name in ("message", "delta") if isinstance(choice.get(name), dict)), None)
    return {"content": choice["text"]} if found is None and isinstance(choice.get("text"), str) else found


def answer_of(reply: Mapping[str, Any]) -> tuple[str, str]:
    """Return the answer's text and why it ended.

    Code in the arguments of a tool call or in a server-specific field is put into a fence. Reasoning goes before the
    answer as <think> if it holds code and the answer does not. A refusal has its text in a separate field.
    """
    choice = reply["choices"][0]
    message, finish = _message(choice) or {}, in_one_line(str(choice.get("finish_reason") or ""), 40)
    content = message.get("content")
    parts = content if isinstance(content, list) else [content]
    text = "".join(_texts([part for part in parts if not _is_thought(part)]))
    if CODE not in text:
        text = "\n\n".join(filter(str.strip, [text, *_called(message)]))
    if CODE not in text:
        others = [part for part in parts if not isinstance(part, str) and not _is_thought(part)]
        others += [
            value for name, value in message.items() if name != "content" and not _THOUGHTS.search(name)
        ]
        code = [_fenced(found) for found in strings(others) if CODE in found]
        text = "\n\n".join(filter(str.strip, [text, *dict.fromkeys(code)]))
    if CODE not in text:
        named = [value for name, value in message.items() if _THOUGHTS.search(name)]
        told = [[part for part in parts if _is_thought(part)], *named]
        thoughts = next((found for node in told if CODE in (found := "".join(_texts(node)))), "")
        if thoughts:
            text = f"<think>\n{thoughts}\n</think>\n{text}"
    if not text and message.get("refusal"):
        text, finish = str(message["refusal"]), "refusal"
    return text.encode("utf-8", "replace").decode(), finish  # JSON may hold lone surrogates


def _is_thought(part: Any) -> bool:
    return isinstance(part, dict) and _THOUGHTS.search(str(part.get("type", ""))) is not None


def _texts(node: Any, depth: int = 0) -> Iterator[str]:
    """Yield the texts of a message's content, which is a string or parts of many shapes."""
    if isinstance(node, str):
        yield node
    elif depth > _DEEPEST:
        return
    elif isinstance(node, list):
        for part in node:
            yield from _texts(part, depth + 1)
    elif isinstance(node, dict):
        for name in ("text", "content", "value", "thinking", "output_text", "summary"):
            if node.get(name):
                yield from _texts(node[name], depth + 1)
                return
    elif node is not None:
        yield str(node)


def _called(message: Mapping[str, Any]) -> Iterator[str]:
    """Yield tool-call arguments that hold code, as fenced blocks, or unchanged if they are not JSON."""
    calls = message.get("tool_calls")
    for call in [*(calls if isinstance(calls, list) else []), {"function": message.get("function_call")}]:
        function = call.get("function") if isinstance(call, dict) else None
        arguments = function.get("arguments") if isinstance(function, dict) else None
        if isinstance(arguments, str):
            try:
                arguments = json.loads(arguments, strict=False)
            except (ValueError, RecursionError):
                yield str(arguments)
                continue
        yield from (_fenced(text) for text in strings(arguments))


def strings(node: Any, depth: int = 0) -> Iterator[str]:
    """Yield the multi-line strings in JSON; a list of lines counts as one."""
    if isinstance(node, str):
        if "\n" in node.strip() or CODE in node:
            yield node
    elif isinstance(node, list) and node and all(isinstance(line, str) for line in node):
        yield "\n".join(line.rstrip("\n") for line in node)
    elif isinstance(node, list | dict) and depth < _DEEPEST:
        for value in node.values() if isinstance(node, dict) else node:
            yield from strings(value, depth + 1)


def _fenced(text: str) -> str:
    return text if "```" in text else f"```python\n{text}\n```"
