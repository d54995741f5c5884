"""Artefacts of an answer that are broken or were edited: a sentence that names the file."""

import json

import pytest

from video2reward.artifacts.check import Check, read_check, write_check
from video2reward.artifacts.completion import Completion, read_completion, write_completion
from video2reward.artifacts.repairs import Repair, Repairs, read_repairs, write_repairs
from video2reward.errors import UserError

ANSWER = Completion("text", "m", "p", True, {"seed": 1}, 10, 20, 0.1, 2.0, cached_tokens=None)
REPAIR = Repair(1, "e", ({"role": "user", "content": "c"},), ANSWER, "ok", "done")


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "null", "7", '{"text": ', "[" * 100_000, '{"a": ' * 50_000, '{"text": ' + "9" * 5000 + "}",
        "{}", json.dumps(vars(ANSWER) | {"more": 1}), '{"text": "\\ud800"}', "\x00", "\ufeff{}",
        *(json.dumps(vars(ANSWER) | change) for change in (
            {"text": None}, {"text": ["a"]}, {"model": 3}, {"parameters": []}, {"input_tokens": "many"}, {"finish": None},
            {"price_usd": "free"}, {"is_language_model": "perhaps"}, {"provenance": 3}, {"note": {}}, {"latency_s": []},
        )),
    ],
)  # fmt: skip
def test_a_completion_that_is_none_is_named(tmp_path, content):
    path = tmp_path / "completion_1.json"
    path.write_text(content)
    with pytest.raises(UserError) as caught:
        read_completion(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_folder_and_bytes_in_its_place(tmp_path):
    with pytest.raises(UserError, match="is a folder"):
        read_completion(tmp_path)
    (tmp_path / "x").write_bytes(b"\xff\xfe{}")
    with pytest.raises(UserError, match="is not JSON"):
        read_completion(tmp_path / "x")


def test_what_an_editor_puts_before_a_file_does_no_harm(tmp_path):
    write_completion(tmp_path / "a.json", ANSWER)
    (tmp_path / "b.json").write_text((tmp_path / "a.json").read_text(), encoding="utf-8-sig")
    assert read_completion(tmp_path / "b.json") == ANSWER


@pytest.mark.parametrize(
    ("read", "good", "change"),
    [
        (read_check, Check("ok", "done"), {"status": "perhaps"}),
        (read_check, Check("ok", "done"), {"message": 3}),
        (read_check, Check("ok", "done"), {"needed": None}),
        (read_repairs, Repairs((REPAIR,)), {"repairs": 3}),
        (read_repairs, Repairs((REPAIR,)), {"repairs": [3]}),
        (read_repairs, Repairs((REPAIR,)), {"repairs": [{"attempt": 1}]}),
    ],
)
def test_checks_and_repairs_too(tmp_path, read, good, change):
    path = tmp_path / "x.json"
    (write_check if read is read_check else write_repairs)(path, good)
    assert read(path) == good
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(UserError, match="of this project"):
        read(path)
