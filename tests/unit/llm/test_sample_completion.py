import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.chat_server import ANSWER, ChatServer, Reply, completion, error
from tests.unit.text.test_redaction import SPELLINGS, left

from video2reward.artifacts.completion import read_completion
from video2reward.artifacts.prompt import Prompt, write_prompt

SCRIPT = Path(__file__).resolve().parents[3] / "workflow_scripts" / "sample_completion.py"
KEY = "sk-secret-0123456789"


@pytest.fixture
def run(tmp_path):
    messages = ({"role": "system", "content": "s"}, {"role": "user", "content": "u"})
    write_prompt(tmp_path / "prompt.txt", tmp_path / "prompt.json", Prompt(messages, {}))

    def call(name, environment=None, source=None, **llm):
        params = {"llm": llm, "seed": 0, "iteration": 1, "candidate": 1}
        files = [
            "--record",
            tmp_path / "prompt.json",
            "--completion",
            tmp_path / name,
            "--store",
            tmp_path / "store",
            *(["--source", source] if source else []),
        ]
        done = subprocess.run(
            [sys.executable, SCRIPT, *files, "--params", json.dumps(params), "--code", "x"],
            capture_output=True,
            text=True,
            env={**os.environ, "TEST_KEY": KEY, **(environment or {})},
        )
        return done, tmp_path / name

    return call


def test_a_rerun_pays_nothing_and_the_key_is_written_nowhere(run, tmp_path):
    with ChatServer() as server:
        llm = {"provider": "openai", "base_url": server.url, "key_variable": "TEST_KEY", "model": "m"}
        first, path = run("a.json", **llm)
        second, again = run("b.json", **llm)
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert len(server.requests) == 1
    assert read_completion(path).text == read_completion(again).text == ANSWER
    written = "".join(p.read_text() for p in tmp_path.rglob("*") if p.is_file())
    assert KEY not in written + first.stdout + first.stderr


def all_of(done, folder):
    """What a script has written and printed, with escapes of JSON read too."""
    files = [p.read_text() for p in folder.rglob("*") if p.is_file()]
    return "\n".join(
        [
            *files,
            *(text.replace("\\n", "\n").replace("\\u001b", "\x1b") for text in files),
            done.stdout,
            done.stderr,
        ]
    )


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.slow
def test_a_server_that_repeats_the_key_in_any_spelling(run, tmp_path, name):
    """In errors, in the answer, in its own name, in headers that a library logs."""
    spelled = SPELLINGS[name](KEY)
    header = {"X-Echo": "".join(c for c in spelled if " " <= c <= "~")}
    answer = completion(f"{ANSWER}\n# {spelled}\n", finish=spelled) | {"model": f"m {spelled}"}
    replies = [Reply(error(f"{'x' * 280} {spelled}"), 500, headers=header), Reply(answer, headers=header)]
    with ChatServer(*replies) as server:
        llm = {"provider": "openai", "base_url": server.url, "key_variable": "TEST_KEY", "model": "m"}
        done, path = run("a.json", {"OPENAI_LOG": "debug"}, **llm)
    assert done.returncode == 0, done.stderr
    assert "[key]" in read_completion(path).text and ANSWER in read_completion(path).text
    written = all_of(done, tmp_path)
    assert spelled not in written and not left(written, KEY)


def test_a_key_of_two_lines_is_told_in_a_sentence(run, tmp_path):
    key = "sk-secret-111111\norg-222"
    with ChatServer() as server:
        llm = {"provider": "openai", "base_url": server.url, "key_variable": "TEST_KEY", "retries": 2}
        done, _ = run("a.json", {"TEST_KEY": key}, **llm)
    assert done.returncode == 1 and not server.requests
    assert (
        done.stderr.startswith("error: the key in TEST_KEY holds a line end") and done.stderr.count("\n") == 1
    )
    assert "sk-secret" not in all_of(done, tmp_path) and "org-222" not in all_of(done, tmp_path)


def test_an_error_leaves_nothing(run, tmp_path):
    with ChatServer((401, error("no"), 0)) as server:
        done, path = run("a.json", provider="openai", base_url=server.url, key_variable="TEST_KEY")
    assert done.returncode == 1 and done.stderr.startswith("error: ") and "Traceback" not in done.stderr
    assert not path.exists() and not list((tmp_path / "store").glob("*.json"))


def test_a_fixed_reward_is_the_answer(run, tmp_path):
    (tmp_path / "mine.py").write_text("def compute_reward(): return 1")
    done, path = run("a.json", source=tmp_path / "mine.py", provider="fixed")
    answer = read_completion(path)
    assert done.returncode == 0 and "no language model" in done.stdout
    assert "def compute_reward(): return 1" in answer.text and not answer.is_language_model
    assert not list((tmp_path / "store").glob("*.json"))  # nothing was paid, nothing is kept


def test_an_unknown_provider_is_answered_with_the_nearest(run):
    done, _ = run("a.json", provider="openia")
    assert done.returncode == 1 and "Did you mean 'openai'" in done.stderr
