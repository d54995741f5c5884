"""The key of a language model reaches the process that asks, and no file, log, command line or other job."""

import json
import threading
from contextlib import suppress

import psutil
import pytest
from tests.chat_server import ChatServer, Reply, completion, error
from tests.unit.text.test_redaction import SPELLINGS, left
from tests.workflow.conftest import ROOT

KEY = "sk-planted-4f1d9c"
GOOD = f"```python\n{(ROOT / 'resources' / 'rewards' / 'human_velocity.py').read_text()}```"
PLAIN = ("json", "txt", "py", "log", "html", "csv", "output")
CURIOUS = "```python\nimport os\n\ndef compute_reward(base_height):\n    print(os.environ)\n    return base_height, {}\n```"


class Lookout:
    """Looks at all processes while it is entered: whose command line, and whose environment, holds the key."""

    def __init__(self):
        self.told: set[str] = set()
        self.given: dict[str, bool] = {}
        self._end = threading.Event()

    def __enter__(self):
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    def _watch(self):
        while not self._end.wait(0.1):
            for process in psutil.process_iter():
                with suppress(psutil.Error):
                    self._look(process)

    def _look(self, process):
        line = " ".join(process.cmdline())
        if KEY in line:
            self.told.add(line)
        job = next(
            (part for part in line.split() if "workflow_scripts/" in part or "trial_process" in part), ""
        )
        if job and "python" in process.name():
            name = job.rpartition("/")[2].removesuffix(".py").rpartition(".")[2]
            self.given[name] = self.given.get(name, False) or KEY in str(process.environ())


@pytest.mark.slow
def test_a_key_is_found_nowhere(workflow):
    """Not even where the server quotes it, in any spelling, or the model's code asks for it."""
    spelled = {name: spell(KEY) for name, spell in SPELLINGS.items()}
    quoted = error(f"trouble with key {KEY}: {' or '.join(spelled.values())}")
    echo = "\n".join(f"# {' '.join(text.split())}" for text in spelled.values() if text.isprintable())
    named = {"model": f"tiny {KEY[:9]}\n{KEY[9:]}"}
    replies = [
        Reply(quoted, 500),
        Reply(completion(f"{KEY}\n{CURIOUS}") | named),
        Reply(completion(GOOD.replace("```python", f"```python\n{echo}")) | named),
        Reply(quoted, 401),
    ]
    with ChatServer(*replies) as server, Lookout() as lookout:
        llm = {"provider": "openai", "base_url": server.url, "model": "tiny", "repairs": 1, "retries": 1}
        settings = ("--config", "iterations=1", "samples=1")
        run = workflow(*settings, f"llm={json.dumps(llm)}", OPENAI_API_KEY=KEY)
        assert run.status == 0, run.output[-6000:]
        refused = workflow(*settings, f"llm={json.dumps(llm | {'model': 'other'})}", OPENAI_API_KEY=KEY)
    assert refused.status != 0 and "refuses the key" in refused.output
    assert (
        all(KEY in headers["authorization"] for _, headers, _ in server.requests)
        and len(server.requests) >= 4
    )
    assert KEY not in run.output + refused.output
    files = [p for p in workflow.folder.rglob("*") if p.is_file()]
    texts = {str(p): p.read_bytes().decode("utf-8", "ignore") for p in files} | {
        "output": run.output + refused.output
    }
    assert not {(p, name) for p, text in texts.items() for name, key in spelled.items() if key in text}
    assert not [p for p, text in texts.items() if p.rpartition(".")[2] in PLAIN and left(text, KEY)]
    assert not lookout.told
    assert {name for name, given in lookout.given.items() if given} <= {"sample_completion", "extract_reward"}
    assert {"train_policy", "train_base", "trial_process"} <= set(lookout.given)
